package query

import (
	"bytes"
	"cmp"
	"regexp"
	"strings"

	"ravel/model"
)

// comparer is a test made ready: it says of a value whether it holds. It is
// immutable.
type comparer struct {
	op     Op
	alts   []alternative
	absent bool // it holds for a field that is absent (=none)
	re     *regexp.Regexp
	scale  float64 // ns in one of what the field counts in, 0 unknown
}

// alternative is one value of a test.
type alternative struct {
	text   string
	find   *finder // of Has
	num    quantity
	isNum  bool
	isBool bool
}

// newComparer makes t ready.
func newComparer(t *Test) (*comparer, error) {
	c := &comparer{op: t.Op}
	c.scale, _ = suffixScale(t.Field)
	if t.Op == Match {
		re, err := t.Pattern.compile()
		c.re = re
		return c, err
	}
	for _, v := range t.Values {
		if v.Text == none && !v.Quoted && t.Op == Eq {
			c.absent = true
		}
		a := alternative{text: v.Text}
		if t.Op == Has {
			a.find = newFinder(v.Text, true)
		}
		if !v.Quoted {
			a.num, a.isNum = parseQuantity(v.Text)
			a.num = c.plain(a.num)
			a.isBool = strings.EqualFold(v.Text, "true") || strings.EqualFold(v.Text, "false")
		}
		c.alts = append(c.alts, a)
	}
	return c, nil
}

// plain turns a duration into the field's own unit, where its name tells one.
func (c *comparer) plain(q quantity) quantity {
	if q.unit == unitTime && c.scale != 0 {
		return quantity{num: q.num / c.scale}
	}
	return q
}

// holds reports whether the test holds for v; of an array or object, whether it
// does for a value inside it.
func (c *comparer) holds(v model.Value) bool {
	switch v.Kind {
	case model.Null:
		return false
	case model.Array:
		for i := range v.Items {
			if c.holds(v.Items[i]) {
				return true
			}
		}
		return false
	case model.Object:
		for i := range v.Keys {
			if c.holds(v.Keys[i].Value) {
				return true
			}
		}
		return false
	}
	if c.op == Match {
		return c.re.MatchString(v.Str)
	}
	for i := range c.alts {
		if c.one(&c.alts[i], v) {
			return true
		}
	}
	return false
}

// one reports whether the test holds for a scalar and one alternative.
func (c *comparer) one(a *alternative, v model.Value) bool {
	switch c.op {
	case Has:
		return a.find.inString(v.Str)
	case Like:
		return strings.Contains(v.Str, a.text)
	case Eq:
		if v.Str == a.text || a.isBool && v.Kind == model.Bool && strings.EqualFold(v.Str, a.text) {
			return true
		}
		if !a.isNum {
			return false
		}
		d, ok := c.order(v, a)
		return ok && d == 0
	}
	d, ok := c.order(v, a)
	switch c.op {
	case Lt:
		ok = ok && d < 0
	case Le:
		ok = ok && d <= 0
	case Gt:
		ok = ok && d > 0
	case Ge:
		ok = ok && d >= 0
	}
	return ok
}

// order compares v with an alternative: as numbers if that is one, else as
// text.
func (c *comparer) order(v model.Value, a *alternative) (int, bool) {
	if !a.isNum {
		return cmp.Compare(v.Str, a.text), true
	}
	if v.Kind == model.Bool {
		return 0, false
	}
	q, ok := parseQuantity(v.Str)
	if !ok {
		return 0, false
	}
	q = c.plain(q)
	if (q.unit == unitTime) != (a.num.unit == unitTime) && q.num != 0 && a.num.num != 0 {
		return 0, false // 2 of what is not known to be seconds
	}
	return compareNumbers(&q, &a.num, v.Str, a.text), true
}

// token applies the test to a scalar as JSON spells it, without allocating;
// sure says whether holds is the answer.
func (c *comparer) token(tok []byte) (holds, sure bool) {
	if len(tok) == 0 || len(c.alts) != 1 {
		return false, false
	}
	a := &c.alts[0]
	if tok[0] == '"' {
		if c.op != Eq || a.isNum || a.isBool || bytes.IndexByte(tok, '\\') >= 0 {
			return false, false
		}
		return string(tok[1:len(tok)-1]) == a.text, true
	}
	n, ok := smallInt(tok)
	if !ok || !a.isNum || !a.num.whole || c.op != Eq && (c.op < Lt || c.op > Ge) {
		return false, false
	}
	return compareOp(c.op, n, a.num.exact), true
}

// smallInt is the integer that tok spells, if it has at most 18 digits.
func smallInt(tok []byte) (n int64, ok bool) {
	if len(tok) == 0 || len(tok) > 18 {
		return 0, false
	}
	for _, d := range tok {
		if !isDigit(d) {
			return 0, false
		}
		n = n*10 + int64(d-'0')
	}
	return n, true
}

// literal is text that stands in every value for which the test holds, and how
// it is looked for; nil if there is none.
func (c *comparer) literal() *finder {
	if c.absent {
		return nil
	}
	switch {
	case c.op == Match:
		return requiredLiteral(c.re.String())
	case len(c.alts) != 1:
		return nil
	}
	switch a := &c.alts[0]; {
	case a.text == "":
	case c.op == Has:
		return a.find
	case c.op == Like:
		return newFinder(a.text, false)
	case c.op == Eq && !a.isNum && !a.isBool:
		return newFinder(a.text, false)
	}
	return nil
}
