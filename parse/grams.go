package parse

import (
	"bytes"
	"math"
	"math/bits"
	"slices"
	"strings"
)

// tables finds four bytes in a row of which there are many choices. Those are
// dealt out to sixteen sets, of which two tables for each of the four places tell:
// by the low half of a byte and by its high one. A set that has several lets more
// pass: what stands between the halves of its choices.
type tables struct {
	low, high  [gramBytes][2][32]uint8 // a bit for each of eight sets; the same 16 twice
	head, mask [planHead]byte          // what lines begin with, and the bytes of it that there are
	sets       [gramSets][]gram        // the choices
}

const (
	gramBytes = 4
	gramSets  = 16
)

// gram is the bytes that may stand in a row.
type gram [gramBytes]gramClass

// gramClass is the bytes that may stand in one place: those whose halves are both
// in it.
type gramClass struct{ low, high uint16 }

var anyOf = gramClass{0xffff, 0x00ff} // ASCII

// classOf is the class of a byte of a text.
func classOf(c byte, folded bool) gramClass {
	one := gramClass{1 << (c & 15), 1 << (c >> 4)}
	switch {
	case c == '"': // or ', where Python prints a dictionary
		return gramClass{1<<2 | 1<<7, 1 << 2}
	case c == ' ': // also _ - .
		return gramClass{1<<0 | 1<<0xd | 1<<0xe | 1<<0xf, 1<<2 | 1<<5}
	case !folded:
	case isAlpha(c):
		one.high |= 1 << (c>>4 ^ 2)
	case c == '{': // also a blank
		return gramClass{1<<0 | 1<<0xb, 1<<2 | 1<<7}
	case c == '0':
		return gramClass{1<<10 - 1, 1 << 3}
	}
	return one
}

// has reports whether text is one of the choices.
func (g *gram) has(text []byte) bool {
	for k, c := range text {
		if g[k].low>>(c&15)&1 == 0 || g[k].high>>(c>>4)&1 == 0 {
			return false
		}
	}
	return true
}

// with is g with the bytes of o.
func (g gram) with(o *gram) gram {
	for k := range g {
		g[k].low |= o[k].low
		g[k].high |= o[k].high
	}
	return g
}

// size is how many texts of ASCII fit.
func (g *gram) size() int {
	n := 1
	for _, c := range g {
		n *= bits.OnesCount16(c.low) * bits.OnesCount8(uint8(c.high))
	}
	return n
}

// gramSample is some bytes of a stream: a bit for each place whose byte has that
// half.
type gramSample struct {
	low, high [16]sampleBits
	asked     sampleBits // the places of which it matters whether a gram stands there
}

// sampleBytes is how many bytes of a stream are looked at to choose.
const sampleBytes = 8 << 10

type sampleBits [sampleBytes / 64]uint64

// sampleOf makes a sample of pieces of buf. Grams that touch key do not matter.
func sampleOf(buf, key []byte) *gramSample {
	const pieces = 16
	s := new(gramSample)
	size := min(sampleBytes, len(buf)) / pieces
	for k := range pieces {
		s.piece(buf[k*(len(buf)/pieces):][:size], k*size, key)
	}
	return s
}

// piece adds a piece of a sample, from place at on.
func (s *gramSample) piece(text []byte, at int, key []byte) {
	for i, c := range text {
		s.low[c&15][(at+i)/64] |= 1 << ((at + i) & 63)
		s.high[c>>4][(at+i)/64] |= 1 << ((at + i) & 63)
	}
	for i := 0; i+gramBytes <= len(text); i++ {
		if bytes.HasPrefix(text[i:], key) || bytes.HasPrefix(text[i+gramBytes-1:], key) {
			i += len(key) + gramBytes - 2
			continue
		}
		s.asked[(at+i)/64] |= 1 << ((at + i) & 63)
	}
}

// gramPlaces are the places of a sample at which a byte may be the k-th of a gram.
type gramPlaces struct{ low, high [gramBytes]sampleBits }

