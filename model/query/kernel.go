package query

import (
	"math/bits"

	"ravel/model"
)

// narrowColumn clears the records whose values a kernel does not keep. A kernel
// tells of up to 64 values at once which it keeps, value k by bit k; it has no
// branch that depends on a value, for in a column nobody can foretell them.
func narrowColumn[T any](col []T, set model.Bits, keep func(vals []T) uint64) {
	for w, x := range set {
		if x != 0 {
			set[w] = x & keep(col[w*64:min(w*64+64, len(col))])
		}
	}
}

// within is the kernel of the values in [from, from+width).
func within[T uint16 | uint32](vals []T, from T, width uint64) (keep uint64) {
	k := 0
	for ; len(vals) >= 8; vals, k = vals[8:], k+8 { // no bounds checks in here
		v := (*[8]T)(vals)
		keep |= (below(v[0]-from, width) | below(v[1]-from, width)<<1 | below(v[2]-from, width)<<2 | below(v[3]-from, width)<<3 |
			below(v[4]-from, width)<<4 | below(v[5]-from, width)<<5 | below(v[6]-from, width)<<6 | below(v[7]-from, width)<<7) << (k & 63)
	}
	for _, v := range vals {
		keep |= below(v-from, width) << k
		k++
	}
	return keep
}

// below is 1 if v is less than width, which is at most 1<<32, else 0.
func below[T uint16 | uint32](v T, width uint64) uint64 { return (uint64(v) - width) >> 63 }

// withinTime is the kernel of the stamps in sp.
func withinTime(vals []int64, sp span) (keep uint64) {
	width := uint64(sp.to - sp.from)
	for k, v := range vals {
		_, less := bits.Sub64(uint64(v-sp.from), width, 0)
		keep |= less << k
	}
	return keep
}

// marked is the kernel of the values whose entry in a table is 1; the others
// are 0.
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

// levelRun is a run of levels, from included, to not, as eight lanes each: what
// carries into a lane's high bit where a level is at least as high.
type levelRun struct{ from, to uint64 }

// levelRuns are the runs of the levels whose bit is in mask.
func levelRuns(mask uint16) (runs []levelRun) {
	for l := 0; l < 16; l++ {
		if mask>>l&1 == 0 {
			continue
		}
		from := l
		for l < 16 && mask>>l&1 != 0 {
			l++
		}
		runs = append(runs, levelRun{lanes * uint64(0x80-from), lanes * uint64(0x80-l)})
	}
	return runs
}

// leveled is the kernel of the levels in a run, eight at once.
func leveled(vals []model.Level, r levelRun) (keep uint64) {
	k := 0
	for ; len(vals) >= 8; vals, k = vals[8:], k+8 {
		keep |= r.eight((*[8]model.Level)(vals)) << (k & 63)
	}
	if len(vals) > 0 {
		var last [8]model.Level
		n := copy(last[:], vals)
		keep |= r.eight(&last) & (1<<n - 1) << (k & 63)
	}
	return keep
}

// eight tells in the low byte which of eight levels are in the run.
func (r levelRun) eight(v *[8]model.Level) uint64 {
	x := word(v)
	return (x + r.from) &^ (x + r.to) >> 7 & lanes * gather >> 56
}

// flagged is the kernel of the flags that have one of any, eight at once.
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
