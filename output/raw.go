package output

import (
	"cmp"
	"slices"

	"ravel/model"
)

// appendRaw appends the physical lines of b's records in bits in the order in
// which they were read. One LF goes between two lines where the first has none.
func appendRaw(dst []byte, b *model.Batch, bits model.Bits, mask func(dst, src []byte) []byte) []byte {
	put := func(src []byte) {
		if len(dst) > 0 && dst[len(dst)-1] != '\n' {
			dst = append(dst, '\n')
		}
		if mask != nil {
			dst = mask(dst, src)
			return
		}
		dst = append(dst, src...)
	}
	if b.Extra == nil {
		for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
			put(b.Buf[b.Start[i]:b.End[i]])
		}
		return dst
	}
	for _, e := range extents(b, bits) {
		put(b.Buf[e.Start:e.End])
	}
	return dst
}

// extents are those of the records in bits, in the order read: records of
// interleaved streams begin in order, but their lines stand between each other.
func extents(b *model.Batch, bits model.Bits) []model.Extent {
	var all []model.Extent
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if ext, ok := b.Extra[i]; ok {
			all = append(all, ext...)
			continue
		}
		all = append(all, model.Extent{Start: b.Start[i], End: b.End[i]})
	}
	slices.SortStableFunc(all, func(x, y model.Extent) int { return cmp.Compare(x.Start, y.Start) })
	return all
}
