package file

import (
	"bytes"
	"time"
)

// stragglerTime is how long a file that has lost its name is watched on: a
// second process may still be writing to it.
const stragglerTime = 10 * time.Second

// straggler is a rotated file that late lines may come to.
type straggler struct {
	p     *part
	print print
	until time.Time
}

// drain gives on the whole lines that have come, where they do not split a
// line of the new file.
func (g *straggler) drain(t *follower) {
	if g == nil {
		return
	}
	if !t.ended && time.Now().Before(g.until) {
		return
	}
	if g.p.plain() && g.print.check(g.p.f) == nil {
		n, _ := g.p.f.ReadAt(t.buf, g.print.off) // what cannot be read now is read at the next look
		if n == len(t.buf) && n < followBuf {
			t.buf = make([]byte, followBuf) // for a line that is longer
			n, _ = g.p.f.ReadAt(t.buf, g.print.off)
		}
		if end := bytes.LastIndexByte(t.buf[:n], '\n') + 1; end > 0 {
			if _, err := t.s.stream.Write(t.buf[:end]); err != nil {
				return
			}
			t.ended = true
			g.print.read(t.buf[:end])
		}
	}
	if time.Now().After(g.until) {
		t.leave(g.p)
		t.old = nil
	}
}

// close gives the file up.
func (g *straggler) close() {
	if g != nil {
		g.p.close()
	}
}
