package credential

import (
	"strings"
	"sync"
)

// format is that of a service's tokens: what they start with, which letters
// follow, and how many at least.
type format struct {
	prefix  string
	letters alphabet
	least   int
	what    string
}

// alphabet is a set of letters, by a representative.
type alphabet uint8

const (
	alnum alphabet = iota // A-Z a-z 0-9
	word                  // alnum _ -
	hexa                  // 0-9 a-f
	upper                 // A-Z 0-9
	dots                  // word and dots
	dash                  // - alone
)

func (a alphabet) has(c byte) bool {
	switch a {
	case alnum:
		return alphanumeric(c)
	case word:
		return letter(c) || digit(c) || c == '-'
	case hexa:
		return digit(c) || c >= 'a' && c <= 'f'
	case upper:
		return digit(c) || c >= 'A' && c <= 'Z'
	case dash:
		return c == '-'
	}
	return letter(c) || digit(c) || c == '-' || c == '.'
}

// formats are those that the services document.
func formats() []format {
	return []format{
		{"AKIA", upper, 16, "an AWS access key"}, {"ASIA", upper, 16, "an AWS access key"}, {"ABIA", upper, 16, "an AWS access key"},
		{"ACCA", upper, 16, "an AWS access key"},
		{"ghp_", alnum, 36, "a GitHub token"}, {"gho_", alnum, 36, "a GitHub token"}, {"ghu_", alnum, 36, "a GitHub token"},
		{"ghs_", alnum, 36, "a GitHub token"}, {"ghr_", alnum, 36, "a GitHub token"},
		{"github_pat_", word, 60, "a GitHub token"},
		{"glpat-", word, 20, "a GitLab token"}, {"gldt-", word, 20, "a GitLab token"}, {"glrt-", word, 20, "a GitLab token"},
		{"glptt-", hexa, 40, "a GitLab token"}, {"glcbt-", word, 20, "a GitLab token"},
		{"glsoat-", word, 20, "a GitLab token"}, {"glft-", word, 20, "a GitLab token"}, {"glagent-", word, 40, "a GitLab token"},
		{"GR1348941", word, 20, "a GitLab token"},
		{"xoxb-", word, 20, "a Slack token"}, {"xoxp-", word, 20, "a Slack token"}, {"xoxa-", word, 20, "a Slack token"},
		{"xoxr-", word, 20, "a Slack token"}, {"xoxs-", word, 20, "a Slack token"},
		{"xoxe-", word, 20, "a Slack token"}, {"xoxe.", dots, 20, "a Slack token"}, {"xapp-", word, 20, "a Slack token"},
		{"sk_live_", alnum, 16, "a Stripe key"}, {"sk_test_", alnum, 16, "a Stripe key"}, {"rk_live_", alnum, 16, "a Stripe key"},
		{"rk_test_", alnum, 16, "a Stripe key"}, {"whsec_", alnum, 24, "a webhook's secret"},
		{"AIza", word, 35, "a Google API key"}, {"GOCSPX-", word, 28, "a Google client secret"}, {"ya29.", word, 40, "a Google token"},
		{"npm_", alnum, 36, "an npm token"}, {"pypi-", word, 60, "a PyPI token"}, {"rubygems_", hexa, 48, "a RubyGems key"},
		{"SG.", dots, 60, "a SendGrid key"}, {"SK", hexa, 32, "a Twilio key"}, {"key-", hexa, 32, "a Mailgun key"},
		{"shpat_", hexa, 32, "a Shopify token"}, {"shpss_", hexa, 32, "a Shopify token"}, {"shpca_", hexa, 32, "a Shopify token"},
		{"shppa_", hexa, 32, "a Shopify token"},
		{"dop_v1_", hexa, 64, "a DigitalOcean token"}, {"doo_v1_", hexa, 64, "a DigitalOcean token"},
		{"dor_v1_", hexa, 64, "a DigitalOcean token"},
		{"sk-proj-", word, 40, "an OpenAI key"}, {"sk-svcacct-", word, 40, "an OpenAI key"}, {"sk-ant-", word, 40, "an Anthropic key"},
		{"sk-", alnum, 40, "an API key"}, {"hf_", alnum, 30, "a Hugging Face token"},
		{"hvs.", word, 24, "a Vault token"}, {"hvb.", word, 24, "a Vault token"}, {"dapi", hexa, 32, "a Databricks token"},
		{"dckr_pat_", word, 24, "a Docker Hub token"},
		{"NRAK-", upper, 27, "a New Relic key"}, {"glsa_", word, 32, "a Grafana token"}, {"glc_", word, 32, "a Grafana token"},
		{"lin_api_", alnum, 40, "a Linear key"}, {"ntn_", alnum, 40, "a Notion token"},
		{"ATATT3", word, 60, "an Atlassian token"}, {"pscale_tkn_", dots, 32, "a PlanetScale token"},
		{"pscale_pw_", dots, 32, "a PlanetScale password"},
		{"AGE-SECRET-KEY-1", upper, 58, "an age key"}, {"tskey-", word, 20, "a Tailscale key"}, {"dp.pt.", alnum, 40, "a Doppler token"},
		{"dp.st.", dots, 40, "a Doppler token"},
		{"sntrys_", word, 40, "a Sentry token"}, {"sntryu_", hexa, 64, "a Sentry token"}, {"PMAK-", word, 50, "a Postman key"},
		{"HRKU-", word, 36, "a Heroku key"}, {"sq0atp-", word, 22, "a Square token"},
		{"sq0csp-", word, 40, "a Square secret"}, {"EAACEdEose0cBA", alnum, 20, "a Facebook token"},
		{"LTAI", alnum, 16, "an Alibaba Cloud key"},
	}
}

