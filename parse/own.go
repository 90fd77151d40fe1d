package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
	"ravel/parse/trace"
)

// own decides what one own line of a lane is: the head of a record, a part of
// the open one, or a record of plain text (rule 1). w is nil without carriers.
func (p *Parser) own(l *lane, text []byte, w *wrapped) {
	if l.origin != nil {
		p.prettyMore(l, text, w)
		return
	}
	if len(text) == 0 || text[0] <= ' ' && isBlank(text) {
		if w != nil && w.in.inner() == carrierSyslog && !l.joiner.Active() { // a message without text
			p.plain(l, text, w)
			return
		}
		p.blank(l)
		return
	}
	if r := l.open; r != nil && r.second != nil && r.lines == 1 && r.second.Match(text) {
		p.extend(l, text, false, false)
		return
	}
	n, f := p.match(l, text, w)
	if f == strong {
		p.begin(l, n, w)
		return
	}
	if r := l.open; r != nil && (r.joins || f == medium && r.lines == 1 && r.noLvl && l.offset > 0 && !p.h.hasTime && levelColon(text)) {
		p.joinHead(l, r, text)
		return
	}
	if f <= weak && p.prettyStart(l, text, w) {
		return
	}
	p.unsure(l, text, w, n, f)
}

// unsure decides about a line that no format fits surely.
func (p *Parser) unsure(l *lane, text []byte, w *wrapped, n uint8, f fit) {
	body := text
	if f != misfit && p.h.tagged {
		body = p.h.msg
	}
	verdict := l.joiner.Line(body)
	open := p.openText(l) != nil
	switch verdict {
	case trace.Head:
		if open && l.last == lastStamped && hasPrefix(text, "goroutine ") && p.panicked(l) {
			p.extend(l, text, false, true)
			return
		}
		p.plain(l, text, w)
		r := l.open
		r.crash = true
		p.traced(r)
		return
	case trace.Opens:
		if open {
			p.extend(l, text, false, true)
			return
		}
		p.plain(l, text, w)
		p.traced(l.open)
		return
	case trace.More:
		if f < medium || !l.shown.has(n) {
			p.extend(l, text, false, true)
			return
		}
		l.joiner.Reset()
	}
	switch {
	case f == medium && !p.sameTag(l), f == weak && (l.last != lastStamped || l.sticky == n && near(p.h.offset, l.offset)):
		p.begin(l, n, w)
	case l.last == lastStamped, f == medium, l.last == lastHead && (text[0] == ' ' || text[0] == '\t'):
		p.extend(l, text, false, false)
	default:
		p.plain(l, text, w)
	}
}

// sameTag reports whether the line at hand begins with the id, in brackets, of
// the open record, which has a stamp or said nothing behind its own: Rails
// repeats the tags on each line of an exception, the first of which is blank.
func (p *Parser) sameTag(l *lane) bool {
	r := p.openText(l)
	if !p.h.tagged || r == nil || r.meta.Req == 0 || lifecycle.Hash(p.h.rid, p.o.Source) != r.meta.Req {
		return false
	}
	return l.last == lastStamped || r.emptyTag
}

// panicked reports whether the open record's first line speaks of a panic: the
// goroutine behind it is its trace then, not a crash of its own.
func (p *Parser) panicked(l *lane) bool {
	r := l.open
	if r == nil || r.lines != 1 {
		return false
	}
	line := p.b.Buf[r.first.start+p.shift : r.first.end+p.shift]
	return bytes.Contains(line, []byte("panic"))
}

// openText is the lane's open record that lines may join: not one of blank
// lines.
func (p *Parser) openText(l *lane) *pending {
	if r := l.open; r != nil && r.meta.Flags&model.Blank == 0 {
		return r
	}
	return nil
}

// near reports whether two stamps stand at about the same place in their lines.
func near(a, b uint8) bool { return max(a, b)-min(a, b) <= 8 }

