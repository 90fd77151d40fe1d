package output

import (
	"bytes"
	"cmp"
	"slices"

	"ravel/model"
)

// rawLines appends physical lines as they were read.
type rawLines struct {
	mask    func(dst, src []byte) []byte // of --redact; nil: nothing is masked
	stamped func(source uint16) bool     // whose lines begin with their server's stamp, which is left out; nil: none
}

// append appends the physical lines of b's records in bits in the order in
// which they were read. One LF goes between two lines where the first has none.
func (r rawLines) append(dst []byte, b *model.Batch, bits model.Bits) []byte {
	if b.Extra == nil {
		for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
			dst = r.record(dst, b.Buf[b.Start[i]:b.End[i]], b.Source[i])
		}
		return dst
	}
	for _, e := range extents(b, bits) {
		dst = r.record(dst, b.Buf[e.Start:e.End], e.source)
	}
	return dst
}

// record appends one run of lines of a source.
func (r rawLines) record(dst, src []byte, source uint16) []byte {
	if r.stamped == nil || !r.stamped(source) {
		return r.put(dst, src)
	}
	for line := range bytes.Lines(src) {
		dst = r.put(dst, line[bytes.IndexByte(line, ' ')+1:])
	}
	return dst
}

// put appends src, masked.
func (r rawLines) put(dst, src []byte) []byte {
	if len(dst) > 0 && dst[len(dst)-1] != '\n' {
		dst = append(dst, '\n')
	}
	if r.mask != nil {
		return r.mask(dst, src)
	}
	return append(dst, src...)
}

// placed is an extent with its source.
type placed struct {
	model.Extent
	source uint16
}

// extents are those of the records in bits, in the order read: records of
// interleaved streams begin in order, but their lines stand between each other.
func extents(b *model.Batch, bits model.Bits) []placed {
	var all []placed
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if ext, ok := b.Extra[i]; ok {
			for _, e := range ext {
				all = append(all, placed{e, b.Source[i]})
			}
			continue
		}
		all = append(all, placed{model.Extent{Start: b.Start[i], End: b.End[i]}, b.Source[i]})
	}
	slices.SortStableFunc(all, func(x, y placed) int { return cmp.Compare(x.Start, y.Start) })
	return all
}
