package parse

import (
	"bytes"
	"encoding/binary"
	"sync"
	"sync/atomic"
)

// glances are the glances of all patterns that lines with one first byte may
// have, taken at once: some two dozen of them, one after the other, would take
// longer than all else that is done for a line. It is safe for concurrent use.
type glances struct {
	formats []uint8
	each    []*pattern
	lines   atomic.Uint32                // that have been asked about, up to fewLines
	start   atomic.Pointer[glancesState] // nil before that

	mu    sync.Mutex
	known map[string]*glancesState // by the states that they are made of
}

// glancesState is where each glance has come to.
type glancesState struct {
	each []*glanceState
	may  formatSet // the formats that no byte has ruled out
	over bool      // none of them depends on what follows
	next [128]atomic.Pointer[glancesState]
}

// maxGlancesStates bounds them: lines that would need more may have any format
// that has not been ruled out.
const maxGlancesStates = 512

// fewLines are not worth reading the files of all formats: that takes as long as
// to ask a thousand lines for what the patterns need.
const fewLines = 512

// may returns the formats whose pattern may match t, which is not empty: that of
// others does not.
func (g *glances) may(t []byte) *formatSet {
	s := g.start.Load()
	if s == nil {
		if g.lines.Add(1) <= fewLines {
			return g.needed(t)
		}
		s = g.begin()
	}
	for _, c := range t[:min(len(t)-1, maxGlance)] { // a state speaks of lines that go on
		if s.over || c >= 128 {
			break
		}
		next := s.next[c].Load()
		if next == nil {
			next = g.step(s, c)
		}
		s = next
	}
	return &s.may
}

// needed returns the formats as whose lines t begins, and whose need it meets.
func (g *glances) needed(t []byte) *formatSet {
	may := new(formatSet)
	for i, p := range g.each {
		if p.lead.allows(t) && bytes.Contains(t, p.needs) {
			may.add(g.formats[i])
		}
	}
	return may
}

// begin makes the first state.
func (g *glances) begin() *glancesState {
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := g.start.Load(); s != nil {
		return s
	}
	g.known = map[string]*glancesState{}
	each := make([]*glanceState, len(g.each))
	for i, one := range g.each {
		each[i] = one.glance.begin()
	}
	s := g.state(each)
	g.start.Store(s)
	return s
}

// step makes the state that c leads to from s.
func (g *glances) step(s *glancesState, c byte) *glancesState {
	g.mu.Lock()
	defer g.mu.Unlock()
	each := make([]*glanceState, len(s.each))
	for i, at := range s.each {
		if each[i] = at; at == glanceNo || at == glanceMaybe {
			continue
		}
		if each[i] = at.next[c].Load(); each[i] == nil {
			each[i] = g.each[i].glance.step(at, c)
		}
	}
	next := g.state(each)
	s.next[c].Store(next)
	return next
}

// state returns the state that these make. g.mu is held.
func (g *glances) state(each []*glanceState) *glancesState {
	if len(g.known) >= maxGlancesStates {
		for i, at := range each {
			if at != glanceNo {
				each[i] = glanceMaybe
			}
		}
	}
	key := make([]byte, 0, 2*len(each))
	for _, at := range each {
		key = binary.LittleEndian.AppendUint16(key, at.number)
	}
	if s := g.known[string(key)]; s != nil {
		return s
	}
	s := &glancesState{each: each, over: true}
	for i, at := range each {
		if at != glanceNo {
			s.may.add(g.formats[i])
			s.over = s.over && at == glanceMaybe
		}
	}
	g.known[string(key)] = s
	return s
}