// match recognises a line. Where the carrier has a stamp of its own, a clock
// time alone is no stamp.
func (p *Parser) match(l *lane, text []byte, w *wrapped) (uint8, fit) {
	h := &p.h
	if p.force != noFormat {
		h.reset()
		f := p.set.formats[p.force].try(&p.r, text, h)
		h.format, h.fit = p.force, f
		if f == misfit {
			h.reset()
			return noFormat, misfit
		}
		return p.force, f
	}
	n, f := p.set.recognise(&p.r, text, h, l.sticky, &l.shown)
	if w != nil && w.hasTime && f == weak && !h.data && h.stamped {
		h.reset()
		return noFormat, misfit
	}
	if w != nil && w.hasTime && h.hasTime && !h.time.Date {
		h.hasTime, h.stamped = false, false
		if h.level == model.LevelNone {
			h.reset()
			return noFormat, misfit
		}
	}
	return n, f
}

// begin makes a record of the head at hand.
func (p *Parser) begin(l *lane, n uint8, w *wrapped) {
	if l.sticky != n {
		l.sticky = n
	}
	l.shown.add(n)
	h := &p.h
	l.offset = h.offset
	if h.fit == strong {
		l.joiner = trace.Joiner{}
		if h.stamped {
			l.joiner.Reset()
		}
	}
	r := p.place(l)
	p.fill(l, r, w)
	switch {
	case h.data:
		l.last = lastData
	case h.stamped:
		l.last = lastStamped
	default:
		l.last = lastHead
	}
	l.steady = h.fit == strong && (!h.hasTime || h.time.Year)
	l.late = false
	p.begun = true
}

// plain makes a record of a line that no format fits.
func (p *Parser) plain(l *lane, text []byte, w *wrapped) {
	late := l.late
	r := p.place(l)
	p.h.reset()
	p.h.msg = text
	p.h.format = noFormat
	p.fill(l, r, w)
	l.last = lastText
	if late && len(text) > 0 && (text[0] == ' ' || text[0] == '\t') {
		r.meta.Flags |= model.Continued
	}
	l.late = false
	p.begun = true
}

// extend joins a line to the open record. bare says that it came without the
// carrier of its record, tb that it is a part of a trace.
func (p *Parser) extend(l *lane, text []byte, bare, tb bool) {
	r := p.openText(l)
	if r == nil || p.over(r) {
		p.continued(l, r, text)
		r = l.open
	} else {
		for _, s := range p.ext {
			r.add(s, false)
		}
		p.takeSlot(l)
	}
	if tb {
		p.traced(r)
	}
	if r.noReq {
		var ids lifecycle.IDs
		if lineIDs(text, &ids); ids.Class != lifecycle.NoID {
			r.meta.Req = ids.Hash(p.o.Source)
			r.noReq = false
		}
	}
	if p.w.hasTime && p.w.time.Year && !bare {
		r.newest = p.w.time.Nanos
	}
}

// continued begins a record with what its own record may not hold any more:
// past the bounds, or after the stream was silent.
func (p *Parser) continued(l *lane, of *pending, text []byte) {
	m := model.Meta{Time: model.NoTime, Dur: model.NoDur, Domain: p.names.def}
	if of != nil {
		m = of.meta
		m.Level, m.Mark, m.Status, m.Dur = model.LevelNone, 0, 0, model.NoDur
	}
	r := p.place(l)
	p.h.reset()
	p.h.msg, p.h.format = text, noFormat
	if of == nil {
		p.fill(l, r, nil)
		r.meta.Format = p.shapes.id(p.set, shape{in: l.in, format: noFormat})
	} else {
		r.meta = m
		r.meta.Format = p.shapes.id(p.set, shape{in: l.in, format: noFormat})
	}
	r.meta.Flags = r.meta.Flags&(model.HasCarrier|model.HasTraceback) | model.Continued
	l.late = false
	p.begun = true
}

// traced notes that a trace stands in a record.
func (p *Parser) traced(r *pending) {
	r.meta.Flags |= model.HasTraceback
	if r.noLvl {
		r.meta.Level = model.Error
		if r.crash {
			r.meta.Level = model.Critical
		}
	}
}

