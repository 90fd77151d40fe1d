package parse

import (
	"bytes"
	"strings"

	"ravel/model"
	"ravel/parse/jsonscan"
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
	var line func(rest []byte) int
	switch {
	case l.sticky == noFormat:
		return nil
	case l.sticky == p.ids.format && l.last == lastStamped && p.r.layout == stamp.ISO && !o.JSON:
		line = p.sureIDs
	case l.sticky == p.json && l.last == lastData && p.r.plan != nil:
		key := `"` + o.Duration + `"`
		line = func(rest []byte) int { return p.sureJSON(rest, key) }
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
			n := line(buf[next:])
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

// sureJSON is sureIDs for a record that the stream's plan can read. key is the
// one that may say a duration, in its quotes; `""` for any.
func (p *Parser) sureJSON(rest []byte, key string) int {
	r, h := &p.r, &p.h
	var w planWalk
	h.hasTime, h.msg = false, nil
	s, i := r.plan.start.to.follow(rest, 0, &r.plan.start.then), 0
	if s == nil || !s.bare {
		return 0
	}
	for s.op != opEnd {
		if key != `""` && (s.role == lifecycle.Event || s.role >= lifecycle.Elapsed && !strings.Contains(s.text, key)) {
			return 0
		}
		w.then = &s.then
		if i = s.sure(r, rest, i+s.n, &w, h); i < 0 || i >= len(rest) {
			return 0
		}
		if s = s.to.follow(rest, i, w.then); s == nil {
			return 0
		}
	}
	if w.stack || s.to.said.stack || h.hasTime && !h.time.Year || key != `""` && p.saysDuration(w.msg) {
		return 0
	}
	return lineEnd(rest, i+s.room)
}

// Objects reports whether the stream's records are JSON objects, of which the
// parser knows how they are built.
func (p *Parser) Objects() bool { return p.lanes[0].sticky == p.json && p.r.plan != nil }

// Silent reports whether a line without a backslash is surely an object that
// tells nothing of how long something took.
func (p *Parser) Silent(line []byte) bool {
	if p.r.plan == nil {
		return false
	}
	s, i := p.r.plan.start.to.follow(line, 0, &p.r.plan.start.then), 0
	if s == nil || !s.bare {
		return false
	}
	for s.op != opEnd {
		if s.role >= lifecycle.Elapsed || s.role == lifecycle.Event {
			return false
		}
		then := &s.then
		if i = s.silent(p, line, i+s.n); i < 0 || i >= len(line) {
			return false
		}
		if s = s.to.follow(line, i, then); s == nil {
			return false
		}
	}
	n := i + s.room
	return isBlank(line[n:max(n, len(line)-1)])
}

// silent returns where the value at t[i:] ends, -1 if it may tell a duration.
func (s *planStep) silent(p *Parser, t []byte, i int) int {
	switch s.kind {
	case model.String:
		end := indexFrom(t, '"', i)
		if s.act == planMessage {
			if p.h.msg = t[i:end]; p.saysDuration(nil) {
				return -1
			}
		}
		return end + 1
	case model.Number:
		return jsonscan.NumberEnd(t, i)
	case model.Object, model.Array:
		return jsonscan.NestedEnd(t, i, s.room)
	}
	return jsonscan.ScalarEnd(t, i)
}

// saysDuration reports whether the message at hand, of which a plan remembers v,
// tells how long something took.
func (p *Parser) saysDuration(v *planValue) bool {
	hit := p.matchPlanned(p.h.msg, v)
	return hit != nil && hit.Dur != model.NoDur
}

// sure returns where the value at t[i:], which holds no backslash, ends, -1 where
// the general way must see the record. It is value without what the value says
// of the request.
func (s *planStep) sure(r *reader, t []byte, i int, w *planWalk, h *head) int {
	switch s.op {
	case opStamp:
		return r.stampValue(t, i, h)
	case opNamed:
		return s.named(r, t, i, w, h)
	}
	end, next, escaped := s.end(t, i)
	if end < 0 || s.act != planNone && !s.take(r, t[i:end:end], escaped, w, h) {
		return -1
	}
	return next
}

// indexFrom is where c stands in buf at or after from; the end if nowhere.
func indexFrom(buf []byte, c byte, from int) int {
	if k := bytes.IndexByte(buf[from:], c); k >= 0 {
		return from + k
	}
	return len(buf)
}
