package store

import (
	"slices"

	"ravel/model"
)

// window is the part of b's Buf that its records take: batches that were cut
// from one arena share it.
func window(b *model.Batch) (lo, hi uint32) {
	n := b.Len()
	if n == 0 {
		return 0, 0
	}
	lo, hi = b.Start[0], b.End[n-1]
	if b.Extra == nil {
		return lo, hi
	}
	for i := range n {
		lo, hi = min(lo, b.Start[i]), max(hi, b.End[i])
		for _, e := range b.Extra[i] {
			lo, hi = min(lo, e.Start), max(hi, e.End)
		}
	}
	return lo, hi
}

// textLen is how many bytes b's records have.
func textLen(b *model.Batch) int {
	n := 0
	if b.Extra == nil {
		for i, end := range b.End {
			n += int(end - b.Start[i])
		}
		return n
	}
	for i, end := range b.End {
		ext, scattered := b.Extra[i]
		if !scattered {
			n += int(end - b.Start[i])
		}
		for _, e := range ext {
			n += int(e.End - e.Start)
		}
	}
	return n
}

// cutWindow gives b a Buf of its own with the window only. Its columns of
// extents are replaced, not written: they may be shared.
func cutWindow(b *model.Batch, lo, hi uint32) {
	b.Buf = slices.Clone(b.Buf[lo:hi])
	if lo == 0 {
		return
	}
	b.Base += int64(lo)
	b.Start, b.End = appendMoved(nil, b.Start, -lo), appendMoved(nil, b.End, -lo) // modulo 2^32, -lo takes lo away
	b.Extra = moveExtra(nil, b.Extra, 0, -lo)
	if n := b.Len(); slices.Equal(b.Start[1:], b.End[:n-1]) { // one array, as Pack has it
		cuts := append(b.Start, b.End[n-1])
		b.Start, b.End = cuts[:n], cuts[1:]
	}
}

// appendMoved appends the offsets src, moved by a distance modulo 2^32.
func appendMoved(dst, src []uint32, by uint32) []uint32 {
	dst = slices.Grow(dst, len(src))
	for _, x := range src {
		dst = append(dst, x+by)
	}
	return dst
}

// moveExtra returns dst's entries and those of src, their extents moved by a
// distance modulo 2^32 and their records numbered from first on, as a map of
// its own: nil if there is none.
func moveExtra(dst, src map[int][]model.Extent, first int, by uint32) map[int][]model.Extent {
	if len(src) == 0 {
		return dst
	}
	m := make(map[int][]model.Extent, len(dst)+len(src))
	for i, ext := range dst {
		m[i] = ext
	}
	for i, ext := range src {
		moved := slices.Clone(ext)
		for k := range moved {
			moved[k].Start += by
			moved[k].End += by
		}
		m[first+i] = moved
	}
	return m
}
