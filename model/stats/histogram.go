package stats

import (
	"math"
	"slices"
)

// Histogram counts values in log-linear buckets, 32 to each power of two:
// quantiles are within 1.6 % of a value that was added; count, sum, minimum and
// maximum are exact. What is nearer to zero than 2⁻³⁰ counts as zero, what is
// beyond 2⁶⁴ as that, in quantiles. It takes up to 24 KiB for each sign, less
// where values are of a kind. The zero Histogram is empty and ready. It is not
// safe for concurrent use; merge one per worker.
type Histogram struct {
	count    uint64
	sum      float64
	lo, hi   float64
	zero     uint64
	pos, neg buckets
}

// buckets are counts by key, for the keys from base on.
type buckets struct {
	base int
	n    []uint64
}

// The key of a value is the top of its float64: the exponent and five bits of
// the mantissa. So the next key's bucket begins where this one ends.
const (
	mantissaBits = 5
	keyShift     = 52 - mantissaBits
	minKey       = (1023 - 30) << mantissaBits
	maxKey       = (1023+64)<<mantissaBits - 1
)

func keyOf(v float64) int {
	return min(int(math.Float64bits(v)>>keyShift), maxKey)
}

// middle is the value that stands for all of a bucket's.
func middle(key int) float64 {
	from := math.Float64frombits(uint64(key) << keyShift)
	to := math.Float64frombits(uint64(key+1) << keyShift)
	return (from + to) / 2
}

// Add counts v once. What is no number is not counted.
func (h *Histogram) Add(v float64) { h.AddN(v, 1) }

// AddN counts a value n times.
func (h *Histogram) AddN(v float64, n uint64) {
	if math.IsNaN(v) || n == 0 {
		return
	}
	if h.count == 0 {
		h.lo, h.hi = v, v
	}
	h.count += n
	h.sum += v * float64(n)
	h.lo, h.hi = min(h.lo, v), max(h.hi, v)
	switch key := keyOf(math.Abs(v)); {
	case key < minKey:
		h.zero += n
	case v > 0:
		h.pos.add(key, n)
	default:
		h.neg.add(key, n)
	}
}

// room is how many further buckets are made at once on the side that grows.
const room = 32

// add counts n values of key.
func (b *buckets) add(key int, n uint64) {
	switch {
	case len(b.n) == 0:
		b.base = max(key-room/2, minKey)
		b.n = make([]uint64, room)
	case key < b.base:
		base := max(key-room, minKey)
		b.n = slices.Insert(b.n, 0, make([]uint64, b.base-base)...)
		b.base = base
	}
	if i := key - b.base; i >= len(b.n) {
		b.n = append(b.n, make([]uint64, i-len(b.n)+room)...)
	}
	b.n[key-b.base] += n
}

// Merge adds all that o counted.
func (h *Histogram) Merge(o *Histogram) {
	if o.count == 0 {
		return
	}
	if h.count == 0 {
		h.lo, h.hi = o.lo, o.hi
	}
	h.count += o.count
	h.sum += o.sum
	h.lo, h.hi = min(h.lo, o.lo), max(h.hi, o.hi)
	h.zero += o.zero
	h.pos.merge(&o.pos)
	h.neg.merge(&o.neg)
}

func (b *buckets) merge(o *buckets) {
	for i, n := range o.n {
		if n > 0 {
			b.add(o.base+i, n)
		}
	}
}

// Count is how many values were added.
func (h *Histogram) Count() uint64 { return h.count }

// Sum is exact up to floating point.
func (h *Histogram) Sum() float64 { return h.sum }

// Min is the exact smallest value, 0 if there is none.
func (h *Histogram) Min() float64 { return h.lo }

// Max is the exact largest value, 0 if there is none.
func (h *Histogram) Max() float64 { return h.hi }

// Mean is Sum/Count, 0 if there is none.
func (h *Histogram) Mean() float64 {
	if h.count == 0 {
		return 0
	}
	return h.sum / float64(h.count)
}

// Quantile is the value below or at which the share q (0 to 1) of the values
// lies, by nearest rank: within 1.6 % of that value, and exact at 0 and 1. It is
// 0 if there is none.
func (h *Histogram) Quantile(q float64) float64 {
	if h.count == 0 {
		return 0
	}
	rank := uint64(math.Ceil(q * float64(h.count)))
	switch {
	case rank <= 1:
		return h.lo
	case rank >= h.count:
		return h.hi
	}
	v := h.ranked(rank)
	return min(max(v, h.lo), h.hi)
}

// ranked is the value of the given rank, counted from 1, most negative first.
func (h *Histogram) ranked(rank uint64) float64 {
	for i := len(h.neg.n) - 1; i >= 0; i-- {
		if n := h.neg.n[i]; rank <= n {
			return -middle(h.neg.base + i)
		} else {
			rank -= n
		}
	}
	if rank <= h.zero {
		return 0
	}
	rank -= h.zero
	for i, n := range h.pos.n {
		if rank <= n {
			return middle(h.pos.base + i)
		}
		rank -= n
	}
	return h.hi
}

// Size is how many bytes of memory the buckets take.
func (h *Histogram) Size() int { return 8 * (cap(h.pos.n) + cap(h.neg.n)) }
