package query

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"ravel/model"
)

// checkKernel compares a kernel with a test of each value, over columns of any
// length.
func checkKernel[T any](t *testing.T, vals []T, kernel func([]T) uint64, holds func(T) bool) {
	t.Helper()
	for n := range min(len(vals), 200) {
		set, want := model.NewBits(n), model.NewBits(n)
		for i := 0; i < n; i += 3 {
			set.Clear(i)
		}
		narrowColumn(vals[:n], set, kernel)
		for i := range n {
			if i%3 == 0 || !holds(vals[i]) {
				want.Clear(i)
			}
		}
		if !slices.Equal(set, want) {
			t.Fatalf("%d values %v: got %b, want %b", n, vals[:n], set, want)
		}
	}
}

func TestKernels(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for range 300 {
		ends16 := []uint16{0, 1, 99, 500, math.MaxUint16 - 1, math.MaxUint16, uint16(rng.Uint32())}
		from, width := pick(rng, ends16), uint64(pick(rng, ends16))+uint64(rng.IntN(2))
		vals16 := make([]uint16, 200)
		for i := range vals16 {
			vals16[i] = pick(rng, ends16) + uint16(rng.IntN(3)-1)
		}
		checkKernel(t, vals16, func(v []uint16) uint64 { return within(v, from, min(width, 1<<16-uint64(from))) },
			func(v uint16) bool { return uint64(from) <= uint64(v) && uint64(v) < uint64(from)+width })

		var p passing
		for range 5 {
			p.marks[pick(rng, ends16)] = 1
		}
		checkKernel(t, vals16, func(v []uint16) uint64 { return marked(v, &p.marks) }, func(v uint16) bool { return p.marks[v] == 1 })

		ends32 := []uint32{0, 1, 2_000_000, model.MaxDur, model.NoDur, rng.Uint32()}
		low, wide := pick(rng, ends32), uint64(pick(rng, ends32))
		vals32 := make([]uint32, 200)
		for i := range vals32 {
			vals32[i] = pick(rng, ends32) + uint32(rng.IntN(3)-1)
		}
		checkKernel(t, vals32, func(v []uint32) uint64 { return within(v, low, min(wide, 1<<32-uint64(low))) },
			func(v uint32) bool { return low <= v && uint64(v) < uint64(low)+wide })

		ends64 := []int64{model.NoTime, model.NoTime + 1, 0, math.MaxInt64, rng.Int64()}
		a, b := pick(rng, ends64), pick(rng, ends64)
		sp := span{min(a, b), max(a, b)}
		vals64 := make([]int64, 200)
		for i := range vals64 {
			vals64[i] = pick(rng, ends64)
		}
		checkKernel(t, vals64, func(v []int64) uint64 { return withinTime(v, sp) }, func(v int64) bool { return sp.from <= v && v < sp.to })

		any := model.Flags(rng.Uint32())
		flags := make([]model.Flags, 200)
		for i := range flags {
			flags[i] = model.Flags(rng.Uint32() & rng.Uint32() & rng.Uint32())
		}
		checkKernel(t, flags, func(v []model.Flags) uint64 { return flagged(v, any) }, func(f model.Flags) bool { return f&any != 0 })

		n := newLevelNode(uint16(rng.Uint32()))
		levels := make([]model.Level, 200)
		for i := range levels {
			levels[i] = model.Level(rng.IntN(int(model.NumLevels)))
		}
		checkKernel(t, levels, func(v []model.Level) (keep uint64) {
			for _, r := range n.runs {
				keep |= leveled(v, r)
			}
			return keep
		}, func(l model.Level) bool { return n.mask>>l&1 != 0 })
	}
}

// Durations are in ns in a filter and in µs in the column, which tells none
// beyond a bound.
func TestMicros(t *testing.T) {
	for _, limit := range []uint32{model.MaxDur, model.NoDur} {
		for _, d := range []uint32{0, 1, 2, 999, 1000, model.MaxDur - 1, model.MaxDur} {
			ns := int64(d) * 1000
			for _, bound := range []int64{math.MinInt64 + 1, -1, 0, ns - 1000, ns - 999, ns - 1, ns, ns + 1, ns + 1000, math.MaxInt64} {
				if got, want := d < micros(bound, limit), ns < bound && d < limit; got != want {
					t.Errorf("%d µs < %d ns with limit %d: got %v, want %v", d, bound, limit, got, want)
				}
			}
		}
	}
}
