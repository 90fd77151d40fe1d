package store

import (
	"math"
	"runtime/debug"
)

// Of the process's memory: what is not the store's. The program's own state,
// blocks being read, goroutines and the collector's books fit into programHeap
// beside a budget; the binary's pages and what the runtime does not count come
// on top of the limit, within programRest.
const (
	programHeap = 32 << 20
	programRest = 32 << 20
)

// LimitMemory sets the runtime's memory limit to suit a store of the given
// budget, so that the process stays under 1.1 x budget + 64 MiB: the collector
// works harder near the limit instead of letting the heap double. It leaves a
// lower limit (GOMEMLIMIT) alone, and returns the limit that is in force.
func LimitMemory(budget int64) int64 {
	limit := budget + budget/20 + programHeap
	if now := debug.SetMemoryLimit(-1); now != math.MaxInt64 && now < limit {
		return now
	}
	debug.SetMemoryLimit(limit)
	return limit
}
