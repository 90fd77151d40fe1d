package query

import (
	"slices"
	"strings"

	"ravel/model"
	"ravel/model/stats"
)

// RequestFilter is a filter that is asked of requests: of `-o requests`,
// `| requests`, the Requests view, and inside request(…). A test on a column
// of the row is made on the row; every other leaf holds if some record of the
// request satisfies it, its negation if none does (rule 20). It is immutable.
//
// To drive it, run each of Leaves over the records, remember for each request
// which of them some record of it satisfied, and ask Match with that memory.
type RequestFilter struct {
	expr   Expr
	root   rowNode
	leaves []*Predicate
	asks   []string // columns of the row
}

// Requests makes the query's filter ready to be asked of requests. What stands
// inside a request(…) of it is asked of the same request.
func (q *Query) Requests(env Env) (*RequestFilter, error) {
	return newRequestFilter(q.Filter, env)
}

// newRequestFilter compiles e; nil is every request.
func newRequestFilter(e Expr, env Env) (*RequestFilter, error) {
	f := &RequestFilter{expr: e}
	if e == nil {
		f.root = rowAll{}
		return f, nil
	}
	var err error
	f.root, err = f.node(e, env)
	return f, err
}

// Leaves are the parts of the filter that records answer, in a fixed order.
func (f *RequestFilter) Leaves() []*Predicate { return f.leaves }

// Asks reports whether the filter tests one of these columns of the row.
func (f *RequestFilter) Asks(columns ...string) bool {
	return slices.ContainsFunc(f.asks, func(name string) bool { return slices.Contains(columns, name) })
}

// AsksText reports whether the filter tests a column of the row that only the
// text of the request's records tells.
func (f *RequestFilter) AsksText() bool {
	return slices.ContainsFunc(f.asks, func(name string) bool { return !slices.Contains(columnar, name) })
}

// columnar are the columns of a request's row that need none of its text.
var columnar = []string{"kind", "state", "start", "end", "duration", "duration_ms", "status", "level", "records"}

// Match reports whether the filter holds for a row; some says whether some
// record of the request satisfied Leaves()[leaf].
func (f *RequestFilter) Match(row *model.Request, some func(leaf int) bool) bool {
	return f.root.match(row, some)
}

// String is the filter's canonical form; "" for every request.
func (f *RequestFilter) String() string {
	if f.expr == nil {
		return ""
	}
	return f.expr.String()
}

// rowNode is a part of a RequestFilter.
type rowNode interface {
	match(row *model.Request, some func(int) bool) bool
}

type (
	rowAll  struct{}
	rowAnd  []rowNode
	rowOr   []rowNode
	rowNot  struct{ term rowNode }
	rowLeaf int // index into leaves
	rowTest struct {
		name  string
		c     *comparer // nil: exists
		level uint16    // mask, of level
		spans []span    // of start, end, duration
	}
)

func (rowAll) match(*model.Request, func(int) bool) bool { return true }

func (n rowAnd) match(row *model.Request, some func(int) bool) bool {
	for _, t := range n {
		if !t.match(row, some) {
			return false
		}
	}
	return true
}

func (n rowOr) match(row *model.Request, some func(int) bool) bool {
	for _, t := range n {
		if t.match(row, some) {
			return true
		}
	}
	return false
}

func (n rowNot) match(row *model.Request, some func(int) bool) bool { return !n.term.match(row, some) }

func (n rowLeaf) match(_ *model.Request, some func(int) bool) bool { return some(int(n)) }

func (n *rowTest) match(row *model.Request, _ func(int) bool) bool {
	v, ns, ok := rowValue(row, n.name)
	switch {
	case n.c == nil:
		return ok
	case n.name == "level":
		return n.level>>row.Level&1 != 0
	case !ok:
		return n.c.absent
	case n.spans != nil:
		for _, sp := range n.spans {
			if sp.from <= ns && ns < sp.to {
				return true
			}
		}
		return false
	}
	return n.c.holds(v)
}

// node compiles e.
func (f *RequestFilter) node(e Expr, env Env) (rowNode, error) {
	switch e := e.(type) {
	case *And:
		terms, err := f.nodes(e.Terms, env)
		return rowAnd(terms), err
	case *Or:
		terms, err := f.nodes(e.Terms, env)
		return rowOr(terms), err
	case *Not:
		t, err := f.node(e.Term, env)
		return rowNot{t}, err
	case *Request:
		return f.node(e.Filter, env)
	case *Exists:
		if isRowColumn(e.Field) {
			f.asks = append(f.asks, e.Field)
			return &rowTest{name: e.Field}, nil
		}
	case *Test:
		if isRowColumn(e.Field) {
			f.asks = append(f.asks, e.Field)
			return f.test(e, env)
		}
	}
	p, err := compile(e, env)
	if err != nil {
		return nil, err
	}
	f.leaves = append(f.leaves, p)
	return rowLeaf(len(f.leaves) - 1), nil
}

