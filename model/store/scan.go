package store

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"ravel/model"
	"ravel/model/work"
)

// Narrower is a predicate over records. It is safe for concurrent use.
type Narrower interface {
	// Prune says from a zone map alone whether none, all or some of a batch's
	// records may match.
	Prune(*model.Zone) model.Verdict
	// Narrow takes the records that do not match out of the set; it never adds
	// one. The batch has its bytes and columns.
	Narrow(*model.Batch, model.Bits)
	// String is the canonical text: equal texts match equal records.
	String() string
}

// Columnar is a Narrower that can tell some records by their columns alone.
// Scans of chunks whose bytes must be read again ask it first: a filter by
// level or domain then reads nothing.
type Columnar interface {
	Narrower
	// Columns are those that model.Encoded holds and NarrowColumns looks at.
	Columns() model.Columns
	// NarrowColumns takes out the records that their columns show not to match.
	// The batch has no column that is not in has, and may lack Buf; the zone map is
	// its own. more says that those left must be given to Narrow as well.
	NarrowColumns(b *model.Batch, z *model.Zone, has model.Columns, set model.Bits) (more bool)
}

// Sifter is a Narrower that can tell from bytes alone that nothing in them
// matches. It is asked before these are parsed for it, which takes ten times as
// long.
type Sifter interface {
	Narrower
	// Absent reports that no record of a batch matches, by its bytes and its zone
	// map.
	Absent(raw []byte, z *model.Zone) bool
}

// Hits are the records of a chunk that matched. They are shared: read only.
type Hits struct {
	N    int        // how many
	Bits model.Bits // which; nil if none or all did
}

// Has reports whether record i matched.
func (h Hits) Has(i int) bool { return h.N > 0 && (h.Bits == nil || h.Bits.Has(i)) }

// Next is the first match at or after i in a chunk of n records, or -1.
func (h Hits) Next(i, n int) int {
	switch {
	case h.N == 0 || i >= n:
		return -1
	case h.Bits == nil:
		return max(i, 0)
	}
	return h.Bits.Next(i)
}

// Prev is the last match at or before i in a chunk of n records, or -1.
func (h Hits) Prev(i, n int) int {
	switch {
	case h.N == 0 || i < 0:
		return -1
	case h.Bits == nil:
		return min(i, n-1)
	}
	return h.Bits.Prev(i)
}

// Set returns the matches of a chunk of n records as a set of the caller's
// own; it reuses buf if that is large enough.
func (h Hits) Set(buf model.Bits, n int) model.Bits {
	words := (n + 63) / 64
	if cap(buf) < words {
		buf = make(model.Bits, words)
	}
	buf = buf[:words]
	switch {
	case h.N == 0:
		clear(buf)
	case h.Bits == nil:
		buf.Fill(n)
	default:
		copy(buf, h.Bits)
	}
	return buf
}

// Scan finds the records that p matches in chunks, newest chunk first, on all
// cores. It stores what it found in chunk k in hits[k], which has chunks'
// length, and then calls done(k, err), if done is not nil, from the goroutine
// that scanned it; err says that the chunk's bytes could not be read again,
// and then nothing of it matches. Scan returns once nothing touches hits any
// more: with ctx's error if it was cancelled, which takes no longer than a
// chunk. One chunk is scanned where Scan was called, at once; a predicate may
// do that.
func Scan(ctx context.Context, chunks []*Chunk, p Narrower, hits []Hits, done func(k int, err error)) error {
	return ScanWithin(ctx, chunks, func(k int) (Hits, Narrower) { return Hits{N: chunks[k].n}, p }, hits, done)
}

// ScanWithin is Scan where something is known before: within says which records
// of chunk k may match, and what they must match. It is called from the
// goroutines that scan.
func ScanWithin(ctx context.Context, chunks []*Chunk, within func(k int) (Hits, Narrower), hits []Hits, done func(k int, err error)) error {
	return (&scan{chunks: chunks, within: within, hits: hits, done: done}).run(ctx)
}

