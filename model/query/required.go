package query

// Search finds where a text stands next in one buffer, at or after an offset
// that never goes back; -1: nowhere further on.
type Search = func(from int) int

// Required returns what begins the search of a buffer for a text that stands in
// the bytes of every record that the filter takes, unless the record's flags
// have model.HasEscape or model.HasCarrier; nil if no text is known to. The
// text holds no line end. What it returns is safe for concurrent use, a Search
// is not.
func (p *Predicate) Required() func(buf []byte) Search {
	f := required(p.root)
	if f == nil {
		return nil
	}
	return func(buf []byte) Search {
		var q frequencies
		q.sample(buf)
		c := &cursor{f: f}
		c.aim(&q)
		return func(from int) int { return c.next(buf, from) }
	}
}

// required is the longest text that n requires, nil if there is none.
func required(n node) *finder {
	var t *textNode
	switch n := n.(type) {
	case *andNode:
		var best *finder
		for _, term := range n.terms {
			if f := required(term); f != nil && (best == nil || len(f.needle) > len(best.needle)) {
				best = f
			}
		}
		return best
	case *textNode:
		t = n
	case *regexpNode:
		t = n.need
	case *fieldNode:
		t = n.value
	}
	if t == nil || t.breaks || t.f.wide || len(t.f.needle) == 0 {
		return nil
	}
	return t.f
}
