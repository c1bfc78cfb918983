package lint

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// sources are what the app brings along, to tell what something that is found
// after the build comes from.
type sources struct {
	// texts are the first places of the texts that were found, by themselves or behind
	// a generator's KEY=: the zero one until it is known. lengths are theirs.
	texts   map[string]diag.Pos
	lengths map[int]bool
	// secrets are Secrets and generators of such, with the place to name.
	secrets []secretSource
}

type secretSource struct {
	name string
	at   diag.Pos
}

// sourceIndex looks through the sources once, if any of the findings asks for it.
func (in *Input) sourceIndex(found []Finding) sources {
	s := sources{texts: map[string]diag.Pos{}, lengths: map[int]bool{}}
	asked := false
	for _, f := range found {
		asked = asked || f.text != nil || f.Object.Kind == "Secret"
		if f.text != nil {
			s.texts[f.text.Text] = diag.Pos{}
			s.lengths[len(f.text.Text)] = true
		}
	}
	if in.Sources == nil || !asked {
		return s
	}
	for _, doc := range in.Sources() {
		doc.Walk(s.text)
		s.secret(doc)
	}
	return s
}

func (s *sources) text(x *value.Value) {
	if !x.IsScalar() {
		return
	}
	s.place(x.Text, x.Pos)
	for length := range s.lengths {
		if n := len(x.Text) - length; n > 0 && x.Text[n-1] == '=' {
			s.place(x.Text[n:], x.Pos)
		}
	}
}

func (s *sources) place(text string, at diag.Pos) {
	if known, wanted := s.texts[text]; wanted && known.IsZero() {
		s.texts[text] = at
	}
}

// secret takes note of a Secret's content, or of the generators of Secrets.
func (s *sources) secret(doc *value.Value) {
	if doc.StringAt("kind") == "Secret" {
		for _, field := range []string{"data", "stringData"} {
			if content := doc.Get(field); !content.Empty() {
				s.secrets = append(s.secrets, secretSource{doc.StringAt("metadata", "name"), content.Pos})
				break
			}
		}
	}
	for _, g := range doc.Get("secretGenerator").AllItems() {
		s.secrets = append(s.secrets, secretSource{g.StringAt("name"), g.Pos})
	}
}

// source returns the place in what the app brings along that a finding comes from,
// where that can be told: that of its text, or of the Secret.
func (s *sources) source(f Finding) (at diag.Pos, ok bool) {
	if f.text != nil {
		at, ok = s.texts[f.text.Text]
		return at, ok && !at.IsZero()
	}
	if f.Object.Kind != "Secret" {
		return at, false
	}
	for _, x := range s.secrets {
		if strings.Contains(f.Object.Name, x.name) {
			return x.at, true
		}
	}
	return at, false
}
