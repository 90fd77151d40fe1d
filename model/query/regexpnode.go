package query

import (
	"bytes"
	"regexp"

	"ravel/model"
)

// regexpNode holds if a regular expression matches the record's own text or
// its message.
type regexpNode struct {
	re    *regexp.Regexp
	need  *textNode      // text without which nothing matches, nil if not known
	shape *shape         // what a match begins like, nil if not known
	loose *regexp.Regexp // re relaxed, if it asserts where text begins, ends or breaks
	// asserts says so: then a mismatch with a record's bytes says nothing about
	// its message.
	asserts bool
}

// newRegexpNode looks for re.
func newRegexpNode(re *regexp.Regexp) *regexpNode {
	n := &regexpNode{re: re, shape: newShape(re)}
	if e := relaxed(re.String()); e != "" {
		n.loose, _ = regexp.Compile(e) // nil is right, and slower
		n.asserts = true
	}
	if f := requiredLiteral(re.String()); f != nil {
		n.need = asTextNode(f)
	}
	return n
}

func (n *regexpNode) prune(*model.Zone) model.Verdict { return model.Maybe }

func (n *regexpNode) narrow(s *scan, bits model.Bits) {
	if n.need != nil {
		s.free(n.need.split(s, bits))
	}
	hits, maybe := s.empty(bits), s.empty(bits)
	if n.shape != nil && n.shape.rare(s.sample(), len(s.b.Buf)/s.b.Len()) {
		(&shaped{n: n, s: s, set: bits, hits: hits, maybe: maybe}).find()
	} else {
		n.each(s, bits, hits, maybe)
	}
	n.drop(s.b.Flags, bits, hits, maybe)
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if !n.holds(s, i, hits.Has(i), maybe.Has(i)) {
			bits.Clear(i)
		}
	}
	s.free(hits)
	s.free(maybe)
}

// drop clears the records whose flags say that their bytes decide, and whose bytes
// do not match.
func (n *regexpNode) drop(flags []model.Flags, bits, hits, maybe model.Bits) {
	for w, x := range bits {
		if n.asserts {
			x &^= maybe[w]
		}
		if x &^= hits[w]; x != 0 {
			bits[w] &^= x &^ flagged(flags[w*64:min(w*64+64, len(flags))], model.HasCarrier|model.HasEscape|model.Multiline)
		}
	}
}

// each adds the records of set to maybe, and those to hits whose bytes match.
func (n *regexpNode) each(s *scan, set, hits, maybe model.Bits) {
	maybe.Or(set)
	s.matchEach(n.re, set, func(i int, matches bool) {
		if matches {
			hits.Set(i)
		}
	})
}

// holds decodes record i only where its bytes do not decide; hit says whether
// they match, maybe whether they may where assertions are taken to hold.
func (n *regexpNode) holds(s *scan, i int, hit, maybe bool) bool {
	b := s.b
	f := b.Flags[i]
	if f&model.HasCarrier == 0 {
		if hit {
			return true
		}
		raw := trimEOL(b.Raw(i))
		if f&model.HasEscape == 0 && (f&model.Multiline == 0 || bytes.IndexByte(raw, '\r') < 0) { // the message is a part of these bytes
			if !n.asserts || !maybe || n.loose != nil && !s.matches(n.loose, raw, 0) {
				return false
			}
		}
	}
	return f&model.HasCarrier != 0 && s.matches(n.re, trimEOL(s.subject(i).rec().Text), 0) || s.matches(n.re, s.message(i), 0)
}

func (n *regexpNode) match(u *subject) bool {
	return n.re.Match(trimEOL(u.rec().Text)) || n.re.MatchString(u.rec().Message)
}

func (n *regexpNode) needs() model.Columns { return model.TextBytes }

func (n *regexpNode) cost() int {
	if n.need == nil {
		return 400
	}
	return 60
}

// shaped finds the records whose bytes a regular expression matches by the shape
// that a match begins with.
type shaped struct {
	n     *regexpNode
	s     *scan
	set   model.Bits
	hits  model.Bits // records whose bytes match
	maybe model.Bits // and all that have the shape

	seen, read int // bytes looked at for the shape, and with the expression for nothing
}

// find looks through the whole arena unless few records are left.
func (f *shaped) find() {
	b := f.s.b
	if few(b, f.set) {
		f.s.each(f.set, func(i int, rec []byte) { f.record(i, rec) })
		return
	}
	near := 0 // nothing further on is in a record before it
	for off := f.n.shape.next(b.Buf, 0); off >= 0; {
		i := f.s.recordAt(off, near)
		if i < 0 || b.Extra != nil && f.s.scattered(i) {
			off = f.n.shape.next(b.Buf, off+1)
			continue
		}
		near = i
		if f.set.Has(i) {
			f.seen = off
			f.ask(i, trimEOL(b.Buf[b.Start[i]:b.End[i]]), off-int(b.Start[i]))
			if f.fruitless() {
				f.rest(i + 1)
				break
			}
		}
		off = f.n.shape.next(b.Buf, int(b.End[i]))
	}
	for i := range b.Extra { // what lies between a scattered record's ends is not its own
		if f.set.Has(i) && !f.maybe.Has(i) {
			f.record(i, b.Raw(i))
		}
	}
}

// record looks at one record.
func (f *shaped) record(i int, rec []byte) {
	text := trimEOL(rec)
	f.seen += len(text)
	if at := f.n.shape.next(text, 0); at >= 0 {
		f.ask(i, text, at)
	}
}

// ask asks the expression about a record that has the shape at byte at, and not
// before.
func (f *shaped) ask(i int, text []byte, at int) {
	f.maybe.Set(i)
	if at = min(at, len(text)); f.s.matches(f.n.re, text, at) {
		f.hits.Set(i)
		return
	}
	f.read += len(text) - at
}

// fruitless reports whether the shape spares too little.
func (f *shaped) fruitless() bool { return f.read > 16<<10 && f.read > f.seen/2 }

// rest asks the expression about all records from number i on.
func (f *shaped) rest(i int) {
	left := f.s.copyBits(f.set)
	for k := left.Next(0); k >= 0 && k < i; k = left.Next(k + 1) {
		left.Clear(k)
	}
	f.n.each(f.s, left, f.hits, f.maybe)
	f.s.free(left)
}
