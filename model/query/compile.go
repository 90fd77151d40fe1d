package query

import (
	"math"
	"slices"
	"sync"

	"ravel/model"
)

// Predicate is a compiled filter. All its methods are safe for concurrent use.
type Predicate struct {
	env    Env
	root   node
	text   string
	uses   bool
	from   int64 // of Within
	to     int64
	bounds bool
	pool   sync.Pool // of *scan
}

// Compile makes the query's filter ready to run; a query without one takes
// every record. The error is an *Error where the query is at fault.
func (q *Query) Compile(env Env) (*Predicate, error) {
	return compile(q.Filter, env)
}

// compile makes e ready to run; nil is every record.
func compile(e Expr, env Env) (*Predicate, error) {
	p := &Predicate{env: env, root: &andNode{}}
	p.pool.New = func() any { return &scan{p: p} }
	if e == nil {
		return p, nil
	}
	p.text = e.String()
	c := compiler{env: &p.env}
	root, err := c.node(e)
	p.root, p.uses = root, c.uses
	for _, sp := range c.spans {
		p.text += sp.String()
	}
	return p, err
}

// Within is p for the records whose sort key lies in [from, to) only: a record
// without a stamp goes with its predecessor (rule 26).
func (p *Predicate) Within(from, to int64) *Predicate {
	n := &Predicate{env: p.env, root: p.root, text: p.text + span{from, to}.String(), uses: p.uses, from: from, to: to, bounds: true}
	n.pool.New = func() any { return &scan{p: n} }
	return n
}

// String is the canonical form of the filter, with what its times came to
// behind it: what results can be kept by, as long as UsesRequests is false.
// -15m is another filter a minute later.
func (p *Predicate) String() string { return p.text }

// UsesRequests reports whether the filter speaks of requests: what it finds in
// a batch can change while their later records arrive.
func (p *Predicate) UsesRequests() bool { return p.uses }

// Prune is what the zone map of a batch says without looking at a record.
func (p *Predicate) Prune(z *model.Zone) model.Verdict {
	if z.N == 0 {
		return model.None
	}
	v := p.root.prune(z)
	if v == model.All && (p.bounds || z.Flags&model.Blank != 0) {
		v = model.Maybe
	}
	return v
}

// Narrow clears from bits the records of b for which the filter does not hold.
// It sets none. Blank records are passed over whatever the filter says (rule 2).
func (p *Predicate) Narrow(b *model.Batch, bits model.Bits) {
	p.within(b, bits)
	DropBlank(b, bits)
	if bits.Empty() {
		return
	}
	s := p.start(b)
	p.root.narrow(s, bits)
	p.stop(s)
}

// Columns are those of the encoded columns that NarrowColumns looks at.
func (p *Predicate) Columns() model.Columns {
	set := model.Columns(0)
	for _, t := range p.terms() {
		if needs := t.needs(); needs&^model.EncodedColumns == 0 {
			set |= needs
		}
	}
	return set
}

// terms are what must hold, all of them.
func (p *Predicate) terms() []node {
	if and, ok := p.root.(*andNode); ok {
		return and.terms
	}
	return []node{p.root}
}

// NarrowColumns clears the records that their columns show not to match; b has
// those in has only, and its zone map z. more says that those left must be given to Narrow
// as well.
func (p *Predicate) NarrowColumns(b *model.Batch, z *model.Zone, has model.Columns, bits model.Bits) (more bool) {
	if has&model.OtherColumns != 0 {
		p.within(b, bits)
		DropBlank(b, bits)
	} else {
		more = z.Flags&model.Blank != 0 || p.bounds && (z.Stampless > 0 || z.MinTime < p.from || z.MaxTime >= p.to)
	}
	s := p.start(b)
	defer p.stop(s)
	for _, t := range p.terms() {
		switch {
		case bits.Empty():
			return false
		case t.needs()&^has == 0:
			t.narrow(s, bits)
		case t.prune(z) != model.All:
			more = true
		}
	}
	return more && !bits.Empty()
}

// DropBlank clears the records of blank lines before a source's first, which no
// query finds (rule 2).
func DropBlank(b *model.Batch, bits model.Bits) {
	if !b.Some(model.Blank) {
		return
	}
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if b.Flags[i]&model.Blank != 0 {
			bits.Clear(i)
		}
	}
}

// within clears the records outside the bounds of Within.
func (p *Predicate) within(b *model.Batch, bits model.Bits) {
	if !p.bounds {
		return
	}
	keys := b.Sort
	if keys == nil {
		keys = b.Time
	}
	narrowSpans(keys, bits, joined([]span{{p.from, p.to}}, math.MinInt64, math.MaxInt64))
}

// start takes scratch for one call on b.
func (p *Predicate) start(b *model.Batch) *scan {
	s := p.pool.Get().(*scan)
	s.b, s.at, s.sampled = b, -1, false
	return s
}

// stop gives the scratch back without what would keep the arena alive.
func (p *Predicate) stop(s *scan) {
	s.b, s.rec = nil, model.Record{}
	clear(s.constant)
	p.pool.Put(s)
}

