package parse

import (
	"bytes"
	"slices"

	"ravel/model"
	"ravel/parse/trace"
)

// take frames one physical line, or a piece of one that passes the cap.
func (p *Parser) take(raw []byte, cut bool) {
	rest := p.mid
	if !rest {
		p.lines++
	}
	p.mid = cut
	s := span{start: p.pos, end: p.pos + int64(len(raw)), line: p.lines}
	p.ext = append(p.ext[:0], s)
	if rest {
		p.piece(cut)
		return
	}
	text := trimEOL(raw)
	if bytes.IndexByte(text, escape) >= 0 {
		p.plainText = uncoloured(p.plainText, text)
		text = p.plainText
	}
	if p.lines == 1 {
		text = bytes.TrimPrefix(text, bom)
	}
	switch {
	case len(text) == 0 || text[0] <= ' ' && isBlank(text):
		p.blank(p.last)
	case (text[0] == '[' || text[0] == '{') && p.lanes[0].last != lastStamped && p.lanes[0].origin == nil && p.elements(text):
	case !mayBeWrapped(text):
		p.bare(text)
	default:
		p.u.unwrap(text, &p.w)
		if p.w.n == 0 {
			p.bare(text)
			break
		}
		p.carried()
	}
	if cut {
		p.cutLast(model.Cut)
	}
}

// mayBeWrapped reports whether a line's first bytes allow a carrier. It is
// asked of every line, so it looks at little.
func mayBeWrapped(t []byte) bool {
	if t[len(t)-1] == '}' && t[0] != '{' {
		return true
	}
	switch c := t[0]; {
	case isDigit(c):
		if c == '1' && len(t) > 30 && t[1] == ' ' && t[12] == 'T' {
			return true
		}
		if len(t) > 6 && (t[1] == '|' || t[2] == '|' || t[2] == ' ' && t[3] == '<' || t[3] == ' ' && t[4] == '<' || t[4] == ' ' && t[5] == '<') {
			return true
		}
		if len(t) > 12 && t[2] == ':' && t[8] == ' ' {
			return bytes.IndexByte(t[9:min(len(t), 48)], '|') > 0
		}
		if len(t) < 22 || t[10] != 'T' {
			return false
		}
		if len(t) < 28 {
			return t[20] == ' ' && t[21] == '{'
		}
		return !isUpper(t[4]) && (t[19] != ',' || t[23] == 'Z') && (hasOffset(t))
	case c == '{':
		return hasPrefix(t, `{"log":`) || serviceLine(t) || len(t) > 3 && (t[1] == '"' && (t[2] == '_' || isUpper(t[2])) || t[1] == ' ')
	case c == '[':
		return hasPrefix(t, "[pod/")
	case c == '<':
		return len(t) > 3 && isDigit(t[1])
	}
	return isAlpha(t[0])
}

// hasOffset reports whether the ISO stamp with which t begins states a zone.
func hasOffset(t []byte) bool {
	i := 19
	if t[i] == '.' || t[i] == ',' {
		for i++; i < len(t) && isDigit(t[i]); i++ {
		}
	}
	return i < len(t) && (t[i] == 'Z' || t[i] == '+' || t[i] == '-')
}

// bare takes a line without a carrier.
func (p *Parser) bare(text []byte) {
	l := p.lanes[0]
	if p.wraps {
		p.breakParts()
	}
	if p.wraps && p.last != l && stampsText(p.last.in[0]) && !hasPrefix(text, "-- ") { // journalctl's `-- Boot … --` is of no program
		if _, f := p.match(p.last, text, nil); f < strong && p.last.origin == nil {
			v := p.last.joiner.Line(text)
			p.extend(p.last, text, true, v == trace.Head || v == trace.Opens || v == trace.More)
			return
		}
	}
	p.last = l
	p.own(l, text, nil)
}

// unstamped takes a line of l that continues the last one which a carrier within
// l has stamped: a traceback behind syslog's stamp, within a container's log.
func (p *Parser) unstamped(l *lane, w *wrapped) bool {
	if w.partial || len(l.parts) > 0 || l.sub.origin != nil {
		return false
	}
	if isBlank(w.text) {
		p.last = l.sub
		p.blank(l.sub)
		return true
	}
	if _, f := p.match(l.sub, w.text, w); f == strong {
		return false
	}
	p.last = l.sub
	v := l.sub.joiner.Line(w.text)
	p.extend(l.sub, w.text, false, v == trace.Head || v == trace.Opens || v == trace.More)
	return true
}

// stampsText reports whether a carrier's lines begin with its own stamp, so
// that a line without one continues the last.
func stampsText(c carrier) bool { return c == carrierSyslog || c == carrierStamp || c == carrierAWS }

// carried takes a line with carriers, whose parts p.w holds.
func (p *Parser) carried() {
	w := &p.w
	if w.in[0] != carrierPrefix { // which stands before lines of one and the same stream
		p.wraps = true
		if w.key == 0 {
			w.key = 1
		}
	}
	if bytes.IndexByte(w.text, escape) >= 0 { // from a JSON string
		p.plainText = uncoloured(p.plainText, w.text)
		w.text = p.plainText
	}
	l := p.lane(w.key)
	if w.outer != 0 {
		p.lane(w.outer).sub = l
	} else if l.sub != nil && p.unstamped(l, w) {
		return
	}
	l.in = w.in
	p.last = l
	p.overtake(l)
	if w.partial || len(l.parts) > 0 {
		if !p.addPart(l, w) {
			return
		}
	}
	p.ownLines(l, w)
}

