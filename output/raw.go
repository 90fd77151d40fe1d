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
// which they were read. One LF goes between two lines where the first has none
// and the second is not its rest.
func (r rawLines) append(dst []byte, b *model.Batch, bits model.Bits) []byte {
	if b.Extra == nil {
		for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
			if !follows(b, bits, i) {
				dst = endLine(dst)
			}
			dst = r.record(dst, b.Buf[b.Start[i]:b.End[i]], b.Source[i], b.Flags[i])
		}
		return dst
	}
	for _, e := range extents(b, bits) {
		if e.more || !follows(b, bits, e.record) {
			dst = endLine(dst)
		}
		dst = r.record(dst, b.Buf[e.Start:e.End], b.Source[e.record], b.Flags[e.record])
	}
	return dst
}

// isPiece reports whether a record is a further piece of a line that passes
// the cap.
func isPiece(f model.Flags) bool {
	const piece = model.Cut | model.Continued
	return f&piece == piece
}

// goesOn reports whether record i is a further piece of the line of the one
// before.
func goesOn(b *model.Batch, i int) bool {
	return i > 0 && isPiece(b.Flags[i]) && b.Flags[i-1]&model.Cut != 0 && b.Source[i-1] == b.Source[i]
}

// follows reports whether record i is the rest of the line before, which is
// printed, too.
func follows(b *model.Batch, bits model.Bits, i int) bool { return goesOn(b, i) && bits.Has(i-1) }

// endLine ends the last line, if nothing else does.
func endLine(dst []byte) []byte {
	if len(dst) > 0 && dst[len(dst)-1] != '\n' {
		return append(dst, '\n')
	}
	return dst
}

// record appends one run of lines of a record.
func (r rawLines) record(dst, src []byte, source uint16, flags model.Flags) []byte {
	if r.stamped == nil || !r.stamped(source) {
		return r.put(dst, src)
	}
	head := !isPiece(flags)
	for line := range bytes.Lines(src) {
		if head {
			line = line[bytes.IndexByte(line, ' ')+1:]
		}
		head = true
		dst = r.put(dst, line)
	}
	return dst
}

// put appends src, masked.
func (r rawLines) put(dst, src []byte) []byte {
	if r.mask != nil {
		return r.mask(dst, src)
	}
	return append(dst, src...)
}

// placed is an extent with its record.
type placed struct {
	model.Extent
	record int
	more   bool // not the record's first
}

// extents are those of the records in bits, in the order read: records of
// interleaved streams begin in order, but their lines stand between each other.
func extents(b *model.Batch, bits model.Bits) []placed {
	var all []placed
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if ext, ok := b.Extra[i]; ok {
			for k, e := range ext {
				all = append(all, placed{e, i, k > 0})
			}
			continue
		}
		all = append(all, placed{model.Extent{Start: b.Start[i], End: b.End[i]}, i, false})
	}
	slices.SortStableFunc(all, func(x, y placed) int { return cmp.Compare(x.Start, y.Start) })
	return all
}
