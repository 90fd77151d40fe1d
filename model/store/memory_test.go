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
	const percent = 123
	was := debug.SetGCPercent(percent)
	defer debug.SetGCPercent(was)
	late := make(chan struct{})
	collectLate(func() { close(late) })
	if got := debug.SetGCPercent(latePercent); got != latePercent {
		t.Errorf("the collector runs by %d percent", got)
	}
	runtime.GC()
	<-late
	if got := debug.SetGCPercent(-1); got != percent {
		t.Errorf("it runs by %d percent after its first cycle", got)
	}
	collectLate(func() { t.Error("a collector that was switched off was changed") })
	if got := debug.SetGCPercent(percent); got != -1 {
		t.Errorf("it runs by %d percent", got)
	}
	runtime.GC()
}

func BenchmarkAwaitMemory(b *testing.B) {
	for b.Loop() {
		AwaitMemory()
	}
}
