package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"ravel/model"
)

// filled returns a store of n sealed chunks of 1,000 records each.
func filled(n int) *Store {
	sc := &script{r: rand.New(rand.NewPCG(8, 9))}
	s := New(Options{Budget: 1 << 30})
	for range n {
		b := sc.batch(1000, true, nil)
		b.Origin = &model.Origin{R: sc}
		s.Append(b, Folding{})
		s.Seal()
	}
	return s
}

func TestHits(t *testing.T) {
	some := Hits{N: 2, Bits: model.Bits{1<<3 | 1<<60}}
	for _, c := range []struct {
		name       string
		h          Hits
		i          int
		has        bool
		next, prev int
	}{
		{"none", Hits{}, 5, false, -1, -1},
		{"all", Hits{N: 62}, 5, true, 5, 5},
		{"all, before", Hits{N: 62}, -1, true, 0, -1},
		{"some, between", some, 5, false, 60, 3},
		{"some, on one", some, 3, true, 3, 3},
		{"some, past the last", some, 61, false, -1, 60},
	} {
		if got := c.i >= 0 && c.h.Has(c.i); c.i >= 0 && got != c.has {
			t.Errorf("%s: Has(%d) = %v", c.name, c.i, got)
		}
		if got := c.h.Next(c.i, 62); got != c.next {
			t.Errorf("%s: Next(%d) = %d, want %d", c.name, c.i, got, c.next)
		}
		if got := c.h.Prev(c.i, 62); got != c.prev {
			t.Errorf("%s: Prev(%d) = %d, want %d", c.name, c.i, got, c.prev)
		}
		set := c.h.Set(model.Bits{^uint64(0)}, 62)
		if set.Count() != c.h.N {
			t.Errorf("%s: Set has %d", c.name, set.Count())
		}
	}
}

func TestScanGoesNewestFirst(t *testing.T) {
	chunks := filled(50).Snapshot().Chunks()
	var mu sync.Mutex
	var order []int
	hits := make([]Hits, len(chunks))
	if err := Scan(context.Background(), chunks, word("7"), hits, func(k int, err error) {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, k)
	}); err != nil {
		t.Fatal(err)
	}
	if len(order) != len(chunks) {
		t.Fatalf("%d chunks were scanned", len(order))
	}
	for j, k := range order { // newer chunks may be unfinished only in the hands of other workers
		open := len(chunks) - 1 - k
		for _, done := range order[:j] {
			if done > k {
				open--
			}
		}
		if open >= runtime.NumCPU() {
			t.Fatalf("%d newer chunks were unfinished when chunk %d was done: %v", open, k, order)
		}
	}
}

// stopper cancels a scan from within its third chunk.
type stopper struct {
	word
	stop context.CancelFunc
	n    chan struct{}
}

func (p stopper) Narrow(b *model.Batch, bits model.Bits) {
	select {
	case p.n <- struct{}{}:
	default:
		p.stop()
	}
}

func TestScanStopsWithinAChunk(t *testing.T) {
	chunks := filled(100).Snapshot().Chunks()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	hits := make([]Hits, len(chunks))
	var mu sync.Mutex
	done := 0
	err := Scan(ctx, chunks, stopper{"", stop, make(chan struct{}, 2)}, hits, func(int, error) {
		mu.Lock()
		defer mu.Unlock()
		done++
	})
	if !errors.Is(err, context.Canceled) || done > 50 {
		t.Errorf("Scan = %v after %d chunks", err, done)
	}
}

// bomb panics.
type bomb struct{ word }

func (bomb) Narrow(*model.Batch, model.Bits) { panic("boom") }

func TestScanPanicsInItsCaller(t *testing.T) {
	chunks := filled(5).Snapshot().Chunks()
	defer func() {
		if r := recover(); r != "boom" {
			t.Errorf("recovered %v", r)
		}
	}()
	_ = Scan(context.Background(), chunks, bomb{}, make([]Hits, len(chunks)), nil)
}

func TestScanAllocatesPerChunkOnly(t *testing.T) {
	chunks := filled(64).Snapshot().Chunks()
	hits := make([]Hits, len(chunks))
	n := testing.AllocsPerRun(20, func() {
		if err := Scan(context.Background(), chunks, levelAtLeast(model.Warning), hits, nil); err != nil {
			t.Fatal(err)
		}
	})
	if limit := float64(len(chunks) + 20); n > limit {
		t.Errorf("%v allocations for %d chunks of 1,000 records, want at most %v", n, len(chunks), limit)
	}
}

// asker scans a chunk while it is asked about another, once as many workers as
// there are ask at the same time.
type asker struct {
	word
	other *Chunk
	all   *sync.WaitGroup
	left  *atomic.Int64
}

func (a asker) Narrow(*model.Batch, model.Bits) {
	if a.left.Add(-1) >= 0 {
		a.all.Done()
		a.all.Wait()
	}
	var hits [1]Hits
	_ = Scan(context.Background(), []*Chunk{a.other}, levelAtLeast(model.Warning), hits[:], nil)
}

func TestPredicatesMayScanAChunk(t *testing.T) {
	chunks := filled(64).Snapshot().Chunks()
	a := asker{other: chunks[0], all: new(sync.WaitGroup), left: new(atomic.Int64)}
	workers := min(runtime.NumCPU(), runtime.GOMAXPROCS(0), len(chunks))
	a.all.Add(workers)
	a.left.Store(int64(workers))
	if err := Scan(context.Background(), chunks, a, make([]Hits, len(chunks)), nil); err != nil {
		t.Error(err)
	}
}
