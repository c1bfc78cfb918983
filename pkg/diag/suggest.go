package diag

import (
	"slices"
	"strconv"
	"strings"
)

// maxCandidates limits what each mistake looks at anew: the names that one is compared with, of which the time zones are
// the most.
const maxCandidates = 640

// MaxListed is the most names that a person reads in a message. Of more it has the listedOf that begin most like the word.
const (
	MaxListed = 12
	listedOf  = 6
)

// Suggest returns the candidate that word is most likely a misspelling of, or ""
// where none is nearly certain: at most one slip in a short word, two in a
// longer one, and no second candidate as near. Case and the separators "-" and
// "_" do not count as slips.
func Suggest(word string, candidates []string) string {
	if len(candidates) > maxCandidates {
		return ""
	}
	limit := 1
	if len(word) >= 6 {
		limit = 2
	}
	if len(word) < 3 {
		limit = 0
	}
	best, bestDistance, tie := "", limit+1, false
	folded := fold(word)
	for _, c := range candidates {
		d := distance(folded, fold(c), bestDistance+1)
		switch {
		case d < bestDistance:
			best, bestDistance, tie = c, d, false
		case d == bestDistance && d <= limit:
			tie = true
		}
	}
	if tie {
		return ""
	}
	return best
}

// OneSlip reports whether one word is another one but for a slip that fingers make, and by which two words seldom differ: two
// neighbours swapped, a letter doubled or not, or one too many or missing in the midst of a long word. A letter for another
// one, or one at an end, makes other words: upload and unload, MODE and MODEL.
func OneSlip(a, b string) bool {
	const long = 7
	if len(a) < len(b) {
		a, b = b, a
	}
	i := shared(a, b)
	switch {
	case len(a) == len(b):
		return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case len(a) != len(b)+1 || a[i+1:] != b[i:]:
		return false
	}
	doubled := i > 0 && a[i] == a[i-1]
	return doubled || len(a) >= long && i > 0 && i < len(a)-1
}

// Hint is the usual next step for a name that is not known: the name that was
// probably meant, else the names that would have been right, or some of them.
func Hint(word, what string, candidates []string) string {
	if s := Suggest(word, candidates); s != "" {
		return "did you mean " + strconv.Quote(s) + "?"
	}
	switch {
	case len(candidates) == 0:
		return ""
	case len(candidates) > maxCandidates:
		return what + " " + strconv.Itoa(len(candidates)) + " others"
	}
	sorted := slices.Sorted(slices.Values(candidates))
	rest := ""
	if len(sorted) > MaxListed {
		rest = ", … (" + strconv.Itoa(len(sorted)) + " in all)"
		folded := fold(word)
		slices.SortStableFunc(sorted, func(a, b string) int { return shared(folded, fold(b)) - shared(folded, fold(a)) })
		sorted = sorted[:listedOf]
	}
	return what + ": " + strings.Join(sorted, ", ") + rest
}

// shared returns how many bytes two texts begin with alike.
func shared(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

func fold(s string) string {
	s = strings.ToLower(s)
	if !strings.ContainsAny(s, "-_") {
		return s
	}
	return strings.NewReplacer("-", "", "_", "").Replace(s)
}

// distance is the optimal string alignment distance (insertions, deletions,
// substitutions and swaps of neighbours), or any number of at least limit once
// it cannot be lower. Words are cut, since names are short and input is not.
func distance(a, b string, limit int) int {
	const longest = 64
	if len(a) > longest || len(b) > longest {
		return limit
	}
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	var rows [3][longest + 1]int
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	last := 0 // the least of the row before
	for i := 1; i <= len(a); i++ {
		cur, prev, before := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		cur[0] = i
		least := i
		// Beyond limit columns from the diagonal nothing is below limit.
		from, to := max(1, i-limit), min(len(b), i+limit)
		if from > 1 {
			cur[from-1] = limit
		}
		if to < len(b) {
			cur[to+1] = limit
		}
		for j := from; j <= to; j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
			least = min(least, cur[j])
		}
		if least >= limit && last >= limit { // a swap reaches back over one row
			return limit
		}
		last = least
	}
	return rows[len(a)%3][len(b)]
}
