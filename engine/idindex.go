package engine

import (
	"sync"

	"ravel/model/store"
)

// idIndex finds the requests that end in a chunk by the hash of their id: 8 to
// 16 bytes a request. It is immutable.
type idIndex struct {
	rows  int      // that the chunk had when it was made
	slots []uint32 // by hash: its top 16 bits above 1 + the number of the row; 0 free
}

func newIDIndex(c *store.Chunk) *idIndex {
	size := 16
	for size < 2*len(c.Requests) {
		size *= 2
	}
	x := &idIndex{len(c.Requests), make([]uint32, size)}
	for j := range c.Requests {
		hash := c.RequestHash(j)
		if hash == 0 {
			continue // there may be thousands, and their place tells them
		}
		at := hash & uint64(size-1)
		for x.slots[at] != 0 {
			at = (at + 1) & uint64(size-1)
		}
		x.slots[at] = uint32(hash>>48)<<16 | uint32(j+1)
	}
	return x
}

// each calls visit for c's requests of hash, which is not 0, in order, until it
// returns false.
func (x *idIndex) each(c *store.Chunk, hash uint64, visit func(j int) bool) {
	mask := uint64(len(x.slots) - 1)
	for at := hash & mask; x.slots[at] != 0; at = (at + 1) & mask {
		s := x.slots[at]
		if j := int(s&0xffff) - 1; s>>16 == uint32(hash>>48) && c.RequestHash(j) == hash && !visit(j) {
			return
		}
	}
}

// idIndexes are those of the chunks that one query has gone through. It is safe
// for concurrent use; nil is none.
type idIndexes struct {
	limit int64 // bytes
	mu    sync.RWMutex
	of    map[uint64]*idIndex // by chunk id
	bytes int64
}

// indexShare of the budget is for the indexes of a query that speaks of requests.
const indexShare = 64

func newIDIndexes(budget int64) *idIndexes {
	return &idIndexes{limit: budget / indexShare, of: map[uint64]*idIndex{}}
}

// add makes the index of a chunk unless there is one. If that is too much, those
// farthest from it go: requests end where they began, or a little later.
func (x *idIndexes) add(c *store.Chunk) {
	if x.get(c) != nil {
		return
	}
	fresh := newIDIndex(c)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop(c.ID())
	x.of[c.ID()] = fresh
	x.bytes += fresh.size()
	for x.bytes > x.limit && len(x.of) > 1 {
		far := c.ID()
		for id := range x.of {
			if apart(id, c.ID()) > apart(far, c.ID()) {
				far = id
			}
		}
		x.drop(far)
	}
}

// drop forgets an index. The caller holds mu.
func (x *idIndexes) drop(id uint64) {
	if old := x.of[id]; old != nil {
		x.bytes -= old.size()
		delete(x.of, id)
	}
}

func (x *idIndex) size() int64 { return 4 * int64(len(x.slots)) }

func apart(a, b uint64) uint64 { return max(a, b) - min(a, b) }

// get is a chunk's index as it is now, nil if there is none.
func (x *idIndexes) get(c *store.Chunk) *idIndex {
	if x == nil {
		return nil
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if of := x.of[c.ID()]; of != nil && of.rows == len(c.Requests) {
		return of
	}
	return nil
}

// each calls visit for the requests that end in c and have that hash, in order,
// until it returns false: by the index if there is one.
func (x *idIndexes) each(c *store.Chunk, hash uint64, visit func(j int) bool) {
	if of := x.get(c); of != nil && hash != 0 {
		of.each(c, hash, visit)
		return
	}
	for j := range c.Requests {
		if c.RequestHash(j) == hash && !visit(j) {
			return
		}
	}
}
