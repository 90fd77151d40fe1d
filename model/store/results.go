package store

import (
	"container/list"
	"sync"
)

// Results caches what queries found in sealed chunks, by the query's canonical
// text and the chunk's id: neither changes its meaning, so nothing is ever
// stale. It is bounded in bytes; the query that was used least recently goes
// first. Safe for concurrent use.
type Results struct {
	limit int64

	mu      sync.Mutex
	bytes   int64
	queries map[string]*list.Element // of *found
	recent  list.List                // most recent first
}

// found is what one query found.
type found struct {
	query string
	hits  map[uint64]Hits
	bytes int64
}

// NewResults returns a cache of at most limit bytes.
func NewResults(limit int64) *Results {
	return &Results{limit: limit, queries: map[string]*list.Element{}}
}

// perResult is what an entry takes beside its bits: key, Hits and the map's slack.
const perResult = 80

// Get returns what query found in chunk c.
func (r *Results) Get(query string, c *Chunk) (Hits, bool) {
	if !c.sealed {
		return Hits{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.queries[query]
	if e == nil {
		return Hits{}, false
	}
	r.recent.MoveToFront(e)
	h, ok := e.Value.(*found).hits[c.id]
	return h, ok
}

// Put keeps what query found in chunk c, unless the chunk still grows or the
// query alone would fill the cache.
func (r *Results) Put(query string, c *Chunk, h Hits) {
	if !c.sealed {
		return
	}
	cost := int64(perResult + 8*cap(h.Bits))
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.queries[query]
	if e == nil {
		e = r.recent.PushFront(&found{query: query, hits: map[uint64]Hits{}})
		r.queries[query] = e
	} else {
		r.recent.MoveToFront(e)
	}
	f := e.Value.(*found)
	if _, has := f.hits[c.id]; has {
		return
	}
	for r.bytes+cost > r.limit && r.recent.Back() != e {
		r.forget(r.recent.Back())
	}
	if r.bytes+cost > r.limit {
		return
	}
	f.hits[c.id] = h
	f.bytes += cost
	r.bytes += cost
}

// Drop forgets everything about a chunk.
func (r *Results) Drop(id uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for e := r.recent.Front(); e != nil; e = e.Next() {
		f := e.Value.(*found)
		if h, ok := f.hits[id]; ok {
			cost := int64(perResult + 8*cap(h.Bits))
			delete(f.hits, id)
			f.bytes -= cost
			r.bytes -= cost
		}
	}
}

// Bytes is the memory that the cache holds.
func (r *Results) Bytes() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bytes
}

// forget drops a query; the caller holds mu.
func (r *Results) forget(e *list.Element) {
	f := r.recent.Remove(e).(*found)
	delete(r.queries, f.query)
	r.bytes -= f.bytes
}
