package store

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// programHeap is what the program itself needs beside a store: its state,
// blocks being read, what screens are made of. What the runtime does not count
// (the binary's pages) and what the heap overshoots its limit by come on top.
// With less, the live heap lies so near the limit that the collector never
// rests, and overshoots by more.
const programHeap = 36 << 20

// LimitMemory sets the runtime's memory limit to suit a store of the given
// budget, so that the process stays under 1.1 x budget + 64 MiB: the collector
// works harder near the limit instead of letting the heap double. It leaves a
// lower limit (GOMEMLIMIT) alone, and returns the limit that is in force.
func LimitMemory(budget int64) int64 {
	limit := budget + programHeap
	if now := debug.SetMemoryLimit(-1); now != math.MaxInt64 && now < limit {
		return now
	}
	debug.SetMemoryLimit(limit)
	return limit
}

// latePercent lets the collector's first cycle come at 40 MiB instead of 4: less
// than the limit of the smallest budget.
const latePercent = 1000

// CollectLate puts the collector's first cycle off: the runtime would begin at
// 4 MiB, and run three times before the first screen is drawn. From then on its
// percentage is what it was.
func CollectLate() { collectLate(func() {}) }

func collectLate(done func()) {
	percent := debug.SetGCPercent(latePercent)
	if percent < 0 || percent > latePercent { // switched off, or later still
		debug.SetGCPercent(percent)
		return
	}
	type garbage struct{ _ *garbage }
	runtime.AddCleanup(new(garbage), func(percent int) { // at the end of the first cycle
		debug.SetGCPercent(percent)
		done()
	}, percent)
}

// gauge reads what the runtime has from the system: all, and of that given back.
var gauge struct {
	sync.Mutex
	sample [3]metrics.Sample
}

// overshoot is the part of the memory limit that the process may take beyond it
// before those who take more wait.
const overshoot = 32

// AwaitMemory waits for the collector where the process has gone clearly beyond
// the limit of LimitMemory. The runtime lets it where the collector would take
// more than half of the processors' time, as where other programs keep it from
// them; what comes in meanwhile must then wait. It is safe for concurrent use.
func AwaitMemory() {
	gauge.Lock()
	defer gauge.Unlock()
	s := gauge.sample[:]
	if s[0].Name == "" {
		s[0].Name, s[1].Name, s[2].Name = "/memory/classes/total:bytes", "/memory/classes/heap/released:bytes", "/gc/gomemlimit:bytes"
	}
	metrics.Read(s)
	limit := s[2].Value.Uint64()
	if s[0].Value.Uint64()-s[1].Value.Uint64() > limit+limit/overshoot {
		runtime.GC()
	}
}
