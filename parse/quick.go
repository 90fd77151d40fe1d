package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
)

// quickIDs is the way of a line that a stream of the format `ids` is made of,
//
//	STAMP [32 digits][correlation] LEVEL --- source --- message
//
// through the parser in one pass. It leaves the parser as the general way
// would: what it is not sure of, it leaves to that.
type quickIDs struct {
	format uint8  // its number in the set; noFormat: not there, or another has its name
	minute minute // of the last line
}

// The places in such a line whose stamp has milliseconds.
const (
	quickStamp = 23 // the stamp's length
	quickID    = quickStamp + len(" [")
	quickCorr  = quickID + 32 + len("][")
	quickMin   = quickCorr + len("-] INFO --- x --- x")
)

// newQuickIDs looks the format up.
func newQuickIDs(s *Set) quickIDs {
	q := quickIDs{format: noFormat}
	if n, ok := s.find("ids"); ok && s.formats[n].Builtin && s.formats[n].pattern == nil {
		q.format = n
	}
	return q
}

// quick takes the physical line raw, if it is one of quickIDs and its fate does
// not depend on anything but itself; else it reports false, having done
// nothing. plain says that no escape sequence is in raw.
func (p *Parser) quick(raw []byte, plain bool) bool {
	l := p.lanes[0]
	if l.sticky == p.json && p.json != noFormat {
		return p.quickJSON(l, raw)
	}
	if l.sticky != p.ids.format || len(raw) < quickMin || p.lines == 0 || raw[len(raw)-1] != '\n' {
		return false
	}
	if !p.alone(l) || p.r.layout != stamp.ISO {
		return false
	}
	t := trimEOL(raw)
	if t[4] != '-' || t[10] != 'T' && t[10] != ' ' || t[quickStamp] != ' ' || t[quickID-1] != '[' || t[quickCorr-2] != ']' || t[quickCorr-1] != '[' ||
		t[len(t)-1] == '}' || !plain && bytes.IndexByte(t, escape) >= 0 {
		return false
	}
	at, ok := p.ids.minute.stamp(t[:quickStamp], p.r.loc)
	if !ok {
		return false
	}
	id := t[quickID : quickID+32]
	level, domain, msg, ok := afterID(t[quickCorr:])
	if !ok || lifecycle.None(id) {
		return false
	}
	p.beginQuick(l, l.open, int64(len(raw)), model.Meta{
		Time: at.Nanos, Level: level, Req: lifecycle.Hash(id, p.o.Source), Domain: p.names.id(domain),
	}, msg)
	if corr, _, _ := bytes.Cut(t[quickCorr:], []byte("]")); !lifecycle.None(corr) {
		l.open.meta.Mark |= model.Correlated
	}
	return true
}

// afterID reads what stands behind the first bracket and the second's opening:
// `correlation] LEVEL --- source --- message`.
func afterID(b []byte) (level model.Level, domain, msg []byte, ok bool) {
	end := 1 // as a rule, there is no correlation id
	if len(b) < 2 || b[0] != '-' || b[1] != ']' {
		end = bytes.IndexByte(b, ']')
	}
	if end < 0 || end+2 >= len(b) || b[end+1] != ' ' {
		return level, nil, nil, false
	}
	b = b[end+2:]
	level, n, _ := levelToken(b)
	if n == 0 || level == model.LevelNone || !hasPrefix(b[n:], " --- ") {
		return level, nil, nil, false
	}
	b = b[n+5:]
	for end = 0; end < len(b) && b[end] != ' '; end++ {
	}
	if !hasPrefix(b[end:], " --- ") {
		return level, nil, nil, false
	}
	return level, b[:end], b[end+5:], true
}

// Sure returns a test of the physical lines of buf, their line ends included:
// one that passes begins a record whatever stood before it, and leaves the
// parser in the State that it is in now. If another such line or the end
// follows, the record is that line and has no flags. Nil: the stream's lines
// cannot be told so, or not cheaply. The test belongs to the parser's goroutine
// and holds while the parser is in that state.
func (p *Parser) Sure(buf []byte) func(line []byte) bool {
	l := p.lanes[0]
	if p.ids.format == noFormat || l.sticky != p.ids.format || !l.steady || l.last != lastStamped || l.offset != 0 ||
		!p.begun || p.wraps || p.force != noFormat || p.r.layout != stamp.ISO || bytes.IndexByte(buf, escape) >= 0 {
		return nil
	}
	return p.sureLine
}

// sureLine is the test of Sure.
func (p *Parser) sureLine(line []byte) bool {
	if len(line) < quickMin || len(line) > p.o.MaxRecord || line[len(line)-1] != '\n' {
		return false
	}
	t := trimEOL(line)
	if t[4] != '-' || t[10] != 'T' && t[10] != ' ' || t[quickStamp] != ' ' || t[quickID-1] != '[' || t[len(t)-1] == '}' {
		return false
	}
	rest := t[quickCorr:]
	switch {
	case t[quickCorr-2] == ']' && t[quickCorr-1] == '[':
	case hasPrefix(t[quickID:], "-]["):
		rest = t[quickID+3:]
	default:
		return false
	}
	if _, ok := p.ids.minute.stamp(t[:quickStamp], p.r.loc); !ok {
		return false
	}
	_, _, _, ok := afterID(rest)
	return ok
}

// beginQuick ends the open record r and makes one of a line of n bytes and its
// message, which the columns of m are of.
func (p *Parser) beginQuick(l *lane, r *pending, n int64, m model.Meta, msg []byte) {
	var ok bool
	if m.Mark, m.Status, m.Dur, ok = phrase(msg); !ok {
		m.Mark, m.Status, m.Dur = 0, 0, model.NoDur
		if lifecycle.Match(msg, &p.hit) {
			m.Mark, m.Status, m.Dur = p.hit.Mark(lifecycle.ByFormat), p.hit.Status, p.hit.Dur
		}
	}
	m.Format = p.shapes.id(p.set, shape{format: p.ids.format})
	p.emit(r)
	p.lines++
	*r = pending{meta: m, first: span{start: p.pos, end: p.pos + n, line: p.lines}, lines: 1, shown: 1, bytes: n}
	l.offset, l.last, l.steady, l.late = 0, lastStamped, true, false
	l.joiner.Reset()
	p.last, p.begun = l, true
}
