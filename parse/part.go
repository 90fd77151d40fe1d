package parse

import (
	"bytes"

	"ravel/model"
)

// Parts reports whether runs of lines can be parsed out of the middle of the
// stream from here on, by Part.
func (p *Parser) Parts() bool {
	l := p.lanes[0]
	return l.steady && l.sticky != noFormat && p.begun && !p.wraps && p.force == noFormat && !l.array && !l.inEvents && !l.envelope
}

// Begins reports whether a line, without its end, begins a record of the
// stream's usual format, whatever stood before it.
func (p *Parser) Begins(line []byte) bool {
	l := p.lanes[0]
	if len(line) == 0 || line[0] <= ' ' || bytes.IndexByte(line, escape) >= 0 {
		return false
	}
	if l.sticky == p.ids.format && len(line) >= quickMin && p.sureLine(line) {
		return true
	}
	if mayBeWrapped(line) || line[0] == '{' && arrayLead(line) > 0 {
		return false
	}
	p.h.reset()
	return p.set.formats[l.sticky].try(&p.r, line, &p.h) == strong
}

// Part parses the lines of b.Buf from offset from on, which begin at one that
// Begins and end where another does, or where the stream ends. It reports whether b holds the records
// that these lines become in the stream, whose parser was in this one's State
// once and has had other lines since: no line has been seen that may have been
// taken otherwise, and the State is what it was. If not, the parser is of no use
// any more. Parts must hold, and no record may be held back; where the batch is
// full, next is where the rest begins, else it is the end.
func (p *Parser) Part(b *model.Batch, from uint32) (next uint32, ok bool) {
	state, buf := p.State(), b.Buf[from:]
	line, _ := nextLine(buf, p.o.MaxRecord, true)
	p.u.doubt, p.doubt = false, p.rivalled(trimEOL(buf[:line.n]))
	p.SetLines(1) // no byte order mark stands here
	next = p.Parse(b, from, true)
	return next, !p.doubt && !p.u.doubt && (p.State() == state || int(next) < len(b.Buf))
}

// rivalled reports whether a line that begins a record of the stream's format
// may as surely be of another one: which it is depends on what was there before.
func (p *Parser) rivalled(line []byte) bool {
	sticky := p.lanes[0].sticky
	if p.set.formats[sticky].exact {
		return false
	}
	for _, n := range p.set.byFirst[line[0]] {
		if n != sticky {
			if p.h.reset(); p.set.formats[n].try(&p.r, line, &p.h) == strong {
				return true
			}
		}
	}
	return false
}
