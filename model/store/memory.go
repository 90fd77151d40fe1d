package store

import (
	"math"
	"runtime/debug"
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
