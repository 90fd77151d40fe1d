package engine

import (
	"ravel/model"
	"ravel/model/store"
)

// straddle is where a request stands that has ended and began in an earlier
// batch: what was asked about it while it ran may be another answer by now.
type straddle struct {
	hash       uint64
	first, end model.Seq
}

// straddles are the newest of them, numbered, in the order of their ends.
type straddles struct {
	n    uint64 // how many there have been
	last [1 << 12]straddle
}

// add takes the requests of a batch's rows that began in an earlier batch.
func (s *straddles) add(b *model.Batch, rows []model.RequestRow) {
	for i := range rows {
		if r := &rows[i]; r.Back > r.At && b.Req[r.At] != 0 {
			end := b.First + model.Seq(r.At)
			s.last[s.n%uint64(len(s.last))] = straddle{b.Req[r.At], end - min(model.Seq(r.Back), end-1), end}
			s.n++
		}
	}
}

// since are those after the first n that ended up to record last, as far as they
// are remembered, and how many there were by then.
func (s *straddles) since(n uint64, last model.Seq) ([]straddle, uint64) {
	n = max(n, s.n-min(s.n, uint64(len(s.last))))
	var all []straddle
	for ; n < s.n; n++ {
		one := s.last[n%uint64(len(s.last))]
		if one.end > last {
			break
		}
		all = append(all, one)
	}
	return all, n
}

// upTo is how many there were that ended up to record last.
func (s *straddles) upTo(last model.Seq) uint64 {
	n := s.n
	for n > 0 && s.n-n < uint64(len(s.last)) && s.last[(n-1)%uint64(len(s.last))].end > last {
		n--
	}
	return n
}

// reask asks the records of a snapshot again that a filter which speaks of
// requests has seen before their request ended. The caller holds changing.
func (r *run) reask(e *Engine, snap *store.Snapshot) {
	var all []straddle
	e.mu.Lock()
	all, r.straddles = e.straddles.since(r.straddles, snap.Last)
	e.mu.Unlock()
	again := map[uint64]model.Bits{} // by chunk id
	for i := range all {
		s := &all[i]
		e.backwards(snap, s.first, s.end, s.hash, func(c *store.Chunk, i int) bool {
			if again[c.ID()] == nil {
				again[c.ID()] = make(model.Bits, (c.Len()+63)/64)
			}
			again[c.ID()].Set(i)
			return true
		})
	}
	for id, bits := range again {
		if k, ok := snap.ByID(id); ok {
			r.renew(snap.Chunk(k), bits)
		}
	}
}

// renew asks those records of c again that have been seen.
func (r *run) renew(c *store.Chunk, again model.Bits) {
	f := r.get(c)
	if f.n == 0 || f.n > c.Len() || !c.HasColumns() {
		return // it is still to be scanned, or counted as a whole
	}
	b, err := c.Load(nil)
	if err != nil {
		r.failed.Add(1)
		return
	}
	seen := b.Slice(0, f.n)
	hits, found := f.hits.Set(nil, f.n), model.NewBits(f.n)
	for w := range found {
		found[w] &= again[w]
		hits[w] &^= again[w]
	}
	r.pred.Narrow(&seen, found)
	for w := range found {
		hits[w] |= found[w]
	}
	r.putSeen(c, f.n, store.Hits{N: hits.Count(), Bits: hits})
}