// scan is one run of a predicate over chunks.
type scan struct {
	chunks []*Chunk
	within func(k int) (Hits, Narrower)
	hits   []Hits
	done   func(int, error)

	left     atomic.Int64 // chunks that no worker has taken; it counts down: the newest is what the user looks at
	panicked atomic.Pointer[any]
}

// run starts the workers and waits for them. A panic in one of them becomes a
// panic here, where the caller's recover can restore the terminal.
func (s *scan) run(ctx context.Context) error {
	s.left.Store(int64(len(s.chunks)))
	workers := min(runtime.NumCPU(), runtime.GOMAXPROCS(0), len(s.chunks))
	if workers <= 1 {
		s.work(ctx)
		return ctx.Err()
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					s.panicked.CompareAndSwap(nil, &r)
					s.left.Store(0)
				}
			}()
			s.work(ctx)
		})
	}
	wg.Wait()
	if r := s.panicked.Load(); r != nil {
		panic(*r)
	}
	return ctx.Err()
}

// turn is about how long a worker keeps a core before others have theirs.
const turn = time.Millisecond

// work takes chunks until none is left. Its buffers are its own.
func (s *scan) work(ctx context.Context) {
	w := workers.Get()
	defer workers.Put(w)
	more := true
	some := func() {
		for begun := time.Now(); more && time.Since(begun) < turn; {
			more = s.one(ctx, w)
		}
	}
	for more {
		if len(s.chunks) == 1 {
			some() // a predicate may scan one in the middle of a scan: it has its core
		} else {
			work.Do(some)
		}
	}
}

// one scans the next chunk; it reports whether there may be another.
func (s *scan) one(ctx context.Context, w *worker) bool {
	k := int(s.left.Add(-1))
	if k < 0 || ctx.Err() != nil {
		return false
	}
	var err error
	from, p := s.within(k)
	s.hits[k], err = w.scan(s.chunks[k], from, p)
	if s.done != nil {
		s.done(k, err)
	}
	return true
}

// worker holds what one goroutine of a scan uses again for each chunk, and the
// next scan after it.
type worker struct {
	bits    model.Bits
	buf     []byte
	columns model.Batch
}

var workers work.Pool[worker]

// scan finds the records of c that p matches among those of from.
func (w *worker) scan(c *Chunk, from Hits, p Narrower) (Hits, error) {
	if from.N == 0 {
		return Hits{}, nil
	}
	switch p.Prune(&c.Zone) {
	case model.None:
		return Hits{}, nil
	case model.All:
		return from, nil
	}
	w.bits = from.Set(w.bits, c.n)
	if err := w.narrow(c, p); err != nil {
		return Hits{}, err
	}
	return keep(w.bits, c.n), nil
}

// narrow gives w.bits to p with what it needs of c.
func (w *worker) narrow(c *Chunk, p Narrower) error {
	if c.Resident() {
		p.Narrow(&c.Batch, w.bits)
		return nil
	}
	if p, ok := p.(Columnar); ok && c.Keeps() {
		b, has := c.Filterable(p.Columns(), &w.columns)
		if more := p.NarrowColumns(b, &c.Zone, has, w.bits); !more || w.bits.Empty() {
			return nil
		}
	}
	raw, err := c.load(&w.buf)
	if err != nil {
		return err
	}
	if p, ok := p.(Sifter); ok && !c.HasColumns() && p.Absent(raw, &c.Zone) {
		clear(w.bits)
		return nil
	}
	b, err := c.whole(raw)
	if err != nil {
		return err
	}
	p.Narrow(&b, w.bits)
	return nil
}

// keep makes Hits of a set, copying it only if it must.
func keep(bits model.Bits, n int) Hits {
	h := Hits{N: bits.Count()}
	if h.N > 0 && h.N < n {
		h.Bits = append(model.Bits(nil), bits...)
	}
	return h
}
