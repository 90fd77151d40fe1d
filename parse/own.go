package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/lifecycle"
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
	if r := l.open; r != nil && r.entry != noEntry && p.entryMore(l, r, text) {
		return
	}
	n, f := p.match(l, text, w)
	if f == strong {
		if !p.h.ships || !p.shipped(l, text, w) {
			p.begin(l, n, w)
		}
		return
	}
	if r := l.open; r != nil && r.quote && r.lines < maxQuoted {
		p.quoted(l, text)
		return
	}
	if r := l.open; r != nil && (r.joins || f == medium && r.lines == 1 && r.noLvl && l.offset > 0 && !p.h.hasTime && levelColon(text)) {
		p.joinHead(l, r, text)
		return
	}
	if f <= weak && !l.joiner.Message() && p.prettyStart(l, text, w) {
		return
	}
	p.unsure(l, text, w, n, f)
}

// ownLines is own for what a carrier held, which is several lines where it was a
// JSON string: the first says what the record is, unless they are an object.
func (p *Parser) ownLines(l *lane, w *wrapped) {
	nl := bytes.IndexByte(w.text, '\n')
	if nl < 0 || l.origin != nil || w.text[skipBlank(w.text, 0)] == '{' {
		p.own(l, w.text, w)
		return
	}
	first, rest := trimEOL(w.text[:nl+1]), w.text[nl+1:]
	p.own(l, first, w)
	for line := range bytes.Lines(rest) {
		line = trimEOL(line)
		if v := l.joiner.Line(line); len(line) == 0 || l.open == nil {
			continue
		} else if v == trace.Head || v == trace.Opens || v == trace.More {
			p.traced(l.open)
		}
		p.laterIDs(l.open, line)
	}
}

// laterIDs takes an id from a line that is not its record's first.
func (p *Parser) laterIDs(r *pending, line []byte) {
	if !r.noReq {
		return
	}
	var ids lifecycle.IDs
	if lineIDs(line, &ids); ids.Class != lifecycle.NoID {
		r.meta.Req, r.noReq = ids.Hash(p.o.Source), false
	}
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
		if open && l.last == lastStamped && hasPrefix(text, "goroutine ") && p.panicked(l) { // as net/http and klog print it
			p.extend(l, text, false, true)
			return
		}
		p.plain(l, text, w)
		r := l.open
		r.crash = crashes(text)
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
			p.doubt = p.doubt || f >= medium
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

// crashes reports whether the head of a trace tells of the program's end: a race
// detector's report does not, nor what Python says of tasks and other processes.
func crashes(text []byte) bool {
	return !hasPrefix(text, "WARNING: ") && !hasPrefix(text, "--- Logging error ---") && !hasPrefix(text, "Exception ignored in") && !bytes.HasSuffix(text, []byte("exception was never retrieved")) &&
		!bytes.HasSuffix(bytes.TrimRight(text, " "), []byte("RemoteTraceback:"))
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
	if r.meta.Level == model.Critical {
		return true
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
// time with no level behind it is no stamp.
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
	if p.misfits.has(text) {
		h.reset()
		h.format, h.fit = noFormat, misfit
		return noFormat, misfit
	}
	n, f := p.set.recognise(&p.r, text, h, l.sticky, &l.shown)
	if f == misfit {
		if p.misfits == nil {
			p.misfits = new(misfits)
		}
		p.misfits.add(text)
	}
	p.doubt = p.doubt || f == strong && n != l.sticky && !p.set.formats[n].exact // another might fit as surely, and be asked first
	if w != nil && w.hasTime && f == weak && !h.data && h.stamped {
		h.reset()
		return noFormat, misfit
	}
	if w != nil && w.hasTime && h.hasTime && !h.time.Date && h.level == model.LevelNone {
		h.reset()
		return noFormat, misfit
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
	if h.fit == strong {
		l.closeArray(h.data)
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
	if r.ends && endPhrase(text, &p.hit) {
		r.meta.Mark = r.meta.Mark&model.Correlated | model.MakeMark(model.KindHTTP, model.Whole)
		r.meta.Status, r.meta.Dur = p.hit.Status, p.hit.Dur
		if r.noLvl {
			r.meta.Level = statusLevel(p.hit.Status)
		}
	}
	p.laterIDs(r, text)
	if p.w.hasTime && p.w.time.Year && !bare {
		r.newest = p.w.time.Nanos
	}
}

// continued begins a record with what its own record may not hold any more:
// past the bounds, or after the stream was silent.
func (p *Parser) continued(l *lane, of *pending, text []byte) {
	p.doubt = true
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
