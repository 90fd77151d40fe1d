package model

import "math/bits"

// Bits is a set of records of one batch, bit i for record i. Predicates only
// clear bits; union and difference are for the planner.
type Bits []uint64

// NewBits returns the set of all n records of a batch.
func NewBits(n int) Bits {
	b := make(Bits, (n+63)/64)
	b.Fill(n)
	return b
}

// Fill makes b the set of the first n records; b must have room for them.
func (b Bits) Fill(n int) {
	for i := range b {
		switch {
		case n >= 64:
			b[i] = ^uint64(0)
		case n > 0:
			b[i] = 1<<n - 1
		default:
			b[i] = 0
		}
		n -= 64
	}
}

// Has, Set and Clear act on record i.
func (b Bits) Has(i int) bool { return b[i>>6]&(1<<(i&63)) != 0 }

// Set adds record i.
func (b Bits) Set(i int) { b[i>>6] |= 1 << (i & 63) }

// Clear removes record i.
func (b Bits) Clear(i int) { b[i>>6] &^= 1 << (i & 63) }

// Count is the number of records in the set.
func (b Bits) Count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// Empty reports whether the set has no record.
func (b Bits) Empty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

// And, Or and AndNot change b in place; both sets are of the same batch.
func (b Bits) And(o Bits) {
	for i := range b {
		b[i] &= o[i]
	}
}

// Or adds o's records.
func (b Bits) Or(o Bits) {
	for i := range b {
		b[i] |= o[i]
	}
}

// AndNot removes o's records.
func (b Bits) AndNot(o Bits) {
	for i := range b {
		b[i] &^= o[i]
	}
}

// Next is the first record at or after i, or -1.
func (b Bits) Next(i int) int {
	if i < 0 {
		i = 0
	}
	for w := i >> 6; w < len(b); w++ {
		x := b[w]
		if w == i>>6 {
			x &= ^uint64(0) << (i & 63)
		}
		if x != 0 {
			return w<<6 + bits.TrailingZeros64(x)
		}
	}
	return -1
}

// Prev is the last record at or before i, or -1.
func (b Bits) Prev(i int) int {
	if i >= len(b)*64 {
		i = len(b)*64 - 1
	}
	for w := i >> 6; w >= 0 && i >= 0; w-- {
		x := b[w]
		if w == i>>6 && i&63 != 63 {
			x &= 1<<(i&63+1) - 1
		}
		if x != 0 {
			return w<<6 + 63 - bits.LeadingZeros64(x)
		}
	}
	return -1
}

// Last is a set of the last n records of b.
func (b Bits) Last(n int) Bits {
	last := make(Bits, len(b))
	for i := b.Prev(len(b)*64 - 1); i >= 0 && n > 0; i = b.Prev(i - 1) {
		last.Set(i)
		n--
	}
	return last
}