// addPart gathers an own line that a carrier has cut (CRI's P lines, docker's
// 16 KiB). It reports whether the line is complete now: then w.text is all of
// it, and p.ext its physical lines.
func (p *Parser) addPart(l *lane, w *wrapped) bool {
	if len(l.parts) == 0 {
		l.slot = p.push(l)
		l.partW = w.keep()
	}
	l.part = append(l.part, w.text...)
	l.parts = append(l.parts, p.ext...)
	if w.partial && len(l.part) < p.o.MaxRecord {
		return false
	}
	w.text = l.part
	p.ext = append(p.ext[:0], l.parts...)
	l.part, l.parts = l.part[:0], l.parts[:0]
	return true
}

// breakParts ends the own lines that came in parts: where a line without a
// carrier stands between them, their rest is lost.
func (p *Parser) breakParts() {
	waits := func(r *pending) bool { return r.lines == 0 && r.state == pendingOpen }
	for i := slices.IndexFunc(p.q, waits); i >= 0; i = slices.IndexFunc(p.q, waits) {
		l := p.owner(p.q[i])
		if len(l.parts) == 0 {
			return
		}
		line := p.ext[0]
		p.endParts(l)
		p.ext = append(p.ext[:0], line)
	}
}

// endParts makes a line of the parts that came, at the end of the stream.
func (p *Parser) endParts(l *lane) {
	if len(l.parts) == 0 {
		return
	}
	p.ext = append(p.ext[:0], l.parts...)
	text := l.part
	l.part, l.parts = nil, nil
	p.w = *l.partW.wrapped()
	p.w.text, p.w.key = text, l.key
	p.own(l, text, &p.w)
}

// The bounds on how long a record of an interleaved stream is waited for.
const (
	maxWaiting  = 512           // records that wait for it
	laneSilence = 2_000_000_000 // ns that the other inner streams have gone on
)

// overtake ends the record at the front of the queue when its inner stream has
// been silent while the others went on, so that it does not hold them back.
func (p *Parser) overtake(now *lane) {
	for len(p.q) > 1 {
		front := p.q[0]
		if front.state != pendingOpen {
			p.flush()
			continue
		}
		l := p.owner(front)
		if l == now {
			return
		}
		late := p.w.hasTime && p.w.time.Year && front.newest > 0 && p.w.time.Nanos-front.newest > laneSilence
		if !late && len(p.q) < maxWaiting && p.pos-front.first.start < int64(p.o.MaxRecord) {
			return
		}
		line, w := p.ext[0], p.w
		p.endParts(l)
		p.endPretty(l)
		p.closeRec(l)
		l.late = true
		p.ext, p.w = append(p.ext[:0], line), w
		p.flush()
	}
}

// owner is the lane of a record.
func (p *Parser) owner(r *pending) *lane {
	if r.of == nil {
		return p.lanes[0]
	}
	return r.of
}

// blank takes a line that shows nothing: it belongs to the record before it
// (rule 2).
func (p *Parser) blank(l *lane) {
	if l.origin != nil {
		p.prettyMore(l, nil, nil)
		return
	}
	l.joiner.Line(nil)
	if r := l.open; r != nil && !p.over(r) {
		if r.entry == entryJournal {
			r.entry = noEntry
		}
		for _, s := range p.ext {
			r.add(s, true)
		}
		p.takeSlot(l)
		return
	}
	r := p.place(l)
	r.meta.Flags = model.Blank
	if p.begun {
		r.meta.Flags |= model.Continued
	}
	p.fillPlain(l, r, nil)
}

// piece takes a further piece of a line that passes the cap: a record of its
// own, so that no bound on memory is broken and no byte is lost.
func (p *Parser) piece(cut bool) {
	l := p.last
	r := p.place(l)
	r.meta.Flags = model.Cut | model.Continued
	p.fillPlain(l, r, nil)
	p.closeRec(l)
	l.late = cut
}

// cutLast ends the last line's record, because the line goes on past the cap.
func (p *Parser) cutLast(flag model.Flags) {
	l := p.last
	p.endPretty(l)
	if r := l.open; r != nil {
		r.meta.Flags |= flag
	}
	p.closeRec(l)
}

// over reports whether a record has reached its bounds.
func (p *Parser) over(r *pending) bool {
	return r.lines >= p.o.MaxLines || r.bytes >= int64(p.o.MaxRecord)
}

// place ends the lane's open record and makes the next: at the place that was
// kept for the line at hand, if it came in parts.
func (p *Parser) place(l *lane) *pending {
	p.closeRec(l)
	r := l.slot
	if r == nil || len(l.parts) > 0 { // parts that still wait keep their place
		r = p.push(l)
	} else {
		l.slot = nil
	}
	l.open = r
	for _, s := range p.ext {
		r.add(s, false)
	}
	return r
}

// takeSlot gives up the place that was kept for a line which joined a record.
func (p *Parser) takeSlot(l *lane) {
	if l.slot != nil && len(l.parts) == 0 {
		l.slot.state, l.slot = pendingVoid, nil
	}
}
