package parse

import (
	"ravel/model"
	"ravel/parse/lifecycle"
)

// quickTail is what the columns do not tell of the last record of a run.
type quickTail struct{ noReq, noLvl, steady bool }

// quickJSON is quickLines for records that the stream's plan can read.
func (p *Parser) quickJSON(buf []byte, k, room int) (rows, taken int) {
	b, way := p.b, p.r.plan
	starts, times, reqs, durs := b.Start[k:][:room], b.Time[k:][:room], b.Req[k:][:room], b.Dur[k:][:room]
	domains, statuses, levels, marks := b.Domain[k:][:room], b.Status[k:][:room], b.Level[k:][:room], b.Mark[k:][:room]
	base := uint32(p.pos + p.shift)
	p.lookTo(int(base))
	defer func() { p.window.pass(int(base) + taken) }()
	for rows < room {
		n := way.walk(buf, taken, room-rows)
		if n == 0 {
			return rows, taken
		}
		for i := range way.lines[:n] {
			l := &way.lines[i]
			var r jsonRow
			if l.seen&seenWrapped != 0 || buf[l.next-1] != '\n' || l.next-l.from > p.o.MaxRecord || !p.row(buf, l, &r) && !p.unusualRow(buf, l, &r) {
				return rows, taken
			}
			starts[rows], times[rows], reqs[rows], durs[rows] = base+uint32(l.from), r.time, r.req, r.dur
			domains[rows], statuses[rows], levels[rows], marks[rows] = r.domain, r.status, r.level, r.mark
			p.tail = r.tail
			taken = l.next
			if l.seen&seenSlash != 0 {
				p.slashed = append(p.slashed, span{start: p.pos + int64(l.from), end: p.pos + int64(l.next)})
			}
			rows++
		}
	}
	return rows, taken
}

// unusualRow is row for any record.
func (p *Parser) unusualRow(t []byte, l *walkedLine, r *jsonRow) bool {
	var h head
	var w planned
	h.f.Dur = model.NoDur
	p.r.buf = p.r.buf[:0]
	if !p.r.plan.tell(&p.r, t, l, &h, &w) || h.flags != 0 {
		return false
	}
	p.meanings(&h, &w)
	*r = jsonRow{
		time: model.NoTime, req: h.f.IDs.Hash(p.o.Source), dur: h.f.Dur, domain: p.domain(&h, &w), status: h.f.Status, level: h.level, mark: w.mark,
		tail: quickTail{h.f.IDs.Class == lifecycle.NoID, h.level == model.LevelNone, !h.hasTime || h.time.Year},
	}
	if h.hasTime {
		r.time = p.resolve(h.time)
	}
	return true
}

// meanings is the part of columns that says what a planned record means for its
// request, and its level.
func (p *Parser) meanings(h *head, w *planned) {
	ids := &h.f.IDs
	if h.rid != nil {
		ids.Set(h.rid, nil)
	}
	if ids.Class == lifecycle.NoID {
		textIDs(h.msg, ids)
	}
	hit := p.matchPlanned(h.msg, w.msg)
	if hit != nil || !h.f.Silent() {
		if hit != nil {
			p.hit = *hit
		} else {
			p.hit.Reset()
		}
		w.mark = h.f.MarkMatched(hit != nil, true, &p.hit)
		if ids.Class == lifecycle.NoID && w.mark != 0 && !p.hit.ID.Empty() {
			ids.Add(taskID, p.hit.ID.Of(h.msg))
		}
	}
	if ids.Class != lifecycle.NoID && ids.CorrelationID() != nil {
		w.mark |= model.Correlated
	}
	if h.level == model.LevelNone && h.f.Status != 0 {
		h.level = statusLevel(h.f.Status)
	}
}

// matchPlanned is matchData for a message of which a plan remembers v, nil if
// nothing. It returns nil where nothing matches.
func (p *Parser) matchPlanned(msg []byte, v *planValue) *lifecycle.Hit {
	switch {
	case v == nil:
		if p.matchData(msg) {
			return &p.hit
		}
		return nil
	case !v.asked:
		if v.asked = true; p.matchData(msg) {
			v.hit = new(lifecycle.Hit)
			*v.hit = p.hit
		}
	}
	return v.hit
}

// domain is the number of a planned record's logger.
func (p *Parser) domain(h *head, w *planned) uint16 {
	v := w.domain
	if v == nil {
		return p.names.id(h.domain)
	}
	if !v.numbered {
		v.id, v.numbered = p.names.id(h.domain), true
	}
	return v.id
}
