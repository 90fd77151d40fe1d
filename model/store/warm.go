package store

import (
	"runtime"
	"sync"

	"ravel/model/work"
)

// warmth is the account of the bytes that Warm has read: they belong to the
// budget, and are the first to go.
type warmth struct {
	mu    sync.Mutex
	bytes int64
	gone  uint64 // chunks up to this id have given their bytes up, if they could
	bad   uint64 // the newest whose bytes could not be read, and those before it are not tried
}

// drop gives up what was read of c. The caller holds mu.
func (w *warmth) drop(c *Chunk) {
	if c.warm == nil {
		return
	}
	if b := c.warm.Swap(nil); b != nil {
		w.bytes -= int64(cap(*b))
	}
}

// Warm reads the bytes of the newest chunks that are without them into memory,
// one for each core, if a file has them and the budget has room, and reports
// whether there were any. It is for times when nothing else is to be done: later
// scans find the bytes there, and a file may be cut short meanwhile. One
// goroutine at a time may call it, beside the writer.
func (s *Store) Warm() bool {
	cold := s.coldest(runtime.NumCPU())
	var wg sync.WaitGroup
	for _, c := range cold {
		wg.Go(func() { work.Do(func() { s.heat(c) }) })
	}
	wg.Wait()
	return len(cold) > 0
}

// heat reads the bytes of c.
func (s *Store) heat(c *Chunk) {
	buf, err := c.read(make([]byte, c.raw))
	w := &s.warmth
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil: // whoever asks for these records will be told why
		w.bad = max(w.bad, c.id)
	case c.id > w.gone && s.Snapshot().Bytes+w.bytes+int64(cap(buf)) <= s.limit:
		c.warm.Store(&buf)
		w.bytes += int64(cap(buf))
	}
}

// coldest are at most n chunks that Warm should read next.
func (s *Store) coldest(n int) (list []*Chunk) {
	snap, w := s.Snapshot(), &s.warmth
	w.mu.Lock()
	defer w.mu.Unlock()
	room := s.limit - snap.Bytes - w.bytes
	for k := len(snap.sealed) - 1; k >= 0 && len(list) < n; k-- {
		c := snap.sealed[k]
		if c.id <= w.gone || c.id == w.bad || room < int64(c.raw) {
			break
		}
		if c.warm != nil && c.warm.Load() == nil {
			list = append(list, c)
			room -= int64(c.raw)
		}
	}
	return list
}
