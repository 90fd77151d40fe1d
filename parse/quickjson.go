package parse

import (
	"bytes"

	"ravel/parse/trace"
)

// builtinJSON is the number of the format `json`; noFormat where it is not
// there, or another has its name.
func builtinJSON(s *Set) uint8 {
	if n, ok := s.find("json"); ok && s.formats[n].Builtin && s.formats[n].pattern == nil {
		return n
	}
	return noFormat
}

// quickJSON takes the physical line with which buf, at p.pos, begins, if it is a
// JSON record that the stream's plan can read, and returns how many bytes it is;
// else 0, having done nothing that the general way does not do again.
func (p *Parser) quickJSON(l *lane, buf []byte) (taken int) {
	r := l.open
	taken = bytes.IndexByte(buf, '\n') + 1
	if p.r.plan == nil || taken == 0 || taken > p.o.MaxRecord {
		return 0
	}
	t := trimEOL(buf[:taken])
	h := &p.h
	h.reset()
	p.r.buf = p.r.buf[:0]
	if !p.r.plan.read(&p.r, t, h, true) {
		return 0
	}
	h.format, h.fit = l.sticky, strong
	p.emit(r)
	p.lines++
	n := int64(taken)
	*r = pending{first: span{start: p.pos, end: p.pos + n, line: p.lines}, lines: 1, shown: 1, bytes: n}
	p.fill(l, r, nil)
	l.offset, l.last, l.steady, l.late = 0, lastData, !h.hasTime || h.time.Year, false
	l.joiner = trace.Joiner{}
	p.last, p.begun = l, true
	p.pos += n
	return taken
}

// alone reports whether nothing waits but the open record of the lane, which
// the next record ends.
func (p *Parser) alone(l *lane) bool {
	r := l.open
	return r != nil && r.second == nil && len(p.q) == 1 && p.q[0] == r && l.origin == nil && l.slot == nil &&
		!p.mid && !p.wraps && p.force == noFormat
}
