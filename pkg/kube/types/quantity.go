package types

import (
	"math/big"
	"strconv"
	"strings"
)

// Quantity is an amount of a resource, such as 500m or 64Mi.
type Quantity struct {
	amount *big.Rat
	suffix byte // 'i' for a binary suffix, 'e' for an exponent, 0 for a decimal suffix or none
}

// ParseQuantity reads a quantity as Kubernetes does (k8s.io/apimachinery,
// pkg/api/resource): a decimal number with a binary or decimal suffix or an
// exponent.
func ParseQuantity(s string) (Quantity, bool) {
	const digits = "0123456789"
	number := strings.TrimLeft(s, "+-")
	if len(s)-len(number) > 1 {
		return Quantity{}, false
	}
	end := len(number) - len(strings.TrimLeft(number, digits+"."))
	mantissa, suffix := number[:end], number[end:]
	if strings.Trim(mantissa, ".") == "" || strings.Count(mantissa, ".") > 1 || len(mantissa) > 100 {
		return Quantity{}, false
	}
	amount, ok := new(big.Rat).SetString("0" + strings.TrimSuffix(mantissa, "."))
	if !ok {
		return Quantity{}, false
	}
	scale, ok := suffixScale(suffix)
	if !ok {
		return Quantity{}, false
	}
	amount.Mul(amount, scale)
	if strings.HasPrefix(s, "-") {
		amount.Neg(amount)
	}
	return Quantity{amount, suffixKind(suffix)}, true
}

// suffixScale returns what a suffix multiplies by.
func suffixScale(suffix string) (*big.Rat, bool) {
	if i := strings.Index(" Ki Mi Gi Ti Pi Ei", " "+suffix); len(suffix) == 2 && i >= 0 {
		return new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(10*(i/3+1)))), true
	}
	exponent := 0
	switch suffix {
	case "":
	case "n":
		exponent = -9
	case "u":
		exponent = -6
	case "m":
		exponent = -3
	case "k":
		exponent = 3
	case "M":
		exponent = 6
	case "G":
		exponent = 9
	case "T":
		exponent = 12
	case "P":
		exponent = 15
	case "E":
		exponent = 18
	default:
		if suffix[0] != 'e' && suffix[0] != 'E' {
			return nil, false
		}
		n, err := strconv.ParseInt(suffix[1:], 10, 8)
		if err != nil {
			return nil, false
		}
		exponent = int(n)
	}
	power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exponent, -exponent))), nil))
	if exponent < 0 {
		power.Inv(power)
	}
	return power, true
}

// Cmp compares two quantities: -1 where q is less than r, 0 where they are
// equal, 1 where it is more.
func (q Quantity) Cmp(r Quantity) int { return q.amount.Cmp(r.amount) }

// Sign returns -1, 0 or 1.
func (q Quantity) Sign() int { return q.amount.Sign() }

// Whole reports whether the quantity is a whole number.
func (q Quantity) Whole() bool { return q.amount.IsInt() }

func suffixKind(suffix string) byte {
	switch {
	case strings.HasSuffix(suffix, "i"):
		return 'i'
	case len(suffix) > 1:
		return 'e'
	}
	return 0
}

// String returns the quantity as Kubernetes writes it (k8s.io/apimachinery,
// pkg/api/resource, Quantity.CanonicalizeBytes): a whole number with the largest
// suffix of its kind that leaves it whole, rounded up to a billionth.
func (q Quantity) String() string {
	if q.amount.Sign() == 0 {
		return "0"
	}
	number, binary := new(big.Rat).Abs(q.amount), big.NewRat(1024, 1)
	if q.suffix == 'i' && number.Cmp(binary) >= 0 && number.IsInt() {
		n, power := number.Num(), 0
		for power < 6 && new(big.Int).Mod(n, binary.Num()).Sign() == 0 {
			n, power = new(big.Int).Div(n, binary.Num()), power+1
		}
		return q.sign() + n.String() + []string{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"}[power]
	}
	nano := new(big.Rat).Mul(number, big.NewRat(1e9, 1))
	n, rest := new(big.Int).QuoRem(nano.Num(), nano.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		n.Add(n, big.NewInt(1))
	}
	exponent, thousand := -9, big.NewInt(1000)
	for exponent < 18 && new(big.Int).Mod(n, thousand).Sign() == 0 {
		n, exponent = new(big.Int).Div(n, thousand), exponent+3
	}
	if q.suffix == 'e' {
		if exponent == 0 {
			return q.sign() + n.String()
		}
		return q.sign() + n.String() + "e" + strconv.Itoa(exponent)
	}
	return q.sign() + n.String() + []string{"n", "u", "m", "", "k", "M", "G", "T", "P", "E"}[exponent/3+3]
}

func (q Quantity) sign() string {
	if q.amount.Sign() < 0 {
		return "-"
	}
	return ""
}
