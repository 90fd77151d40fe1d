package query

import (
	"bytes"

	"ravel/model"
)

// Search finds where what is looked for stands next in one buffer, at or after
// an offset that never goes back; -1: nowhere further on.
type Search = func(from int) int

// Requirement is what must stand in the bytes of every record that a filter
// takes: who reads much may pass over other records without parsing them.
type Requirement struct {
	// Begin starts the search of a buffer of any records. It is safe for
	// concurrent use, a Search is not. What is found holds no line end.
	Begin func(buf []byte) Search
	// Near, if it is set, starts the search for places one of which every such
	// record has, whatever its flags.
	Near func(buf []byte) Search
	// Key is "" for a text or what a text begins like, which records whose flags have model.HasEscape or
	// model.HasCarrier may lack. Else it is a key, found where its value may pass,
	// which only records without these flags that are JSON objects must have.
	Key string
	// Duration says that a record may pass without the key by any duration that
	// it tells.
	Duration bool
	// Spelled, set with Duration, starts the search for the key with any value,
	// and Open reports whether the value may pass that stands behind it in a line.
	// A record that spells the key only where that cannot fails.
	Spelled func(buf []byte) Search
	Open    func(line []byte, at int) bool
}

// Required returns what the filter requires, nil if nothing is known.
func (p *Predicate) Required() *Requirement {
	if t := requiredText(p.root); t != nil {
		return &Requirement{Begin: t.f.search, Near: t.near}
	}
	n := requiredKey(p.root)
	if n == nil {
		sh := requiredShape(p.root)
		if sh == nil {
			return nil
		}
		return &Requirement{Begin: sh.search, Near: func(buf []byte) Search { return nearest(sh.search(buf), escapes(buf, []string{`\`})) }}
	}
	r := &Requirement{Begin: n.search, Key: string(n.key.needle), Duration: n.path == "duration_ms"}
	switch d, ok := n.derive.(interface{ MayDerive(name string) bool }); {
	case r.Duration:
		r.Spelled, r.Open = n.spelled, n.mayHold
	case ok && !d.MayDerive(n.path):
		r.Near = func(buf []byte) Search { return nearest(n.search(buf), escapes(buf, []string{`\u`})) }
	}
	return r
}

// Absent reports that no record in raw can hold a text that the filter requires;
// z is their zone map. Where a carrier may have cut the text in two, it does not
// look.
func (p *Predicate) Absent(raw []byte, z *model.Zone) bool {
	if z.Flags&model.HasCarrier != 0 {
		return false
	}
	t := requiredText(p.root)
	return t != nil && t.near(raw)(0) < 0
}

// over is a cursor for buf.
func (f *finder) over(buf []byte) *cursor {
	var q frequencies
	q.sample(buf)
	c := &cursor{f: f}
	c.aim(&q)
	return c
}

// search begins the search of buf for the literal.
func (f *finder) search(buf []byte) Search {
	c := f.over(buf)
	return func(from int) int { return c.next(buf, from) }
}

// near begins the search of buf for the literal and for what it may look like
// escaped.
func (n *textNode) near(buf []byte) Search { return nearest(n.f.search(buf), escapes(buf, n.escapes)) }

// nearest is the search for what either finds.
func nearest(a, b Search) Search {
	atA, atB := -2, -2 // not known
	return func(from int) int {
		if atA > -1 && atA < from || atA == -2 {
			atA = a(from)
		}
		if atB > -1 && atB < from || atB == -2 {
			atB = b(from)
		}
		if atA < 0 || atB >= 0 && atB < atA {
			return atB
		}
		return atA
	}
}

// escapes begins the search of buf for a backslash with which one of the texts
// begins.
func escapes(buf []byte, texts []string) Search {
	return func(from int) int {
		for at := from; at < len(buf); at++ {
			k := bytes.IndexByte(buf[at:], '\\')
			if k < 0 {
				return -1
			}
			at += k
			for _, t := range texts {
				if bytes.HasPrefix(buf[at:], []byte(t)) {
					return at
				}
			}
		}
		return -1
	}
}

// requiredText is the longest text that n requires, nil if there is none.
func requiredText(n node) *textNode {
	var t *textNode
	switch n := n.(type) {
	case *andNode:
		var best *textNode
		for _, term := range n.terms {
			if t := requiredText(term); t != nil && (best == nil || len(t.f.needle) > len(best.f.needle)) {
				best = t
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
	return t
}

// requiredShape is the shape of a regular expression that n requires, as far as it
// lies in one line; nil if there is none, or none of two bytes.
func requiredShape(n node) *shape {
	var best *shape
	switch n := n.(type) {
	case *andNode:
		for _, term := range n.terms {
			if sh := requiredShape(term); sh != nil && (best == nil || sh.n > best.n) {
				best = sh
			}
		}
	case *regexpNode:
		if best = n.shape.inLine(); best != nil && best.n < 2 {
			return nil
		}
	}
	return best
}

// requiredKey is a test of a field that stands in a JSON object under its name
// or nowhere, but for durations; nil if n requires none.
func requiredKey(n node) *fieldNode {
	switch n := n.(type) {
	case *andNode:
		for _, term := range n.terms {
			if f := requiredKey(term); f != nil {
				return f
			}
		}
	case *fieldNode:
		if !n.absent() && n.col == noColumn && !n.stream && !n.capture && !n.trace && n.path != "status" && len(n.key.needle) > 0 {
			return n
		}
	}
	return nil
}

// search begins the search of buf for the field's name where the test may hold
// for what follows it.
func (n *fieldNode) search(buf []byte) Search {
	spelled := n.spelled(buf)
	return func(from int) int {
		for at := spelled(from); at >= 0; at = spelled(at + 1) {
			line := buf[at:]
			if k := bytes.IndexByte(line, '\n'); k >= 0 {
				line = line[:k]
			}
			before := min(at, 1) // its quote
			if n.mayHold(buf[at-before:at+len(line)], before) {
				return at
			}
		}
		return -1
	}
}

// spelled begins the search of buf for the field's name.
func (n *fieldNode) spelled(buf []byte) Search {
	c := n.key.over(buf)
	return func(from int) int {
		for at := c.next(buf, from); at >= 0; at = c.next(buf, at+1) {
			if n.named(buf, at) {
				return at
			}
		}
		return -1
	}
}
