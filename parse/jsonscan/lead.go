package jsonscan

import "ravel/model"

// Lead is the text from the end of one member to the value of the next:
// `, "level": `. Records of one logger repeat their leads, so that a reader that
// has seen one need not scan it again. The zero Lead is none.
type Lead struct {
	text     string
	from, to int // of the key in text
	escaped  bool
}

// maxLead is the longest lead that is worth remembering.
const maxLead = 64

// End is where the last member ended in the text given, 0 before the first.
func (it *Iter) End() int { return it.pos }

// Lead returns the lead of the member at which it stands; prev is what End was
// before Next. It is none if it is too long to be compared.
func (it *Iter) Lead(prev int) Lead {
	at := it.Off
	if it.Kind == model.String {
		at-- // the quote is of the value
	}
	if at-prev > maxLead {
		return Lead{}
	}
	return Lead{string(it.b[prev:at]), it.keyOff - prev, it.keyOff - prev + len(it.Key), it.KeyEsc}
}

// IsZero reports whether l is none.
func (l *Lead) IsZero() bool { return l.text == "" }

// Follow is Next where the text goes on with l, which another walk gave after
// as many members; took is false, and nothing has happened, where it does not.
func (it *Iter) Follow(l *Lead) (took, ok bool) {
	n := len(l.text)
	if n == 0 || it.state > inside || len(it.b)-it.pos <= n || string(it.b[it.pos:it.pos+n]) != l.text {
		return false, false
	}
	if it.b[it.pos+n] <= ' ' { // here the lead is longer
		return false, false
	}
	from, to := it.pos+l.from, it.pos+l.to
	it.Key, it.KeyEsc, it.keyOff, it.state = it.b[from:to:to], l.escaped, from, inside
	return true, it.value(it.pos + n)
}
