package engine

import (
	"context"
	"slices"

	"ravel/model/query"
	"ravel/model/store"
	"ravel/ui"
)

// maxClauses bounds the clauses that are told apart: each costs a scan.
const maxClauses = 6

// explain finds how many records each clause of the run's filter hides: those
// that the clauses before it let through and it does not. It is asked once the
// scan is done, so that it never holds an answer up.
func (r *run) explain(ctx context.Context, snap *store.Snapshot, e *Engine) {
	and, ok := r.q.Filter.(*query.And)
	if !ok {
		hidden := []ui.Hidden{{Clause: r.q.Filter.String(), N: snap.Records - r.sums(snap).matched}}
		r.hidden.Store(&hidden)
		return
	}
	if len(and.Terms) > maxClauses {
		return
	}
	hidden := make([]ui.Hidden, len(and.Terms))
	through := snap.Records
	for i, term := range and.Terms {
		prefix := r
		if i < len(and.Terms)-1 {
			if len(r.prefixes) == i {
				p, err := e.compile(&query.Query{Filter: query.All(and.Terms[:i+1]...)})
				if err != nil {
					return // the whole compiled: its parts do
				}
				r.prefixes = append(r.prefixes, p)
			}
			prefix = r.prefixes[i]
			prefix.catchUp(ctx, snap, e.store.Results(), func() {})
		}
		if ctx.Err() != nil {
			return
		}
		left := prefix.sums(snap).matched
		hidden[i] = ui.Hidden{Clause: term.String(), N: through - left}
		through = left
	}
	slices.SortStableFunc(hidden, func(a, b ui.Hidden) int { return int(min(max(int64(b.N)-int64(a.N), -1), 1)) })
	r.hidden.Store(&hidden)
}
