package credential

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestSealed(t *testing.T) {
	whole := append([]byte{1, 0}, make([]byte, 256+16)...) // a key of 2048 bits, and nothing sealed
	for _, tt := range []struct{ name, text, want string }{
		{"a sealed empty text", base64.StdEncoding.EncodeToString(whole), ""},
		{"folded onto lines", base64.StdEncoding.EncodeToString(whole)[:100] + "\n" + base64.StdEncoding.EncodeToString(whole)[100:], ""},
		{"cut by a byte", base64.StdEncoding.EncodeToString(whole[:len(whole)-1]), "is too short"},
		{"cut by a letter", base64.StdEncoding.EncodeToString(whole)[:len(base64.StdEncoding.EncodeToString(whole))-1], "is not base64"},
		{"nothing", "", "is too short"},
		{"plain text", "hunter2!", "is not base64"},
		{"base64 of plain text", base64.StdEncoding.EncodeToString([]byte(strings.Repeat("hunter2 ", 100))), "is too short"},
		{"of a key of 512 bits", base64.StdEncoding.EncodeToString(append([]byte{0, 64}, make([]byte, 500)...)), "is too short"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Sealed(tt.text); got != tt.want {
				t.Errorf("it %q, want %q", got, tt.want)
			}
		})
	}
}
