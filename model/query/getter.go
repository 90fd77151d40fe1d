package query

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"ravel/model"
)

// Glancer is what a Decoder may implement to spare pipelines from decoding
// records for one of their fields.
type Glancer interface {
	// Glance returns the text of a field of record i of b, whose bytes are no JSON:
	// message, request_id or correlation_id, or what a lifecycle's phrase gives
	// (method, path, query, client) where the bytes do not spell the field's name.
	// Empty: it has none. The text holds until b is released. It reports false where
	// only decoding tells. It is safe for concurrent use.
	Glance(b *model.Batch, i int, name string) (text []byte, known bool)
}

// getter takes the values of one field out of rows, the same as row.field does.
// Of records that have not been decoded it looks at columns and bytes, and has
// them decoded only where these do not tell. It belongs to one goroutine.
type getter struct {
	name string
	col  column
	path string // without fields.
	last []byte // stands in the bytes of each record that spells the field; nil: not certain
	constant,
	phrase, // lifecycles may give it
	trace bool // the traceback may
	derive Deriver
	glance Glancer // nil: it does not tell

	kind    uint32 // of record, by source and format, that was asked about last
	derives bool   // what Derives said
	asked   bool
}

// newGetter makes the getter of a field's name.
func newGetter(name string, env *Env) *getter {
	g := &getter{name: name, col: columnOf(name), path: strings.TrimPrefix(name, "fields.")}
	last := g.path[strings.LastIndexByte(g.path, '.')+1:]
	if last != "" && !strings.ContainsFunc(last, func(c rune) bool { return c >= 0x80 || !inName(byte(c)) }) {
		g.last = []byte(last)
	}
	head, _, _ := strings.Cut(g.path, ".")
	g.constant = slices.Contains(streamFields, head)
	g.phrase = slices.Contains(captured, g.path) || g.path == "status" || g.path == "duration_ms"
	g.trace = head == "exception" || head == "traceback" || head == "error"
	g.derive, _ = env.Decoder.(Deriver)
	switch {
	case g.col == colMessage || g.col == colRequestID || g.col == colCorrelationID || slices.Contains(captured, g.path) && g.path != "bytes":
		g.glance, _ = env.Decoder.(Glancer)
	}
	return g
}

// getters are those of names.
func getters(names []string, env *Env) []*getter {
	all := make([]*getter, len(names))
	for i, n := range names {
		all[i] = newGetter(n, env)
	}
	return all
}

// of is the field of r; false if it has none.
func (g *getter) of(r *row) (model.Value, bool) {
	if !r.batched || r.r != nil || r.names != nil || len(r.extra) > 0 {
		return r.field(g.name)
	}
	if g.col != noColumn {
		if v, ok, known := r.column(g.col); known {
			return v, ok
		}
	}
	kind, text, known := g.text(r)
	switch {
	case known:
	case g.col != noColumn:
		return r.own(g.col)
	default:
		v, ok := r.input(g.name)
		return v, ok && v.Kind != model.Null
	}
	return model.Value{Kind: kind, Str: string(text)}, kind != model.Null
}

// text is of for what is told by the bytes of a record that has not been
// decoded, without an allocation: of kind Null if the record has no such field.
// The text holds until the next call, and until the batch is released.
func (g *getter) text(r *row) (kind model.ValueKind, text []byte, known bool) {
	if !r.batched || r.r != nil || r.names != nil || len(r.extra) > 0 {
		return model.Null, nil, false
	}
	b, i := r.b, r.i
	switch g.col {
	case noColumn:
	case colTraceback:
		return model.Null, nil, b.Flags[i]&model.HasTraceback == 0
	case colRequestID, colCorrelationID:
		if b.Req[i] == 0 {
			return model.Null, nil, true
		}
		return g.glanced(b, i)
	case colMessage:
		return g.glanced(b, i)
	default:
		return model.Null, nil, false
	}
	if b.Flags[i]&(model.HasCarrier|model.Marker) != 0 || b.Extra != nil {
		return model.Null, nil, false
	}
	raw := b.Raw(i)
	object := len(raw) > 0 && raw[blank(raw, 0)%len(raw)] == '{'
	if g.spelled(raw, b.Flags[i]) {
		if object {
			return g.member(raw)
		}
		return model.Null, nil, false
	}
	eventful := b.Mark[i].Event() != model.NoEvent
	switch {
	case g.constant, g.trace && b.Flags[i]&model.HasTraceback != 0:
		return model.Null, nil, false
	case g.phrase && eventful && object:
		return model.Null, nil, false
	case g.mayDerive(b.Format[i], b.Source[i]):
		return model.Null, nil, false
	case g.phrase && eventful:
		return g.glanced(b, i)
	case g.path == "duration_ms" && b.Dur[i] != model.NoDur:
		if b.Dur[i] == model.MaxDur {
			return model.Null, nil, false
		}
		return model.Number, strconv.AppendFloat(nil, float64(b.Dur[i])/1000, 'f', -1, 64), true
	}
	return model.Null, nil, true
}

// glanced is text of what a glance at the record tells.
func (g *getter) glanced(b *model.Batch, i int) (kind model.ValueKind, text []byte, known bool) {
	if g.glance == nil || b.Flags[i]&(model.HasCarrier|model.Marker|model.HasTraceback) != 0 {
		return model.Null, nil, false
	}
	if text, known = g.glance.Glance(b, i, g.path); len(text) == 0 {
		return model.Null, nil, known
	}
	return model.String, text, known
}

// spelled reports whether a record's bytes may hold the field's name.
func (g *getter) spelled(raw []byte, flags model.Flags) bool {
	return g.last == nil || bytes.Contains(raw, g.last) || bytes.IndexByte(raw, 0x1b) >= 0 ||
		flags&model.HasEscape != 0 && bytes.Contains(raw, []byte(`\u`))
}

// member is the field of a JSON object that raw is, if that needs no decoding.
func (g *getter) member(raw []byte) (kind model.ValueKind, text []byte, known bool) {
	val, f := skimValue(raw, g.name)
	if f != present {
		return model.Null, nil, false
	}
	switch c := val[0]; c {
	case '"':
		return model.String, val[1 : len(val)-1], bytes.IndexByte(val, '\\') < 0
	case '{', '[', 'n':
		return model.Null, nil, c == 'n'
	case 't', 'f':
		return model.Bool, val, true
	}
	return model.Number, val, true
}

// mayDerive reports whether records of a format and source may have the field
// though they do not spell its name, whatever their lifecycle says.
func (g *getter) mayDerive(format uint8, source uint16) bool {
	if g.derive == nil {
		return true
	}
	if kind := uint32(source)<<8 | uint32(format); !g.asked || kind != g.kind {
		g.asked, g.kind, g.derives = true, kind, g.derive.Derives(format, source, g.path)
	}
	return g.derives
}
