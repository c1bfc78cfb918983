// Package diff says what differs between two texts, and between two sets of
// Kubernetes objects.
package diff

import (
	"fmt"
	"strings"

	"github.com/unfold-gitops/unfold/pkg/diag"
)

// context is how many equal lines stand around a difference.
const context = 3

// Unified returns the difference of two texts in the unified format, or "" where
// there is none.
func Unified(oldName, newName, a, b string) string {
	if a == b {
		return ""
	}
	x, y := lines(a), lines(b)
	ops := script(x, y)
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", diag.Line(oldName), diag.Line(newName))
	for start := 0; start < len(ops); {
		if ops[start].kind == ' ' {
			start++
			continue
		}
		from, last := max(start-context, 0), start
		for i := start; i < len(ops) && i <= last+2*context; i++ {
			if ops[i].kind != ' ' {
				last = i
			}
		}
		to := min(last+context+1, len(ops))
		hunk(&out, ops[from:to])
		start = to
	}
	return out.String()
}

// op is a line that is kept (' '), only in the old text ('-') or only in the new
// one ('+'), with its place in both.
type op struct {
	kind byte
	line string
	a, b int
}

func hunk(out *strings.Builder, ops []op) {
	old, fresh := 0, 0
	for _, o := range ops {
		if o.kind != '+' {
			old++
		}
		if o.kind != '-' {
			fresh++
		}
	}
	fmt.Fprintf(out, "@@ -%s +%s @@\n", span(ops[0].a, old), span(ops[0].b, fresh))
	for _, o := range ops {
		out.WriteByte(o.kind)
		out.WriteString(o.line)
		if !strings.HasSuffix(o.line, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

func span(start, n int) string {
	if n == 0 {
		return fmt.Sprintf("%d,0", start)
	}
	if n == 1 {
		return fmt.Sprint(start + 1)
	}
	return fmt.Sprintf("%d,%d", start+1, n)
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	out := strings.SplitAfter(text, "\n")
	if out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// script returns the shortest way from x to y (Myers, "An O(ND) Difference
// Algorithm"); where they differ very much, simply all of both.
func script(x, y []string) []op {
	const most = 2000 // differences that are worth the search
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	var ops []op
	a, b := 0, 0
	keep := func(n int) {
		for range n {
			ops = append(ops, op{' ', x[a], a, b})
			a, b = a+1, b+1
		}
	}
	keep(head)
	for _, kind := range walk(x[head:len(x)-tail], y[head:len(y)-tail], most) {
		switch kind {
		case ' ':
			keep(1)
		case '-':
			ops = append(ops, op{'-', x[a], a, b})
			a++
		default:
			ops = append(ops, op{'+', y[b], a, b})
			b++
		}
	}
	keep(tail)
	return ops
}

func walk(x, y []string, most int) []byte {
	n, m := len(x), len(y)
	var trace [][]int
	v := make([]int, 2*(n+m)+3)
	mid := n + m + 1
	for d := 0; d <= min(n+m, most); d++ {
		trace = append(trace, append([]int(nil), v[mid-d-1:mid+d+2]...))
		for k := -d; k <= d; k += 2 {
			i := v[mid+k-1] + 1
			if k == -d || k != d && v[mid+k-1] < v[mid+k+1] {
				i = v[mid+k+1]
			}
			for i < n && i-k < m && x[i] == y[i-k] {
				i++
			}
			v[mid+k] = i
			if i >= n && i-k >= m {
				return backtrack(trace, n, m)
			}
		}
	}
	return []byte(strings.Repeat("-", n) + strings.Repeat("+", m))
}

// backtrack reads the way off the furthest points of each step.
func backtrack(trace [][]int, i, j int) []byte {
	var out []byte
	for d := len(trace) - 1; d >= 0; d-- {
		v := func(k int) int { return trace[d][k+d+1] }
		k := i - j
		before := k - 1
		if k == -d || k != d && v(k-1) < v(k+1) {
			before = k + 1
		}
		pi := 0
		if d > 0 {
			pi = v(before)
		}
		pj := pi - before
		if d == 0 {
			pj = 0
		}
		for i > pi && j > pj {
			out = append(out, ' ')
			i, j = i-1, j-1
		}
		if d > 0 {
			if i > pi {
				out = append(out, '-')
			} else {
				out = append(out, '+')
			}
			i, j = pi, pj
		}
	}
	for a, b := 0, len(out)-1; a < b; a, b = a+1, b-1 {
		out[a], out[b] = out[b], out[a]
	}
	return out
}
