package delivery

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseEnvFile(t *testing.T) {
	tests := []struct {
		name, src string
		want      []Plain
		notes     []string
		err       string
	}{
		{name: "empty", src: "\n# a comment\n  \n"},
		{
			name: "values go to the end of the line", src: "\ufeffA=1\r\n B = x=y \nC=\n",
			want: []Plain{{"A", []byte("1")}, {"B", []byte(" x=y ")}, {"C", []byte("")}},
		},
		{
			name: "quotes", src: "A=\"x\"\nB='\n", want: []Plain{{"A", []byte(`"x"`)}, {"B", []byte("'")}},
			notes: []string{`the quotes around the value of "A" are a part of it`},
		},
		{name: "no value", src: "A=1\n\nhunter2\n",
			err: "line 3 of f is not KEY=VALUE\n  hint: seal a value of several lines with --from-file"},
		{name: "no key", src: "hunter 2=x\n", err: "line 1 of f is not KEY=VALUE\n  hint: seal a value of several lines with --from-file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, notes, err := ParseEnvFile("f", []byte(tt.src))
			text := ""
			if err != nil {
				text = err.Error()
			}
			if diff := cmp.Diff(tt.err, text); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}
