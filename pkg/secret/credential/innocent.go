package credential

import (
	"strings"
)

// innocent reports whether a text under a telling name is obviously no
// credential: empty, a switch, a number, a placeholder, a reference to where the
// credential is, a path, an address, the name of something. Passwords can be
// almost anything, so less is believed of them. A text that stands somewhere in a
// file (direct is false) may be code or prose as well.
func innocent(text string, password, direct bool) bool {
	text = strings.Trim(text, `"'`)
	lower := strings.ToLower(text)
	switch {
	case text == "", repeated(text), isWord(lower), placeholder(lower), reference(text), encrypted(text), duration(text):
		return true
	case isNumber(text):
		return len(text) < 4 || !password && len(text) < 16
	case isPath(text), strings.Contains(text, "://"), constant(text), dotted(text, direct):
		return true
	case !password && (headerName(text) || fileName(lower)):
		return true
	case !direct && (strings.ContainsAny(text, "()[]{}<>|`") || capitalised(text) || strings.Contains(text, " ") && !password):
		return true
	case strings.Contains(text, " "):
		return !direct || strings.Count(text, " ") > 5
	}
	return false
}

// isWord knows the words that settings are made of.
func isWord(lower string) bool {
	return isOne(lower, "true false yes no on off none null nil undefined default enabled disabled required optional auto always never "+
		"basic bearer jwt opaque oauth oauth2 oidc saml ldap header query cookie static dynamic string text integer boolean varchar bytes")
}

func placeholder(lower string) bool {
	for _, part := range []string{"changeme", "change_me", "change-me", "change_this", "change-this", "replace", "placeholder", "your-",
		"your_", "todo", "tbd", "fixme", "dummy", "redacted", "example", "insert-", "insert_", "<"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	for _, start := range []string{"from-", "from_", "see-", "see ", "set-by", "injected", "managed-by", "my-secret-name"} {
		if strings.HasPrefix(lower, start) {
			return true
		}
	}
	return false
}

// repeated reports whether a text is one letter again and again.
func repeated(text string) bool {
	first := []rune(text)[0]
	return len(text) > 2 && strings.Trim(text, string(first)) == ""
}

// reference reports whether a text stands for another: a variable, a template, an
// entry in a store of secrets.
func reference(text string) bool {
	for _, part := range []string{"$(", "${", "{{", "#{", "$__", "<%"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	for _, start := range []string{
		"vault:", "arn:", "projects/", "ref+", "op://", "env:", "file:", "secretref:", "@Microsoft.KeyVault(", "azurekeyvault", "sm:",
		"ssm:", "kms:", "keyring:", "@env", "!ENV", "process.env", "os.environ", "System.getenv",
	} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	wrapped := func(left, right string) bool {
		return len(text) > len(left)+len(right) && strings.HasPrefix(text, left) && strings.HasSuffix(text, right)
	}
	if wrapped("__", "__") || wrapped("@@", "@@") || wrapped("{", "}") || wrapped("%(", ")s") || wrapped("<", ">") || wrapped("%", "%") ||
		wrapped("[", "]") {
		return true
	}
	name, ok := strings.CutPrefix(text, "$")
	return ok && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// fallbackOf returns what a shell takes where a variable is not there:
// ${NAME:-FALLBACK}.
func fallbackOf(text string) (string, bool) {
	inner, ok := strings.CutPrefix(text, "${")
	if !ok || !strings.HasSuffix(inner, "}") {
		return "", false
	}
	_, fallback, ok := strings.Cut(inner[:len(inner)-1], ":-")
	return fallback, ok
}

// encrypted reports whether a text was encrypted by a tool that decrypts it where
// the app runs: SOPS, Spring, Jasypt, Vault.
func encrypted(text string) bool {
	for _, start := range []string{"ENC[", "ENC(", "{cipher}", "vault:v", "$ANSIBLE_VAULT"} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789.,-+") == ""
}

// duration reports whether a text is one such as 15m or 1h30m.
func duration(text string) bool {
	if text[0] < '0' || text[0] > '9' || len(text) > 12 {
		return false
	}
	for rest := text; rest != ""; {
		digits := strings.TrimLeft(rest, "0123456789.")
		unit := strings.TrimLeft(digits, "abcdefghijklmnopqrstuvwxyz")
		if len(digits) == len(rest) || !isOne(digits[:len(digits)-len(unit)], "ns us ms s sec m min h d w y") {
			return false
		}
		rest = unit
	}
	return true
}

// isPath reports whether a text is the path of a file. Base64 can start with a
// slash too.
func isPath(text string) bool {
	rooted := strings.HasPrefix(text, "/") || strings.HasPrefix(text, "./") || strings.HasPrefix(text, "../") ||
		strings.HasPrefix(text, "~/")
	if !rooted || strings.ContainsAny(text, "=+ ") {
		return false
	}
	for part := range strings.SplitSeq(text, "/") {
		if len(part) >= 12 && mixed(part) {
			return false
		}
	}
	return true
}

func fileName(lower string) bool {
	for _, end := range []string{".pem", ".key", ".crt", ".txt", ".json", ".yaml", ".yml", ".env", ".jks", ".p12"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return false
}

// constant reports whether a text is the name of a variable: UPPER_CASE words.
func constant(text string) bool {
	return strings.Contains(text, "_") && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == "" && text[0] >= 'A' &&
		text[0] <= 'Z' ||
		isOne(text, "PASSWORD PASS PWD SECRET TOKEN KEY APIKEY")
}

// dotted reports whether a text is the path of a class or variable.
func dotted(text string, direct bool) bool {
	parts := strings.Split(text, ".")
	if len(parts) < 2 || direct && len(parts) < 3 {
		return false
	}
	for _, part := range parts {
		if part == "" || !letter(part[0]) || len(part) > 40 || strings.ContainsFunc(part,
			func(r rune) bool { return r != '_' && r != '-' && (r > 127 || !alphanumeric(byte(r))) }) || len(part) > 8 && mixed(part) {
			return false
		}
	}
	return true
}

// headerName reports whether a text is one such as X-Api-Key.
func headerName(text string) bool {
	parts := strings.Split(text, "-")
	if len(parts) < 2 {
		return false
	}
	for _, part := range parts {
		if part == "" || part[0] < 'A' || part[0] > 'Z' || strings.ContainsAny(part, "0123456789_+/=") {
			return false
		}
	}
	return true
}

// capitalised reports whether a text is one word of letters with a capital in
// front: a type, or a label for people.
func capitalised(text string) bool {
	if text[0] < 'A' || text[0] > 'Z' && text[0] < 128 {
		return false
	}
	for _, r := range text[1:] {
		if r < 128 && (r < 'a' || r > 'z') && r != '!' {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

func alphanumeric(c byte) bool { return letter(c) && c != '_' || digit(c) }