// add adds the places of g.
func (p *gramPlaces) add(s *gramSample, g *gram) {
	for k, c := range g {
		p.low[k].add(&s.low, c.low)
		p.high[k].add(&s.high, c.high)
	}
}

// hits is how often what has these places, or g, stands in the sample, where that
// matters.
func (p *gramPlaces) hits(s *gramSample, g *gram) int {
	at := s.asked
	for k, c := range g {
		low, high := p.low[k], p.high[k]
		low.add(&s.low, c.low)
		high.add(&s.high, c.high)
		for i := range at {
			at[i] &= low.from(i, k) & high.from(i, k)
		}
	}
	n := 0
	for _, w := range at {
		n += bits.OnesCount64(w)
	}
	return n
}

// add adds the places of some halves.
func (b *sampleBits) add(of *[16]sampleBits, halves uint16) {
	for ; halves != 0; halves &= halves - 1 {
		one := &of[bits.TrailingZeros16(halves)]
		for i := range b {
			b[i] |= one[i]
		}
	}
}

// from is word i of b, k places further on.
func (b *sampleBits) from(i, k int) uint64 {
	w := b[i] >> k
	if i+1 < len(b) {
		w |= b[i+1] << (63 - k) << 1
	}
	return w
}

// candidate is a gram, and which of the texts have it.
type candidate struct {
	gram
	covers []int
	hits   int
}

// gramsOf are the grams of texts. One of a part that is shorter leaves the rest
// open, and is no choice where there are other parts.
func gramsOf(texts []tellingText) []candidate {
	var all []candidate
	at := map[gram]int{}
	for n, t := range texts {
		for _, part := range t.parts {
			if len(part) < gramBytes && len(t.parts) > 1 {
				continue
			}
			for i := range max(1, len(part)-gramBytes+1) {
				if strings.LastIndexByte(part[i:min(len(part), i+gramBytes)], '"') > 0 && t.folded { // there a backslash may stand before it
					continue
				}
				var g gram
				for k := range g {
					if g[k] = anyOf; i+k < len(part) {
						g[k] = classOf(part[i+k], t.folded)
					}
				}
				k, ok := at[g]
				if !ok {
					k = len(all)
					at[g], all = k, append(all, candidate{gram: g})
				}
				if c := all[k].covers; len(c) == 0 || c[len(c)-1] != n {
					all[k].covers = append(c, n)
				}
			}
		}
	}
	return all
}

// choose makes tables that find each of so many texts, which candidates cover: by few
// grams that are rare in a sample, each in the set where it lets least more pass.
func (t *tables) choose(all []candidate, texts int, sample *gramSample) {
	var none gramPlaces
	for k := range all {
		all[k].hits = none.hits(sample, &all[k].gram)
	}
	covered := make([]bool, texts)
	var d deal
	for {
		best, into, least := -1, 0, 0.0
		for _, k := range foremost(all, covered) {
			set, cost := d.cheapest(&all[k].gram, sample)
			if cost /= float64(all[k].left(covered)); best < 0 || cost < least {
				best, into, least = k, set, cost
			}
			if all[k].gram[gramBytes-1] == anyOf { // these come first
				break
			}
		}
		if best < 0 {
			break
		}
		for _, c := range all[best].covers {
			covered[c] = true
		}
		d.sets[into] = d.sets[into].with(&all[best].gram)
		t.sets[into] = append(t.sets[into], all[best].gram)
		d.passed[into] = d.places[into].hits(sample, &all[best].gram)
		d.places[into].add(sample, &all[best].gram)
	}
	for n := range d.sets {
		t.set(n, &d.sets[n])
	}
}

// deal is the sets as they are made.
type deal struct {
	sets   [gramSets]gram
	places [gramSets]gramPlaces
	passed [gramSets]int // of the sample
}

// cheapest returns the set in which g lets least more pass, and how much that is.
func (d *deal) cheapest(g *gram, sample *gramSample) (set int, cost float64) {
	for k := range d.sets {
		with := d.sets[k].with(g)
		c := float64(d.places[k].hits(sample, g)-d.passed[k]) + 1 + float64(with.size()-d.sets[k].size())/2048 // what is not in the sample may come, too
		if k == 0 || c < cost {
			set, cost = k, c
		}
		if d.sets[k] == (gram{}) { // so are those behind it
			break
		}
	}
	return set, cost
}

