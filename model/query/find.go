package query

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"ravel/model"
)

// finder finds one literal in bytes. With fold, ASCII letters match in both
// cases, others by their lower case. It is immutable; what depends on the
// bytes searched is a cursor's.
type finder struct {
	needle []byte // lower case if fold
	fold   bool
	mask   []byte // 0x20 where needle holds an ASCII letter that folds
	wide   bool   // fold and not all ASCII: compared rune by rune
	sized  bool   // of wide: what matches is as long as the needle
}

// newFinder returns a finder of word: smart case if smart, else exact.
func newFinder(word string, smart bool) *finder {
	f := &finder{needle: []byte(word)}
	if !smart || !foldable(word) {
		return f
	}
	f.fold = true
	f.mask = make([]byte, len(word))
	for i := range len(word) {
		switch {
		case isLetter(word[i]):
			f.mask[i] = 0x20
		case word[i] >= utf8.RuneSelf:
			f.wide = true
		}
	}
	f.sized = f.wide && !strings.ContainsFunc(word, resized)
	return f
}

// resized reports whether r is the lower case of a letter that takes another
// number of bytes.
func resized(r rune) bool {
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		if r >= utf8.RuneSelf && unicode.ToLower(o) == r && utf8.RuneLen(o) != utf8.RuneLen(r) {
			return true
		}
	}
	return r == utf8.RuneError
}

// foldable reports whether word has letters of two cases and no capital.
func foldable(word string) bool {
	cased := false
	for _, r := range word {
		if unicode.IsUpper(r) || unicode.IsTitle(r) {
			return false
		}
		cased = cased || unicode.ToUpper(r) != r
	}
	return cased
}

// in reports whether text holds the needle.
func (f *finder) in(text []byte) bool {
	c := cursor{f: f}
	c.aim(nil)
	return c.next(text, 0) >= 0
}

// inString is in for a string.
func (f *finder) inString(text string) bool { return f.in([]byte(text)) }

// at reports whether the needle stands at byte i of text.
func (f *finder) at(text []byte, i int) bool {
	if f.wide {
		return i >= 0 && f.wideAt(text, i)
	}
	if i < 0 || i+len(f.needle) > len(text) {
		return false
	}
	if !f.fold {
		return string(text[i:i+len(f.needle)]) == string(f.needle)
	}
	for k, c := range f.needle {
		if text[i+k]|f.mask[k] != c {
			return false
		}
	}
	return true
}

// wideAt is at for needles whose other case may have another length.
func (f *finder) wideAt(text []byte, i int) bool {
	for n := f.needle; len(n) > 0; {
		want, size := utf8.DecodeRune(n)
		n = n[size:]
		got, size := utf8.DecodeRune(text[i:])
		if size == 0 {
			return false
		}
		if got < utf8.RuneSelf {
			if 'A' <= got && got <= 'Z' {
				got += 'a' - 'A'
			}
		} else if want >= utf8.RuneSelf { // the Kelvin sign is no k here
			got = unicode.ToLower(got)
		}
		if got != want {
			return false
		}
		i += size
	}
	return true
}

// frequencies counts bytes in a sample of what is searched: in logs the rare
// byte of a needle is known from the log only.
type frequencies [256]uint16

// sample counts some 4 KiB spread over buf.
func (q *frequencies) sample(buf []byte) {
	const windows, size = 64, 64
	step := max(len(buf)/windows, size)
	for off := 0; off < len(buf); off += step {
		for _, c := range buf[off:min(off+size, len(buf))] {
			q[c]++
		}
	}
}

// dense is the sampled count, of some 4096, from which a byte is too frequent
// to be looked for by itself.
const dense = 100

// cursor searches one buffer from front to back: it looks for the rarest byte
// of the needle and compares there.
type cursor struct {
	f        *finder
	pos      int  // in the needle, of the byte looked for
	lo, up   byte // that byte in both cases
	index    bool // the byte is frequent: leave it to bytes.Index
	nextUp   int  // where up stands next, -1 not known
	nextLo   int
	searched bool
	naive    bool // no byte of it is known: try everywhere
}

// aim chooses the byte to look for; q may be nil.
func (c *cursor) aim(q *frequencies) {
	best := 1 << 30
	for i, b := range c.f.needle {
		if c.f.wide && b >= utf8.RuneSelf {
			continue // its other case is other bytes
		}
		n := staticFrequency(b)
		if q != nil {
			n = int(q[b])
			if c.f.fold && isLetter(b) {
				n += int(q[b-0x20])
			}
		}
		if n < best {
			best, c.pos = n, i
		}
	}
	if len(c.f.needle) == 0 {
		return
	}
	c.naive = c.f.wide && (!c.f.sized || best == 1<<30)
	c.lo = c.f.needle[c.pos]
	c.up = c.lo
	if c.f.fold && isLetter(c.lo) {
		c.up = c.lo - 0x20
	}
	c.index = !c.f.fold && (q == nil || best > dense)
}

