package model

import (
	"slices"
	"sync"
)

// MaxRecords is how many records a batch may hold.
const MaxRecords = 1<<16 - 1

// Pack replaces the columns of a finished batch by copies of exactly their
// size, so that the batch holds no slack and its maker may use the old columns
// again. A column of one value throughout shares an array with every other
// such column; End shares the array of Start where each record ends where the
// next begins. Nothing may be written to the columns afterwards. Buf, Extra and
// Also stay as they are.
func (b *Batch) Pack() {
	if b.Len() == 0 {
		return
	}
	b.packWords()
	b.packShorts()
	b.Time, b.Req = slices.Clone(b.Time), slices.Clone(b.Req)
	if b.Sort != nil {
		if slices.Equal(b.Sort, b.Time) {
			b.Sort = nil
		} else {
			b.Sort = slices.Clone(b.Sort)
		}
	}
	b.Level, b.Mark = levels.pack(b.Level), marks.pack(b.Mark)
	b.Format, b.Flags = formats.pack(b.Format), flags.pack(b.Flags)
}

// packWords copies the columns of four bytes into one array: the allocator
// rounds each array up by several pages. The last column has what is left over,
// so that Bytes counts it.
func (b *Batch) packWords() {
	n := b.Len()
	adjoin, dur := slices.Equal(b.Start[1:], b.End[:n-1]), durations.shared(b.Dur)
	size := n + 1
	b.packLines()
	if b.Line != nil {
		size += n
	}
	if dur == nil {
		size += n
	}
	if !adjoin {
		size += n
	}
	a := slices.Grow([]uint32(nil), size)
	if dur == nil {
		a, dur = carve(a, b.Dur)
	}
	b.Dur = dur
	if b.Line != nil {
		a, b.Line = carve(a, b.Line)
	}
	if adjoin {
		k := len(a)
		a = append(append(a, b.Start...), b.End[n-1])
		b.Start, b.End = a[k:k+n], a[k+1:]
		return
	}
	a, b.Start = carve(a, b.Start)
	k := len(a)
	b.End = append(a, b.End...)[k:]
}

// packShorts does the same for those of two.
func (b *Batch) packShorts() {
	var own []*[]uint16
	for _, col := range []*[]uint16{&b.Domain, &b.Source, &b.Status} {
		if s := shorts.shared(*col); s != nil {
			*col = s
		} else {
			own = append(own, col)
		}
	}
	a := slices.Grow([]uint16(nil), len(own)*b.Len())
	for i, col := range own {
		k := len(a)
		a, *col = carve(a, *col)
		if i == len(own)-1 {
			*col = a[k:]
		}
	}
}

// carve appends col to a, which has room, and returns both.
func carve[T any](a, col []T) (grown, part []T) {
	k := len(a)
	a = append(a, col...)
	return a, a[k:len(a):len(a)]
}

// adjoined reports whether End lies in the array of Start.
func (b *Batch) adjoined() bool {
	n := b.Len()
	return n > 0 && cap(b.Start) > n && &b.Start[:n+1][n] == &b.End[n-1]
}

// Bytes is the memory that the batch holds, counted by capacity; what it
// shares with other batches is not counted.
func (b *Batch) Bytes() int64 {
	n := cap(b.Buf) + 4*cap(b.Start) + 8*cap(b.Time) + 8*cap(b.Sort) + 8*cap(b.Req) + 4*cap(b.Line) + 8*cap(b.lines.jumps)
	if !b.adjoined() {
		n += 4 * cap(b.End)
	}
	n += durations.bytes(b.Dur, 4) + shorts.bytes(b.Domain, 2) + shorts.bytes(b.Source, 2) + shorts.bytes(b.Status, 2)
	n += levels.bytes(b.Level, 1) + marks.bytes(b.Mark, 1) + formats.bytes(b.Format, 1) + flags.bytes(b.Flags, 1)
	for _, ext := range b.Extra {
		n += perMapEntry + 12*cap(ext)
	}
	for _, also := range b.Also {
		n += perMapEntry + 2*cap(also)
	}
	return int64(n)
}

// perMapEntry is what an entry of Extra or Also takes beside its elements: key,
// slice header, the map's control bytes and its usual slack.
const perMapEntry = 64

// constants are the shared arrays of columns that hold one value throughout,
// by value. There are few such values (a file's source, "no status"); past
// maxConstants further ones are copied like any other column.
type constants[T comparable] struct {
	mu     sync.RWMutex
	arrays map[T][]T
}

const maxConstants = 64

var (
	durations constants[uint32]
	shorts    constants[uint16]
	levels    constants[Level]
	marks     constants[Mark]
	formats   constants[uint8]
	flags     constants[Flags]
)

// pack returns a column equal to s, which is not empty, that keeps no slack.
func (c *constants[T]) pack(s []T) []T {
	if a := c.shared(s); a != nil {
		return a
	}
	return slices.Clone(s)
}

// shared returns a shared column equal to s, which is not empty; nil if there
// can be none.
func (c *constants[T]) shared(s []T) []T {
	if len(s) > MaxRecords {
		return nil
	}
	for _, v := range s {
		if v != s[0] {
			return nil
		}
	}
	a := c.array(s[0], true)
	if a == nil {
		return nil
	}
	return a[:len(s):len(s)]
}

// array returns the shared array of v, adding it if asked; nil if there is none.
func (c *constants[T]) array(v T, add bool) []T {
	c.mu.RLock()
	a, full := c.arrays[v], len(c.arrays) >= maxConstants
	c.mu.RUnlock()
	if a != nil || full || !add {
		return a
	}
	a = slices.Repeat([]T{v}, MaxRecords)
	c.mu.Lock()
	defer c.mu.Unlock()
	if got := c.arrays[v]; got != nil {
		return got
	}
	if c.arrays == nil {
		c.arrays = map[T][]T{}
	}
	c.arrays[v] = a
	return a
}

// bytes is the memory of column s with elements of the given size, 0 if it is
// a shared one.
func (c *constants[T]) bytes(s []T, size int) int {
	if len(s) > 0 {
		if a := c.array(s[0], false); a != nil && &a[0] == &s[0] {
			return 0
		}
	}
	return size * cap(s)
}
