package engine

import (
	"context"
	"slices"

	"ravel/model/query"
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
