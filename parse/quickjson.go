package parse

import "ravel/model"

// quickTail is what the columns do not tell of the last record of a run.
type quickTail struct{ noReq, noLvl, steady bool }

// quickJSON is quickLines for records that the stream's plan can read.
func (p *Parser) quickJSON(buf []byte, k, room int) (rows, taken int) {
	b, h := p.b, &p.h
	starts, times, reqs, durs := b.Start[k:][:room], b.Time[k:][:room], b.Req[k:][:room], b.Dur[k:][:room]
	domains, statuses, levels, marks := b.Domain[k:][:room], b.Status[k:][:room], b.Level[k:][:room], b.Mark[k:][:room]
	base := uint32(p.pos + p.shift)
	for ; rows < room; rows++ {
		rest := buf[taken:]
		h.reset()
		p.r.buf = p.r.buf[:0]
		n := lineEnd(rest, p.r.plan.read(&p.r, rest, h, true))
		if n == 0 || n > p.o.MaxRecord || h.flags != 0 {
			break
		}
		h.format = p.json
		var m model.Meta
		p.tail.noReq, p.tail.noLvl = p.columns(&m, nil)
		p.tail.steady = !h.hasTime || h.time.Year
		starts[rows], times[rows], reqs[rows], durs[rows] = base+uint32(taken), m.Time, m.Req, m.Dur
		domains[rows], statuses[rows], levels[rows], marks[rows] = m.Domain, m.Status, m.Level, m.Mark
		taken += n
	}
	return rows, taken
}

// lineEnd returns where the line ends whose text ends at b[n]: behind its line
// end; 0 where n is 0 or none follows.
func lineEnd(b []byte, n int) int {
	switch {
	case n == 0 || n >= len(b):
	case b[n] == '\n':
		return n + 1
	case b[n] == '\r' && n+1 < len(b) && b[n+1] == '\n':
		return n + 2
	}
	return 0
}
