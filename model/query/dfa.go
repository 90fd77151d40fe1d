package query

import (
	"encoding/binary"
	"regexp"
	"regexp/syntax"
	"slices"
)

// dfa answers whether a regular expression matches, one table look-up a byte.
// Its states are made when they are first met. It reads ASCII only: at a byte
// above, and where it would grow too large, package regexp takes over. It
// belongs to one goroutine.
type dfa struct {
	re     *regexp.Regexp
	prog   *syntax.Prog
	table  []uint32 // next state by state and byte; states are multiples of 256
	sets   [][]uint32
	prev   []prevByte // what each state's last byte was
	final  []uint8    // by state: 0 not known, 1 no, 2 matches at the end
	ids    map[string]uint32
	key    []byte
	list   []uint32 // scratch: closure
	mark   []uint32 // by instruction: generation in which it was added
	gen    uint32
	starts [afterOther + 1]uint32 // where text begins behind such a byte; unknown until it is asked
	first  bool                   // it can match at the start of text only
	full   int                    // how often it was full
}

// prevByte is what an assertion can know of the byte before.
type prevByte uint8

const (
	atStart prevByte = iota
	afterWord
	afterLine
	afterOther
)

// States that are no sets. unknown must be 0, the table's zero value.
const (
	unknown  uint32 = 0
	matched  uint32 = 1 << 8
	foreign  uint32 = 2 << 8 // a byte that is not ASCII
	dead     uint32 = 3 << 8
	firstSet uint32 = 4 << 8
)

// maxStates bounds a dfa: 2,048 states are 2 MiB.
const maxStates = 2048

// maxFull is how often a dfa may be full before it gives up: then it makes states
// faster than it uses them.
const maxFull = 16

// maxProgram bounds the expressions worth a dfa.
const maxProgram = 2000

// newDFA returns a dfa of re, nil if it is too large for one.
func newDFA(re *regexp.Regexp) *dfa {
	prog := program(re)
	if prog == nil {
		return nil
	}
	d := &dfa{re: re, prog: prog, mark: make([]uint32, len(prog.Inst))}
	d.first = prog.StartCond()&syntax.EmptyBeginText != 0
	d.reset()
	return d
}

// program is the instructions of re, nil if there are too many.
func program(re *regexp.Regexp) *syntax.Prog {
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return nil
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil || len(prog.Inst) > maxProgram {
		return nil
	}
	return prog
}

// reset forgets all states.
func (d *dfa) reset() {
	d.table = append(d.table[:0], make([]uint32, firstSet)...)
	d.sets, d.prev, d.final = make([][]uint32, 4), make([]prevByte, 4), make([]uint8, 4)
	d.ids, d.starts = map[string]uint32{}, [...]uint32{unknown, unknown, unknown, unknown}
	d.start(nil, 0)
}

// start is the state in which text begins to be read at byte at.
func (d *dfa) start(text []byte, at int) uint32 {
	prev := atStart
	if at > 0 {
		prev = after(text[at-1])
	}
	if d.starts[prev] == unknown {
		d.starts[prev] = d.state([]uint32{uint32(d.prog.Start)}, prev)
	}
	return d.starts[prev]
}

// after is what an assertion can know of c before it.
func after(c byte) prevByte {
	switch {
	case c == '\n':
		return afterLine
	case isLetter(c) || isDigit(c) || c == '_':
		return afterWord
	}
	return afterOther
}

// match reports whether text matches. at is a byte before which no match begins.
func (d *dfa) match(text []byte, at int) bool {
	s := d.start(text, at)
	if d.full > maxFull || s == unknown {
		return d.re.Match(text)
	}
	for i := at; i < len(text); i++ {
		n := d.table[s|uint32(text[i])]
		if n < firstSet {
			if n == unknown {
				n = d.step(s, text[i])
			}
			switch n {
			case matched:
				return true
			case dead:
				return false
			case foreign:
				return d.re.Match(text)
			}
		}
		s = n
	}
	return d.atEnd(s)
}

// atEnd reports whether text that ends in state s matches.
func (d *dfa) atEnd(s uint32) bool {
	k := s >> 8
	if d.final[k] == 0 {
		d.final[k] = 1 + uint8(btoi(d.closure(d.sets[k], d.prev[k], -1)))
	}
	return d.final[k] == 2
}

// step makes the state behind s and a byte.
func (d *dfa) step(s uint32, c byte) uint32 {
	n := d.next(s, c)
	if n == unknown { // full: start again with what is needed now
		d.full++
		d.reset()
		return foreign
	}
	d.table[s|uint32(c)] = n
	return n
}

// next is the state behind s and a byte; unknown if there is no room for it.
func (d *dfa) next(s uint32, c byte) uint32 {
	if c >= 0x80 {
		return foreign
	}
	k := s >> 8
	if d.closure(d.sets[k], d.prev[k], rune(c)) {
		return matched
	}
	var set []uint32
	for _, pc := range d.list {
		if in := &d.prog.Inst[pc]; takes(in, rune(c)) {
			set = append(set, in.Out)
		}
	}
	if !d.first {
		set = append(set, uint32(d.prog.Start))
	}
	if len(set) == 0 {
		return dead
	}
	slices.Sort(set)
	set = slices.Compact(set)
	return d.state(set, after(c))
}

// state is the number of a set, made if it is new; unknown if there is no room.
func (d *dfa) state(set []uint32, prev prevByte) uint32 {
	d.key = append(d.key[:0], byte(prev))
	for _, pc := range set {
		d.key = binary.LittleEndian.AppendUint32(d.key, pc)
	}
	if id, ok := d.ids[string(d.key)]; ok {
		return id
	}
	if len(d.sets) >= maxStates {
		return unknown
	}
	id := uint32(len(d.sets)) << 8
	d.sets, d.prev, d.final = append(d.sets, set), append(d.prev, prev), append(d.final, 0)
	d.table = append(d.table, make([]uint32, 256)...)
	d.ids[string(d.key)] = id
	return id
}

// takes reports whether an instruction consumes r.
func takes(in *syntax.Inst, r rune) bool {
	switch in.Op {
	case syntax.InstRune, syntax.InstRune1:
		return in.MatchRune(r)
	case syntax.InstRuneAny:
		return true
	case syntax.InstRuneAnyNotNL:
		return r != '\n'
	}
	return false
}

// closure puts into d.list what set reaches without consuming a byte, next
// being the one to come (-1 at the end), and reports whether that is a match.
func (d *dfa) closure(set []uint32, prev prevByte, next rune) bool {
	before := [...]rune{atStart: -1, afterWord: 'a', afterLine: '\n', afterOther: ' '}[prev]
	holds := syntax.EmptyOpContext(before, next)
	d.gen++
	d.list = d.list[:0]
	for _, pc := range set {
		d.add(pc)
	}
	for i := 0; i < len(d.list); i++ {
		switch in := &d.prog.Inst[d.list[i]]; in.Op {
		case syntax.InstMatch:
			return true
		case syntax.InstAlt, syntax.InstAltMatch:
			d.add(in.Out)
			d.add(in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			d.add(in.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(in.Arg)&^holds == 0 {
				d.add(in.Out)
			}
		}
	}
	return false
}

// add appends an instruction to d.list once.
func (d *dfa) add(pc uint32) {
	if d.mark[pc] != d.gen {
		d.mark[pc] = d.gen
		d.list = append(d.list, pc)
	}
}
