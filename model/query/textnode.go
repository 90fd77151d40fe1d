package query

import (
	"bytes"
	"unicode/utf8"

	"ravel/model"
)

// textNode holds if the record's own text or its message holds a literal (R8).
type textNode struct {
	f       *finder
	escapes []string // what the literal's characters may look like escaped
	breaks  bool     // it holds a line break, which carriers and CRs change
}

// newTextNode looks for word in smart case.
func newTextNode(word string) *textNode { return asTextNode(newFinder(word, true)) }

// asTextNode looks for what f finds.
func asTextNode(f *finder) *textNode {
	n := &textNode{f: f, escapes: []string{`\u`}}
	for _, c := range string(f.needle) {
		switch {
		case c == '/' || c == '"' || c == '\\':
			n.escapes = append(n.escapes, `\`+string(c))
		case c == '\n' || c == '\r':
			n.breaks = true
		case c < ' ' || c == utf8.RuneError:
			n.escapes = append(n.escapes, `\`)
		}
	}
	return n
}

func (n *textNode) prune(*model.Zone) model.Verdict {
	if len(n.f.needle) == 0 {
		return model.All
	}
	return model.Maybe
}

// split narrows bits to the records whose text may hold the literal, and
// returns those whose bytes do; give the set back by free.
func (n *textNode) split(s *scan, bits model.Bits) (hits model.Bits) {
	hits = s.copyBits(bits)
	if n.breaks {
		clear(hits)
		return hits
	}
	n.f.narrow(s, hits)
	flags := s.b.Flags
	for w := range bits {
		miss := bits[w] &^ hits[w]
		if miss == 0 {
			continue
		}
		miss &= flagged(flags[w*64:min(w*64+64, len(flags))], model.HasEscape|model.HasCarrier)
		bits[w] = hits[w] | miss
		for ; miss != 0; miss &= miss - 1 {
			i := w<<6 + trailingZeros(miss)
			if !n.hides(s.b, i) {
				bits.Clear(i)
			}
		}
	}
	return hits
}

// hides reports whether record i's text may hold the literal though its bytes
// do not: escaped, or cut by a carrier's prefix.
func (n *textNode) hides(b *model.Batch, i int) bool {
	f := b.Flags[i]
	if f&model.HasCarrier != 0 && f&model.Multiline != 0 {
		return true
	}
	if f&model.HasEscape == 0 {
		return false
	}
	raw := b.Raw(i)
	for _, e := range n.escapes {
		if bytes.Contains(raw, []byte(e)) {
			return true
		}
	}
	return false
}

func (n *textNode) narrow(s *scan, bits model.Bits) {
	if len(n.f.needle) == 0 {
		return
	}
	hits := n.split(s, bits)
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if hits.Has(i) && s.own(i) {
			continue
		}
		if !n.match(s.subject(i)) {
			bits.Clear(i)
		}
	}
	s.free(hits)
}

func (n *textNode) match(u *subject) bool {
	return n.f.in(u.rec().Text) || n.f.inString(u.rec().Message)
}

func (n *textNode) needs() model.Columns {
	if len(n.f.needle) == 0 {
		return 0
	}
	return model.TextBytes
}

func (n *textNode) cost() int { return 30 - min(len(n.f.needle), 10) }
