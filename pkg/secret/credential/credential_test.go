package credential

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStrengthOf(t *testing.T) {
	for name, want := range map[string]strength{
		"DB_PASSWORD": passwordName, "dbPassword": passwordName, "PGPASSWORD": passwordName, "spring.datasource.password": passwordName,
		"SMTP_PASS": passwordName, "DATABASE_PASSWORD_PROD": passwordName,
		"TOKEN": secretName, "apiKey": secretName, "API_KEY": secretName, "clientSecret": secretName, "X-Auth-Token": secretName,
		"SECRET_KEY_BASE": secretName,
		"ALGOLIA_KEY":     ifRandom, "PASSWORD_SALT": ifRandom, "accessKey": ifRandom,
		"TOKEN_TTL": nothing, "PASSWORD_MIN_LENGTH": nothing, "API_KEY_HEADER": nothing, "SECRET_NAME": nothing, "BYPASS": nothing,
		"COMPASS_URL": nothing, "PUBLIC_KEY": nothing,
		"PARTITION_KEY": nothing, "TOKENIZER": nothing, "MAX_TOKENS": nothing, "": nothing, "_": nothing,
	} {
		if got := strengthOf(name); got != want {
			t.Errorf("%q says %d, want %d", name, got, want)
		}
	}
}

func TestSigns(t *testing.T) {
	for _, tt := range []struct {
		name, key, text string
		want            []Match
	}{
		{"a value", "PASSWORD", "hunter2", []Match{{What: "a password", Line: 1, end: 7}}},
		{"a reference", "PASSWORD", "$(OTHER)", nil},
		{"a fallback", "PASSWORD", "${OTHER:-hunter2}", []Match{{What: "a password", Line: 1, end: 17}}},
		{"a number of four digits", "PASSWORD", "1234", []Match{{What: "a password", Line: 1, end: 4}}},
		{"a short number", "PASSWORD", "12", nil},
		{"an address", "X", "https://a:hunter2@b/", []Match{{What: "the password of an address", Line: 1, start: 10, end: 17}}},
		{"an address without a password", "X", "https://a@b/", nil},
		{"a file", "app.ini", "a = b\npassword = hunter2\n", []Match{{What: "a password", Line: 2, start: 17, end: 24}}},
		{"prose", "README", "a\npassword: at least twelve letters\n", nil},
		{"several on a line", "X", "password=hunter2&token=abc123", []Match{{What: "a password", Line: 1, start: 9, end: 16},
			{What: "a secret", Line: 1, start: 23, end: 29}}},
		{"a certificate", "X", "-----BEGIN CERTIFICATE-----\npassword=hunter2\n-----END CERTIFICATE-----\n", nil},
		{"a private key without an end", "X", "-----BEGIN EC PRIVATE KEY-----\nabc", []Match{{What: "a private key", Line: 1, end: 34}}},
		{"text in base64", "X", "cG9zdGdyZXM6Ly9zaG9wOmh1bnRlcjJAZGIvc2hvcA==",
			[]Match{{What: "the password of an address", Line: 1, end: 44}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, InValue(tt.key, tt.text), cmp.AllowUnexported(Match{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestArgs(t *testing.T) {
	got := InArgs([]string{"app", "--password", "hunter2", "--token=abc123", "--port", "80"})
	want := []Match{{What: "a password", Line: 3, end: 7}, {What: "a secret", Line: 4, start: 8, end: 14}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Match{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNothingAtStart holds what reading a text without a credential costs: nothing
// that stays, and little while it lasts.
func TestNothingAtStart(t *testing.T) {
	byLetter() // once
	if n := testing.AllocsPerRun(100, func() { InValue("LOG_LEVEL", "WARNING") }); n > 12 {
		t.Errorf("%v allocations for a short value", n)
	}
}
