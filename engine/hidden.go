package engine

import (
	"context"
	"slices"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/store"
	"ravel/ui"
)

// maxClauses bounds the clauses that are told apart: each costs a scan.
const maxClauses = 6

// explain finds how many records each clause of the run's filter hides: those
// that the clauses before it let through and it does not. It is asked once the
// scan is done, so that it never holds an answer up.
func (r *run) explain(ctx context.Context, e *Engine) {
	terms := []query.Expr{r.q.Filter}
	if and, ok := r.q.Filter.(*query.And); ok {
		terms = and.Terms
	}
	if len(terms) > maxClauses {
		return
	}
	for i := len(r.prefixes); i < len(terms)-1; i++ {
		p, err := e.compile(&query.Query{Filter: query.All(terms[:i+1]...)})
		if err != nil {
			return // the whole compiled: its parts do
		}
		r.prefixes = append(r.prefixes, p)
	}
	for _, p := range r.prefixes {
		p.catchUp(ctx, e, func() {})
	}
	if ctx.Err() != nil {
		return
	}
	hidden, snap := make([]ui.Hidden, len(terms)), e.store.Snapshot()
	through := snap.Records
	for i, prefix := range append(slices.Clip(r.prefixes), r) {
		left := min(prefix.sums(snap).matched, through) // the later ones have seen more of what comes
		hidden[i] = ui.Hidden{Clause: terms[i].String(), N: through - left}
		through = left
	}
	slices.SortStableFunc(hidden, func(a, b ui.Hidden) int { return int(min(max(int64(b.N)-int64(a.N), -1), 1)) })
	r.hidden.Store(&hidden)
}

// sums are a run's figures over a snapshot.
type sums struct {
	matched, scanned uint64
	levels           [model.NumLevels]uint64
}

// count adds what was found in a chunk, or takes it away where sign is -1.
func (s *sums) count(f found, sign int) {
	s.matched += uint64(sign * f.hits.N)
	s.scanned += uint64(sign * f.n)
	for l, n := range f.levels {
		s.levels[l] += uint64(sign * int(n))
	}
}

// sums adds up what was found in the chunks that snap holds: neither what has
// been evicted since nor what has not been scanned yet counts.
func (r *run) sums(snap *store.Snapshot) sums {
	if r.pred == nil {
		return sums{matched: snap.Records, scanned: snap.Records, levels: snap.Levels}
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.lost == snap.Evicted && r.last <= snap.Last {
		return r.total
	}
	var s sums
	for k := range snap.Len() {
		s.count(r.found[snap.Chunk(k).ID()], 1)
	}
	return s
}
