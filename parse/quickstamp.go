package parse

import (
	"bytes"
	"time"

	"ravel/model"
	"ravel/parse/lifecycle"
)

// quickStamped is quickLines for lines that begin with an ISO stamp, a head that
// the stream has shown before behind it, and a message that says nothing of a
// request: most of what programs write that log text.
//
//	2026-02-22 14:30:45,123 - agents - INFO - Contribution 7 validated
func (p *Parser) quickStamped(buf []byte, k, room int) (rows, taken int) {
	b := p.b
	starts, times, reqs, durs := b.Start[k:][:room], b.Time[k:][:room], b.Req[k:][:room], b.Dur[k:][:room]
	domains, statuses, levels, marks := b.Domain[k:][:room], b.Status[k:][:room], b.Level[k:][:room], b.Mark[k:][:room]
	base := uint32(p.pos + p.shift)
	for w := &p.window; rows < room && p.lineEnd(int(base)+taken); rows++ {
		n := int(w.ends[w.next]-base) - taken
		if n < len("2006-01-02 15:04:05 I x") || n >= p.o.MaxRecord {
			break
		}
		line := buf[taken:][:n]
		if line[n-1] == '\r' {
			line = line[:n-1]
		}
		if !w.plain() && bytes.IndexByte(line, escape) >= 0 || p.isWrapped(line) {
			break
		}
		at, i, ok := p.ids.minute.prefix(line, p.r.loc)
		if !ok {
			break
		}
		e := p.r.heads.find(line[i:])
		if e == nil {
			break
		}
		msg := line[i+len(e.text):]
		if saysMore(msg) || len(msg) >= 4 && p.ids.may(msg) && lifecycle.Match(msg, &p.hit) {
			break
		}
		starts[rows], times[rows], reqs[rows], durs[rows] = base+uint32(taken), at, 0, model.NoDur
		domains[rows], statuses[rows], levels[rows], marks[rows] = p.names.id(e.domain), 0, e.level, 0
		taken += n + 1
		w.next++
	}
	return rows, taken
}

// isWrapped reports whether a carrier stands around a line.
func (p *Parser) isWrapped(line []byte) bool {
	if !mayBeWrapped(line) {
		return false
	}
	p.u.unwrap(line, &p.w)
	return p.w.n != 0
}

// saysMore reports whether there are ids in a message, or there may be a part of
// the head at its beginning.
func saysMore(msg []byte) bool {
	blank := bytes.IndexByte(msg, ' ')
	if len(msg) == 0 || blank < 0 && len(msg) > 36 || blank > 36 {
		return true
	}
	var ids lifecycle.IDs
	textIDs(msg, &ids)
	return ids.Class != lifecycle.NoID || ids.CorrelationID() != nil
}

// prefix reads the ISO stamp with which t, of at least 20 bytes, begins, and
// returns where it ends. It reports false where package stamp must be asked.
func (m *minute) prefix(t []byte, loc *time.Location) (ns int64, next int, ok bool) {
	sec := pairOf(t[17], t[18])
	if t[16] != ':' || sec > 59 {
		return 0, 0, false
	}
	i := 19
	if t[i] == '.' || t[i] == ',' {
		unit := int64(1e9)
		for i++; i < len(t) && isDigit(t[i]); i++ {
			unit /= 10
			ns += int64(t[i]-'0') * unit
		}
		if i == 20 || i > 29 {
			return 0, 0, false
		}
	}
	zone := t[i:i]
	if i < len(t) && t[i] == 'Z' {
		zone = t[i : i+1]
	} else if i+6 <= len(t) && (t[i] == '+' || t[i] == '-') && t[i+3] == ':' {
		zone = t[i : i+6]
	}
	if !m.known || string(m.text[:]) != string(t[:16]) || string(m.zone[:m.n]) != string(zone) {
		if !m.learn(t[:16], zone, loc) {
			return 0, 0, false
		}
	}
	return m.begin.Nanos + int64(sec)*1e9 + ns, i + len(zone), true
}
