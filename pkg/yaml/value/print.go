package value

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// printer writes a value as go.yaml.in/yaml/v2 does, several times as fast. It
// knows the ordinary cases only: where a key or a scalar is not one, it returns
// up, and the library writes the whole value. A fuzz test holds the two equal.
type printer struct {
	out    []byte
	gaveUp bool
}

// lineWidth is where the library starts to break lines at spaces.
const lineWidth = 80

// node writes what follows a key or a dash: on the same line what fits there,
// else on the next lines.
func (p *printer) node(v *Value, indent int, inList bool) {
	switch {
	case v.Is(Map) && len(v.Entries) == 0:
		p.out = append(p.out, " {}\n"...)
	case v.Is(List) && len(v.Items) == 0:
		p.out = append(p.out, " []\n"...)
	case v.Is(Map):
		p.mapping(v, indent, inList)
	case v.Is(List):
		p.list(v, indent, inList)
	default:
		p.out = append(p.out, ' ')
		p.scalar(v, indent)
		p.out = append(p.out, '\n')
	}
}

// mapping writes a map's entries, in a list the first of them beside the dash.
func (p *printer) mapping(v *Value, indent int, inList bool) {
	for i, e := range sorted(v.Entries) {
		if i == 0 && inList {
			p.out = append(p.out, ' ')
		} else {
			p.startLine(indent)
		}
		const longest = 100 // of a key; a longer one is written as "? key"
		p.gaveUp = p.gaveUp || len(e.Key) > longest
		p.text(e.Key, indent)
		p.out = append(p.out, ':')
		switch {
		case e.Value.Is(Map) && len(e.Value.Entries) > 0:
			p.out = append(p.out, '\n')
			p.node(e.Value, indent+2, false)
		case e.Value.Is(List) && len(e.Value.Items) > 0:
			p.out = append(p.out, '\n')
			p.node(e.Value, indent, false)
		default:
			p.node(e.Value, indent+len(e.Key)+2, false)
		}
		if p.gaveUp {
			return
		}
	}
}

func (p *printer) list(v *Value, indent int, inList bool) {
	for i, item := range v.Items {
		if i == 0 && inList {
			p.out = append(p.out, ' ')
		} else {
			p.startLine(indent)
		}
		p.out = append(p.out, '-')
		p.node(item, indent+2, true)
		if p.gaveUp {
			return
		}
	}
}

func (p *printer) startLine(indent int) {
	for range indent {
		p.out = append(p.out, ' ')
	}
}

func (p *printer) scalar(v *Value, column int) {
	switch {
	case v == nil || v.Kind == Null:
		p.out = append(p.out, "null"...)
	case v.Kind == Bool:
		p.out = strconv.AppendBool(p.out, v.IsTrue())
	case v.Kind == Int:
		n, ok := v.Int64()
		p.gaveUp = p.gaveUp || !ok
		p.out = strconv.AppendInt(p.out, n, 10)
	case v.Kind == Float:
		p.gaveUp = true
	default:
		p.text(v.Text, column)
	}
}

// text writes a text plain, or in quotes where it would be taken for something
// else.
func (p *printer) text(s string, column int) {
	switch shape := shapeOf(s); {
	case shape == plainText && (column+len(s) < lineWidth || strings.IndexByte(s, ' ') < 0):
		p.out = append(p.out, s...)
	case shape == quotedText:
		p.out = append(append(append(p.out, '"'), s...), '"')
	default:
		p.gaveUp = true
	}
}

type shape uint8

const (
	otherText  shape = iota // not known here
	plainText               // needs no quotes
	quotedText              // needs quotes, and nothing in it needs an escape
)

// shapeOf tells the ordinary texts: words, paths, names and sentences of plain
// characters that begin with a letter or a slash; quantities; and what needs
// quotes, since without them it is a number, a boolean or null.
func shapeOf(s string) shape {
	if s == "" || isWord(s) {
		return quotedText
	}
	first := s[0]
	letter := first >= 'a' && first <= 'z' || first >= 'A' && first <= 'Z'
	isDigit := first >= '0' && first <= '9'
	if !letter && !isDigit && first != '/' {
		return otherText
	}
	var spaces, dots, letters, unit bool
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= '0' && c <= '9', c == '_', c == '-', c == '/':
			letters = letters || c == '_' || c == '-' || c == '/'
		case c == '.':
			letters = letters || dots || i == len(s)-1
			dots = true
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			letters = true
			// No number and no date holds one of these.
			unit = unit || strings.IndexByte("GHIJKLMNQRSUVWYghijklmnqrsuvwy", c) >= 0
		case c == ' ' && i < len(s)-1 && s[i+1] != '#':
			spaces = true
		case c == ':' && i < len(s)-1 && s[i+1] != ' ', c == '@', c == '=', c == '+', c == ',':
			letters = true
		default:
			return otherText
		}
	}
	switch {
	case !isDigit:
		return plainText
	case spaces:
		return otherText
	case unit && strings.IndexByte(s, ':') < 0:
		return plainText
	case !letters && (first != '0' || s == "0" || dots && s[1] == '.') && len(s) < 16:
		return quotedText
	}
	return otherText
}

// isWord reports whether YAML 1.1 takes a word for a boolean or null.
func isWord(s string) bool {
	if len(s) > 5 {
		return false
	}
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON",
		"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF",
		"~", "null", "Null", "NULL":
		return true
	}
	return false
}

// sorted returns a map's entries in the order of the library's keys.
func sorted(entries []Entry) []Entry {
	compare := func(x, y Entry) int { return compareKeys(x.Key, y.Key) }
	if slices.IsSortedFunc(entries, compare) {
		return entries
	}
	entries = slices.Clone(entries)
	// The library's order has circles (6C < 8 < 64 < 6C), in which its own result
	// changes from run to run. Ours depends on nothing but the keys.
	slices.SortFunc(entries, func(x, y Entry) int { return strings.Compare(x.Key, y.Key) })
	slices.SortStableFunc(entries, compare)
	return entries
}

// compareKeys orders keys as the library does (sorter.go): signs before letters,
// and digits by the number that they make.
func compareKeys(a, b string) int {
	if a == b {
		return 0
	}
	ra, rb := []rune(a), []rune(b)
	i := 0
	for i < len(ra) && i < len(rb) && ra[i] == rb[i] {
		i++
	}
	if i == len(ra) || i == len(rb) {
		return len(ra) - len(rb)
	}
	la, lb := unicode.IsLetter(ra[i]), unicode.IsLetter(rb[i])
	switch {
	case la && lb:
		return cmp.Compare(ra[i], rb[i])
	case la:
		return 1
	case lb:
		return -1
	}
	// A zero after digits of a number belongs to it.
	var na, nb int64
	if ra[i] == '0' || rb[i] == '0' {
		for j := i - 1; j >= 0 && unicode.IsDigit(ra[j]); j-- {
			if ra[j] != '0' {
				na, nb = 1, 1
				break
			}
		}
	}
	ea, eb := number64(ra, i, &na), number64(rb, i, &nb)
	return cmp.Or(cmp.Compare(na, nb), cmp.Compare(ea, eb), cmp.Compare(ra[i], rb[i]))
}

// number64 appends the digits from i on to n and returns where they end.
func number64(s []rune, i int, n *int64) int {
	for ; i < len(s) && unicode.IsDigit(s[i]); i++ {
		*n = *n*10 + int64(s[i]-'0')
	}
	return i
}
