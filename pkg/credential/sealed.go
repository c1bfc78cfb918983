package credential

import (
	"encoding/base64"
	"encoding/binary"
)

// Sealed says why a text can't be a sealed value, or not all of one, without a word
// of it; "" where it can. A sealed value is the base64 of an RSA ciphertext with
// its length in front, then one of AES-GCM with its tag (sealed-secrets,
// pkg/crypto, HybridEncrypt).
func Sealed(text string) (problem string) {
	const smallestKey, tag = 128, 16 // bytes
	b, err := base64.StdEncoding.DecodeString(text)
	switch {
	case err != nil:
		return "is not base64"
	case len(b) < 2 || int(binary.BigEndian.Uint16(b)) < smallestKey || len(b) < 2+int(binary.BigEndian.Uint16(b))+tag:
		return "is too short"
	}
	return ""
}
