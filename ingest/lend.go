package ingest

import (
	"sync"
	"sync/atomic"

	"ravel/model"
)

// lender has the memory that blocks of a file are read into: what nobody looks
// at any more is filled with the next block, since fresh memory costs as much as
// parsing what is read into it. It is safe for concurrent use.
type lender struct {
	mu   sync.Mutex
	free [][]byte
}

// take returns n bytes, whatever stands in them.
func (l *lender) take(n int) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := len(l.free) - 1; k >= 0 {
		memory := l.free[k]
		if l.free = l.free[:k]; cap(memory) >= n {
			return memory[:n]
		}
	}
	return make([]byte, n)
}

// lend lets the owners of batches give the memory under them back, the last of
// them for all; with no batches it is given back at once.
func (l *lender) lend(memory []byte, batches []*model.Batch) {
	back := func() {
		l.mu.Lock()
		l.free = append(l.free, memory)
		l.mu.Unlock()
	}
	if len(batches) == 0 {
		back()
		return
	}
	left := new(atomic.Int32)
	left.Store(int32(len(batches)))
	release := func() {
		if left.Add(-1) == 0 {
			back()
		}
	}
	for _, b := range batches {
		b.Release = release
	}
}
