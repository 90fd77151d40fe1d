package engine

import (
	"context"
	"sync"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/store"
)

// membership answers request(…) of a filter: which records stand in a request
// for which it holds. It asks each request as of that moment, one that has ended
// once, and looks at the records of a request only; the run asks again those
// that it asked while they ran. It lives as long as its query and holds no
// snapshot: each is one call's.
type membership struct {
	e      *Engine
	f      *query.RequestFilter
	text   bool // some of what it asks only the text of records tells
	brief  bool // see describeNew
	leaves []*run
	ids    *idIndexes

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

func (a *answer) speaksOf(seq model.Seq) bool { return a.first <= seq && seq <= a.end }

// membership is query.Env.Requests.
func (e *Engine) membership(f *query.RequestFilter) query.Membership { return e.members(f) }

// members is membership as of now.
func (e *Engine) members(f *query.RequestFilter) *membership {
	m := &membership{e: e, f: f, ids: newIDIndexes(e.o.Budget), known: map[uint64]answer{}}
	m.text, m.brief = f.AsksText(), !f.Asks("correlation_id", "client")
	for _, p := range f.Leaves() {
		leaf := newRun(context.Background(), p, &query.Query{})
		leaf.all = &e.censuses
		m.leaves = append(m.leaves, leaf)
	}
	return m
}

// asking is one call's part of a membership.
type asking struct {
	*membership
	v           view
	teller      teller
	first, last model.Seq         // of the records that are asked
	known       map[uint64]answer // about these, as membership.known
	q           model.Request     // the one that is asked
	some        func(leaf int) bool
}

func (m *membership) asking(first, last model.Seq) *asking {
	a := &asking{membership: m, v: m.e.view(false), first: first, last: last, known: answers.Get().(map[uint64]answer)}
	a.teller = teller{e: m.e, snap: a.v.snap, left: maxThrough}
	a.some = func(leaf int) bool { return m.some(&a.v, leaf, &a.q) }
	return a
}

// answers are maps for asking.known, which whoever made one gives back empty.
var answers = sync.Pool{New: func() any { return map[uint64]answer{} }}

func (a *asking) done() {
	clear(a.known)
	answers.Put(a.known)
}

// match evaluates the filter on q.
func (a *asking) match() bool { return a.f.Match(&a.q, a.some) }

// Narrow clears the records that stand in no request for which the filter
// holds.
func (m *membership) Narrow(b *model.Batch, bits model.Bits) {
	a := m.asking(b.First, b.First+model.Seq(b.Len())-1)
	defer a.done()
	if k, _, ok := a.v.snap.Find(b.First); ok {
		m.ids.add(a.v.snap.Chunk(k))
	}
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if !a.holds(b.First+model.Seq(i), b.Req[i], b.Mark[i]) {
			bits.Clear(i)
		}
	}
}

// Holds reports it for one record.
func (m *membership) Holds(r *model.Record) bool {
	a := m.asking(r.Seq, r.Seq)
	defer a.done()
	k, i, ok := a.v.snap.Find(r.Seq)
	if !ok {
		return false
	}
	b := a.v.columns(a.v.snap.Chunk(k))
	return b != nil && a.holds(r.Seq, b.Req[i], r.Mark)
}

// holds asks the request with that hash which record seq, with that mark,
// stands in.
func (a *asking) holds(seq model.Seq, hash uint64, mark model.Mark) bool {
	if hash == 0 {
		return mark.Event() != model.NoEvent && a.holdsAlone(seq)
	}
	known, ok := a.known[hash]
	if ok && known.speaksOf(seq) {
		return known.is
	}
	a.mu.Lock()
	known, ok = a.membership.known[hash]
	a.mu.Unlock()
	if !ok || !known.speaksOf(seq) {
		ended := false
		known, ended = a.ask(seq, hash)
		if ended && (known.first < a.first || known.end > a.last) {
			a.remember(hash, known)
		}
	}
	a.known[hash] = known
	return known.is
}

// remember keeps an answer for other calls.
func (m *membership) remember(hash uint64, known answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.known) >= maxKnown {
		clear(m.known)
	}
	m.known[hash] = known
}

// holdsAlone asks the request of record seq, which has no id and a mark: an
// access line is one by itself.
func (a *asking) holdsAlone(seq model.Seq) bool {
	s, ended := finished(a.v.snap, seq, 0, a.ids)
	if ended {
		a.describe(&s)
		return a.match()
	}
	open := false
	a.q, open = a.v.unpaired(seq)
	return open && a.match()
}

// ask evaluates the filter on the request of record seq: the one that has
// ended, else the one that it came too late for, else one that runs on, of
// which another answer may be true later.
func (a *asking) ask(seq model.Seq, hash uint64) (found answer, ended bool) {
	s, ended := finished(a.v.snap, seq, hash, a.ids)
	late := false
	if !ended {
		if q, runs := a.v.running(hash); !runs || q.FirstSeq > seq {
			s, late = a.e.joined(a.v.snap, seq, hash, a.ids)
		}
	}
	if ended || late {
		a.describe(&s)
	} else {
		a.unfinished(seq, hash)
	}
	is := a.match()
	if late {
		return answer{seq, seq, is}, true
	}
	return answer{a.q.FirstSeq, a.q.LastSeq, is}, ended
}

// describe makes q as much of a request as the filter asks for.
func (a *asking) describe(s *standing) {
	k, _, _ := a.v.snap.Find(s.end)
	if a.text {
		a.q = a.e.describeNew(a.v.snap, k, s.row, a.brief, &a.teller)
	} else {
		a.q, _ = a.e.columnsTell(a.v.snap, k, s.row, &a.teller)
	}
}

// unfinished makes q what is known of a request that has no end.
func (a *asking) unfinished(seq model.Seq, hash uint64) {
	q, ok := a.v.running(hash)
	if !ok {
		q = model.Request{Hash: hash, FirstSeq: reach(a.v.snap, seq, -1), Duration: -1}
	}
	q.LastSeq = a.v.snap.Last
	if at := max(q.FirstSeq, a.v.snap.First()); a.text && a.v.hashOf(at) == hash {
		if first, ok := a.teller.at(at); ok {
			a.e.fill(&q, first)
		}
	}
	a.q = q
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
