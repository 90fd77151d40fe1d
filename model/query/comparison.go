package query

import (
	"math"
	"strconv"
	"sync"

	"ravel/model"
)

// test compiles a comparison: to the column that answers it, if one does.
func (c *compiler) test(t *Test) (node, error) {
	cmp, err := newComparer(t)
	if err != nil {
		return nil, errorAt("", 0, "", "the regular expression of %s is not valid: %s", t.Field, regexpReason(err))
	}
	n := c.column(t, cmp)
	if n == nil {
		n = newFieldNode(t.Field, cmp, c.env)
	}
	if t.Op != Has {
		return n, nil
	}
	terms := []node{n} // R5: or the text name:value stands in the record
	for _, v := range t.Values {
		terms = append(terms, newTextNode(t.Field+":"+v.Text))
	}
	return &orNode{terms}, nil
}

// column is the node of a test that a column answers, nil if none does.
func (c *compiler) column(t *Test, cmp *comparer) node {
	compares := t.Op == Eq || Lt <= t.Op && t.Op <= Ge
	switch columnOf(t.Field) {
	case colLevel:
		return newLevelNode(levelMask(t, cmp))
	case colTime:
		if compares {
			return c.time(t, cmp)
		}
		return &ownNode{colTime, cmp}
	case colSeq:
		return &ownNode{colSeq, cmp}
	case colLine:
		return &ownNode{colLine, cmp}
	case colDuration:
		if compares {
			return newDurationNode(durationSpans(t), cmp.absent)
		}
		return &ownNode{colDuration, cmp}
	case colStatus:
		if compares {
			return c.status(t)
		}
	case colDomain:
		if c.env.Names != nil {
			return &dictNode{c: cmp, dict: c.env.Names.Domains}
		}
	case colSource:
		if c.env.Names != nil {
			return &dictNode{c: cmp, dict: c.env.Names.Sources, source: true}
		}
	}
	return nil
}

// levelMask is the levels for which a test holds: by severity where it
// compares, by name where it looks for text.
func levelMask(t *Test, cmp *comparer) (mask uint16) {
	if cmp.absent {
		mask = 1 << model.LevelNone
	}
	for l := model.Trace; l < model.NumLevels; l++ {
		hold := false
		for _, v := range t.Values {
			want, _ := model.ParseLevel(v.Text)
			hold = hold || want != model.LevelNone && compareOp(t.Op, int64(l), int64(want))
		}
		if t.Op == Has || t.Op >= Match {
			hold = cmp.holds(model.StringValue(l.String()))
		}
		if hold {
			mask |= 1 << l
		}
	}
	return mask
}

// compareOp applies Eq or an ordering.
func compareOp(op Op, a, b int64) bool {
	switch op {
	case Eq:
		return a == b
	case Lt:
		return a < b
	case Le:
		return a <= b
	case Gt:
		return a > b
	case Ge:
		return a >= b
	}
	return false
}

// bound is the span of a comparison with the interval [from, to); from == to
// is a point.
func bound(op Op, from, to int64) span {
	if from == to && to < math.MaxInt64 {
		to++
	}
	switch op {
	case Lt:
		return span{math.MinInt64 + 1, from}
	case Le:
		return span{math.MinInt64 + 1, to}
	case Gt:
		return span{to, math.MaxInt64}
	case Ge:
		return span{from, math.MaxInt64}
	}
	return span{from, to}
}

// time compiles a comparison of stamps.
func (c *compiler) time(t *Test, cmp *comparer) node {
	var spans []span
	for _, v := range t.Values {
		if m, ok := parseMoment(v.Text); ok {
			from, to := m.span(c.env)
			spans = append(spans, bound(t.Op, from, to))
		}
	}
	c.spans = append(c.spans, spans...)
	return newTimeNode(spans, cmp.absent)
}

// lowerBound is the latest stamp that one of terms, a clock time, sets as the
// least; nil if none does.
func (c *compiler) lowerBound(terms []Expr) *int64 {
	var low *int64
	for _, e := range terms {
		t, m := clockTest(e)
		if m == nil || t.Op != Gt && t.Op != Ge {
			continue
		}
		if from, _ := m.span(c.env); low == nil || from > *low {
			low = &from
		}
	}
	return low
}

// clockTest is e if it compares stamps with a clock time.
func clockTest(e Expr) (*Test, *moment) {
	t, ok := e.(*Test)
	if !ok || columnOf(t.Field) != colTime || len(t.Values) != 1 {
		return nil, nil
	}
	m, ok := parseMoment(t.Values[0].Text)
	if !ok || m.kind != clock {
		return nil, nil
	}
	return t, &m
}

