package cli

import (
	"fmt"
	"os"
)

// progress is a line on a terminal that says how far a long run is. Elsewhere,
// and in a short run, it prints nothing.
type progress struct {
	to    *os.File
	what  string
	total int
}

func newProgress(s Streams, what string, total int) progress {
	const short = 50 // done before anybody looks
	file, ok := behind(s.Err).(*os.File)
	if !ok || total < short {
		return progress{}
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return progress{}
	}
	return progress{to: file, what: what, total: total}
}

func (p progress) show(done int) {
	if p.to != nil && (done%25 == 0 || done == p.total) {
		fmt.Fprintf(p.to, "\r%s %d of %d", p.what, done, p.total)
	}
}

// clear removes the line.
func (p progress) clear() {
	if p.to != nil {
		fmt.Fprint(p.to, "\r\x1b[K")
	}
}
