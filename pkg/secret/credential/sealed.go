package credential

import (
	"encoding/base64"
	"encoding/binary"
)

// Sealed returns how many bytes a sealed value holds, and why a text can't be one, or
// not all of one, without a word of it; "" where it can. A sealed value is the base64 of an RSA ciphertext with
// its length in front, then one of AES-GCM with its tag (sealed-secrets,
// pkg/crypto, HybridEncrypt).
func Sealed(text string) (size int, problem string) {
	const smallestKey, tag = 128, 16 // bytes
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return 0, "is not base64"
	}
	if len(b) < 2 {
		return 0, "is too short"
	}
	key := int(binary.BigEndian.Uint16(b))
	if size = len(b) - 2 - key - tag; key < smallestKey || size < 0 {
		return 0, "is too short"
	}
	return size, ""
}
