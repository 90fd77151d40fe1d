package engine

import (
	"ravel/model"
	"ravel/model/store"
)

// standing is where a finished request stands in a snapshot: its records are
// those with its hash from first to end, and what joined it behind that; of one
// without an id they are first and end alone.
type standing struct {
	hash       uint64
	first, end model.Seq
	row        *model.RequestRow
	c          *store.Chunk // that holds its end
}

// standingAt is the request of row j of chunk c.
func standingAt(c *store.Chunk, j int) standing {
	r := &c.Requests[j]
	end := c.First + model.Seq(r.At)
	return standing{hash: c.RequestHash(j), first: end - min(model.Seq(r.Back), end-1), end: end, row: r, c: c}
}

// holds reports whether record seq, with that hash, is one of the request's up
// to its end.
func (s *standing) holds(seq model.Seq, hash uint64) bool {
	if s.hash != hash {
		return false
	}
	if hash == 0 {
		return seq == s.end || seq == s.first
	}
	return s.first <= seq && seq <= s.end
}

// memberReach bounds, in records, how far from one of its records an
// unfinished or unmarked request is looked for.
const memberReach = 1 << 20

// finished finds the finished request whose record, up to its end, seq is; ids
// may be nil.
func finished(snap *store.Snapshot, seq model.Seq, hash uint64, ids *idIndexes) (found standing, ok bool) {
	k, i, held := snap.Find(seq)
	if held {
		if j := snap.Chunk(k).RequestIndex(i); j >= 0 {
			if s := standingAt(snap.Chunk(k), j); s.hash == hash {
				return s, true // its end
			}
		}
	}
	for n := 0; !ok && k < snap.Len() && n <= memberReach; k++ {
		c := snap.Chunk(k)
		n += c.Len()
		ids.each(c, hash, func(j int) bool {
			found = standingAt(c, j)
			ok = found.holds(seq, hash)
			return !ok
		})
	}
	return found, ok
}

// joined finds the finished request that record seq came too late for: the
// last one with its id, if it had not settled by then.
func (e *Engine) joined(snap *store.Snapshot, seq model.Seq, hash uint64, ids *idIndexes) (last standing, ok bool) {
	k, i, ok := snap.Find(seq)
	if hash == 0 || !ok {
		return last, false
	}
	b, err := e.store.Columns(snap.Chunk(k))
	if err != nil {
		return last, false
	}
	oldest := b.SortKey(i) - int64(e.o.Request.Settle)
	for n := 0; k >= 0 && n <= memberReach; k-- {
		c := snap.Chunk(k)
		n += c.Len()
		ids.each(c, hash, func(j int) bool {
			s := standingAt(c, j)
			if s.end < seq {
				last = s
			}
			return s.end < seq
		})
		if last.c != nil {
			b, err := e.store.Columns(c)
			return last, err == nil && b.SortKey(int(last.row.At)) >= oldest
		}
		if c.Zone.MinTime <= c.Zone.MaxTime && c.Zone.MaxTime < oldest {
			break
		}
	}
	return last, false
}

// late calls visit for the records that came after a request's end and before
// it settled, in order, until it returns false. A start is one of them if it is
// the request's own, which came late; it would begin another one else.
func (e *Engine) late(snap *store.Snapshot, s *standing, visit func(c *store.Chunk, i int) bool) {
	if s.hash == 0 {
		return
	}
	k, at, ok := snap.Find(s.end)
	if !ok {
		return
	}
	b, err := e.store.Columns(snap.Chunk(k))
	if err != nil {
		return
	}
	settled, begun := b.SortKey(at)+int64(e.o.Request.Settle), !s.row.BegunLate()
	for n := 0; k < snap.Len() && n <= memberReach; k++ {
		c := snap.Chunk(k)
		if n > 0 && c.Zone.MinTime <= c.Zone.MaxTime && c.Zone.MinTime > settled {
			return
		}
		if b, err = e.store.Columns(c); err != nil {
			return
		}
		for i := at + 1; i < c.Len(); i++ {
			if b.Req[i] != s.hash {
				continue
			}
			starts := b.Mark[i].Event() == model.Started
			if b.SortKey(i) > settled || starts && begun || c.RequestAt(i) != nil || !visit(c, i) {
				return
			}
			begun = begun || starts
		}
		n += c.Len()
		at = -1
	}
}

