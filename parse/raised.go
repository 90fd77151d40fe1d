package parse

import (
	"bytes"
	"hash/maphash"
	"sync/atomic"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/trace"
)

var _ model.Raiser = (*Decoder)(nil)

// raisedMemo holds the types of exceptions by what JSON records say of them: a
// program fails in the same places again and again.
type raisedMemo [64]atomic.Pointer[raisedType]

type raisedType struct{ said, name string }

var raisedSeed = maphash.MakeSeed()

// maxRaised bounds what is kept of a record, in bytes.
const maxRaised = 8 << 10

// Raised is model.Raiser's, for objects of JSON on lines of their own.
func (d *Decoder) Raised(b *model.Batch, i int) (name string, known bool) {
	const more = model.HasCarrier | model.Multiline | model.Blank | model.Marker
	sh, ok := d.set.shapeOf(b.Format[i])
	if !ok || sh.format == noFormat || sh.format != d.set.object || sh.in[0] != noCarrier || b.Flags[i]&more != 0 || b.Extra[i] != nil {
		return "", false
	}
	line := trimEOL(b.Raw(i))
	if len(line) == 0 || line[0] != '{' || bytes.IndexByte(line, escape) >= 0 || arrayLead(line) > 0 {
		return "", false
	}
	c := d.pool.Get().(*decoding)
	defer d.pool.Put(c)
	return c.raised(line)
}

// raised is Raised for a line.
func (c *decoding) raised(line []byte) (name string, known bool) {
	said := c.said[:0]
	it := jsonscan.Object(line)
	for it.Next() {
		if it.KeyEsc {
			return "", false
		}
		if !trace.Asked(it.Key) || it.Kind == model.String && string(it.Key) == "message" {
			continue
		}
		said = append(append(append(said, it.Key...), '"', byte(it.Kind)), it.Val...)
		said = append(said, '\n')
	}
	c.said = said
	if n, ok := it.Done(); !ok || !isBlank(line[n:]) || len(said) == 0 || len(said) > maxRaised {
		return "", false
	}
	place := &c.d.raised[maphash.Bytes(raisedSeed, said)%uint64(len(c.d.raised))]
	if v := place.Load(); v != nil && v.said == string(said) {
		return v.name, true
	}
	fields, err := jsonscan.Decode(line)
	if err != nil {
		return "", false
	}
	tb, _, ok := trace.FromJSON(fields)
	if !ok { // the message or the lines behind it hold the traceback
		return "", false
	}
	place.Store(&raisedType{string(said), string([]byte(tb.Type))})
	return tb.Type, true
}
