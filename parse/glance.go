package parse

import (
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
)

// glance tells of most lines that a pattern does not match them, by their first
// bytes, at a tenth of what the regular expression takes to say so: it is a
// deterministic automaton, of which a state is made when a line first comes
// there. It is safe for concurrent use.
type glance struct {
	of    func() *expression
	start atomic.Pointer[glanceState] // nil before the first line

	mu    sync.Mutex
	prog  *syntax.Prog
	known map[string]*glanceState // by their pcs
}

// glanceState is the places of the program where a match may go on.
type glanceState struct {
	pcs    []uint32
	number uint16                           // among those of its glance
	next   [128]atomic.Pointer[glanceState] // nil: not known yet
}

// The states in which a line's fate is known.
var (
	glanceNo    = new(glanceState)
	glanceMaybe = &glanceState{number: 1}
)

// The bounds of a glance: what passes them may match.
const (
	maxGlance       = 96 // bytes of a line
	maxGlanceStates = 64
)

// newGlance returns the glance of an expression, which is asked for at the first
// line.
func newGlance(of func() *expression) *glance { return &glance{of: of} }

// may reports whether the pattern may match t: false is sure.
func (g *glance) may(t []byte) bool {
	s := g.start.Load()
	if s == nil {
		s = g.begin()
	}
	for _, c := range t[:min(len(t), maxGlance)] {
		switch s {
		case glanceNo:
			return false
		case glanceMaybe:
			return true
		}
		if c >= 128 {
			return true
		}
		next := s.next[c].Load()
		if next == nil {
			next = g.step(s, c)
		}
		s = next
	}
	return true
}

// begin makes the first state, unless it is there.
func (g *glance) begin() *glanceState {
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := g.start.Load(); s != nil {
		return s
	}
	s := glanceMaybe
	e := g.of()
	if e.anchored() {
		if prog := e.prog(); prog != nil && len(prog.Inst) < 1<<16 {
			g.prog, g.known = prog, map[string]*glanceState{}
			s = g.state(reach(prog, true, uint32(prog.Start)))
		}
	}
	g.start.Store(s)
	return s
}

// step makes the state that c leads to from s.
func (g *glance) step(s *glanceState, c byte) *glanceState {
	g.mu.Lock()
	defer g.mu.Unlock()
	if next := s.next[c].Load(); next != nil {
		return next
	}
	var from []uint32
	for _, pc := range s.pcs {
		if in := &g.prog.Inst[pc]; in.MatchRune(rune(c)) {
			from = append(from, in.Out)
		}
	}
	next := g.state(reach(g.prog, false, from...))
	s.next[c].Store(next)
	return next
}

// state returns the state of these places; open says that the line may match
// whatever follows. g.mu is held.
func (g *glance) state(pcs []uint32, open bool) *glanceState {
	if open {
		return glanceMaybe
	}
	if len(pcs) == 0 {
		return glanceNo
	}
	slices.Sort(pcs)
	key := make([]byte, 0, 2*len(pcs))
	for _, pc := range pcs {
		key = append(key, byte(pc), byte(pc>>8))
	}
	if s := g.known[string(key)]; s != nil {
		return s
	}
	if len(g.known) >= maxGlanceStates {
		return glanceMaybe
	}
	s := &glanceState{pcs: pcs, number: uint16(2 + len(g.known))}
	g.known[string(key)] = s
	return s
}

// reach returns the places at which the program reads a byte next, from those
// given on; first says that it has read none. It is open if what follows does
// not matter, or more than the next byte does: the program has matched, or looks
// at what stands around.
func reach(prog *syntax.Prog, first bool, from ...uint32) (pcs []uint32, open bool) {
	seen := make([]bool, len(prog.Inst))
	for len(from) > 0 {
		pc := from[len(from)-1]
		from = from[:len(from)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		switch in := &prog.Inst[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			from = append(from, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			from = append(from, in.Out)
		case syntax.InstEmptyWidth:
			switch syntax.EmptyOp(in.Arg) {
			case syntax.EmptyBeginText:
				if first {
					from = append(from, in.Out)
				}
			case syntax.EmptyEndText: // of a line that goes on
			default:
				return nil, true
			}
		case syntax.InstMatch:
			return nil, true
		case syntax.InstFail:
		default:
			pcs = append(pcs, pc)
		}
	}
	return pcs, false
}