// anyMember reports whether some record of the request of row j of chunk k
// matches.
func (v *view) anyMember(k, j int) bool {
	s := standingAt(v.snap.Chunk(k), j)
	if s.hash == 0 {
		return v.hit(s.first)
	}
	for ; k >= 0 && v.snap.Chunk(k).Last() >= s.first; k-- {
		c := v.snap.Chunk(k)
		hits := v.run.hits(c)
		if hits.N == 0 {
			continue
		}
		lo := 0
		if s.first > c.First {
			lo = int(s.first - c.First)
		}
		if v.hasID(c, hits, lo, int(min(s.end, c.Last())-c.First), s.hash) {
			return true
		}
	}
	any := false
	if s.row.Joined() > 0 {
		v.e.late(v.snap, &s, func(c *store.Chunk, i int) bool {
			any = v.run.hits(c).Has(i)
			return !any
		})
	}
	return any
}

// hit reports whether record seq matches.
func (v *view) hit(seq model.Seq) bool {
	k, i, ok := v.snap.Find(seq)
	return ok && v.run.hits(v.snap.Chunk(k)).Has(i)
}

// Members are the records of the request that seq belongs to: of a finished
// one those from its start to its end and what came later under its id.
func (e *Engine) Members(seq model.Seq, n int) []*model.Record {
	if p := e.previewAt(seq); p != nil {
		return p.eng.Members(seq, n)
	}
	snap := e.store.Snapshot()
	k, i, ok := snap.Find(seq)
	if !ok {
		return nil
	}
	b, err := e.store.Columns(snap.Chunk(k))
	if err != nil {
		return []*model.Record{e.decode(snap.Chunk(k), i)}
	}
	hash := b.Req[i]
	s, ok := finished(snap, seq, hash, nil)
	if !ok && hash == 0 {
		return []*model.Record{e.decode(snap.Chunk(k), i)}
	}
	if ok && hash == 0 {
		return e.pair(snap, &s)
	}
	var found []*model.Record
	first, last := s.first, s.end
	if !ok {
		first, last, s, ok = e.extent(snap, seq, hash)
	}
	e.backwards(snap, first, last, hash, func(c *store.Chunk, i int) bool {
		found = append(found, e.decode(c, i))
		return len(found) < n
	})
	for a, b := 0, len(found)-1; a < b; a, b = a+1, b-1 {
		found[a], found[b] = found[b], found[a]
	}
	if ok {
		e.late(snap, &s, func(c *store.Chunk, i int) bool {
			found = append(found, e.decode(c, i))
			return len(found) < 2*n
		})
	}
	return found[max(0, len(found)-n):]
}

// pair are the records of a request without an id.
func (e *Engine) pair(snap *store.Snapshot, s *standing) []*model.Record {
	var found []*model.Record
	for _, seq := range [...]model.Seq{s.first, s.end} {
		if k, i, ok := snap.Find(seq); ok && (seq != s.end || len(found) == 0 || s.first != s.end) {
			found = append(found, e.decode(snap.Chunk(k), i))
		}
	}
	return found
}

// backwards calls visit for the records with a hash from last down to first
// until it returns false.
func (e *Engine) backwards(snap *store.Snapshot, first, last model.Seq, hash uint64, visit func(c *store.Chunk, i int) bool) {
	k, _, _ := snap.Find(last)
	for k = min(k, snap.Len()-1); k >= 0 && snap.Chunk(k).Last() >= first; k-- {
		c := snap.Chunk(k)
		if c.First > last {
			continue
		}
		b, err := e.store.Columns(c)
		if err != nil {
			return
		}
		for i := int(min(last, c.Last()) - c.First); i >= 0 && c.First+model.Seq(i) >= first; i-- {
			if b.Req[i] == hash && !visit(c, i) {
				return
			}
		}
	}
}

// extent is the first and the last record that may belong to the request of
// record seq, which is in none that has ended by then: exact where it is open;
// the request that seq came too late for, if ok.
func (e *Engine) extent(snap *store.Snapshot, seq model.Seq, hash uint64) (first, last model.Seq, s standing, ok bool) {
	e.mu.Lock()
	open, runs := e.tracker.Find(hash)
	e.mu.Unlock()
	if runs && open.FirstSeq <= seq {
		return open.FirstSeq, snap.Last, s, false
	}
	if s, ok = e.joined(snap, seq, hash, nil); ok {
		return s.first, s.end, s, true
	}
	return reach(snap, seq, -1), reach(snap, seq, 1), s, false
}

// reach is the record about memberReach records from seq in direction dir, at
// the border of a chunk. Seqs do not tell: they have gaps.
func reach(snap *store.Snapshot, seq model.Seq, dir int) model.Seq {
	k, _, _ := snap.Find(seq)
	for n := 0; k >= 0 && k < snap.Len() && n < memberReach; k += dir {
		c := snap.Chunk(k)
		n += c.Len()
		if seq = c.First; dir > 0 {
			seq = c.Last()
		}
	}
	return seq
}