// joinHead takes the second line of a head that has two: java.util.logging's
// `LEVEL: message`.
func (p *Parser) joinHead(l *lane, r *pending, text []byte) {
	r.joins = false
	if levelColon(text) {
		r.meta.Level, _, _ = levelToken(text)
		r.noLvl = false
	}
	l.joiner.Reset()
	p.extend(l, text, false, false)
}

// levelColon reports whether a line begins with `LEVEL:`.
func levelColon(text []byte) bool {
	_, n, _ := levelToken(text)
	return n > 1 && n < len(text) && text[n] == ':'
}

// prettyStart begins a JSON object that is printed over several lines.
func (p *Parser) prettyStart(l *lane, text []byte, w *wrapped) bool {
	i := skipSpace(text, 0)
	if l.last == lastStamped && !l.array && !l.envelope || p.force != noFormat && p.set.formatName(p.force) != "json" {
		return false
	}
	if text[i] != '{' || l.envelope || hasPrefix(text[i:], `{"events"`) {
		return p.arrayEdge(l, text, i, w)
	}
	var d jsonscan.Depth
	if _, s := d.Feed(text); s != jsonscan.Open {
		return false
	}
	p.startPretty(l)
	p.prettyMore(l, text, w)
	return true
}

// startPretty keeps a place for an object over several lines.
func (p *Parser) startPretty(l *lane) {
	p.closeRec(l)
	if l.slot != nil && len(l.parts) == 0 {
		l.origin, l.slot = l.slot, nil
	} else {
		l.origin = p.push()
	}
	l.depth = jsonscan.Depth{}
	l.pretty, l.spans, l.lead = l.pretty[:0], l.spans[:0], 0
	l.inEvents = l.inEvents && l.array
}

// prettyMore takes one more line of the object.
func (p *Parser) prettyMore(l *lane, text []byte, w *wrapped) {
	ln := prettyLine{spans: append([]span(nil), p.ext...)}
	if w != nil {
		ln.w = w.keep()
	}
	p.takeSlot(l)
	l.pretty = append(append(l.pretty, text...), '\n')
	ln.end = len(l.pretty)
	l.spans = append(l.spans, ln)
	if l.eventsBegin() {
		l.lead, l.depth = len(l.pretty), jsonscan.Depth{}
		return
	}
	if l.lead > 0 && !l.depth.Started() && (len(text) == 0 || text[skipSpace(text, 0)] != '{') {
		p.endPretty(l)
		return
	}
	n, s := l.depth.Feed(text)
	switch {
	case s == jsonscan.Broken, len(l.spans) > p.o.MaxLines, len(l.pretty) > p.o.MaxRecord:
		p.endPretty(l)
	case s == jsonscan.Closed:
		if rest := trimSpace(text[n:]); len(rest) == 0 || string(rest) == "," {
			p.prettyDone(l, len(l.pretty)-1-(len(text)-n))
			return
		}
		p.endPretty(l)
	}
}

// prettyDone makes a record of an object that is complete.
func (p *Parser) prettyDone(l *lane, n int) {
	object := l.pretty[l.lead:n]
	h := &p.h
	h.reset()
	num, _ := p.set.find("json")
	h.format = num
	if h.fit = p.r.jsonLine(object, h); h.fit == misfit {
		p.endPretty(l)
		return
	}
	l.slot, l.origin = l.origin, nil
	p.ext = p.ext[:0]
	for _, ln := range l.spans {
		p.ext = append(p.ext, ln.spans...)
	}
	w := l.spans[0].w.wrapped()
	l.joiner.Reset()
	if l.lead > 0 {
		l.array, l.inEvents = true, l.pretty[skipBlank(l.pretty, 0)] == '{'
	}
	p.begin(l, num, w)
	l.steady = false
}

// keep is what of a line's carriers outlives the line.
func (w *wrapped) keep() carried {
	return carried{in: w.in, n: w.n, time: w.time, hasTime: w.hasTime, level: w.level, domain: string(w.domain)}
}

