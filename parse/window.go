package parse

import "bytes"

// lineWindow is a part of a batch's bytes that has been looked through: where its
// lines end, and what they have that needs a closer look. The windows of a call
// follow each other without a gap.
type lineWindow struct {
	ends        [quickRows + 64]uint32 // offsets of line feeds, in order
	next, n     int                    // of ends: the first that is not behind us, and how many there are
	stop        int                    // offset of the byte behind the window
	odd, before oddities               // of this window and of the one before
}

// oddities are bytes that stand somewhere in a window.
type oddities uint32

const (
	oddEscape    oddities = 1 << iota // the byte that escape sequences begin with
	oddBackslash                      // in JSON it says that a text is not spelt as it reads
)

// from makes w an empty window before offset at.
func (w *lineWindow) from(at int) { w.next, w.n, w.stop, w.odd, w.before = 0, 0, at, 0, 0 }

// look goes on to the window behind the one at hand, and reports whether there is
// one.
func (p *Parser) look() bool {
	w, at := &p.window, p.window.stop
	if at == len(p.b.Buf) {
		return false
	}
	w.before, w.next = w.odd, 0
	if w.n, w.stop, w.odd = scanLines(&w.ends, p.b.Buf, at); w.odd&oddBackslash != 0 {
		p.slashed = append(p.slashed, span{start: int64(at) - p.shift, end: int64(w.stop) - p.shift})
	}
	return true
}

// lookTo looks through what is between the window and offset at, if that is behind
// it, for backslashes only.
func (p *Parser) lookTo(at int) {
	if stop := p.window.stop; stop < at {
		if bytes.IndexByte(p.b.Buf[stop:at], '\\') >= 0 {
			p.slashed = append(p.slashed, span{start: int64(stop) - p.shift, end: int64(at) - p.shift})
		}
		p.window.from(at)
	}
}

// pass makes w begin at offset at or later: what is before that has been looked at
// by others.
func (w *lineWindow) pass(at int) {
	if w.stop < at {
		w.from(at)
	}
}

// lineEnd makes the next end the first at or behind offset at, and reports whether
// there is one.
func (p *Parser) lineEnd(at int) bool {
	w := &p.window
	for {
		for ; w.next < w.n; w.next++ {
			if int(w.ends[w.next]) >= at {
				return true
			}
		}
		if !p.look() {
			return false
		}
	}
}

// plain reports whether no escape sequence is in the line that ends at the next end.
func (w *lineWindow) plain() bool { return (w.odd|w.before)&oddEscape == 0 }

// scanLines finds the line feeds of b from offset at on, quickRows of them or some
// more, and returns how many, where it stopped, and what else is there up to that.
func scanLines(ends *[quickRows + 64]uint32, b []byte, at int) (n, stop int, odd oddities) {
	const step = 64
	stop = at
	if hasLineScan && len(b)-at >= step {
		n, stop, odd = lineScan(&ends[0], quickRows, &b[0], at, at+(len(b)-at)&^(step-1))
		if n >= quickRows || stop == len(b) {
			return n, stop, odd
		}
	}
	at = stop
	for stop < len(b) && n < quickRows {
		k := bytes.IndexByte(b[stop:], '\n')
		if k < 0 {
			stop = len(b)
			break
		}
		ends[n] = uint32(stop + k)
		n, stop = n+1, stop+k+1
	}
	if bytes.IndexByte(b[at:stop], escape) >= 0 {
		odd |= oddEscape
	}
	if bytes.IndexByte(b[at:stop], '\\') >= 0 {
		odd |= oddBackslash
	}
	return n, stop, odd
}
