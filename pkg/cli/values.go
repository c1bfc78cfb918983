package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/unfold-gitops/unfold/pkg/delivery"
	"github.com/unfold-gitops/unfold/pkg/kube/types"
	"github.com/unfold-gitops/unfold/pkg/secret/seal"
)

// values reads the values to seal. No message repeats an argument that might be a
// value.
func (f *sealFlags) values(ctx context.Context, s Streams, keys []string) ([]delivery.Plain, error) {
	r := valueReader{streams: s, stdin: f.envFile == "-"}
	for _, text := range f.files {
		if err := r.file(text); err != nil {
			return nil, err
		}
	}
	if f.envFile != "" {
		if err := r.env(f.envFile); err != nil {
			return nil, err
		}
	}
	for _, key := range keys {
		if strings.Contains(key, "=") {
			return nil, errArgument
		}
		if err := r.ask(ctx, key, len(keys) > 1); err != nil {
			return nil, err
		}
	}
	if len(r.values) == 0 {
		return nil, usagef("seal takes a KEY, --from-file or --from-env-file; see unfold seal --help")
	}
	return r.values, nil
}

// valueReader collects the values to seal, each key once.
type valueReader struct {
	streams Streams
	values  []delivery.Plain
	stdin   bool // standard input is taken
}

func (r *valueReader) add(key string, plain []byte) error {
	switch {
	case !isSecretKey(key):
		return errKey
	case slices.ContainsFunc(r.values, func(p delivery.Plain) bool { return p.Key == key }):
		return usagef("the key %q is given twice", key)
	case len(plain) > types.MaxData:
		return &seal.Failure{Message: fmt.Sprintf("the value of %q is larger than a Secret can be, 1 MiB", key)}
	}
	if len(plain) == 0 {
		fmt.Fprintf(r.streams.Err, "note: the value of %q is empty\n", key)
	}
	r.values = append(r.values, delivery.Plain{Key: key, Value: plain})
	return nil
}

// file reads the value of --from-file, KEY=PATH.
func (r *valueReader) file(text string) error {
	key, path, ok := strings.Cut(text, "=")
	switch {
	case !ok:
		return usagef("--from-file takes KEY=PATH")
	case path == "-" && r.stdin:
		return usagef("standard input can be the value of one key only")
	case !isSecretKey(key):
		return errKey
	}
	r.stdin = r.stdin || path == "-"
	plain, err := readSecret(r.streams, path, "the file of --from-file for "+key)
	if err != nil {
		return err
	}
	return r.add(key, plain)
}

// env reads the values of --from-env-file.
func (r *valueReader) env(path string) error {
	src, err := readSecret(r.streams, path, "the file of --from-env-file")
	if err != nil {
		return err
	}
	values, notes, err := delivery.ParseEnvFile(path, src)
	if err != nil {
		return err
	}
	for _, v := range values {
		if err := r.add(v.Key, v.Value); err != nil {
			return err
		}
	}
	for _, note := range notes {
		fmt.Fprintf(r.streams.Err, "note: %s\n", note)
	}
	return nil
}

// ask reads the value of a key at the terminal, without echo, or all of standard input.
func (r *valueReader) ask(ctx context.Context, key string, several bool) error {
	if !isSecretKey(key) {
		return errKey
	}
	in, ok := r.streams.In.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		if several || r.stdin {
			return usagef("standard input can be the value of one key only: pass the others by --from-file or --from-env-file")
		}
		plain, err := readSecret(r.streams, "-", "standard input")
		if err != nil {
			return err
		}
		if n := bytes.IndexByte(plain, '\n'); n >= 0 && n == len(plain)-1 {
			fmt.Fprintf(r.streams.Err, "note: the line break at the end of the value of %q is a part of it; printf %%s writes none\n", key)
		}
		return r.add(key, plain)
	}
	plain, err := readPassword(ctx, in, r.streams.Err, key)
	if err != nil {
		return err
	}
	if len(plain) == 0 {
		return &seal.Failure{Message: fmt.Sprintf("no value was typed for %q", key),
			Hint: "pass an empty value on standard input: </dev/null"}
	}
	return r.add(key, plain)
}

// readPassword reads a line at the terminal without echo. The read goes on when ctx is
// done, until the process ends: then the terminal shows again what is typed.
func readPassword(ctx context.Context, in *os.File, prompts io.Writer, key string) ([]byte, error) {
	state, err := term.GetState(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = term.Restore(int(in.Fd()), state) })
	defer stop()
	fmt.Fprintf(prompts, "%s: ", key)
	plain, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(prompts)
	return plain, err
}

// readSecret reads a value from a path, which no message repeats: it could be a
// value in the wrong place.
func readSecret(s Streams, path, name string) ([]byte, error) {
	in := s.In
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, unreadable(name, err)
		}
		defer f.Close()
		in = f
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(in, types.MaxData+1)); err != nil {
		return nil, unreadable(name, err)
	}
	return b.Bytes(), nil
}

func unreadable(name string, err error) error {
	var why *fs.PathError
	if errors.As(err, &why) {
		err = why.Err
	}
	return &seal.Failure{Message: fmt.Sprintf("%s can't be read: %v", name, err)}
}
