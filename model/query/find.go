package query

import (
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
		return 0 <= i && i <= len(text) && f.wideAt(text, i)
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

// narrow clears the records whose bytes do not hold the needle.
func (f *finder) narrow(s *scan, bits model.Bits) {
	got := s.empty(bits)
	if f.apart(s, bits) {
		c := f.cursor(s)
		last := 0 // where it stood last: records of one kind are alike
		s.each(bits, func(i int, rec []byte) {
			if f.at(rec, last) {
				got.Set(i)
			} else if at := c.next(rec, 0); at >= 0 {
				got.Set(i)
				last = at
			}
		})
	} else {
		f.visit(s, bits, func(i int, _ []byte, _ int) bool {
			got.Set(i)
			return true
		})
	}
	bits.And(got)
	s.free(got)
}

// few reports whether so few records are left in the set, or so many of the
// batch are scattered, that each is searched by itself.
func few(b *model.Batch, bits model.Bits) bool {
	return bits.Count()*2 < b.Len() || len(b.Extra)*2 > b.Len()
}

// apart reports whether the records of the set are searched each by itself: few,
// unless they are a good part of all and the needle is rare, as far as the first
// bytes show. Then the arena is read faster than records here and there.
func (f *finder) apart(s *scan, bits model.Bits) bool {
	b := s.b
	if !few(b, bits) {
		return false
	}
	if bits.Count()*6 < b.Len() || len(b.Extra) > 0 {
		return true
	}
	c, part, hits := f.cursor(s), b.Buf[:len(b.Buf)/16], 0
	for at := c.next(part, 0); at >= 0; at = c.next(part, at+1) {
		if hits++; hits*16*8 > b.Len() {
			return true
		}
	}
	return false
}

// cursor is one for the bytes that s scans.
func (f *finder) cursor(s *scan) *cursor {
	c := &cursor{f: f}
	c.aim(s.sample())
	return c
}

// visit shows each place in the bytes of the set's records where the needle
// stands, until hit returns true for a record: its number, its bytes and where
// in them. The whole arena is searched at once unless few records are left.
func (f *finder) visit(s *scan, bits model.Bits, hit func(i int, rec []byte, at int) bool) {
	b := s.b
	if bits.Empty() {
		return
	}
	c := f.cursor(s)
	if f.apart(s, bits) {
		s.each(bits, func(i int, rec []byte) { c.visitRecord(i, rec, hit) })
		return
	}
	f.visitArena(s, c, bits, hit)
	for i := range b.Extra { // what lies between a scattered record's ends is not its own
		if bits.Has(i) {
			c.visitRecord(i, b.Raw(i), hit)
		}
	}
}

// visitRecord is visit for one record's bytes.
func (c *cursor) visitRecord(i int, rec []byte, hit func(int, []byte, int) bool) {
	for at := c.next(rec, 0); at >= 0; at = c.next(rec, at+1) {
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
