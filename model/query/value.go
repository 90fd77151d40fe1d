package query

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"ravel/model"
)

// none is the value that stands for an absent field (rule 34).
const none = "none"

// typed checks a value against what its field holds, and returns it in its
// canonical spelling.
func (p *parser) typed(field string, op Op, v Value, off int) (Value, error) {
	if op == Eq && v.Text == none && !v.Quoted {
		return v, nil
	}
	compares := op == Eq || Lt <= op && op <= Ge
	kind := columnOf(field)
	switch {
	case !compares:
	case kind == colLevel:
		l, ok := model.ParseLevel(v.Text)
		if !ok {
			want := strings.Join(levelNames[:len(levelNames)-1], ", ") + " or critical"
			if op == Eq {
				want = strings.Join(levelNames, ", ") + " or none"
			}
			return v, p.fail(off, want, "%q is not a level%s", v.Text, suggestion(v.Text, levelNames))
		}
		return Value{Text: strings.ToLower(l.String())}, nil
	case kind == colTime:
		if _, ok := parseMoment(v.Text); !ok {
			return v, p.fail(off, timeLike(v.Text), "%q is not a time", v.Text)
		}
		return Value{v.Text, !bareValue(v.Text)}, nil
	case kind == colDuration:
		q, ok := parseQuantity(v.Text)
		if !ok || q.unit != unitTime && q.num != 0 {
			want := "250ms, 2s or 1m30s"
			if ok && q.unit == unitNone {
				want = v.Text + "ms or " + v.Text + "s"
			}
			return v, p.fail(off, want, "%q is not a duration: it needs a unit", v.Text)
		}
		return Value{v.Text, !bareValue(v.Text)}, nil
	case kind == colStatus || kind == colSeq || kind == colLine:
		if _, ok := parseQuantity(v.Text); !ok && op != Eq {
			return v, p.fail(off, "such as "+field+opText[op]+"500", "%s is a number and %q is none", field, v.Text)
		}
	}
	v.Quoted = !bareValue(v.Text) || v.Quoted && compares && special(v.Text)
	return v, nil
}

// levelNames are the levels as they are written, by severity.
var levelNames = []string{"trace", "debug", "info", "notice", "warning", "error", "critical"}

// timeLike is what text that is no time may have meant.
func timeLike(text string) string {
	n := strings.TrimLeft(text, "-+")
	q, ok := parseQuantity(n)
	switch {
	case ok && q.unit == unitTime:
		return "-" + n + " (before now) or end-" + n + " (before the newest record)"
	case ok && q.whole && q.exact < 1000:
		return "a unit: -" + n + "m or -" + n + "h"
	}
	return "2024-01-15T09:30, 14:05, -15m or end-15m"
}

// special reports whether s means more without quotes than the text itself.
func special(s string) bool {
	if _, ok := parseQuantity(s); ok {
		return true
	}
	return s == none || strings.EqualFold(s, "true") || strings.EqualFold(s, "false")
}

// unit says what a quantity measures.
type unit uint8

const (
	unitNone unit = iota
	unitTime      // num is ns
	unitSize      // num is bytes
)

// quantity is a number with its unit.
type quantity struct {
	num   float64
	exact int64 // the number itself if whole
	whole bool  // exact holds
	unit  unit
}

// compareNumbers orders p and q, which a and b spell. Integers are compared as
// such however long they are: 20 digits of an id are more than a float64 tells
// apart.
func compareNumbers(p, q *quantity, a, b string) int {
	switch {
	case p.whole && q.whole:
		return cmp.Compare(p.exact, q.exact)
	case p.num != q.num || !isInteger(a) || !isInteger(b):
		return cmp.Compare(p.num, q.num)
	}
	c := cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	if a[0] == '-' {
		return -c
	}
	return c
}