// Match reports whether the filter holds for a decoded record. Its columns are
// those that its fields tell.
func (p *Predicate) Match(r *model.Record) bool {
	if p.bounds && r.Time != model.NoTime && (r.Time < p.from || r.Time >= p.to) || r.Flags&model.Blank != 0 {
		return false
	}
	return p.root.match(&subject{r: r})
}

// node is a compiled filter or a part of one.
type node interface {
	// prune is the verdict on a batch that has records.
	prune(z *model.Zone) model.Verdict
	// narrow clears the records for which it does not hold, exactly.
	narrow(s *scan, bits model.Bits)
	// match is the same for one decoded record.
	match(u *subject) bool
	// cost ranks nodes: what a record costs, in no unit.
	cost() int
	// needs is what narrow looks at.
	needs() model.Columns
}

// compiler turns an AST into nodes.
type compiler struct {
	env   *Env
	uses  bool
	spans []span // what the filter's times came to
}

// node compiles e.
func (c *compiler) node(e Expr) (node, error) {
	switch e := e.(type) {
	case *And:
		terms, err := c.nodes(e.Terms)
		return &andNode{terms}, err
	case *Or:
		terms, err := c.nodes(e.Terms)
		return &orNode{terms}, err
	case *Not:
		n, err := c.node(e.Term)
		return &notNode{n}, err
	case *Text:
		return newTextNode(e.Word), nil
	case *Regexp:
		re, err := e.Pattern.compile()
		if err != nil {
			return nil, errorAt("", 0, "", "the regular expression %s is not valid: %s", e.Pattern, regexpReason(err))
		}
		return newRegexpNode(re), nil
	case *Exists:
		return c.exists(e.Field)
	case *Test:
		return c.test(e)
	case *Request:
		return c.request(e)
	}
	panic("BUG: unknown expression")
}

// nodes compiles terms and puts the cheapest first.
func (c *compiler) nodes(terms []Expr) ([]node, error) {
	out := make([]node, 0, len(terms))
	lower := c.lowerBound(terms)
	for _, t := range terms {
		n, err := c.node(t)
		if err != nil {
			return nil, err
		}
		if tn, ok := n.(*timeNode); ok && lower != nil {
			tn.afterClock(t, lower, c.env)
			c.spans = append(c.spans, tn.spans...)
		}
		out = append(out, n)
	}
	slices.SortStableFunc(out, func(a, b node) int { return a.cost() - b.cost() })
	return out, nil
}

// andNode holds if all its terms do.
type andNode struct{ terms []node }

func (n *andNode) prune(z *model.Zone) model.Verdict {
	v := model.All
	for _, t := range n.terms {
		switch t.prune(z) {
		case model.None:
			return model.None
		case model.Maybe:
			v = model.Maybe
		}
	}
	return v
}

func (n *andNode) narrow(s *scan, bits model.Bits) {
	for _, t := range n.terms {
		t.narrow(s, bits)
		if bits.Empty() {
			return
		}
	}
}

func (n *andNode) match(u *subject) bool {
	for _, t := range n.terms {
		if !t.match(u) {
			return false
		}
	}
	return true
}

func (n *andNode) cost() int { return sumCost(n.terms) }

func (n *andNode) needs() model.Columns { return allNeeds(n.terms) }

// allNeeds is what terms look at together.
func allNeeds(terms []node) (set model.Columns) {
	for _, t := range terms {
		set |= t.needs()
	}
	return set
}

// sumCost is the cost of terms together.
func sumCost(terms []node) int {
	sum := 0
	for _, t := range terms {
		sum += t.cost()
	}
	return sum
}

// orNode holds if one of its terms does.
type orNode struct{ terms []node }

func (n *orNode) prune(z *model.Zone) model.Verdict {
	v := model.None
	for _, t := range n.terms {
		switch t.prune(z) {
		case model.All:
			return model.All
		case model.Maybe:
			v = model.Maybe
		}
	}
	return v
}

func (n *orNode) narrow(s *scan, bits model.Bits) {
	left := s.copyBits(bits) // not yet found by a term
	for _, t := range n.terms {
		got := s.copyBits(left)
		t.narrow(s, got)
		left.AndNot(got)
		s.free(got)
		if left.Empty() {
			break
		}
	}
	bits.AndNot(left)
	s.free(left)
}

func (n *orNode) match(u *subject) bool {
	for _, t := range n.terms {
		if t.match(u) {
			return true
		}
	}
	return false
}

func (n *orNode) cost() int { return sumCost(n.terms) }

func (n *orNode) needs() model.Columns { return allNeeds(n.terms) }

// notNode holds if its term does not.
type notNode struct{ term node }

func (n *notNode) prune(z *model.Zone) model.Verdict {
	switch n.term.prune(z) {
	case model.All:
		return model.None
	case model.None:
		return model.All
	}
	return model.Maybe
}

func (n *notNode) narrow(s *scan, bits model.Bits) {
	out := s.copyBits(bits)
	n.term.narrow(s, out)
	bits.AndNot(out)
	s.free(out)
}

func (n *notNode) match(u *subject) bool { return !n.term.match(u) }

func (n *notNode) cost() int { return n.term.cost() + 1 }

func (n *notNode) needs() model.Columns { return n.term.needs() }
