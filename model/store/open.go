package store

import (
	"slices"
	"sync"

	"ravel/model"
)

// opened keeps the batches of the chunks whose bytes were last read again: the
// rows of a screen stand in one or two chunks, frame after frame.
type opened struct {
	mu     sync.Mutex
	keep   int
	recent []openChunk // most recent last
}

type openChunk struct {
	id uint64
	b  *model.Batch
}

// maxOpened and minOpened bound how many; between them it is one in
// openedShare of the budget, at 1 MiB each.
const (
	minOpened   = 2
	maxOpened   = 8
	openedShare = 64
)

// Open returns the chunk's batch with bytes and columns, for looking at single
// records. What was read again is kept for the next calls; scans use Load. The
// batch is shared: read only. Nobody waits while another's chunk is read.
func (s *Store) Open(c *Chunk) (*model.Batch, error) {
	if c.Resident() {
		return &c.Batch, nil
	}
	if b := s.opened.get(c.id); b != nil {
		return b, nil
	}
	b, err := c.Load(nil)
	if err != nil {
		return nil, err
	}
	s.opened.put(openChunk{c.id, &b})
	return &b, nil
}

// Columns is Open for who looks at columns only: bytes are not read for it, and
// may not be there.
func (s *Store) Columns(c *Chunk) (*model.Batch, error) {
	if c.HasColumns() {
		return &c.Batch, nil
	}
	return s.Open(c)
}

// get returns a batch that is kept, nil if it is not.
func (o *opened) get(id uint64) *model.Batch {
	o.mu.Lock()
	defer o.mu.Unlock()
	k := slices.IndexFunc(o.recent, func(e openChunk) bool { return e.id == id })
	if k < 0 {
		return nil
	}
	e := o.recent[k]
	o.recent = append(slices.Delete(o.recent, k, k+1), e)
	return e.b
}

// put keeps a batch in place of the one that was asked for least recently.
func (o *opened) put(e openChunk) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.recent) >= o.keep {
		o.recent = slices.Delete(o.recent, 0, 1)
	}
	o.recent = append(o.recent, e)
}