// isInteger reports whether s spells an integer in the one usual way.
func isInteger(s string) bool {
	s = strings.TrimPrefix(s, "-")
	if s == "" || s[0] == '0' && len(s) > 1 {
		return false
	}
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// unitScale maps each unit to its factor.
var unitScale = map[string]quantity{
	"ns": {num: 1, unit: unitTime}, "us": {num: 1e3, unit: unitTime}, "µs": {num: 1e3, unit: unitTime}, "μs": {num: 1e3, unit: unitTime},
	"ms": {num: 1e6, unit: unitTime}, "s": {num: 1e9, unit: unitTime}, "m": {num: 60e9, unit: unitTime},
	"h": {num: 3600e9, unit: unitTime}, "d": {num: 86400e9, unit: unitTime},
	"k": {num: 1e3, unit: unitSize}, "K": {num: 1e3, unit: unitSize}, "M": {num: 1e6, unit: unitSize},
	"G": {num: 1e9, unit: unitSize}, "T": {num: 1e12, unit: unitSize},
	"Ki": {num: 1 << 10, unit: unitSize}, "Mi": {num: 1 << 20, unit: unitSize}, "Gi": {num: 1 << 30, unit: unitSize},
	"B": {num: 1, unit: unitSize},
}

// scaleOf is the factor of a unit's spelling; sizes may end in B.
func scaleOf(s string) (quantity, bool) {
	q, ok := unitScale[s]
	if !ok && len(s) > 1 && s[len(s)-1] == 'B' {
		q, ok = unitScale[s[:len(s)-1]]
		ok = ok && q.unit == unitSize
	}
	return q, ok
}

// parseQuantity reads a number with an optional unit, or durations run
// together (1m30s).
func parseQuantity(s string) (quantity, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && s[0] != '+' {
		return quantity{num: float64(n), exact: n, whole: true}, true
	}
	neg := strings.HasPrefix(s, "-")
	rest := strings.TrimPrefix(s, "-")
	var sum quantity
	for first := true; first || rest != ""; first = false {
		n := numberLen(rest)
		f, err := strconv.ParseFloat(rest[:n], 64)
		if n == 0 || err != nil || math.IsInf(f, 0) {
			return quantity{}, false
		}
		rest = rest[n:]
		end := 0
		for end < len(rest) && !isDigit(rest[end]) {
			end++
		}
		if end == 0 && first && rest == "" {
			sum.num = f
			break
		}
		scale, ok := scaleOf(rest[:end])
		if !ok || !first && (scale.unit != unitTime || sum.unit != unitTime) {
			return quantity{}, false
		}
		sum.num, sum.unit, rest = sum.num+f*scale.num, scale.unit, rest[end:]
	}
	if neg {
		sum.num = -sum.num
	}
	return sum, true
}

// numberLen is the length of the decimal number that s begins with.
func numberLen(s string) int {
	i, digits := 0, 0
	for ; i < len(s) && (isDigit(s[i]) || s[i] == '.'); i++ {
		if s[i] != '.' {
			digits++
		}
	}
	if digits == 0 {
		return 0
	}
	if i < len(s) && s[i]|0x20 == 'e' { // an exponent, not a unit
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		for k := j; k < len(s) && isDigit(s[k]); k++ {
			i = k + 1
		}
	}
	return i
}

// suffixScale is how many ns a field counts in by the end of its name (R10).
func suffixScale(field string) (float64, bool) {
	for _, u := range [...]struct {
		end   string
		scale float64
	}{{"_ms", 1e6}, {"_us", 1e3}, {"_ns", 1}, {"_s", 1e9}} {
		if strings.HasSuffix(field, u.end) {
			return u.scale, true
		}
	}
	return 0, false
}

// valueText is a value as text: of an array or object, its scalars with commas.
func valueText(v model.Value) string {
	switch v.Kind {
	case model.Array, model.Object:
		s := ""
		for _, it := range v.Items {
			s += "," + valueText(it)
		}
		for _, f := range v.Keys {
			s += "," + valueText(f.Value)
		}
		if s != "" {
			s = s[1:]
		}
		return s
	}
	return v.Str
}
