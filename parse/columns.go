package parse

import (
	"ravel/model"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
)

// fill writes a record's columns from the head at hand.
func (p *Parser) fill(l *lane, r *pending, w *wrapped) {
	h, m := &p.h, &r.meta
	r.noReq, r.noLvl = p.columns(h, m, w)
	if w != nil {
		r.newest = m.Time
	}
	r.joins, r.ends, r.entry, r.quote, r.second = h.joins, h.ends, h.entry, h.quote, h.second
	r.emptyTag = h.tagged && isBlank(h.msg)
	if m.Flags&model.HasTraceback != 0 && r.noLvl {
		m.Level = model.Error
	}
}

// columns fills m from a head. It tells whether no id, and whether no level was
// found.
func (p *Parser) columns(h *head, m *model.Meta, w *wrapped) (noReq, noLvl bool) {
	h.f.IDs.Set(h.rid, h.cid)
	if h.f.IDs.Class == lifecycle.NoID {
		textIDs(h.msg, &h.f.IDs)
	}
	if w != nil && w.trace != nil {
		h.f.IDs.AddAs(lifecycle.Trace, w.trace)
	}
	quick, status, dur := false, h.f.Status, h.f.Dur
	switch {
	case h.whole:
		m.Mark, quick = model.MakeMark(model.KindAccess, model.Whole), true
	case h.rid != nil && !h.data && h.table == nil:
		m.Mark, h.f.Status, h.f.Dur, quick = phrase(h.msg)
	}
	if !quick {
		h.f.Status, h.f.Dur = status, dur
		if h.data && h.table == nil {
			m.Mark = h.f.MarkMatched(p.matchData(h.msg), h.json, &p.hit)
		} else {
			m.Mark = h.mark(&p.hit)
		}
	}
	if !quick && h.f.IDs.Class == lifecycle.NoID && m.Mark != 0 && !p.hit.ID.Empty() {
		h.f.IDs.Add(taskID, p.hit.ID.Of(h.msg))
	}
	m.Status, m.Dur = h.f.Status, h.f.Dur
	m.Req = h.f.IDs.Hash(p.o.Source)
	if h.f.IDs.Class != lifecycle.NoID && h.f.IDs.CorrelationID() != nil {
		m.Mark |= model.Correlated
	}
	m.Level = h.level
	if w != nil && w.level != model.LevelNone && (m.Level == model.LevelNone || h.byStatus) {
		m.Level = w.level
	}
	if m.Level == model.LevelNone && m.Status != 0 {
		m.Level = statusLevel(m.Status)
	}
	noLvl = m.Level == model.LevelNone
	m.Time = p.when(h, w)
	m.Flags |= h.flags
	sh := shape{format: h.format}
	name := h.domain
	if w != nil {
		m.Flags |= model.HasCarrier
		sh.in = w.in
		if len(name) == 0 {
			name = w.domain
		}
	}
	m.Domain = p.names.id(name)
	m.Format = p.shapes.id(p.set, sh)
	return h.f.IDs.Class == lifecycle.NoID, noLvl
}

// matchData is lifecycle.Match for the message of a JSON or logfmt record.
func (p *Parser) matchData(msg []byte) bool {
	if len(msg) < 4 || p.ids.may(msg) {
		return p.phrases.match(msg, &p.hit)
	}
	p.hit.Reset()
	return false
}

// mark is what the record means for a request: by the format's own lifecycle,
// else by the built-in one.
func (h *head) mark(hit *lifecycle.Hit) model.Mark {
	if h.table == nil || !h.table.Match(h.msg, hit) {
		return h.f.Mark(h.msg, h.json, hit)
	}
	if h.f.Status == 0 {
		h.f.Status = hit.Status
	}
	if h.f.Dur == model.NoDur {
		h.f.Dur = hit.Dur
	}
	return hit.Mark(h.f.IDs.Class)
}

// taskID is the name under which an id in a lifecycle's phrase counts.
var taskID = []byte("task_id")

// fillPlain writes the columns of a record that says nothing.
func (p *Parser) fillPlain(l *lane, r *pending, w *wrapped) {
	flags := r.meta.Flags
	p.h.reset()
	p.h.format = noFormat
	p.fill(l, r, w)
	r.meta.Flags |= flags
}

// when is the record's time: its own, else the carrier's (rule 6).
func (p *Parser) when(h *head, w *wrapped) int64 {
	if w == nil || !w.hasTime {
		if !h.hasTime {
			return model.NoTime
		}
		return p.resolve(h.time)
	}
	outer := w.time.Nanos
	if !w.time.Year {
		outer = p.clock.Resolve(w.time, p.r.loc)
	}
	if !h.hasTime {
		return outer
	}
	own := h.time.Nanos
	if !h.time.Year {
		c := stamp.Clock{Bound: outer + 24*3600e9}
		own = c.Resolve(h.time, p.r.loc)
	}
	if h.time.Zone || !w.time.Zone {
		return own
	}
	const quarter, day = 15 * 60e9, 24 * 3600e9
	diff := outer - own
	if !h.time.Date { // a clock time: of the carrier's day
		days := (diff + sign(diff)*day/2) / day * day
		own, diff = own+days, diff-days
	}
	if diff > 15*3600e9 || diff < -15*3600e9 {
		return own
	}
	return own + (diff+sign(diff)*quarter/2)/quarter*quarter
}

func sign(n int64) int64 {
	if n < 0 {
		return -1
	}
	return 1
}

// resolve is the time that s means. Where years or days are to be chosen, the
// record before counts that has a time.
func (p *Parser) resolve(s stamp.Stamp) int64 {
	if s.Year {
		return s.Nanos
	}
	if t := p.before(); t != model.NoTime && !p.clock.Told() {
		return p.clock.After(t, s, p.r.loc)
	}
	return p.clock.Resolve(s, p.r.loc)
}

// before is the time of the last record that has one, model.NoTime if there is
// none. A parser of a block of the stream finds the same one, since such a block
// begins with a record whose stamp says the year.
func (p *Parser) before() int64 {
	for i := len(p.q) - 1; i >= 0; i-- {
		if t := p.q[i].meta.Time; p.q[i].state != pendingVoid && t != model.NoTime && t != 0 { // 0: it is being filled
			return t
		}
	}
	for i := p.b.Len() - 1; i >= 0; i-- {
		if t := p.b.Time[i]; t != model.NoTime {
			return t
		}
	}
	return p.dated
}
