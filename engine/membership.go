package engine

import (
	"context"
	"sync"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/store"
)

// membership answers request(…) of a filter: which records stand in a request
// for which it holds. It asks each request once, as of that moment, and looks
// at the records of a request only. It lives as long as its query and holds no
// snapshot: each is one call's.
type membership struct {
	e      *Engine
	f      *query.RequestFilter
	leaves []*run

	mu    sync.Mutex
	known map[uint64]answer // at most maxKnown, by hash; by record for access lines without an id
}

// maxKnown bounds what is remembered of requests; beyond it, it begins anew.
const maxKnown = 1 << 16

// answer is what was found about the newest asked of the requests with one id:
// it holds for the records from first to end.
type answer struct {
	first, end model.Seq
	is         bool
}

// membership is query.Env.Requests.
func (e *Engine) membership(f *query.RequestFilter) query.Membership { return e.members(f) }

// members is membership as of now.
func (e *Engine) members(f *query.RequestFilter) *membership {
	m := &membership{e: e, f: f, known: map[uint64]answer{}}
	for _, p := range f.Leaves() {
		leaf := newRun(context.Background(), p, &query.Query{})
		leaf.all = &e.censuses
		m.leaves = append(m.leaves, leaf)
	}
	return m
}

// Narrow clears the records that stand in no request for which the filter
// holds.
func (m *membership) Narrow(b *model.Batch, bits model.Bits) {
	v := m.e.view(false)
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if !m.holds(&v, b.First+model.Seq(i), b.Req[i], b.Mark[i]) {
			bits.Clear(i)
		}
	}
}

// Holds reports it for one record.
func (m *membership) Holds(r *model.Record) bool {
	v := m.e.view(false)
	k, i, ok := v.snap.Find(r.Seq)
	if !ok {
		return false
	}
	b := v.columns(v.snap.Chunk(k))
	return b != nil && m.holds(&v, r.Seq, b.Req[i], r.Mark)
}

// holds asks the request with that hash which record seq, with that mark,
// stands in.
func (m *membership) holds(v *view, seq model.Seq, hash uint64, mark model.Mark) bool {
	key := hash
	if hash == 0 {
		if mark.Event() == model.NoEvent {
			return false
		}
		key = uint64(seq) // an access line without an id is a request of its own
	}
	m.mu.Lock()
	known, ok := m.known[key]
	m.mu.Unlock()
	if ok && known.first <= seq && seq <= known.end {
		return known.is
	}
	s, ok := finished(v.snap, seq, hash)
	if !ok && hash == 0 {
		q, open := v.unpaired(seq)
		return open && m.holdsFor(v, &q)
	}
	known = m.ask(v, seq, hash, s, ok)
	m.mu.Lock()
	if len(m.known) >= maxKnown {
		clear(m.known)
	}
	m.known[key] = known
	m.mu.Unlock()
	return known.is
}

// ask evaluates the filter on the request of record seq: s if ended, else the
// one that it came too late for, else one that runs on.
func (m *membership) ask(v *view, seq model.Seq, hash uint64, s standing, ended bool) answer {
	late := false
	if !ended {
		if q, runs := v.running(hash); !runs || q.FirstSeq > seq {
			s, late = m.e.joined(v.snap, seq, hash)
		}
	}
	var q model.Request
	if ended || late {
		q = m.e.describe(v.snap, s.c, s.row)
	} else {
		q = v.unfinished(seq, hash)
	}
	is := m.holdsFor(v, &q)
	if late {
		return answer{seq, seq, is}
	}
	return answer{q.FirstSeq, q.LastSeq, is}
}

// holdsFor evaluates the filter on a request that has been described.
func (m *membership) holdsFor(v *view, q *model.Request) bool {
	return m.f.Match(q, func(leaf int) bool { return m.some(v, leaf, q) })
}

// unpaired is what is known of the start without an id at record seq.
func (v *view) unpaired(seq model.Seq) (model.Request, bool) {
	v.e.mu.Lock()
	q, ok := v.e.tracker.Unpaired(seq)
	v.e.mu.Unlock()
	if r, held := v.e.Record(seq); ok && held {
		v.e.fill(&q, r)
	}
	return q, ok
}

// running is what is known of the request with a hash that runs now.
func (v *view) running(hash uint64) (model.Request, bool) {
	v.e.mu.Lock()
	defer v.e.mu.Unlock()
	return v.e.tracker.Find(hash)
}

// unfinished is what is known of a request that has no end.
func (v *view) unfinished(seq model.Seq, hash uint64) model.Request {
	q, ok := v.running(hash)
	if !ok {
		q = model.Request{Hash: hash, FirstSeq: reach(v.snap, seq, -1), Duration: -1}
	}
	q.LastSeq = v.snap.Last
	if first, ok := v.e.Record(max(q.FirstSeq, v.snap.First())); ok && v.hashOf(first.Seq) == hash {
		v.e.fill(&q, first)
	}
	return q
}

// some reports whether some record of the request satisfies a leaf.
func (m *membership) some(v *view, leaf int, q *model.Request) bool {
	r := m.leaves[leaf]
	r.trim(v.snap)
	if q.Hash == 0 {
		return m.hit(v, r, q.FirstSeq) || m.hit(v, r, q.EndSeq)
	}
	k, _, _ := v.snap.Find(q.LastSeq)
	for ; k >= 0 && k < v.snap.Len() && v.snap.Chunk(k).Last() >= q.FirstSeq; k-- {
		c := v.snap.Chunk(k)
		hits := r.chunkHits(c)
		if hits.N == 0 {
			continue
		}
		b, err := m.e.store.Columns(c)
		if err != nil {
			continue
		}
		lo := 0
		if q.FirstSeq > c.First {
			lo = int(q.FirstSeq - c.First)
		}
		for i := hits.Prev(int(min(q.LastSeq, c.Last())-c.First), c.Len()); i >= lo; i = hits.Prev(i-1, c.Len()) {
			if b.Req[i] == q.Hash {
				return true
			}
		}
	}
	return false
}

// hit reports whether record seq satisfies the leaf of run r.
func (m *membership) hit(v *view, r *run, seq model.Seq) bool {
	k, i, ok := v.snap.Find(seq)
	return ok && r.chunkHits(v.snap.Chunk(k)).Has(i)
}

// trim forgets what was found in chunks that are gone once that is as much as
// what is held.
func (r *run) trim(snap *store.Snapshot) {
	r.mu.RLock()
	n := len(r.found)
	r.mu.RUnlock()
	if n > 2*snap.Len()+16 {
		r.forget(snap)
	}
}

// chunkHits is what matches in a chunk, scanning it if it has not been.
func (r *run) chunkHits(c *store.Chunk) store.Hits {
	if f := r.get(c); f.n == c.Len() {
		return f.hits
	}
	var hits [1]store.Hits
	_ = store.Scan(context.Background(), []*store.Chunk{c}, r.pred, hits[:], nil)
	r.put(c, hits[0])
	return hits[0]
}
