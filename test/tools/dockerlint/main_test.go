package main

import (
	"bytes"
	"strings"
	"testing"
)

// A linter that finds nothing looks like a linter that works: each rule here must be seen to refuse something.
func TestBadDockerfilesAreRefused(t *testing.T) {
	for _, test := range []struct {
		name string
		want []string
	}{
		{"bad", []string{
			"3: ConsistentInstructionCasing",
			"3: FromPlatformFlagConstDisallowed",
			"3: StageNameCasing",
			"4: MaintainerDeprecated",
			"5: SecretsUsedInArgOrEnv",
			"6: WorkdirRelativePath",
			`7: CopyIgnoredFile: "ignored.txt"`,
			`7: CopyMissingFile: "absent.txt"`,
			"9: UndefinedVar",
			"11: InvalidDefinitionDescription",
			"15: JSONArgsRecommended",
			"16: MultipleInstructionsDisallowed",
		}},
		{"broken", []string{"2: BuildError"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := "testdata/" + test.name + "/Dockerfile"
			var stdout, stderr bytes.Buffer
			if code := run([]string{file}, &stdout, &stderr); code != 1 {
				t.Errorf("exit code %d, want 1; stderr: %s", code, &stderr)
			}
			got := strings.Split(strings.TrimSuffix(stdout.String(), "\n"), "\n")
			for i := range max(len(got), len(test.want)) {
				switch {
				case i >= len(test.want):
					t.Errorf("unexpected finding: %s", got[i])
				case i >= len(got):
					t.Errorf("missing finding: %s:%s", file, test.want[i])
				case !strings.HasPrefix(got[i], file+":"+test.want[i]):
					t.Errorf("finding %d: got %s, want %s:%s", i, got[i], file, test.want[i])
				}
			}
		})
	}
}

func TestGoodDockerfileIsAccepted(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{"testdata/good/Dockerfile"}, &stdout, &stderr); code != 0 || stdout.Len()+stderr.Len() > 0 {
		t.Errorf("exit code %d, want 0 and no output; got %s%s", code, &stdout, &stderr)
	}
}

func TestFileThatCannotBeReadIsAFault(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{"testdata/nowhere/Dockerfile"}, &stdout, &stderr); code != 2 {
		t.Errorf("exit code %d, want 2", code)
	}
}