// byLetter holds the formats by what they start with.
var byLetter = sync.OnceValue(func() *[128][]format {
	var out [128][]format
	for _, f := range formats() {
		out[f.prefix[0]] = append(out[f.prefix[0]], f)
	}
	return &out
})

// tokens finds those of well-known services where a word starts.
func tokens(text string, add func(start, end int, what string)) {
	table := byLetter()
	noJWT := 0 // before here
	for i := 0; i < len(text); i++ {
		if i > 0 && alphanumeric(text[i-1]) || text[i] >= 128 {
			continue
		}
		rest := text[i:]
		for _, f := range table[text[i]] {
			if !strings.HasPrefix(rest, f.prefix) {
				continue
			}
			end := len(f.prefix) + span(rest[len(f.prefix):], f.letters)
			exact := f.letters == hexa || f.letters == upper
			if n := end - len(f.prefix); n >= f.least && !(exact && (n > f.least || end < len(rest) && alphanumeric(rest[end]))) &&
				!strings.HasSuffix(rest[:end], "EXAMPLE") && !repeated(rest[len(f.prefix):end]) {
				add(i, i+end, f.what)
				i += end - 1
				break
			}
		}
		switch {
		case i >= noJWT && strings.HasPrefix(rest, "eyJ"):
			if n := jsonWebToken(rest); n > 0 {
				add(i, i+n, "a JSON web token")
			}
			noJWT = i + span(rest, word)
		case digit(rest[0]):
			if n := telegram(rest); n > 0 {
				add(i, i+n, "a Telegram token")
			}
		}
		if n := mailchimp(rest); n > 0 {
			add(i, i+n, "a Mailchimp key")
		}
		if n := entra(rest); n > 0 {
			add(i, i+n, "a client secret of Microsoft Entra")
		}
	}
}

// longestToken bounds how far is looked, so that no text takes long.
const longestToken = 2048

// span returns how many letters of an alphabet a text starts with.
func span(text string, a alphabet) int {
	n := 0
	for n < min(len(text), longestToken) && a.has(text[n]) {
		n++
	}
	return n
}

// jsonWebToken returns the length of HEADER.PAYLOAD.SIGNATURE, 0 where there is none.
func jsonWebToken(text string) int {
	head := span(text, word)
	if head < 16 || !strings.HasPrefix(text[head:], ".eyJ") {
		return 0
	}
	payload := span(text[head+1:], word)
	rest := text[head+1+payload:]
	if payload < 10 || rest == "" || rest[0] != '.' {
		return 0
	}
	signature := span(rest[1:], word)
	if signature < 20 {
		return 0
	}
	return head + 1 + payload + 1 + signature
}

// telegram returns the length of NUMBER:AA….
func telegram(text string) int {
	n := 0
	for n < len(text) && digit(text[n]) {
		n++
	}
	if n < 8 || n > 10 || !strings.HasPrefix(text[n:], ":AA") {
		return 0
	}
	if m := span(text[n+1:], word); m == 35 {
		return n + 1 + m
	}
	return 0
}

// mailchimp returns the length of 32 hexadecimal digits with a data centre behind.
func mailchimp(text string) int {
	if n := span(text, hexa); n != 32 || !strings.HasPrefix(text[n:], "-us") {
		return 0
	}
	n := 35
	for n < len(text) && digit(text[n]) {
		n++
	}
	if n == 35 {
		return 0
	}
	return n
}

// entra returns the length of a client secret of Microsoft Entra: three letters,
// a digit, "Q~" and 31 to 34 more.
func entra(text string) int {
	if len(text) < 37 || text[4] != 'Q' || text[5] != '~' || !digit(text[3]) {
		return 0
	}
	n := 6
	for n < len(text) && (dots.has(text[n]) || text[n] == '~') {
		n++
	}
	if n < 37 || n > 40 {
		return 0
	}
	return n
}
