package parse

import (
	"bytes"

	"ravel/model"
)

// markEscapes flags the records of b from number from on that have a backslash
// in their bytes: the text of their JSON may read otherwise than it is spelt.
func markEscapes(b *model.Batch, from int) {
	n := b.Len()
	if from == n {
		return
	}
	i, buf := from, b.Buf[:b.End[n-1]]
	for at := int(b.Start[from]); at < len(buf); at++ {
		k := bytes.IndexByte(buf[at:], '\\')
		if k < 0 {
			break
		}
		at += k
		for i+1 < n && int(b.Start[i+1]) <= at {
			i++
		}
		if at < int(b.End[i]) {
			b.Flags[i] |= model.HasEscape
			at = int(b.End[i]) - 1 // on with the next record
		}
	}
	for i := range b.Extra { // others' lines stand between theirs
		if i >= from {
			b.Flags[i] &^= model.HasEscape
			if bytes.IndexByte(b.Raw(i), '\\') >= 0 {
				b.Flags[i] |= model.HasEscape
			}
		}
	}
}
