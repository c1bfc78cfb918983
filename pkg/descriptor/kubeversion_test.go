package descriptor

import "testing"

func TestKubeVersion(t *testing.T) {
	for version, want := range map[KubeVersion]struct{ good, lacks bool }{
		"":                     {true, false},
		"1.28":                 {true, true},
		"v1.28.3":              {true, true},
		"1.28+":                {true, true},
		"v1.28.15-gke.1342000": {true, true},
		"v1.28.4+k3s1":         {true, true},
		"1.9":                  {true, true},
		"1.29":                 {true, false},
		"v1.29.0-alpha.1":      {true, false},
		"1.30+":                {true, false},
		"1.100":                {true, false},
		"2.0":                  {true, false},
		"1":                    {false, false},
		"v1.":                  {false, false},
		"one.two":              {false, false},
		"1.28x":                {false, false},
		"-1.28":                {false, false},
	} {
		if good := version.Problem() == ""; good != want.good {
			t.Errorf("%q: good is %v", version, good)
		}
		if lacks := version.lacksSidecars(); lacks != want.lacks {
			t.Errorf("%q: lacks sidecars is %v", version, lacks)
		}
	}
}
