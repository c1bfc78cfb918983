package credential

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestSealed(t *testing.T) {
	whole := append([]byte{1, 0}, make([]byte, 256+16)...) // a key of 2048 bits, and nothing sealed
	for _, tt := range []struct {
		name, text, want string
		size             int
	}{
		{"a sealed empty text", base64.StdEncoding.EncodeToString(whole), "", 0},
		{"folded onto lines", base64.StdEncoding.EncodeToString(whole)[:100] + "\n" + base64.StdEncoding.EncodeToString(whole)[100:], "",
			0},
		{"a sealed text", base64.StdEncoding.EncodeToString(append(whole, 1, 2, 3)), "", 3},
		{"cut by a byte", base64.StdEncoding.EncodeToString(whole[:len(whole)-1]), "is too short", 0},
		{"cut by a letter", base64.StdEncoding.EncodeToString(whole)[:len(base64.StdEncoding.EncodeToString(whole))-1], "is not base64", 0},
		{"nothing", "", "is too short", 0},
		{"plain text", "hunter2!", "is not base64", 0},
		{"base64 of plain text", base64.StdEncoding.EncodeToString([]byte(strings.Repeat("hunter2 ", 100))), "is too short", 0},
		{"of a key of 512 bits", base64.StdEncoding.EncodeToString(append([]byte{0, 64}, make([]byte, 500)...)), "is too short", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if size, got := Sealed(tt.text); got != tt.want || size != tt.size {
				t.Errorf("it %q and holds %d bytes, want %q and %d", got, size, tt.want, tt.size)
			}
		})
	}
}
