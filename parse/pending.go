package parse

import (
	"regexp"
	"slices"

	"ravel/model"
)

// span is a run of physical lines in virtual positions.
type span struct {
	start, end int64
	line       uint32
}

// pending is a record that is not in the batch yet: it is open, or one before
// it is.
type pending struct {
	meta     model.Meta
	of       *lane // nil: the one without carriers
	first    span
	more     []span // further runs, where other streams' lines stand between
	lines    int    // physical lines
	shown    int    // physical lines that are not blank
	bytes    int64
	state    pendingState
	noReq    bool           // no id was found yet: continuation lines are searched
	noLvl    bool           // no level was found yet: a trace gives one
	joins    bool           // the next line is a part of the head
	ends     bool           // a further line may end its request
	second   *regexp.Regexp // the next line is a part of the head if this matches
	entry    entryKind      // lines that are fields follow, up to a blank one or the one that closes it
	quote    bool           // a quoted value is open
	emptyTag bool           // an id in brackets and nothing behind it
	crash    bool
	newest   int64 // carrier's stamp of the last line, ns; 0 unknown
}

type pendingState uint8

const (
	pendingOpen pendingState = iota
	pendingClosed
	pendingVoid // its lines went to another record
)

// add appends one run of lines, joining it to the last where they touch.
func (r *pending) add(s span, blank bool) {
	r.lines++
	r.bytes += s.end - s.start
	if !blank {
		r.shown++
	}
	if r.lines == 1 {
		r.first = s
		return
	}
	last := &r.first
	if n := len(r.more); n > 0 {
		last = &r.more[n-1]
	}
	if last.end == s.start {
		last.end = s.end
		return
	}
	r.more = append(r.more, s)
}

// push puts a new record of a lane, which begins at the first of p.ext, into the
// queue.
func (p *Parser) push(l *lane) *pending {
	start := p.ext[0].start
	if len(p.q) == 1 && p.q[0].state == pendingClosed && p.q[0].first.start < start { // the common case: one record waits for the next
		r := p.q[0]
		p.emit(r)
		*r = pending{first: p.ext[0], of: l}
		return r
	}
	var r *pending
	if n := len(p.free); n > 0 {
		r, p.free = p.free[n-1], p.free[:n-1]
		*r = pending{}
	} else {
		r = new(pending)
	}
	r.first, r.of = p.ext[0], l
	i := len(p.q)
	for i > 0 && p.q[i-1].first.start > start { // lines of an object that was none come late
		i--
	}
	p.q = slices.Insert(p.q, i, r)
	return r
}

// flush moves the records at the front of the queue that are complete into
// the batch.
func (p *Parser) flush() {
	n := 0
	for n < len(p.q) && p.q[n].state != pendingOpen {
		if p.q[n].state == pendingClosed {
			p.emit(p.q[n])
		}
		p.free = append(p.free, p.q[n])
		n++
	}
	if n > 0 {
		k := copy(p.q, p.q[n:])
		clear(p.q[k:])
		p.q = p.q[:k]
	}
}

// emit appends one record to the batch.
func (p *Parser) emit(r *pending) {
	m := &r.meta
	m.Start, m.End = uint32(r.first.start+p.shift), uint32(r.first.end+p.shift)
	m.Line = r.first.line
	m.Source = p.o.Source
	if r.shown > 1 {
		m.Flags |= model.Multiline
	}
	i := p.b.Len()
	p.b.Add(*m)
	if len(r.more) == 0 {
		return
	}
	ext := make([]model.Extent, 0, len(r.more)+1)
	ext = append(ext, p.extent(r.first))
	for _, s := range r.more {
		ext = append(ext, p.extent(s))
	}
	if p.b.Extra == nil {
		p.b.Extra = map[int][]model.Extent{}
	}
	p.b.Extra[i] = ext
}

func (p *Parser) extent(s span) model.Extent {
	return model.Extent{Start: uint32(s.start + p.shift), End: uint32(s.end + p.shift), Line: s.line}
}

// closeAll ends every record that waits. idle says that the stream is silent:
// lines that come later for one of them are marked as its continuation.
func (p *Parser) closeAll(idle bool) {
	for _, l := range p.lanes {
		if !idle { // a line that comes in parts is unfinished, not silent
			p.endParts(l)
		}
		p.endPretty(l)
		if l.open != nil {
			p.closeRec(l)
			l.late = idle
		}
	}
}

// closeRec ends the lane's open record.
func (p *Parser) closeRec(l *lane) {
	if l.open != nil {
		l.open.state = pendingClosed
		l.open = nil
	}
}