// nodes compiles terms.
func (f *RequestFilter) nodes(terms []Expr, env Env) ([]rowNode, error) {
	var out []rowNode
	for _, t := range terms {
		n, err := f.node(t, env)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// test compiles a test on a column of the row.
func (f *RequestFilter) test(t *Test, env Env) (rowNode, error) {
	c, err := newComparer(t)
	if err != nil {
		return nil, errorAt("", 0, "", "the regular expression of %s is not valid: %s", t.Field, regexpReason(err))
	}
	n := &rowTest{name: t.Field, c: c}
	compares := t.Op == Eq || Lt <= t.Op && t.Op <= Ge
	switch {
	case t.Field == "level":
		n.level = levelMask(t, c)
	case t.Field == "duration" && compares:
		n.spans = append([]span{}, durationSpans(t)...)
	case (t.Field == "start" || t.Field == "end") && compares:
		n.spans = []span{}
		for _, v := range t.Values {
			m, ok := parseMoment(v.Text)
			if !ok && v.Text != none {
				return nil, errorAt("", 0, "2024-01-15T09:30, 14:05, -15m or end-15m", "%q, with which %s is compared, is not a time", v.Text, t.Field)
			}
			if ok {
				from, to := m.span(&env)
				n.spans = append(n.spans, bound(t.Op, from, to))
			}
		}
	case t.Field == "status" && compares:
		for _, v := range t.Values {
			if sp, ok := statusSpan(t.Op, v); ok {
				n.spans = append(n.spans, sp)
			}
		}
	}
	return n, nil
}

// rowColumns are the columns of a request's row, those of `-o requests` and
// the parts of its error.
var rowColumns = []string{"request_id", "correlation_id", "kind", "name", "state", "start", "end", "duration", "duration_ms",
	"method", "path", "client", "status", "level", "records", "sources", "error", "error.type", "error.message"}

// isRowColumn reports whether a request's row has that column.
func isRowColumn(name string) bool {
	return name == "path_template" || slices.Contains(rowColumns, name)
}

// rowValue is a column of a row, and as ns or a plain integer where it is one.
func rowValue(r *model.Request, name string) (v model.Value, n int64, ok bool) {
	str := func(s string) (model.Value, int64, bool) { return model.StringValue(s), 0, s != "" }
	switch name {
	case "request_id":
		return str(r.ID)
	case "correlation_id":
		return str(r.CorrelationID)
	case "kind":
		return str(r.Kind.String())
	case "name":
		return str(r.Name)
	case "state":
		return str(r.State.String())
	case "start":
		return stamp(r.Start)
	case "end":
		return stamp(r.End)
	case "duration":
		return milliseconds(r.Duration), r.Duration, r.Duration >= 0
	case "duration_ms":
		return milliseconds(r.Duration), r.Duration, r.Duration >= 0
	case "method":
		return str(r.Method)
	case "path":
		return str(r.Path)
	case "path_template":
		if r.Path == "" {
			return model.Value{}, 0, false
		}
		return str(stats.PathTemplate(r.Path))
	case "client":
		return str(r.Client)
	case "status":
		return number(int64(r.Status)), int64(r.Status), r.Status != 0
	case "level":
		return model.StringValue(r.Level.String()), 0, r.Level != model.LevelNone
	case "records":
		return number(int64(r.Records)), int64(r.Records), true
	case "sources":
		v := model.Value{Kind: model.Array}
		for _, s := range r.Sources {
			v.Items = append(v.Items, model.StringValue(s))
		}
		return v, 0, len(r.Sources) > 0
	case "error":
		return str(strings.TrimSuffix(r.ErrorType+": "+r.ErrorMessage, ": "))
	case "error.type":
		return str(r.ErrorType)
	case "error.message":
		return str(r.ErrorMessage)
	}
	return model.Value{}, 0, false
}

// stamp is a time of a row.
func stamp(ns int64) (model.Value, int64, bool) {
	if ns == model.NoTime {
		return model.Value{}, 0, false
	}
	return model.StringValue(string(model.AppendStamp(nil, ns))), ns, true
}

// requestNode holds for the records of requests for which a filter holds.
type requestNode struct{ in Membership }

// request compiles request(…).
func (c *compiler) request(e *Request) (node, error) {
	c.uses = true
	if c.env.Requests == nil {
		return nil, errorAt("", 0, "", "%s cannot be asked here: no requests are folded", e)
	}
	f, err := newRequestFilter(e.Filter, *c.env)
	if err != nil {
		return nil, err
	}
	return &requestNode{c.env.Requests(f)}, nil
}

func (n *requestNode) prune(*model.Zone) model.Verdict { return model.Maybe }

func (n *requestNode) narrow(s *scan, bits model.Bits) { n.in.Narrow(s.b, bits) }

func (n *requestNode) match(u *subject) bool { return n.in.Holds(u.rec()) }

func (n *requestNode) cost() int { return 10 }

func (n *requestNode) needs() model.Columns { return model.OtherColumns }
