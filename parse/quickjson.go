package parse

import (
	"ravel/model"
	"ravel/parse/lifecycle"
)

// quickTail is what the columns do not tell of the last record of a run.
type quickTail struct{ noReq, noLvl, steady bool }

// quickJSON is quickLines for records that the stream's plan can read. It has a
// head of its own: what is written to p.h is the garbage collector's business.
func (p *Parser) quickJSON(buf []byte, k, room int) (rows, taken int) {
	b := p.b
	starts, times, reqs, durs := b.Start[k:][:room], b.Time[k:][:room], b.Req[k:][:room], b.Dur[k:][:room]
	domains, statuses, levels, marks := b.Domain[k:][:room], b.Status[k:][:room], b.Level[k:][:room], b.Mark[k:][:room]
	base := uint32(p.pos + p.shift)
	for ; rows < room; rows++ {
		rest := buf[taken:]
		var h head
		var w planWalk
		h.f.Dur = model.NoDur
		p.r.buf = p.r.buf[:0]
		n := lineEnd(rest, p.r.plan.read(&p.r, rest, &h, &w, true))
		if n == 0 || n > p.o.MaxRecord || h.flags != 0 {
			break
		}
		p.meanings(&h, &w)
		starts[rows], reqs[rows], durs[rows] = base+uint32(taken), h.f.IDs.Hash(p.o.Source), h.f.Dur
		statuses[rows], levels[rows], marks[rows] = h.f.Status, h.level, w.mark
		domains[rows] = p.domain(&h, &w)
		times[rows] = model.NoTime
		if h.hasTime {
			times[rows] = p.resolve(h.time)
		}
		p.tail = quickTail{h.f.IDs.Class == lifecycle.NoID, h.level == model.LevelNone, !h.hasTime || h.time.Year}
		taken += n
	}
	return rows, taken
}

// meanings is the part of columns that says what a planned record means for its
// request, and its level.
func (p *Parser) meanings(h *head, w *planWalk) {
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
func (p *Parser) domain(h *head, w *planWalk) uint16 {
	v := w.domain
	if v == nil {
		return p.names.id(h.domain)
	}
	if !v.numbered {
		v.id, v.numbered = p.names.id(h.domain), true
	}
	return v.id
}

// lineEnd returns where the line ends whose text ends at b[n]: behind its line
// end; 0 where n is 0 or none follows.
func lineEnd(b []byte, n int) int {
	switch {
	case n == 0 || n >= len(b):
	case b[n] == '\n':
		return n + 1
	case b[n] == '\r' && n+1 < len(b) && b[n+1] == '\n':
		return n + 2
	}
	return 0
}
