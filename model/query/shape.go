package query

import (
	"math/bits"
	"regexp"
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// shape is what the first bytes of everything that a regular expression matches
// look like: so few places of a log look like that, mostly, that the expression
// itself need not be asked elsewhere. It is immutable.
type shape struct {
	// A byte may be the k-th if both of its halves have bit k here: a set of bytes
	// that is not a product of halves lets more pass.
	low, high [16]uint8
	n         int        // how many bytes are known
	table     [256]uint8 // by byte: low and high
}

// shapeBytes is how many bytes a shape tells of, at most.
const shapeBytes = 8

// newShape returns the shape of what re matches, nil if it may begin with
// anything.
func newShape(re *regexp.Regexp) *shape {
	prog := program(re)
	if prog == nil {
		return nil
	}
	w := ways{prog: prog}
	sh := &shape{}
	w.add(uint32(prog.Start))
	for sh.n < shapeBytes && !w.ends {
		var class [256]bool
		open := w.step(&class)
		for c, in := range class {
			if in {
				sh.low[c&15] |= 1 << sh.n
				sh.high[c>>4] |= 1 << sh.n
			}
		}
		sh.n++
		if open {
			break
		}
	}
	for c := range sh.table {
		sh.table[c] = sh.low[c&15] & sh.high[c>>4]
	}
	if sh.n == 0 {
		return nil
	}
	return sh
}

// ways follows all ways through a program at once, assertions taken to hold.
type ways struct {
	prog *syntax.Prog
	at   []uint32 // instructions that consume a rune
	seen map[uint32]bool
	ends bool // it may match here
}

// add walks on from an instruction to those that consume.
func (w *ways) add(pc uint32) {
	if w.seen[pc] {
		return
	}
	if w.seen == nil {
		w.seen = map[uint32]bool{}
	}
	w.seen[pc] = true
	switch in := &w.prog.Inst[pc]; in.Op {
	case syntax.InstMatch:
		w.ends = true
	case syntax.InstAlt, syntax.InstAltMatch:
		w.add(in.Out)
		w.add(in.Arg)
	case syntax.InstEmptyWidth, syntax.InstCapture, syntax.InstNop:
		w.add(in.Out)
	case syntax.InstFail:
	default:
		w.at = append(w.at, pc)
	}
}

// step adds to class the bytes that may come next, and walks on behind them. open
// says that a character of several bytes may come: what is behind the first is not
// known.
func (w *ways) step(class *[256]bool) (open bool) {
	at := w.at
	w.at, w.seen = nil, nil
	for _, pc := range at {
		in := &w.prog.Inst[pc]
		for c := range rune(utf8.RuneSelf) {
			class[c] = class[c] || takes(in, c)
		}
		open = open || takesWide(in)
		w.add(in.Out)
	}
	if open {
		for c := utf8.RuneSelf; c < len(class); c++ {
			class[c] = true
		}
	}
	return open
}

// takesWide reports whether an instruction may consume a rune that is not ASCII.
func takesWide(in *syntax.Inst) bool {
	if in.Op == syntax.InstRuneAny || in.Op == syntax.InstRuneAnyNotNL {
		return true
	}
	for _, r := range in.Rune {
		if r >= utf8.RuneSelf {
			return true
		}
		for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
			if o >= utf8.RuneSelf && takes(in, o) {
				return true
			}
		}
	}
	return false
}

// next is where bytes of that shape begin first in buf, at or after from; -1 if
// nowhere.
func (sh *shape) next(buf []byte, from int) int {
	if whole := (len(buf) - from) &^ 31; hasVectors && whole > 0 {
		if last := shapeIndex(&buf[from], whole, sh); last < whole {
			return from + last - sh.n + 1
		}
		from += max(0, whole-sh.n+1)
	}
	return sh.nextByte(buf, from)
}

// nextByte is next, a byte at a time: bit k of a state says that the last k+1
// bytes look like the first ones.
func (sh *shape) nextByte(buf []byte, from int) int {
	state, last := uint8(0), uint8(1)<<(sh.n-1)
	for i := from; i < len(buf); i++ {
		if state = (state<<1 | 1) & sh.table[buf[i]]; state&last != 0 {
			return i - sh.n + 1
		}
	}
	return -1
}

// inLine is as much of the shape as holds no line end, nil if that is nothing.
func (sh *shape) inLine() *shape {
	n := 0
	for sh != nil && n < sh.n && sh.table['\n']>>n&1 == 0 {
		n++
	}
	if n == 0 {
		return nil
	}
	part := *sh
	part.n = n
	return &part
}

// search begins the search of buf for the shape.
func (sh *shape) search(buf []byte) Search {
	return func(from int) int { return sh.next(buf, from) }
}

// rare reports whether in bytes of these frequencies records of that length would
// mostly lack the shape, if each byte were what it is by itself.
func (sh *shape) rare(q *frequencies, length int) bool {
	var sums [shapeBytes]int
	all := 0
	for c, n := range q {
		all += int(n)
		for left := sh.table[c]; left != 0; left &= left - 1 {
			sums[bits.TrailingZeros8(left)] += int(n)
		}
	}
	p := float64(length)
	for _, n := range sums[:sh.n] {
		p *= float64(n) / float64(max(all, 1))
	}
	return p < 0.5
}
