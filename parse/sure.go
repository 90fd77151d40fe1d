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
	r, h, j := &p.r, &p.h, &p.r.json
	j.numeric, j.stack = nil, false
	h.hasTime, h.msg = false, nil
	s, i := r.plan.start.next(rest, 0), 0
	if s == nil || !s.bare {
		return 0
	}
	for ; s != nil; s = s.next(rest, i) {
		if key != `""` && (s.role == lifecycle.Event || s.role >= lifecycle.Elapsed && !strings.Contains(s.text, key)) {
			return 0
		}
		if i = s.sure(r, rest, i+s.n, h); i < 0 || i >= len(rest) {
			return 0
		}
		if n := s.to.end(rest, i); n > 0 {
			if j.stack || s.to.said.stack || h.hasTime && !h.time.Year || key != `""` && p.saysDuration() {
				return 0
			}
			return lineEnd(rest, n)
		}
	}
	return 0
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
	s, i := p.r.plan.start.next(line, 0), 0
	if s == nil || !s.bare {
		return false
	}
	for ; s != nil; s = s.next(line, i) {
		if s.role >= lifecycle.Elapsed || s.role == lifecycle.Event {
			return false
		}
		if i = s.silent(p, line, i+s.n); i < 0 || i >= len(line) {
			return false
		}
		if line[i] == ',' {
			continue
		}
		if n := s.to.end(line, i); n > 0 {
			return isBlank(line[n:max(n, len(line)-1)])
		}
	}
	return false
}

// silent returns where the value at t[i:] ends, -1 if it may tell a duration.
func (s *planStep) silent(p *Parser, t []byte, i int) int {
	switch s.kind {
	case model.String:
		end := indexFrom(t, '"', i)
		if s.act == planMessage {
			if p.h.msg = t[i:end]; p.saysDuration() {
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

// saysDuration reports whether the message at hand tells how long something
// took.
func (p *Parser) saysDuration() bool { return p.matchData() && p.hit.Dur != model.NoDur }

// sure returns where the value at t[i:], which holds no backslash, ends, -1 where
// the general way must see the record. It is value without what the value says
// of the request.
func (s *planStep) sure(r *reader, t []byte, i int, h *head) int {
	from := i
	switch s.kind {
	case model.String:
		if s.act == planTime {
			return r.stampValue(t, i, h)
		}
		i, _ = jsonscan.StringEnd(t, i)
	case model.Number:
		i = jsonscan.NumberEnd(t, i)
	case model.Object, model.Array:
		if i = jsonscan.NestedEnd(t, i, s.room); i > 0 && bytes.IndexByte(t[from:i], '\n') >= 0 {
			return -1
		}
	default:
		i = jsonscan.ScalarEnd(t, i)
	}
	if i < 0 || s.act != planNone && !s.take(r, t[from:i:i], false, h) {
		return -1
	}
	if s.kind == model.String {
		i++
	}
	return i
}

// indexFrom is where c stands in buf at or after from; the end if nowhere.
func indexFrom(buf []byte, c byte, from int) int {
	if k := bytes.IndexByte(buf[from:], c); k >= 0 {
		return from + k
	}
	return len(buf)
}
