package engine

import (
	"strings"

	"ravel/model/query"
	"ravel/model/store"
)

// parent is a filter asked before that lets through all that a run's does: the
// run looks at what it found, and asks those records for the rest.
type parent struct {
	key  string
	rest *query.Predicate
}

// asked is a filter that was the current one.
type asked struct {
	filter query.Expr
	key    string
}

// maxAsked bounds the filters that are remembered, and maxParents those that a
// run starts from: as one types, each is a part of the next.
const (
	maxAsked   = 16
	maxParents = 4
)

// remember notes that r is asked. What depends on the moment or on records that
// are still to come is no parent.
func (e *Engine) remember(r *run) {
	if r.pred == nil || r.pred.UsesRequests() || strings.Contains(r.key, " @") {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if n := len(e.asked); n == maxAsked {
		e.asked = append(e.asked[:0], e.asked[1:]...)
	}
	e.asked = append(e.asked, asked{r.q.Filter, r.key})
}

// parents finds what the run of a filter can start from, the newest first.
func (e *Engine) parents(filter query.Expr, pred *query.Predicate, env query.Env) (found []parent) {
	if pred.UsesRequests() {
		return nil
	}
	e.mu.Lock()
	before := append([]asked(nil), e.asked...)
	e.mu.Unlock()
	for i := len(before) - 1; i >= 0 && len(found) < maxParents; i-- {
		rest, ok := query.Rest(filter, before[i].filter)
		if !ok || rest == nil {
			continue
		}
		if p, err := (&query.Query{Filter: rest}).Compile(env); err == nil {
			found = append(found, parent{before[i].key, p})
		}
	}
	return found
}

// within is where the scan of a chunk starts: from the parent that found least
// in it.
func (r *run) within(c *store.Chunk, cache *store.Results) (store.Hits, store.Narrower) {
	from, p := store.Hits{N: c.Len()}, r.pred
	for _, q := range r.parents {
		if h, ok := cache.Get(q.key, c); ok && h.N < from.N {
			from, p = h, q.rest
		}
	}
	return from, p
}
