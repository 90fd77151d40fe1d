package work

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// TestDo begins more work than there are cores: no more of it may run at a time,
// and all of it must, also where some panics.
func TestDo(t *testing.T) {
	var running, done atomic.Int64
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			defer func() { _ = recover() }()
			Do(func() {
				defer running.Add(-1)
				if n := running.Add(1); n > int64(runtime.NumCPU()) {
					t.Errorf("%d at a time on %d cores", n, runtime.NumCPU())
				}
				runtime.Gosched()
				done.Add(1)
				if i%3 == 0 {
					panic(i)
				}
			})
		})
	}
	wg.Wait()
	if done.Load() != 100 || len(cores) != 0 {
		t.Errorf("%d of 100 were done, and %d cores are not free again", done.Load(), len(cores))
	}
}

// TestPool looks that a value comes back as it was, that no two have the same
// one at a time, and that no more are kept than there are cores.
func TestPool(t *testing.T) {
	var p Pool[atomic.Int64]
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			v := p.Get()
			if n := v.Add(1); n != 1 {
				t.Errorf("%d have one value", n)
			}
			runtime.Gosched()
			v.Add(-1)
			p.Put(v)
		})
	}
	wg.Wait()
	if n := len(p.free); n == 0 || n > runtime.NumCPU() {
		t.Errorf("%d values are kept on %d cores", n, runtime.NumCPU())
	}
	v := p.Get()
	v.Store(7)
	p.Put(v)
	runtime.GC()
	runtime.GC()
	if got := p.Get(); got != v || got.Load() != 7 {
		t.Error("the collector took a value that was kept")
	}
}
