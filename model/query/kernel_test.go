package query

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"ravel/model"
)

// checkKernel compares a kernel with a test of each value: over columns of any
// length, which begin anywhere in memory, and sets that lack some of the records.
func checkKernel[T any](t *testing.T, rng *rand.Rand, col []T, kernel func([]T, model.Bits), holds func(T) bool) {
	t.Helper()
	for _, n := range []int{0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 129, rng.IntN(len(col) - 40), len(col) - 40} {
		vals := col[rng.IntN(40):][:n:n]
		set, want := model.NewBits(n), model.NewBits(n)
		for i, lacking := 0, rng.IntN(3); i < n; i++ {
			lacks := lacking == 0 && i%3 == 0 || lacking == 1 && i/64%2 == 0
			if lacks {
				set.Clear(i)
			}
			if lacks || !holds(vals[i]) {
				want.Clear(i)
			}
		}
		kernel(vals, set)
		if !slices.Equal(set, want) {
			t.Fatalf("%d values %v: got %b, want %b", n, vals, set, want)
		}
	}
}

// nearby is some of ends, or a number beside one of them, or any.
func nearby[T value](rng *rand.Rand, ends []T) T {
	if rng.IntN(4) == 0 {
		return T(rng.Uint64())
	}
	return pick(rng, ends) + T(rng.IntN(3)-1)
}

// checkRuns holds what narrows a column of a type against a test of each value: one
// run, as it is done here and as it is where there are no instructions for it, and
// spans.
func checkRuns[T value](t *testing.T, lowest, highest T, ends ...T) {
	rng := rand.New(rand.NewPCG(1, 9))
	ends = append(ends, 0, lowest, highest, highest>>1+1)
	col := make([]T, 600)
	for range 400 {
		from, width := nearby(rng, ends), nearby(rng, ends)
		some := append(slices.Clip(ends), from, from+width)
		for i := range col {
			col[i] = nearby(rng, some)
		}
		low, high := uint64(from), uint64(from+width) // if it goes around, high is the lower one
		in := func(v T) bool {
			above, below := low <= uint64(v), uint64(v) <= high
			return above && below || high < low && (above || below)
		}
		checkKernel(t, rng, col, func(vals []T, set model.Bits) { narrowRun(vals, set, from, width) }, in)
		checkKernel(t, rng, col, func(vals []T, set model.Bits) { narrowRest(vals, set, 0, from, width) }, in)

		var spans []span
		for range rng.IntN(5) {
			spans = append(spans, span{int64(nearby(rng, some)), int64(nearby(rng, some))})
		}
		joined := joined(spans, int64(lowest), max(int64(highest), int64(highest)+1))
		checkKernel(t, rng, col, func(vals []T, set model.Bits) { narrowSpans(vals, set, joined) }, func(v T) bool {
			return slices.ContainsFunc(spans, func(sp span) bool { return sp.from <= int64(v) && int64(v) < sp.to })
		})
	}
}

func TestNarrow(t *testing.T) {
	t.Run("8", func(t *testing.T) { checkRuns[uint8](t, 0, math.MaxUint8, 1, 8, 99) })
	t.Run("16", func(t *testing.T) { checkRuns[uint16](t, 0, math.MaxUint16, 1, 99, 500) })
	t.Run("32", func(t *testing.T) { checkRuns[uint32](t, 0, math.MaxUint32, 1, 2_000_000, model.MaxDur) })
	t.Run("64", func(t *testing.T) { checkRuns(t, model.NoTime, math.MaxInt64, 1, 1_700_000_000_000_000_000) })
}

func TestMarked(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for range 100 {
		ends := []uint16{0, 1, 99, 500, math.MaxUint16 - 1, math.MaxUint16, uint16(rng.Uint32())}
		var p passing
		for range 5 {
			p.marks[pick(rng, ends)] = 1
		}
		col := make([]uint16, 200)
		for i := range col {
			col[i] = nearby(rng, ends)
		}
		checkKernel(t, rng, col, func(vals []uint16, set model.Bits) { narrowMarked(vals, set, &p.marks) }, func(v uint16) bool { return p.marks[v] == 1 })

		any := model.Flags(rng.Uint32())
		flags := make([]model.Flags, 200)
		for i := range flags {
			flags[i] = model.Flags(rng.Uint32() & rng.Uint32() & rng.Uint32())
		}
		checkKernel(t, rng, flags, func(vals []model.Flags, set model.Bits) {
			for w := range set {
				set[w] &= flagged(vals[w*64:min(w*64+64, len(vals))], any)
			}
		}, func(f model.Flags) bool { return f&any != 0 })
	}
}

// TestSpansOf looks whether the spans of numbers that pass hold just these.
func TestSpansOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for range 100 {
		pass := map[int]bool{}
		n := rng.IntN(40)
		for range rng.IntN(20) {
			pass[rng.IntN(40)] = true
		}
		spans := spansOf(n, func(i int) bool { return pass[i] })
		for i := range 40 {
			in := slices.ContainsFunc(spans, func(sp span) bool { return sp.from <= int64(i) && int64(i) < sp.to })
			if in != (i < n && pass[i]) {
				t.Fatalf("%d of %v below %d in %v: %v", i, pass, n, spans, in)
			}
		}
	}
}

// Durations are in ns in a filter and in µs in the column.
func TestMicros(t *testing.T) {
	for _, d := range []uint32{0, 1, 2, 999, 1000, model.MaxDur - 1, model.MaxDur} {
		ns := int64(d) * 1000
		for _, bound := range []int64{math.MinInt64 + 1, -1, 0, ns - 1000, ns - 999, ns - 1, ns, ns + 1, ns + 1000, math.MaxInt64} {
			if got, want := int64(d) < micros(bound), ns < bound; got != want {
				t.Errorf("%d µs < %d ns: got %v, want %v", d, bound, got, want)
			}
		}
	}
}

func BenchmarkNarrowRun(b *testing.B) {
	const n = 64 << 10
	set := model.NewBits(n)
	b.Run("8", func(b *testing.B) { benchRun(b, make([]uint8, n), set, 3, 7) })
	b.Run("16", func(b *testing.B) { benchRun(b, make([]uint16, n), set, 500, 99) })
	b.Run("32", func(b *testing.B) { benchRun(b, make([]uint32, n), set, 2_000_000, 1<<30) })
	b.Run("64", func(b *testing.B) { benchRun(b, make([]int64, n), set, 0, 1<<60) })
}

func benchRun[T value](b *testing.B, col []T, set model.Bits, from, width T) {
	for i := range col {
		col[i] = T(i * 7919)
	}
	for b.Loop() {
		set.Fill(len(col))
		narrowRun(col, set, from, width)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(col)), "ns/record")
}
