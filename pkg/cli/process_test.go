package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unfold-gitops/unfold/pkg/platform"
)

// blocked is a standard output that nobody reads: a command gets stuck in it.
type blocked struct {
	reached, release chan struct{}
	once             *sync.Once
}

func newBlocked(t *testing.T) blocked {
	b := blocked{make(chan struct{}), make(chan struct{}), &sync.Once{}}
	t.Cleanup(func() { close(b.release) })
	return b
}

func (b blocked) Write(p []byte) (int, error) {
	b.once.Do(func() { close(b.reached) })
	<-b.release
	return len(p), nil
}

// TestSignal ends commands that are stuck in the middle of one app.
func TestSignal(t *testing.T) {
	const app = "apiVersion: unfold.dev/v1alpha1\nkind: App\nname: shop\nimage: ghcr.io/example/shop:v1\nenvironments: {prod: {}}\n"
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "app.yaml"), []byte(app), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args   []string
		signal syscall.Signal
		code   int
		said   string
	}{
		{[]string{"render", dir}, syscall.SIGINT, 130, "unfold: interrupted\n"},
		{[]string{"render", dir}, syscall.SIGTERM, 143, "unfold: terminated\n"},
		{[]string{"check", dir, "--format", "json"}, syscall.SIGTERM, 143, "unfold: terminated\n"},
		{[]string{"explain"}, syscall.SIGTERM, 143, "unfold: terminated\n"},
		{[]string{"schema"}, syscall.SIGINT, 130, "unfold: interrupted\n"},
	} {
		t.Run(strings.Join(tt.args, " ")+" "+tt.signal.String(), func(t *testing.T) {
			out := newBlocked(t)
			go func() {
				<-out.reached
				syscall.Kill(os.Getpid(), tt.signal)
			}()
			var said bytes.Buffer
			if code := process(tt.args, Streams{Out: out, Err: &said}); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			if said.String() != tt.said {
				t.Errorf("it says %q, want %q", said.String(), tt.said)
			}
		})
	}
}

// TestSignalWhileWriting lets what is being written come to its end, and writes
// nothing after the signal.
func TestSignalWhileWriting(t *testing.T) {
	ctx, end := context.WithCancelCause(t.Context())
	s := Streams{Err: &bytes.Buffer{}, work: &work{}}
	writing, release, done := make(chan struct{}), make(chan struct{}), make(chan int, 1)
	wrote := false
	go func() {
		err := s.work.write(ctx, func() error {
			close(writing)
			<-release
			wrote = true
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		done <- 0
	}()
	<-writing
	cause := interrupted{syscall.SIGTERM}
	end(cause)
	ended := make(chan int)
	go func() { ended <- s.work.end(s, cause, done) }()
	close(release)
	if code := <-ended; code != 0 || !wrote {
		t.Errorf("code %d, wrote %v: the command was ended while it wrote", code, wrote)
	}
	s.work.writing.Unlock()
	if err := s.work.write(ctx, func() error { t.Error("it writes after the signal"); return nil }); err != cause {
		t.Errorf("got %v, want %v", err, cause)
	}
}

// TestBounds ends a run that passes a bound, and says what was going on.
func TestBounds(t *testing.T) {
	restoreCollector(t)
	never := make(chan struct{})
	defer close(never)
	var got strings.Builder
	for _, bounds := range []platform.Bounds{{Time: time.Millisecond, Memory: 1 << 40}, {Time: time.Hour, Memory: 1 << 20}} {
		s := Streams{work: &work{}}
		err := bounded(t.Context(), s, func(operator func(*platform.Platform)) error {
			s.work.doing(`building the environment "prod" with kustomize`)
			operator(&platform.Platform{Bounds: bounds})
			<-never
			return nil
		})
		fmt.Fprintln(&got, err)
	}
	want, err := os.ReadFile("testdata/bounds.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("other messages than expected (-want +got):\n%s", diff)
	}
}
