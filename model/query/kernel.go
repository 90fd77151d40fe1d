package query

import (
	"cmp"
	"math/bits"
	"slices"
	"unsafe"

	"ravel/model"
)

// value is what a column holds.
type value interface {
	~uint8 | ~uint16 | ~uint32 | ~int64
}

// narrowSpans clears the records whose values are in none of spans, which are in
// order and apart: those that lie between one of them and the next. These are one
// run less than all the others, which goes around past the highest value.
func narrowSpans[T value](col []T, set model.Bits, spans []span) {
	if len(spans) == 0 {
		clear(set)
		return
	}
	last := spans[len(spans)-1].to - 1
	for _, sp := range spans {
		narrowRun(col, set, T(sp.from), T(last-sp.from))
		last = sp.to - 1
	}
}

// narrowRun clears the records whose values are not in a run: v is if v-from,
// around, is at most width.
func narrowRun[T value](col []T, set model.Bits, from, width T) {
	narrowRest(col, set, narrowFast(col, set, from, width), from, width)
}

// narrowRest is narrowRun for set's words from w on.
func narrowRest[T value](col []T, set model.Bits, w int, from, width T) {
	if width == ^T(0) {
		return // all are
	}
	for ; w < len(set); w++ {
		if x := set[w]; x != 0 {
			set[w] = x & within(col[w*64:min(w*64+64, len(col))], from, width)
		}
	}
}

// narrowFast is narrowRun for as many of set's words as it returns.
func narrowFast[T value](col []T, set model.Bits, from, width T) (words int) {
	if words = min(len(col)/64, len(set)); !hasVectors || words == 0 {
		return 0
	}
	switch first := unsafe.Pointer(&col[0]); unsafe.Sizeof(from) {
	case 1:
		narrow8((*uint8)(first), &set[0], words, uint8(from), uint8(width))
	case 2:
		narrow16((*uint16)(first), &set[0], words, uint16(from), uint16(width))
	case 4:
		narrow32((*uint32)(first), &set[0], words, uint32(from), uint32(width))
	case 8:
		narrow64((*uint64)(first), &set[0], words, uint64(from), uint64(width))
	}
	return words
}

// within tells of up to 64 values which are in a run, value k by bit k. It has no
// branch that depends on a value, for in a column nobody can foretell them.
func within[T value](vals []T, from, width T) (keep uint64) {
	k, end := 0, uint64(width)+1
	for ; len(vals) >= 8; vals, k = vals[8:], k+8 { // no bounds checks in here
		v := (*[8]T)(vals)
		keep |= (below(v[0]-from, end) | below(v[1]-from, end)<<1 | below(v[2]-from, end)<<2 | below(v[3]-from, end)<<3 |
			below(v[4]-from, end)<<4 | below(v[5]-from, end)<<5 | below(v[6]-from, end)<<6 | below(v[7]-from, end)<<7) << (k & 63)
	}
	for _, v := range vals {
		keep |= below(v-from, end) << k
		k++
	}
	return keep
}

// below is 1 if v, without a sign, is less than end, else 0.
func below[T value](v T, end uint64) uint64 {
	if unsafe.Sizeof(v) < 8 {
		return (uint64(v) - end) >> 63
	}
	_, less := bits.Sub64(uint64(v), end, 0)
	return less
}

// joined is spans within [from, to), in order and apart; none is empty.
func joined(spans []span, from, to int64) (out []span) {
	for _, sp := range spans {
		if sp = (span{max(sp.from, from), min(sp.to, to)}); sp.from < sp.to {
			out = append(out, sp)
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	n := 0
	for _, sp := range out {
		if n > 0 && sp.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, sp.to)
			continue
		}
		out[n] = sp
		n++
	}
	return out[:n]
}

// spansOf are those of the numbers below n that pass.
func spansOf(n int, passes func(i int) bool) (spans []span) {
	for i := 0; i < n; i++ {
		from := i
		for i < n && passes(i) {
			i++
		}
		if from < i {
			spans = append(spans, span{int64(from), int64(i)})
		}
	}
	return spans
}

// narrowMarked clears the records whose values' entry in a table is 0; the others
// are 1.
func narrowMarked(col []uint16, set model.Bits, table *[1 << 16]uint8) {
	for w, x := range set {
		if x != 0 {
			set[w] = x & marked(col[w*64:min(w*64+64, len(col))], table)
		}
	}
}

// marked tells of up to 64 values whose entry in a table is 1.
func marked(vals []uint16, table *[1 << 16]uint8) (keep uint64) {
	k := 0
	for ; len(vals) >= 8; vals, k = vals[8:], k+8 {
		v := (*[8]uint16)(vals)
		keep |= (uint64(table[v[0]]) | uint64(table[v[1]])<<1 | uint64(table[v[2]])<<2 | uint64(table[v[3]])<<3 |
			uint64(table[v[4]])<<4 | uint64(table[v[5]])<<5 | uint64(table[v[6]])<<6 | uint64(table[v[7]])<<7) << (k & 63)
	}
	for _, v := range vals {
		keep |= uint64(table[v]) << k
		k++
	}
	return keep
}

// gather is the factor that gathers the ones of lanes in the top byte.
const gather = 0x0102040810204080

// flagged tells of up to 64 flags which have one of any, eight at once.
func flagged(vals []model.Flags, any model.Flags) (keep uint64) {
	mask, k := lanes*uint64(any&^(1<<7)), 0
	if any>>7 == 0 {
		for ; len(vals) >= 8; vals, k = vals[8:], k+8 {
			x := word((*[8]model.Flags)(vals)) & mask
			keep |= (x + lanes*0x7f) >> 7 & lanes * gather >> 56 << (k & 63)
		}
	}
	for _, f := range vals {
		if f&any != 0 {
			keep |= 1 << (k & 63)
		}
		k++
	}
	return keep
}

// word is eight bytes as lanes.
func word[T ~uint8](v *[8]T) uint64 {
	return uint64(v[0]) | uint64(v[1])<<8 | uint64(v[2])<<16 | uint64(v[3])<<24 |
		uint64(v[4])<<32 | uint64(v[5])<<40 | uint64(v[6])<<48 | uint64(v[7])<<56
}
