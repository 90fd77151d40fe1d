package query

import "ravel/model"

// lane is a record on its way through a dfa.
type lane struct {
	rec  int
	text []byte // all of it
	rest []byte // not read yet
	s    uint32
}

// each tells of every record of set whether its bytes match. Four records go
// through the table side by side: one alone waits for each look-up. Records
// whose lines are scattered are told of like others.
func (d *dfa) each(b *model.Batch, set model.Bits, tell func(i int, matches bool)) {
	var lanes [4]lane
	i := -1
	refill := func(l *lane) bool {
		i = set.Next(i + 1)
		if i < 0 {
			i = len(set) * 64
			return false
		}
		text := trimEOL(b.Raw(i))
		*l = lane{rec: i, text: text, rest: text, s: d.start(nil, 0)}
		return true
	}
	for k := range lanes {
		if !refill(&lanes[k]) {
			d.finish(lanes[:k], tell)
			return
		}
	}
	for d.full <= maxFull {
		d.run(&lanes)
		for k := range lanes {
			l := &lanes[k]
			full := d.full
			matches, done := d.advance(l)
			if d.full != full { // all states are new
				for j := range lanes {
					lanes[j].rest, lanes[j].s = lanes[j].text, d.start(nil, 0)
				}
			}
			if !done {
				continue
			}
			tell(l.rec, matches)
			if !refill(l) {
				l.text = nil
				d.finish(append(append([]lane(nil), lanes[:k]...), lanes[k+1:]...), tell)
				return
			}
		}
	}
	d.finish(lanes[:], tell)
	for i = set.Next(i + 1); i >= 0; i = set.Next(i + 1) {
		tell(i, d.match(trimEOL(b.Raw(i)), 0))
	}
}

// finish matches the records of lanes one by one.
func (d *dfa) finish(lanes []lane, tell func(int, bool)) {
	for _, l := range lanes {
		tell(l.rec, d.match(l.text, 0))
	}
}

// run reads on in all lanes until one of them ends or meets what is no state.
func (d *dfa) run(lanes *[4]lane) {
	n := min(len(lanes[0].rest), len(lanes[1].rest), len(lanes[2].rest), len(lanes[3].rest))
	t0, t1, t2, t3 := lanes[0].rest[:n], lanes[1].rest[:n], lanes[2].rest[:n], lanes[3].rest[:n]
	s0, s1, s2, s3 := lanes[0].s, lanes[1].s, lanes[2].s, lanes[3].s
	table := d.table
	k := 0
	for ; k < n; k++ {
		n0, n1 := table[s0|uint32(t0[k])], table[s1|uint32(t1[k])]
		n2, n3 := table[s2|uint32(t2[k])], table[s3|uint32(t3[k])]
		if min(n0, n1, n2, n3) < firstSet {
			break
		}
		s0, s1, s2, s3 = n0, n1, n2, n3
	}
	lanes[0].s, lanes[1].s, lanes[2].s, lanes[3].s = s0, s1, s2, s3
	for j := range lanes {
		lanes[j].rest = lanes[j].rest[k:]
	}
}

// advance reads one byte in a lane, or ends it; done says that matches is the
// answer.
func (d *dfa) advance(l *lane) (matches, done bool) {
	if len(l.rest) == 0 {
		return d.atEnd(l.s), true
	}
	n := d.table[l.s|uint32(l.rest[0])]
	if n == unknown {
		n = d.step(l.s, l.rest[0])
	}
	switch n {
	case matched:
		return true, true
	case dead:
		return false, true
	case foreign:
		return d.re.Match(l.text), true
	}
	l.s, l.rest = n, l.rest[1:]
	return false, false
}
