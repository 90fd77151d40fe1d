package parse

import (
	"bytes"
	"strings"

	"ravel/model"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
)

// SureLines is a walk over physical lines of one buffer that are records for
// sure: from the one that begins at from, over those that begin before to, as
// far as they pass. It returns where the last one that did begins, where the
// next line does, and how many passed.
type SureLines = func(from, to int) (last, next, lines int)

// Passing says which lines a walk may pass, beyond being records for sure.
type Passing struct {
	JSON bool // only objects
	// Duration, if it is set, is a key: lines that say by another one, or in
	// their message, how long something took do not pass.
	Duration string
}

// Sure returns a walk over the lines of buf. A line that passes begins a record
// whatever stood before it, and leaves the parser in the State that it is in
// now. If another such line or the end follows, the record is that line and has
// no flags. Nil: the stream's lines cannot be told so, or not cheaply. The walk
// belongs to the parser's goroutine and holds while the parser is in that state.
func (p *Parser) Sure(buf []byte, o Passing) SureLines {
	l := p.lanes[0]
	if !l.steady || l.offset != 0 || l.array || l.inEvents || l.envelope || !p.begun || p.wraps || p.force != noFormat {
		return nil
	}
	var line func(at int) (n int) // the length of the one that begins at at, if it passes
	switch {
	case l.sticky == noFormat:
		return nil
	case l.sticky == p.ids.format && l.last == lastStamped && p.r.layout == stamp.ISO && !o.JSON:
		line = func(at int) int { return p.sureIDs(buf[at:]) }
	case l.sticky == p.json && l.last == lastData && p.r.plan != nil:
		key := `"` + o.Duration + `"`
		line = func(at int) int { return p.sureJSON(buf, at, key) }
	}
	if line == nil || bytes.IndexByte(buf, escape) >= 0 {
		return nil
	}
	slash := -1 // the next backslash
	return func(from, to int) (last, next, lines int) {
		last, next = from, from
		for next < to {
			if slash < next {
				slash = indexFrom(buf, '\\', next)
			}
			n := line(next)
			if n == 0 || n > p.o.MaxRecord || slash < next+n {
				break
			}
			last, next, lines = next, next+n, lines+1
		}
		return last, next, lines
	}
}

// sureIDs returns the length of the line of the format `ids` with which rest
// begins, its line end included, 0 if it does not pass.
func (p *Parser) sureIDs(rest []byte) int {
	n := bytes.IndexByte(rest, '\n')
	if n < quickMin || !p.sureLine(rest[:n]) {
		return 0
	}
	return n + 1
}

// sureLine reports whether a line without its LF passes.
func (p *Parser) sureLine(t []byte) bool {
	if t[len(t)-1] == '\r' {
		t = t[:len(t)-1]
	}
	if t[len(t)-1] == '}' {
		return false
	}
	if _, ok := p.ids.time(t, p.r.loc); !ok {
		return false
	}
	_, i := p.ids.request(t)
	if i >= 0 {
		_, _, i = p.ids.names(t, i, &p.names)
	}
	return i >= 0
}

// sureJSON is sureIDs for the record at t[at:] that the stream's plan can read. key is the one that may say a duration, in its
// quotes; `""` for any.
func (p *Parser) sureJSON(t []byte, at int, key string) int {
	r, h := &p.r, &p.h
	var w planned
	h.hasTime, h.msg = false, nil
	l := &r.plan.lines[0]
	if r.plan.walk(t, at, 1) == 0 || l.seen&seenWrapped != 0 {
		return 0
	}
	values := r.plan.of(l)
	for i := range values {
		v := &values[i]
		s := r.plan.list[v.step]
		if key != `""` && (s.role == lifecycle.Event || s.role >= lifecycle.Elapsed && !strings.Contains(s.text, key)) || !s.sure(r, t, v, &w, h) {
			return 0
		}
	}
	if w.stack || r.plan.list[l.last].to.said.stack || h.hasTime && !h.time.Year || key != `""` && p.saysDuration(w.msg) || t[l.next-1] != '\n' {
		return 0
	}
	return l.next - at
}

// Objects reports whether the stream's records are JSON objects, of which the
// parser knows how they are built.
func (p *Parser) Objects() bool { return p.lanes[0].sticky == p.json && p.r.plan != nil }

// Silent reports whether buf[from:to], a line without a backslash, is surely an
// object that says nothing of how long something took.
func (p *Parser) Silent(buf []byte, from, to int) bool {
	way := p.r.plan
	if way == nil {
		return false
	}
	if way.walk(buf, from, 1) == 0 || way.lines[0].seen&seenWrapped != 0 {
		return false
	}
	for _, v := range way.of(&way.lines[0]) {
		s := way.list[v.step]
		if s.role >= lifecycle.Elapsed || s.role == lifecycle.Event {
			return false
		}
		if s.act == planMessage {
			if p.h.msg = buf[v.from:v.to]; p.saysDuration(nil) {
				return false
			}
		}
	}
	return way.lines[0].next == to
}

// saysDuration reports whether the message at hand, of which a plan remembers v,
// tells how long something took.
func (p *Parser) saysDuration(v *planValue) bool {
	hit := p.matchPlanned(p.h.msg, v)
	return hit != nil && hit.Dur != model.NoDur
}

// sure is value without what the value, which holds no backslash, says of the
// request.
func (s *planStep) sure(r *reader, t []byte, v *walked, w *planned, h *head) bool {
	val := t[v.from:v.to:v.to]
	switch {
	case s.op == opStamp:
		return r.timeText(val, h)
	case s.op == opNamed:
		return s.named(r, t, v, w, h)
	}
	return s.act == planNone || s.take(r, val, false, w, h)
}

// indexFrom is where c stands in buf at or after from; the end if nowhere.
func indexFrom(buf []byte, c byte, from int) int {
	if k := bytes.IndexByte(buf[from:], c); k >= 0 {
		return from + k
	}
	return len(buf)
}
