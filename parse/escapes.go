package parse

import (
	"bytes"
	"slices"
	"sort"

	"ravel/model"
)

// seeEscapes flags the records of this call that have a backslash in their bytes:
// the text of their JSON may read otherwise than it is spelt. Only windows that
// have one are looked at.
func (p *Parser) seeEscapes() {
	b, n := p.b, p.b.Len()
	for p.window.stop < int(p.pos+p.shift) {
		p.look()
	}
	if p.had < n {
		for _, s := range p.slashed {
			markEscapes(b, p.had, int(s.start+p.shift), int(s.end+p.shift))
		}
		correctEscapes(b, p.had)
	}
	p.slashed = slices.DeleteFunc(p.slashed, func(s span) bool { return s.end <= p.held || s.start >= p.pos })
}

// markEscapes flags the records of b from number from on that have a backslash
// among the bytes from offset at to end.
func markEscapes(b *model.Batch, from, at, end int) {
	n := b.Len()
	at, end = max(at, int(b.Start[from])), min(end, int(b.End[n-1]))
	for i := from; at < end; at++ {
		k := bytes.IndexByte(b.Buf[at:end], '\\')
		if k < 0 {
			break
		}
		at += k
		i += sort.Search(n-i, func(k int) bool { return int(b.Start[i+k]) > at }) - 1
		if at < int(b.End[i]) {
			b.Flags[i] |= model.HasEscape
			at = int(b.End[i]) - 1 // on with the next record
		}
	}
}

// correctEscapes flags those records anew between whose lines others' stand.
func correctEscapes(b *model.Batch, from int) {
	for i := range b.Extra {
		if i >= from {
			b.Flags[i] &^= model.HasEscape
			if bytes.IndexByte(b.Raw(i), '\\') >= 0 {
				b.Flags[i] |= model.HasEscape
			}
		}
	}
}
