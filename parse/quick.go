package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
	"ravel/parse/trace"
)

// quickRows is how many rows the columns grow by at a time.
const quickRows = 256

// quick takes the physical lines with which buf, at p.pos, begins, as far as
// they are of a format that has a quick way and their fate does not depend on
// anything but themselves, and returns how many bytes they are. It leaves the
// parser as the general way would.
func (p *Parser) quick(buf []byte) (taken int) {
	l := p.lanes[0]
	switch {
	case l.sticky == noFormat || p.lines == 0 || !p.alone(l):
		return 0
	case l.sticky == p.json && p.r.plan != nil:
	case (l.sticky == p.ids.format || l.sticky == p.stamped) && p.r.layout == stamp.ISO:
	default:
		return 0
	}
	for {
		rows, n := p.quickRun(l, l.open, buf[taken:])
		taken += n
		if rows < quickRows {
			return taken
		}
	}
}

// alone reports whether nothing waits but the open record of the lane, which
// the next record ends.
func (p *Parser) alone(l *lane) bool {
	r := l.open
	return r != nil && r.second == nil && len(p.q) == 1 && p.q[0] == r && l.origin == nil && l.slot == nil &&
		!p.mid && !p.wraps && p.force == noFormat
}

// quickRun takes at most quickRows lines. It fills the rows of the columns
// behind that of r, the open record, which it ends; the last of them becomes the
// open one.
func (p *Parser) quickRun(l *lane, r *pending, buf []byte) (rows, taken int) {
	b := p.b
	had := b.Len()
	room := min(quickRows, MaxRecords-had-2)
	if room <= 0 {
		return 0, 0
	}
	b.Extend(1 + room)
	switch l.sticky {
	case p.json:
		rows, taken = p.quickJSON(buf, had+1, room)
	case p.stamped:
		rows, taken = p.quickStamped(buf, had+1, room)
	default:
		rows, taken = p.quickLines(buf, had+1, room)
	}
	b.Truncate(had)
	if rows == 0 {
		return 0, 0
	}
	p.emit(r)
	b.Extend(rows)
	end := uint32(p.pos+p.shift) + uint32(taken)
	format := p.shapes.id(p.set, shape{format: l.sticky})
	first, behind := had+1, had+rows+1
	copy(b.End[first:behind-1], b.Start[first+1:behind])
	b.End[behind-1] = end
	lines, sources, formats := b.Line[first:behind], b.Source[first:behind], b.Format[first:behind]
	for i := range lines {
		lines[i] = p.lines + 1 + uint32(i)
	}
	for i := range sources {
		sources[i] = p.o.Source
	}
	for i := range formats {
		formats[i] = format
	}
	clear(b.Flags[first:behind])
	p.lines += uint32(rows)
	p.pos += int64(taken)
	m := b.Meta(had + rows)
	b.Truncate(had + rows)
	n := int64(m.End - m.Start)
	*r = pending{meta: m, first: span{start: p.pos - n, end: p.pos, line: p.lines}, lines: 1, shown: 1, bytes: n, noReq: m.Req == 0}
	l.offset, l.last, l.steady, l.late = 0, lastStamped, true, false
	l.joiner.Reset()
	l.closeArray(l.sticky == p.json)
	if l.sticky == p.json {
		r.noReq, r.noLvl = p.tail.noReq, p.tail.noLvl
		l.last, l.steady, l.joiner = lastData, p.tail.steady, trace.Joiner{}
	}
	p.last, p.begun = l, true
	return rows, taken
}

// quickLines fills at most room rows, from k on, with the lines of buf, and
// returns how many, and how many bytes they are. The columns that need no look
// at a line are left to quickRun.
func (p *Parser) quickLines(buf []byte, k, room int) (rows, taken int) {
	b := p.b
	starts, times, reqs, durs := b.Start[k:][:room], b.Time[k:][:room], b.Req[k:][:room], b.Dur[k:][:room]
	domains, statuses, levels, marks := b.Domain[k:][:room], b.Status[k:][:room], b.Level[k:][:room], b.Mark[k:][:room]
	base := uint32(p.pos + p.shift)
	for w := &p.window; rows < room && p.lineEnd(int(base)+taken); rows++ {
		n := int(w.ends[w.next]-base) - taken
		if n < quickMin || n >= p.o.MaxRecord {
			break
		}
		line := buf[taken:][:n]
		if line[n-1] == '\r' {
			line = line[:n-1]
		}
		if line[len(line)-1] == '}' || !w.plain() && bytes.IndexByte(line, escape) >= 0 {
			break
		}
		at, req, correlated, level, domain, i := int64(0), uint64(0), false, model.LevelNone, uint16(0), 0
		if len(line) >= quickCommon {
			at, req, correlated, level, domain, i = p.ids.common(line)
		}
		if i == 0 {
			if at, req, correlated, level, domain, i = p.ids.uncommon(line, p.r.loc, p.o.Source, &p.names); i < 0 {
				break
			}
		}
		msg := line[i:]
		mark, status, dur := p.meaning(msg)
		if correlated {
			mark |= model.Correlated
		}
		if req == 0 && (mark != 0 || bytes.IndexByte(msg, '=') >= 0) {
			break // there may be an id in its text
		}
		starts[rows], times[rows], reqs[rows], durs[rows] = base+uint32(taken), at, req, dur
		domains[rows], statuses[rows], levels[rows], marks[rows] = domain, status, level, mark
		taken += n + 1
		w.next++
	}
	return rows, taken
}

// meaning is what the message of a record with an id means for its request.
func (p *Parser) meaning(msg []byte) (mark model.Mark, status uint16, dur uint32) {
	if len(msg) < 4 || !p.ids.may(msg) {
		return 0, 0, model.NoDur
	}
	mark, status, dur, ok := phrase(msg)
	switch {
	case ok:
		return mark, status, dur
	case lifecycle.Match(msg, &p.hit):
		return p.hit.Mark(lifecycle.ByFormat), p.hit.Status, p.hit.Dur
	}
	return 0, 0, model.NoDur
}
