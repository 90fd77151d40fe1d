package query

import "ravel/model"

// keptBytes is how much a pipeline keeps of its rows unless it is told.
const keptBytes = 256 << 20

// room is the memory that the operators of a pipeline have together for what
// they keep of rows. It is an estimate: what a value takes beside its text is
// rounded.
type room struct{ left int64 }

// newRoom is room for that many bytes, 0 for as many as is usual.
func newRoom(bytes int64) *room {
	if bytes <= 0 {
		bytes = keptBytes
	}
	return &room{bytes}
}

// take takes what r needs and reports whether there was as much.
func (m *room) take(r *row) bool { return m.spend(r.size()) }

// spend takes n bytes and reports whether there were as many.
func (m *room) spend(n int64) bool {
	m.left -= n
	return m.left >= 0
}

// free gives back what r took.
func (m *room) free(r *row) { m.left += r.size() }

// over reports whether more is kept than there is room for.
func (m *room) over() bool { return m.left < 0 }

// The bytes that a row, a record, a field of it, and a value take beside their texts.
const (
	rowBytes    = 320
	recordBytes = 320
	fieldBytes  = 96
	valueBytes  = 72
)

// size is about how many bytes of memory a kept row takes.
func (r *row) size() int64 {
	n := int64(rowBytes) + fieldsSize(r.extra)
	for i := range r.values {
		n += valueBytes + valueSize(&r.values[i])
	}
	if r.req != nil {
		n += int64(recordBytes + len(r.req.Path))
	}
	if rec := r.r; rec != nil {
		n += int64(recordBytes+len(rec.Raw)+len(rec.Message)) + fieldsSize(rec.Fields)
		if len(rec.Raw) > 0 && len(rec.Text) > 0 && &rec.Raw[0] != &rec.Text[0] {
			n += int64(len(rec.Text))
		}
		if t := rec.Traceback; t != nil {
			n += int64(recordBytes + 2*len(t.Text))
		}
	}
	return n
}

// fieldsSize is that of fields.
func fieldsSize(fields []model.Field) int64 {
	n := int64(0)
	for i := range fields {
		n += int64(fieldBytes+len(fields[i].Name)) + valueSize(&fields[i].Value)
	}
	return n
}

// valueSize is what a value takes beside itself.
func valueSize(v *model.Value) int64 {
	n := int64(len(v.Str)) + fieldsSize(v.Keys)
	for i := range v.Items {
		n += valueBytes + valueSize(&v.Items[i])
	}
	return n
}
