package parse

import (
	"ravel/parse/jsonscan"
)

// prettyStart begins a JSON object that is printed over several lines.
func (p *Parser) prettyStart(l *lane, text []byte, w *wrapped) bool {
	i := skipSpace(text, 0)
	if l.last == lastStamped && !l.array && !l.envelope || p.force != noFormat && p.set.formatName(p.force) != "json" {
		return false
	}
	p.doubt = p.doubt || text[i] == '{' || text[i] == '}' || text[i] == '[' || text[i] == ']' // an array may be open
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
		l.origin = p.push(l)
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
	if l.lead > 0 {
		l.array, l.inEvents = true, l.pretty[skipBlank(l.pretty, 0)] == '{'
	}
	if w == nil && l.array && p.force == noFormat && p.u.service(object, l.inEvents, &p.w) {
		l.in = p.w.in
		p.ownLines(l, &p.w)
		return
	}
	l.joiner.Reset()
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