// wrapped brings back what was kept of a line's carriers.
func (c *carried) wrapped() *wrapped {
	if c.n == 0 {
		return nil
	}
	return &wrapped{in: c.in, n: c.n, time: c.time, hasTime: c.hasTime, level: c.level, domain: []byte(c.domain)}
}

// endPretty takes the lines of an object that is none as lines of their own.
func (p *Parser) endPretty(l *lane) {
	if l.origin == nil {
		return
	}
	slot, parts := l.slot, l.parts
	l.slot, l.parts, l.origin = l.origin, nil, nil // the first of them takes the place
	from := 0
	for _, ln := range l.spans {
		text := l.pretty[from : ln.end-1]
		from = ln.end
		p.ext = append(p.ext[:0], ln.spans...)
		w := ln.w.wrapped()
		switch n, f := p.matchOrBlank(l, text, w); {
		case f == strong:
			p.begin(l, n, w)
		case isBlank(text):
			p.blank(l)
		default:
			p.unsure(l, text, w, n, f)
		}
	}
	p.takeSlot(l)
	if len(parts) > 0 {
		l.slot, l.parts = slot, parts
	}
}

func (p *Parser) matchOrBlank(l *lane, text []byte, w *wrapped) (uint8, fit) {
	if isBlank(text) {
		return noFormat, misfit
	}
	return p.match(l, text, w)
}

// fill writes a record's columns from the head at hand.
func (p *Parser) fill(l *lane, r *pending, w *wrapped) {
	h := &p.h
	m := &r.meta
	h.f.IDs.Set(h.rid, h.cid)
	if h.f.IDs.Class == lifecycle.NoID {
		textIDs(h.msg, &h.f.IDs)
	}
	quick, status, dur := false, h.f.Status, h.f.Dur
	if h.rid != nil && !h.data && h.table == nil {
		m.Mark, h.f.Status, h.f.Dur, quick = phrase(h.msg)
	}
	if !quick {
		h.f.Status, h.f.Dur = status, dur
		m.Mark = h.mark(&p.hit)
	}
	if !quick && h.f.IDs.Class == lifecycle.NoID && m.Mark != 0 && !p.hit.ID.Empty() {
		h.f.IDs.Add(taskID, p.hit.ID.Of(h.msg))
	}
	m.Status, m.Dur = h.f.Status, h.f.Dur
	m.Req = h.f.IDs.Hash(p.o.Source)
	r.noReq = h.f.IDs.Class == lifecycle.NoID
	m.Level = h.level
	if w != nil && w.level != model.LevelNone && (m.Level == model.LevelNone || h.byStatus) {
		m.Level = w.level
	}
	if m.Level == model.LevelNone && m.Status != 0 {
		m.Level = statusLevel(m.Status)
	}
	r.noLvl = m.Level == model.LevelNone
	m.Time = p.when(w)
	m.Flags |= h.flags
	sh := shape{format: h.format}
	name := h.domain
	if w != nil {
		m.Flags |= model.HasCarrier
		sh.in = w.in
		if len(name) == 0 {
			name = w.domain
		}
		r.newest = m.Time
	}
	m.Domain = p.names.id(name)
	m.Format = p.shapes.id(p.set, sh)
	r.joins, r.second = h.joins, h.second
	r.emptyTag = h.tagged && isBlank(h.msg)
	if m.Flags&model.HasTraceback != 0 && r.noLvl {
		m.Level = model.Error
	}
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
func (p *Parser) when(w *wrapped) int64 {
	h := &p.h
	if w == nil || !w.hasTime {
		if !h.hasTime {
			return model.NoTime
		}
		return p.resolve(h.time)
	}
	outer := p.resolve(w.time)
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
	const quarter = 15 * 60e9
	diff := outer - own
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

func (p *Parser) resolve(s stamp.Stamp) int64 {
	if s.Year {
		return s.Nanos
	}
	return p.clock.Resolve(s, p.r.loc)
}
