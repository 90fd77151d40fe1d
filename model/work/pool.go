package work

import (
	"runtime"
	"sync"
)

// Pool keeps values that are large and used for a short while, at most as many
// as there are cores. The collector does not empty it, as it does a sync.Pool:
// near the memory limit it runs so often that these would be made anew each
// time, and make it run more often. The zero Pool is empty and ready for use;
// it is safe for concurrent use.
type Pool[T any] struct {
	mu   sync.Mutex
	free []*T
}

// Get returns a value that Put has had, as it was then, or a new zero one.
func (p *Pool[T]) Get() *T {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.free) - 1
	if n < 0 {
		return new(T)
	}
	v := p.free[n]
	p.free = p.free[:n]
	return v
}

// Put takes a value that nobody uses any more.
func (p *Pool[T]) Put(v *T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) < runtime.NumCPU() {
		p.free = append(p.free, v)
	}
}