// staticFrequency ranks bytes where there is no sample.
func staticFrequency(b byte) int {
	switch {
	case b == ' ' || b == 'e' || b == '0' || b == '"':
		return 3
	case isDigit(b) || 'a' <= b && b <= 'z' || b == '-' || b == ':':
		return 2
	}
	return 1
}

// next is where the needle stands first at or after from; -1 if nowhere. Calls
// on one buffer go forward.
func (c *cursor) next(buf []byte, from int) int {
	switch {
	case from > len(buf):
		return -1
	case len(c.f.needle) == 0:
		return from
	case c.naive:
		for i := from; i < len(buf); i++ {
			if c.f.wideAt(buf, i) {
				return i
			}
		}
		return -1
	case c.index:
		if i := bytes.Index(buf[from:], c.f.needle); i >= 0 {
			return from + i
		}
		return -1
	case c.up == c.lo:
		return c.nextOne(buf, from)
	}
	return c.nextTwo(buf, from)
}

// nextOne looks for a byte that has one case.
func (c *cursor) nextOne(buf []byte, from int) int {
	misses := 0
	for p := from + c.pos; p < len(buf); p++ {
		k := bytes.IndexByte(buf[p:], c.lo)
		if k < 0 {
			return -1
		}
		p += k
		if c.f.at(buf, p-c.pos) {
			return p - c.pos
		}
		if misses++; misses > 64 && !c.f.fold && (p-from)/misses < 4096/dense {
			c.index = true // the sample was wrong about this part
			return c.next(buf, p-c.pos+1)
		}
	}
	return -1
}

// nextTwo looks for a letter in both cases; each has its own place so that
// neither is looked for twice.
func (c *cursor) nextTwo(buf []byte, from int) int {
	p := from + c.pos
	if !c.searched {
		c.nextLo, c.nextUp, c.searched = -1, -1, true
	}
	for p < len(buf) {
		c.nextLo = seek(buf, c.lo, c.nextLo, p)
		c.nextUp = seek(buf, c.up, c.nextUp, p)
		p = min(c.nextLo, c.nextUp)
		if p == len(buf) {
			return -1
		}
		if c.f.at(buf, p-c.pos) {
			return p - c.pos
		}
		p++
	}
	return -1
}

// seek is where b stands at or after p, given where it was found last.
func seek(buf []byte, b byte, last, p int) int {
	if last >= p {
		return last
	}
	k := bytes.IndexByte(buf[p:], b)
	if k < 0 {
		return len(buf)
	}
	return p + k
}

// narrow clears the records whose bytes do not hold the needle.
func (f *finder) narrow(s *scan, bits model.Bits) {
	got := s.empty(bits)
	f.visit(s, bits, func(i int, _ []byte, _ int) bool {
		got.Set(i)
		return true
	})
	bits.And(got)
	s.free(got)
}

// visit shows each place in the bytes of the set's records where the needle
// stands, until hit returns true for a record: its number, its bytes and where
// in them. The whole arena is searched at once unless few records are left.
func (f *finder) visit(s *scan, bits model.Bits, hit func(i int, rec []byte, at int) bool) {
	b := s.b
	left := bits.Count()
	if left == 0 {
		return
	}
	c := cursor{f: f}
	c.aim(s.sample())
	if left*4 < b.Len() || len(b.Extra)*2 > b.Len() {
		for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
			c.visitRecord(i, b.Raw(i), hit)
		}
		return
	}
	f.visitArena(s, &c, bits, hit)
	for i := range b.Extra { // what lies between a scattered record's ends is not its own
		if bits.Has(i) {
			c.visitRecord(i, b.Raw(i), hit)
		}
	}
}

// visitRecord is visit for one record's bytes.
func (c *cursor) visitRecord(i int, rec []byte, hit func(int, []byte, int) bool) {
	each := cursor{f: c.f, pos: c.pos, lo: c.lo, up: c.up, index: c.index, naive: c.naive}
	for at := each.next(rec, 0); at >= 0; at = each.next(rec, at+1) {
		if hit(i, rec, at) {
			return
		}
	}
}

// visitArena walks the hits in the arena and the records beside them.
func (f *finder) visitArena(s *scan, c *cursor, bits model.Bits, hit func(int, []byte, int) bool) {
	b := s.b
	near := 0 // no later hit is in a record before it
	for off := c.next(b.Buf, 0); off >= 0; {
		i := s.recordAt(off, near)
		switch {
		case i < 0 || off+len(f.needle) > int(b.End[i]) && !f.wide || b.Extra != nil && s.scattered(i):
			off = c.next(b.Buf, off+1)
			continue
		case bits.Has(i):
			start, end := int(b.Start[i]), int(b.End[i])
			if near = i; !hit(i, b.Buf[start:end], off-start) {
				off = c.next(b.Buf, off+1)
				continue
			}
		}
		near = i
		if int(b.End[i]) >= len(b.Buf) {
			return
		}
		off = c.next(b.Buf, int(b.End[i]))
	}
}
