package query

import (
	"bytes"
	"fmt"
	"regexp"
	"time"

	"ravel/model"
)

// rowFilter passes the rows for which a filter holds.
type rowFilter struct {
	holds func(r *row) bool
	next  operator
}

func (f *rowFilter) push(r *row) error {
	if !f.holds(r) {
		return nil
	}
	return f.next.push(r)
}

func (f *rowFilter) close() error { return f.next.close() }

// newRowFilter compiles a filter that stands behind other stages. Of records
// it is what it is in front; of requests it may test their columns; of a table
// its columns.
func newRowFilter(e Expr, env Env, shape Shape, columns []string) (*rowFilter, error) {
	switch shape {
	case Records:
		p, err := compile(e, env)
		if err != nil {
			return nil, err
		}
		return &rowFilter{holds: func(r *row) bool { return p.root.match(&r.subject) }}, nil
	case Requests:
		f, err := newRequestFilter(e, env)
		if err != nil {
			return nil, err
		}
		if len(f.leaves) > 0 {
			return nil, fmt.Errorf("| filter %s behind | requests can test the columns of requests only; put %q in front of | requests", e, f.leaves[0])
		}
		return &rowFilter{holds: func(r *row) bool { return f.Match(r.req, nil) }}, nil
	}
	holds, err := tableFilter(e, &env)
	return &rowFilter{holds: holds}, err
}

// tableFilter compiles e for rows of values.
func tableFilter(e Expr, env *Env) (func(r *row) bool, error) {
	switch e := e.(type) {
	case *And:
		terms, err := tableFilters(e.Terms, env)
		return func(r *row) bool {
			for _, t := range terms {
				if !t(r) {
					return false
				}
			}
			return true
		}, err
	case *Or:
		terms, err := tableFilters(e.Terms, env)
		return func(r *row) bool {
			for _, t := range terms {
				if t(r) {
					return true
				}
			}
			return false
		}, err
	case *Not:
		t, err := tableFilter(e.Term, env)
		return func(r *row) bool { return !t(r) }, err
	case *Exists:
		return func(r *row) bool { _, ok := r.field(e.Field); return ok }, nil
	case *Text:
		f := newFinder(e.Word, true)
		return func(r *row) bool { return anyCell(r, func(s string) bool { return f.inString(s) }) }, nil
	case *Regexp:
		re, err := regexp.Compile(e.Pattern.expr())
		return func(r *row) bool { return anyCell(r, re.MatchString) }, err
	case *Test:
		return tableTest(e, env)
	}
	return nil, fmt.Errorf("%s cannot be asked of a table: put it in front of the stages that make it", e)
}

// tableFilters compiles terms.
func tableFilters(terms []Expr, env *Env) ([]func(*row) bool, error) {
	var out []func(*row) bool
	for _, t := range terms {
		f, err := tableFilter(t, env)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// anyCell reports whether one of the row's values, or the record behind it,
// holds a text.
func anyCell(r *row, holds func(string) bool) bool {
	for _, v := range r.values {
		if v.Kind != model.Null && holds(valueText(v)) {
			return true
		}
	}
	if r.r != nil || r.batched {
		return holds(string(bytes.TrimRight(r.rec().Text, "\r\n"))) || holds(r.rec().Message)
	}
	return false
}

// tableTest compiles a test on a column.
func tableTest(t *Test, env *Env) (func(r *row) bool, error) {
	c, err := newComparer(t)
	if err != nil {
		return nil, errorAt("", 0, "", "the regular expression of %s is not valid: %s", t.Field, regexpReason(err))
	}
	compares := t.Op == Eq || Lt <= t.Op && t.Op <= Ge
	var holds func(v model.Value) bool
	switch kind := columnOf(t.Field); {
	case kind == colLevel:
		mask := levelMask(t, c)
		holds = func(v model.Value) bool {
			l, _ := model.ParseLevel(v.Str)
			return mask>>l&1 != 0
		}
	case kind == colTime && compares:
		n := (&compiler{env: env}).time(t, c).(*timeNode)
		holds = func(v model.Value) bool {
			at, err := time.Parse(time.RFC3339Nano, v.Str)
			return err == nil && n.holds(at.UnixNano())
		}
	case kind == colDuration && compares:
		n := durationNode{spans: durationSpans(t)}
		holds = func(v model.Value) bool { // a number of milliseconds
			q, ok := parseQuantity(v.Str)
			if q.unit != unitTime {
				q.num *= 1e6
			}
			return ok && n.holds(int64(q.num))
		}
	default:
		holds = c.holds
	}
	return func(r *row) bool {
		v, ok := r.field(t.Field)
		if !ok {
			return c.absent
		}
		return holds(v)
	}, nil
}
