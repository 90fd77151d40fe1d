package engine

import (
	"context"
	"sync"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/store"
)

// membership answers request(…) of a filter: which records stand in a request
// for which it holds. It asks each request once, as of the snapshot that it
// was made with, and looks at the records of a request only.
type membership struct {
	v      view
	f      *query.RequestFilter
	leaves []*run

	mu    sync.Mutex
	known map[uint64]answer // by hash; by record for access lines without an id
}

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
	m := &membership{v: e.view(false), f: f, known: map[uint64]answer{}}
	for _, p := range f.Leaves() {
		m.leaves = append(m.leaves, newRun(context.Background(), p, &query.Query{}))
	}
	return m
}

// Narrow clears the records that stand in no request for which the filter
// holds.
func (m *membership) Narrow(b *model.Batch, bits model.Bits) {
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if !m.holds(b.First+model.Seq(i), b.Req[i]) {
			bits.Clear(i)
		}
	}
}

// Holds reports it for one record.
func (m *membership) Holds(r *model.Record) bool {
	k, i, ok := m.v.snap.Find(r.Seq)
	if !ok || !m.v.snap.Chunk(k).HasColumns() {
		return false
	}
	return m.holds(r.Seq, m.v.snap.Chunk(k).Req[i])
}

// holds asks the request with that hash which record seq stands in.
func (m *membership) holds(seq model.Seq, hash uint64) bool {
	key := hash
	if hash == 0 {
		key = uint64(seq) // an access line without an id is a request of its own
	}
	m.mu.Lock()
	known, ok := m.known[key]
	m.mu.Unlock()
	if ok && known.first <= seq && seq <= known.end {
		return known.is
	}
	s, ok := finished(m.v.snap, seq, hash)
	if !ok && hash == 0 {
		return false
	}
	known = m.ask(seq, hash, s, ok)
	m.mu.Lock()
	m.known[key] = known
	m.mu.Unlock()
	return known.is
}

// ask evaluates the filter on the request of record seq: s if ended, else the
// one that it came too late for, else one that runs on.
func (m *membership) ask(seq model.Seq, hash uint64, s standing, ended bool) answer {
	late := false
	if !ended {
		if q, runs := m.v.running(hash); !runs || q.FirstSeq > seq {
			s, late = m.v.e.joined(m.v.snap, seq, hash)
		}
	}
	var q model.Request
	if ended || late {
		q = m.v.e.describe(m.v.snap, s.c, s.row)
	} else {
		q = m.v.unfinished(seq, hash)
	}
	is := m.f.Match(&q, func(leaf int) bool { return m.some(leaf, &q) })
	if late {
		return answer{seq, seq, is}
	}
	return answer{q.FirstSeq, q.LastSeq, is}
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
func (m *membership) some(leaf int, q *model.Request) bool {
	r := m.leaves[leaf]
	if q.Hash == 0 {
		return m.hit(r, q.FirstSeq) || m.hit(r, q.EndSeq)
	}
	k, _, _ := m.v.snap.Find(q.LastSeq)
	for ; k >= 0 && k < m.v.snap.Len() && m.v.snap.Chunk(k).Last() >= q.FirstSeq; k-- {
		c := m.v.snap.Chunk(k)
		hits := r.chunkHits(c)
		if hits.N == 0 {
			continue
		}
		b, err := m.v.e.store.Open(c)
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
func (m *membership) hit(r *run, seq model.Seq) bool {
	k, i, ok := m.v.snap.Find(seq)
	return ok && r.chunkHits(m.v.snap.Chunk(k)).Has(i)
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
