package credential

import (
	"strings"
	"testing"
)

// FuzzSigns looks through whatever a text holds: what is found lies in the text, in
// order, on its line, and can be concealed.
func FuzzSigns(f *testing.F) {
	for _, seed := range []string{
		"", "hunter2", "a=b", "password: x1", "-----BEGIN PRIVATE KEY-----", "-----BEGIN -----END -----", "://a:b@c", "x://:@", "Bearer ",
		"Basic YTpi", "${A:-b", "<name>a</name><value>",
		"<password></password>", "--token ", "curl -u a:b", "IDENTIFIED BY '", "eyJ.eyJ.", "\r\n=\n:", "password='", "api_key=\xff\xfe",
		"PASSWORD \"x1\"", "{\"auth\":\"YTpi\"}",
	} {
		f.Add("PASSWORD", seed)
		f.Add("", seed)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		for _, matches := range [][]Match{InValue(key, text), InText(text), InField(key, text)} {
			at := 0
			for _, x := range matches {
				if x.start < at || x.end < x.start || x.end > len(text) || x.What == "" {
					t.Fatalf("the match %+v is not behind %d in a text of %d bytes", x, at, len(text))
				}
				if line := 1 + strings.Count(text[:x.start], "\n"); x.Line != line {
					t.Errorf("the match %+v is on line %d", x, line)
				}
				at = x.end
			}
			Replace(text, matches, func(string) string { return "***" })
		}
		for _, x := range InArgs([]string{key, text, text}) {
			if x.Line < 1 || x.Line > 3 || x.What == "" {
				t.Errorf("the match %+v is in no argument", x)
			}
		}
	})
}

// TestLongTexts reads texts in which something begins again and again. It takes for
// ever where looking for the end of it has no bounds.
func TestLongTexts(t *testing.T) {
	const size = 1 << 18
	for _, part := range []string{
		"a", "=", ":", `"`, `":`, "'", "${", "a:", "<a>", "<name>a</name>", "--a ", "-u a:b ", "://", "x://a:b@", "eyJ-", "eyJ.eyJ.",
		"xoxb-", "Bearer ", "Basic a", "-----BEGIN X-----", "-----BEGIN PRIVATE KEY-----\n", "a b\n", "password=ab1,",
		"api_key: \"x\",", " ", "]", "{\"token\":",
		"PASSWORD 'a", "0123456789abcdef-us", "Aa0Bb1Cc2Dd3Ee4Ff5Gg6Hh7 k=Aa0Bb1Cc2Dd3Ee4Ff5Gg6Hh7;",
	} {
		InValue("KEY", strings.Repeat(part, size/len(part)))
	}
}
