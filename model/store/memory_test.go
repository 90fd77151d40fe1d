package store

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
)

// TestAwaitMemory looks that one waits for the collector beyond the memory
// limit, and not below it.
func TestAwaitMemory(t *testing.T) {
	collections := func() uint32 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.NumForcedGC
	}
	was := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(was)
	debug.SetMemoryLimit(math.MaxInt64)
	before := collections()
	AwaitMemory()
	if got := collections(); got != before {
		t.Errorf("without a limit it waited for %d collections", got-before)
	}
	debug.SetMemoryLimit(1 << 20) // less than the test itself takes
	AwaitMemory()
	if got := collections(); got != before+1 {
		t.Errorf("beyond the limit it waited for %d collections, should be 1", got-before)
	}
}

// TestCollectLate looks that the collector is as it was after its first cycle.
func TestCollectLate(t *testing.T) {
	const limit, percent = 1 << 40, 123
	wasLimit, wasPercent := debug.SetMemoryLimit(limit), debug.SetGCPercent(percent)
	defer debug.SetMemoryLimit(wasLimit)
	defer debug.SetGCPercent(wasPercent)
	late := make(chan struct{})
	collectLate(1<<30, func() { close(late) })
	if got := debug.SetMemoryLimit(-1); got != 1<<30 {
		t.Errorf("the collector begins at %d", got)
	}
	runtime.GC()
	<-late
	if l, p := debug.SetMemoryLimit(-1), debug.SetGCPercent(percent); l != limit || p != percent {
		t.Errorf("the limit is %d and the percentage %d after it", l, p)
	}
	collectLate(limit, func() { t.Error("a limit that is reached sooner was changed") })
	if l, p := debug.SetMemoryLimit(-1), debug.SetGCPercent(percent); l != limit || p != percent {
		t.Errorf("the limit is %d and the percentage %d", l, p)
	}
	runtime.GC()
}

func BenchmarkAwaitMemory(b *testing.B) {
	for b.Loop() {
		AwaitMemory()
	}
}