// afterClock resolves an upper bound that is a clock time against the lower
// one: in "ts>=14:05 ts<14:10" both are of one day, though 14:10 may not have
// come yet.
func (n *timeNode) afterClock(e Expr, low *int64, env *Env) {
	if t, m := clockTest(e); m != nil && (t.Op == Lt || t.Op == Le) {
		from, to := m.after(*low, env)
		*n = *newTimeNode([]span{bound(t.Op, from, to)}, n.absent)
	}
}

// durationSpans is the spans, in ns, of a comparison of durations.
func durationSpans(t *Test) (spans []span) {
	for _, v := range t.Values {
		q, ok := parseQuantity(v.Text)
		if !ok {
			continue
		}
		ns := int64(math.Max(math.Min(q.num, math.MaxInt64/2), math.MinInt64/2))
		spans = append(spans, bound(t.Op, ns, ns))
	}
	return spans
}

// status compiles a comparison of statuses: those of HTTP, and classes such as
// 5xx, are in a column; other values are of a field of that name.
func (c *compiler) status(t *Test) node {
	var spans []span
	rest := &Test{Field: "fields.status", Op: t.Op}
	absent := false
	for _, v := range t.Values {
		switch sp, ok := statusSpan(t.Op, v); {
		case ok:
			spans = append(spans, sp)
		case v.Text == none && !v.Quoted:
			absent = true
		default:
			rest.Values = append(rest.Values, v)
		}
	}
	any := &orNode{}
	if len(spans) > 0 {
		any.terms = append(any.terms, newStatusNode(spans))
	}
	if absent {
		known := newStatusNode([]span{{1, math.MaxInt64}})
		missing := newFieldNode("fields.status", &comparer{absent: true}, c.env)
		any.terms = append(any.terms, &andNode{[]node{&notNode{known}, missing}})
	}
	if len(rest.Values) > 0 {
		cmp, _ := newComparer(rest) // no pattern: it cannot fail
		any.terms = append(any.terms, newFieldNode(rest.Field, cmp, c.env))
	}
	if len(any.terms) == 1 {
		return any.terms[0]
	}
	return any
}

// statusSpan is the range of the status column that a value stands for.
func statusSpan(op Op, v Value) (span, bool) {
	if s := v.Text; len(s) == 3 && isDigit(s[0]) && (s[1:] == "xx" || s[1:] == "XX") {
		class := int64(s[0]-'0') * 100
		return bound(op, class, class+100), true
	}
	q, ok := parseQuantity(v.Text)
	if !ok || v.Quoted || op == Eq && (!q.whole || q.exact < 100 || q.exact > 999) {
		return span{}, false
	}
	num := int64(math.Max(math.Min(q.num, math.MaxUint16), -1))
	if float64(num) < q.num && (op == Ge || op == Lt) { // 499.5: from 500 on
		num++
	}
	return bound(op, num, num), true
}

// exists compiles exists(field).
func (c *compiler) exists(field string) (node, error) {
	switch columnOf(field) {
	case colLevel:
		return newLevelNode(^uint16(1 << model.LevelNone)), nil
	case colTime:
		return newTimeNode([]span{{math.MinInt64 + 1, math.MaxInt64}}, false), nil
	case colDuration:
		return newDurationNode([]span{{0, math.MaxInt64}}, false), nil
	case colSeq, colLine:
		return &andNode{}, nil
	case colDomain:
		if c.env.Names != nil {
			return &dictNode{dict: c.env.Names.Domains}, nil
		}
	case colSource:
		if c.env.Names != nil {
			return &dictNode{dict: c.env.Names.Sources, source: true}, nil
		}
	}
	return newFieldNode(field, nil, c.env), nil
}

// smallNumbers are the numbers that most columns hold, made once.
var smallNumbers = sync.OnceValue(func() *[1000]string {
	s := new([1000]string)
	for i := range s {
		s[i] = strconv.Itoa(i)
	}
	return s
})

// number is an integer as a value.
func number(n int64) model.Value {
	if 0 <= n && n < 1000 {
		return model.NumberValue(smallNumbers()[n])
	}
	return model.NumberValue(strconv.FormatInt(n, 10))
}

// milliseconds is a duration in ns as a value in ms.
func milliseconds(ns int64) model.Value {
	if ns%1e6 == 0 {
		return number(ns / 1e6)
	}
	return model.NumberValue(strconv.FormatFloat(float64(ns)/1e6, 'f', -1, 64))
}
