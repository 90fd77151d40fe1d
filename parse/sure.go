package parse

import (
	"bytes"

	"ravel/parse/stamp"
)

// SureLines is a walk over physical lines of one buffer that are records for
// sure: from the one that begins at from, over those that begin before to, as
// far as they pass. It returns where the last one that did begins, where the
// next line does, and how many passed.
type SureLines = func(from, to int) (last, next, lines int)

// Sure returns a walk over the lines of buf. A line that passes begins a record
// whatever stood before it, and leaves the parser in the State that it is in
// now. If another such line or the end follows, the record is that line and has
// no flags. Nil: the stream's lines cannot be told so, or not cheaply. The walk
// belongs to the parser's goroutine and holds while the parser is in that state.
func (p *Parser) Sure(buf []byte) SureLines {
	l := p.lanes[0]
	if p.ids.format == noFormat || l.sticky != p.ids.format || !l.steady || l.last != lastStamped || l.offset != 0 ||
		!p.begun || p.wraps || p.force != noFormat || p.r.layout != stamp.ISO || bytes.IndexByte(buf, escape) >= 0 {
		return nil
	}
	slash := -1 // the next backslash
	return func(from, to int) (last, next, lines int) {
		last, next = from, from
		for next < to {
			if slash < next {
				slash = indexFrom(buf, '\\', next)
			}
			n := bytes.IndexByte(buf[next:], '\n')
			if n < quickMin || n >= p.o.MaxRecord || slash < next+n || !p.sureLine(buf[next:next+n]) {
				break
			}
			last, next, lines = next, next+n+1, lines+1
		}
		return last, next, lines
	}
}

// sureLine reports whether a line without its LF passes.
func (p *Parser) sureLine(t []byte) bool {
	if t[len(t)-1] == '\r' {
		t = t[:len(t)-1]
	}
	if t[len(t)-1] == '}' {
		return false
	}
	if _, ok := p.ids.time(t, p.r.loc); !ok {
		return false
	}
	_, i := p.ids.request(t)
	if i >= 0 {
		_, _, i = p.ids.names(t, i, &p.names)
	}
	return i >= 0
}

// indexFrom is where c stands in buf at or after from; the end if nowhere.
func indexFrom(buf []byte, c byte, from int) int {
	if k := bytes.IndexByte(buf[from:], c); k >= 0 {
		return from + k
	}
	return len(buf)
}