// foremost are some grams that cover most of what is not covered for what they let
// pass by themselves; those with an open place come before all others.
func foremost(all []candidate, covered []bool) []int {
	const most = 4
	var top []int
	worth := func(k int) float64 {
		if all[k].gram[gramBytes-1] == anyOf {
			return math.Inf(1)
		}
		return float64(all[k].left(covered)) / float64(1+8*all[k].hits)
	}
	for k := range all {
		if all[k].left(covered) == 0 {
			continue
		}
		at := len(top)
		for at > 0 && worth(k) > worth(top[at-1]) {
			at--
		}
		if at < most {
			top = slices.Insert(top, at, k)[:min(len(top)+1, most)]
		}
	}
	return top
}

// left is how many texts are not covered without c.
func (c *candidate) left(covered []bool) int {
	n := 0
	for _, t := range c.covers {
		if !covered[t] {
			n++
		}
	}
	return n
}

// set makes g set n.
func (t *tables) set(n int, g *gram) {
	for k, c := range g {
		for i := range 16 {
			low, high := uint8(c.low>>i&1)<<(n&7), uint8(c.high>>i&1)<<(n&7)
			t.low[k][n>>3][i] |= low
			t.low[k][n>>3][i+16] |= low
			t.high[k][n>>3][i] |= high
			t.high[k][n>>3][i+16] |= high
		}
	}
}

// next is where a gram of some set may begin first in buf, at or after from, or a
// backslash stands, or what begins an escape sequence, or the end of a line that
// is followed by one that begins otherwise than others; the end if nowhere.
func (t *tables) next(buf []byte, from int) int {
	if to := len(buf) - 2*planHead; hasGrams && from < to {
		end := from + (to-from)&^31
		if at := gramIndex(t, &buf[0], from, end); at < end {
			return at
		}
		from = end
	}
	return t.nextByte(buf, from)
}

// nextByte is next, a byte at a time.
func (t *tables) nextByte(buf []byte, from int) int {
	for i := from; i < len(buf); i++ {
		if t.here(buf, i) {
			return i
		}
	}
	return len(buf)
}

// here reports whether next finds something at i.
func (t *tables) here(buf []byte, i int) bool {
	return buf[i] == '\\' || t.breaks(buf, i) || t.setsAt(buf, i) != 0
}

// breaks is here for all but grams.
func (t *tables) breaks(buf []byte, i int) bool {
	switch buf[i] {
	case '\\': // other escapes hide no letters
		return i+1 == len(buf) || buf[i+1] == 'u' || buf[i+1] == '/'
	case escape:
		return true
	case '\n':
		return !t.begins(buf[i+1:])
	}
	return false
}

// setsAt are the sets, a bit each, that let what stands at i pass.
func (t *tables) setsAt(buf []byte, i int) uint16 {
	if len(buf)-i < gramBytes {
		return 0
	}
	sets := uint16(0xffff)
	for k, c := range buf[i : i+gramBytes] {
		low, high := c&15, c>>4
		sets &= uint16(t.low[k][0][low]&t.high[k][0][high]) | uint16(t.low[k][1][low]&t.high[k][1][high])<<8
	}
	return sets
}

// surely reports whether one of the choices stands at i.
func (t *tables) surely(buf []byte, i int) bool {
	for sets := t.setsAt(buf, i); sets != 0; sets &= sets - 1 {
		for _, g := range t.sets[bits.TrailingZeros16(sets)] {
			if g.has(buf[i : i+gramBytes]) {
				return true
			}
		}
	}
	return false
}

// begins reports whether a line begins as others do; the end of the text may be
// there instead.
func (t *tables) begins(line []byte) bool {
	if len(line) == 0 {
		return true
	}
	for i, m := range t.mask {
		if m != 0 && (i >= len(line) || line[i] != t.head[i]) {
			return false
		}
	}
	return true
}
