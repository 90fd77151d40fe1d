package model

import (
	"slices"
	"sync"
	"unsafe"
)

// MaxRecords is how many records a batch may hold.
const MaxRecords = 1<<16 - 1

// Pack replaces the columns of a finished batch by copies in one array, so that
// the batch holds no slack and its maker may use the old columns again: the
// allocator rounds each array up, by half a page and more. A column of one value
// throughout shares an array with every other such column; End shares the place of
// Start where each record ends where the next begins. Nothing may be written to the
// columns afterwards. Buf, Extra and Also stay as they are.
func (b *Batch) Pack() {
	if b.Len() == 0 {
		return
	}
	if slices.Equal(b.Sort, b.Time) {
		b.Sort = nil
	}
	b.packLines()
	own := [...]bool{
		durations.own(&b.Dur), shorts.own(&b.Domain), shorts.own(&b.Source), shorts.own(&b.Status),
		levels.own(&b.Level), marks.own(&b.Mark), formats.own(&b.Format), flags.own(&b.Flags),
	}
	var p packer
	b.lay(&p, own[:])
	p.memory, p.size = words(p.size), 0
	b.lay(&p, own[:])
	b.packed = p.memory
}

// lay gives each column that is the batch's own its place, the widest elements
// first.
func (b *Batch) lay(p *packer, own []bool) {
	carve(p, &b.Time, true)
	carve(p, &b.Req, true)
	carve(p, &b.Sort, b.Sort != nil)
	carve(p, &b.Dur, own[0])
	carve(p, &b.Line, b.Line != nil)
	if n := b.Len(); slices.Equal(b.Start[1:], b.End[:n-1]) {
		if cuts := room[uint32](p, n+1); cuts != nil {
			cuts[n] = b.End[n-1]
			copy(cuts, b.Start)
			b.Start, b.End = cuts[:n:n], cuts[1:]
		}
	} else {
		carve(p, &b.Start, true)
		carve(p, &b.End, true)
	}
	carve(p, &b.Domain, own[1])
	carve(p, &b.Source, own[2])
	carve(p, &b.Status, own[3])
	carve(p, &b.Level, own[4])
	carve(p, &b.Mark, own[5])
	carve(p, &b.Format, own[6])
	carve(p, &b.Flags, own[7])
}

// packer hands out the memory of a packed batch from its beginning on; without
// memory it tells how much is needed.
type packer struct {
	memory []uint64
	size   int // bytes that have been handed out
}

// words returns memory of n bytes or, where the allocator gives more, of what it
// gives.
func words(n int) []uint64 {
	const large, page = 32 << 10, 8 << 10
	if n <= large {
		m := slices.Grow([]uint64(nil), (n+7)/8)
		return m[:cap(m)]
	}
	return make([]uint64, (n+page-1)/page*page/8) // unlike Grow it clears no memory that is fresh
}

// room returns place for n elements, nil where there is no memory yet.
func room[T any](p *packer, n int) []T {
	at := p.size
	p.size += n * int(unsafe.Sizeof(*new(T)))
	if p.memory == nil {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(p.memory)), at)), n)
}

// carve moves a column of a batch that is its own.
func carve[T any](p *packer, col *[]T, own bool) {
	if !own {
		return
	}
	if to := room[T](p, len(*col)); to != nil {
		copy(to, *col)
		*col = to
	}
}

// beside is the memory of a column in bytes, counted by capacity, unless it lies
// in the array of the packed ones.
func beside[T any](b *Batch, col []T) int {
	at, packed := uintptr(unsafe.Pointer(unsafe.SliceData(col))), uintptr(unsafe.Pointer(unsafe.SliceData(b.packed)))
	if at-packed < uintptr(8*cap(b.packed)) { // modulo 2^64: a lower address is far beyond
		return 0
	}
	return cap(col) * int(unsafe.Sizeof(*new(T)))
}

// OneSource reports whether Pack has found that all records are of one source.
func (b *Batch) OneSource() bool { return b.Len() > 0 && shorts.is(b.Source) }

// adjoined reports whether End lies in the array of Start, whose last element is
// none of Start's.
func (b *Batch) adjoined() bool {
	n := b.Len()
	return n > 0 && cap(b.Start) > n && &b.Start[:n+1][n] == &b.End[n-1]
}

// Bytes is the memory that the batch holds, counted by capacity; what it
// shares with other batches is not counted.
func (b *Batch) Bytes() int64 {
	n := cap(b.Buf) + 8*cap(b.packed) + 8*cap(b.lines.jumps)
	n += beside(b, b.Time) + beside(b, b.Sort) + beside(b, b.Req) + beside(b, b.Line) + beside(b, b.Start)
	if !b.adjoined() {
		n += beside(b, b.End)
	}
	n += durations.bytes(b, b.Dur) + shorts.bytes(b, b.Domain) + shorts.bytes(b, b.Source) + shorts.bytes(b, b.Status)
	n += levels.bytes(b, b.Level) + marks.bytes(b, b.Mark) + formats.bytes(b, b.Format) + flags.bytes(b, b.Flags)
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

// own reports whether a column, which is not empty, is its batch's own; if it has
// one value throughout it is made the shared one.
func (c *constants[T]) own(col *[]T) bool {
	a := c.shared(*col)
	if a != nil {
		*col = a
	}
	return a == nil
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

// is reports whether s, which is not empty, is a shared array.
func (c *constants[T]) is(s []T) bool {
	a := c.array(s[0], false)
	return a != nil && &a[0] == &s[0]
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
	switch got := c.arrays[v]; {
	case got != nil:
		return got
	case len(c.arrays) >= maxConstants: // many sources begin at once
		return nil
	case c.arrays == nil:
		c.arrays = map[T][]T{}
	}
	c.arrays[v] = a
	return a
}

// bytes is beside, 0 if the column is a shared one.
func (c *constants[T]) bytes(b *Batch, s []T) int {
	if len(s) > 0 && c.is(s) {
		return 0
	}
	return beside(b, s)
}
