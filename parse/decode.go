package parse

import (
	"bytes"
	"sync"
	"time"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
	"ravel/parse/trace"
)

// StreamInfo is what decoding needs to know of a stream.
type StreamInfo struct {
	Zone   *time.Location // of stamps without a zone; nil: UTC
	Fields []model.Field  // added to each record's fields
	// Stamped says that each line begins with its server's stamp, which is no
	// part of what the source wrote.
	Stamped bool
}

// Decoder turns records of batches into their full form. It is safe for
// concurrent use.
type Decoder struct {
	set     *Set
	names   *model.Names
	streams func(source uint16) StreamInfo
	pool    sync.Pool // of *decoding
	raised  raisedMemo
}

var _ model.Decoder = (*Decoder)(nil)

// NewDecoder returns a decoder of records that parsers with the same set and
// names made. streams gives what is known of a source; nil: nothing is.
func NewDecoder(set *Set, names *model.Names, streams func(source uint16) StreamInfo) *Decoder {
	if set == nil {
		set = Builtin()
	}
	if streams == nil {
		streams = func(uint16) StreamInfo { return StreamInfo{} }
	}
	d := &Decoder{set: set, names: names, streams: streams}
	d.pool.New = func() any { return &decoding{d: d, r: newReader(nil)} }
	return d
}

// decoding is the scratch of one Decode.
type decoding struct {
	d     *Decoder
	r     reader
	u     unwrapper
	h     head
	hit   lifecycle.Hit
	w     wrapped
	trace []byte   // the id that the carrier of the first line has
	caps  captures // of the head
	car   captures // of the carriers
	room  []model.Field
	said  []byte // see raised
}

// Decode fills r with record i of b. What it writes may alias b's bytes.
func (d *Decoder) Decode(b *model.Batch, i int, r *model.Record) {
	c := d.pool.Get().(*decoding)
	defer d.pool.Put(c)
	raw := b.Raw(i)
	*r = model.Record{
		Source: d.names.Sources.Name(b.Source[i]), Line: b.LineAt(i), Time: b.Time[i], Level: b.Level[i],
		Domain: d.names.Domains.Name(b.Domain[i]), Raw: raw, Mark: b.Mark[i], Flags: b.Flags[i],
	}
	if b.First > 0 {
		r.Seq = b.First + model.Seq(i)
	}
	r.Lines = countLines(raw)
	if ext := b.Extra[i]; ext != nil {
		r.LineList = lineList(b, ext)
		r.Lines = len(r.LineList)
	}
	c.decode(raw, b.Format[i], d.streams(b.Source[i]), r)
	if also := b.Also[i]; len(also) > 0 {
		r.Fields = append(r.Fields, model.Field{Name: "also_in", Value: d.sourceNames(also)})
	}
}

// sourceNames lists sources by name.
func (d *Decoder) sourceNames(ids []uint16) model.Value {
	v := model.Value{Kind: model.Array}
	for _, id := range ids {
		v.Items = append(v.Items, model.StringValue(d.names.Sources.Name(id)))
	}
	return v
}

// countLines counts physical lines.
func countLines(raw []byte) int {
	n := bytes.Count(raw, []byte{'\n'})
	if len(raw) > 0 && raw[len(raw)-1] != '\n' {
		n++
	}
	return n
}

// lineList numbers the physical lines of a record that is not one run.
func lineList(b *model.Batch, ext []model.Extent) []uint32 {
	var list []uint32
	for _, e := range ext {
		for k := range countLines(b.Buf[e.Start:e.End]) {
			if line := e.Line + uint32(k); len(list) == 0 || list[len(list)-1] != line { // elements of an array share one
				list = append(list, line)
			}
		}
	}
	return list
}

// decode takes a record's bytes apart.
func (c *decoding) decode(raw []byte, num uint8, info StreamInfo, r *model.Record) {
	sh, ok := c.d.set.shapeOf(num)
	if !ok {
		sh = shape{format: noFormat}
	}
	loc := info.Zone
	if loc == nil {
		loc = time.UTC
	}
	c.r.loc = loc
	c.caps.fields, c.car.fields = c.slab(), nil
	c.h.caps = &c.caps
	c.h.reset()
	r.Format = c.d.set.formatName(sh.format)
	first, text, own := c.text(raw, sh, r)
	r.Text = own
	c.caps.text, c.caps.copy = text, ""
	if sh.format == noFormat {
		c.h.msg = first
	} else {
		switch c.d.set.formatName(sh.format) {
		case "json":
			var from int
			first, from = c.whole(first, text)
			text = text[from:]
		case "logfmt":
			first = text[:max(len(first), logfmtLen(text))]
		}
		if c.d.set.formats[sh.format].try(&c.r, first, &c.h) == misfit {
			c.h.reset()
			c.h.msg = first
		}
	}
	rest := text[min(len(text), len(first)):]
	if c.h.json {
		c.structured(first, rest, r)
	} else {
		c.plain(rest, r)
	}
	r.Fields = append(r.Fields, c.car.fields...)
	r.Fields = append(r.Fields, info.Fields...)
	c.cut(r)
	c.caps.text, c.caps.copy = nil, "" // they would keep the arena alive
}

// Fields of many records share an array, so that few are made.
const (
	slabFields = 256 // of one array
	fewest     = 16  // fields that it has room for where a record begins
)

// slab is room for a record's fields.
func (c *decoding) slab() []model.Field {
	if cap(c.room) < fewest {
		c.room = make([]model.Field, 0, slabFields)
	}
	return c.room
}

// cut takes the room that r's fields use off what is left for others.
func (c *decoding) cut(r *model.Record) {
	n := len(r.Fields)
	if n == 0 {
		r.Fields = nil
	} else if &r.Fields[0] == &c.room[:1][0] && n <= cap(c.room) {
		r.Fields, c.room = r.Fields[:n:n], c.room[n:n]
	}
}

// whole is what a JSON record's recogniser is given: its object, which may
// stand over several lines and within an array.
func (c *decoding) whole(first, text []byte) (object []byte, from int) {
	i := skipSpace(first, 0)
	if i >= len(first) || first[i] != '{' && first[i] != '[' {
		return first, 0
	}
	if len(text) == len(first) && first[i] == '{' && arrayLead(first) == 0 {
		if n := objectLen(first); n == 0 || isBlank(first[n:]) {
			return first, 0
		}
	}
	object = objectIn(text)
	if len(object) == 0 {
		return first, 0
	}
	return object, cap(text) - cap(object)
}

// plain finishes a record of text: message, traceback, ids, fields.
func (c *decoding) plain(rest []byte, r *model.Record) {
	h := &c.h
	switch h.entry {
	case entryJournal:
		c.entry(rest, r)
		return
	case entryXML:
		c.xmlEntry(rest, r)
		return
	}
	msg := h.msg
	if len(rest) > 0 && isBlank(msg) {
		msg = bytes.TrimLeft(rest, "\n \t")
	} else if len(rest) > 0 {
		msg = append(append(make([]byte, 0, len(msg)+len(rest)), msg...), rest...)
	}
	h.f.IDs.Set(h.rid, h.cid)
	c.textIDs(h.msg, rest)
	c.outer(&h.f.IDs)
	if h.partial {
		if fields, err := jsonscan.Decode(c.r.mended); err == nil {
			c.caps.fields = append(c.caps.fields, fields...)
		}
	}
	if r.Flags&model.HasTraceback != 0 {
		if tb, at, end, ok := trace.Find(msg); ok {
			r.Traceback = tb
			whole := msg
			if msg = without(msg, at, end); isBlank(msg) {
				msg = trace.Preamble(whole[at:end])
			}
		} else if h.data {
			r.Traceback, _, _ = trace.FromJSON(c.caps.fields)
		}
		if tb, ok := thrown(c.caps.text, msg, r.Traceback); ok { // Error: is no level, but what was thrown
			r.Traceback, msg = tb, nil
		}
	}
	if len(rest) > 0 {
		msg = withoutBlanks(msg)
	}
	msg = bytes.TrimRight(msg, " \t\r\n")
	if h.joins {
		msg = secondHead(msg)
	}
	r.Message = c.caps.str(msg)
	mark := h.mark(&c.hit)
	if h.f.IDs.Class == lifecycle.NoID && mark != 0 && !c.hit.ID.Empty() {
		h.f.IDs.Add(taskID, c.hit.ID.Of(h.msg))
		h.mark(&c.hit)
	}
	c.ids(r)
	if !h.data {
		r.Message = c.caps.str(c.pairs(msg))
	} else {
		c.dropUsed(&c.r.json, r)
	}
	c.captured()
	if h.ends {
		c.ended(rest)
	}
	r.Fields = dropIDs(c.caps.fields, r)
}

// thrown reads the trace of a record anew with its first line, of which `Error:`
// was taken as a level and msg is left.
func thrown(text, msg []byte, tb *model.Traceback) (*model.Traceback, bool) {
	if tb == nil || tb.Type != "Stack" || len(msg) == 0 || !hasPrefix(text, "Error: ") && !hasPrefix(text, "Trace: ") || bytes.IndexByte(msg, '\n') >= 0 {
		return nil, false
	}
	whole, at, _, ok := trace.Find(text)
	if ok && at == 0 && whole.Type != tb.Type {
		return whole, true
	}
	nl := bytes.IndexByte(text, '\n')
	if nl < 0 {
		return nil, false
	}
	tb.Type, tb.Message, tb.Text = string(text[:bytes.IndexByte(text, ':')]), string(msg), string(text[:nl+1])+tb.Text
	return tb, true
}

// ended adds what the line says that ends a request of one record.
func (c *decoding) ended(rest []byte) {
	for len(rest) > 0 {
		var line []byte
		line, rest, _ = cutByte(rest, '\n')
		if endPhrase(line, &c.hit) {
			c.h.number("status", appendInt(nil, int64(c.hit.Status)))
			if c.hit.Dur != model.NoDur {
				c.h.number("duration_ms", millis(c.hit.Dur))
			}
			return
		}
	}
}

// textIDs looks for ids in the message and the lines behind it, as the parser
// does.
func (c *decoding) textIDs(msg, rest []byte) {
	ids := &c.h.f.IDs
	textIDs(msg, ids)
	for len(rest) > 0 && ids.Class == lifecycle.NoID {
		var line []byte
		line, rest, _ = cutByte(rest, '\n')
		lineIDs(line, ids)
	}
}

// secondHead takes the level off the second line of java.util.logging.
func secondHead(msg []byte) []byte {
	msg = bytes.TrimLeft(msg, "\n")
	if _, n, _ := levelToken(msg); n > 0 && hasPrefix(msg[n:], ": ") {
		return msg[n+2:]
	}
	return msg
}

// ids writes the record's ids.
func (c *decoding) ids(r *model.Record) {
	d := &c.h.f.IDs
	r.RequestID, r.CorrelationID = c.caps.str(d.Request), c.caps.str(d.CorrelationID())
}

// captured adds what a lifecycle's phrase or an access line says, which c.hit
// has, as fields of the record (rule 10).
func (c *decoding) captured() {
	h := &c.h
	add := func(name string, val []byte, number bool) {
		if len(val) == 0 || has(c.caps.fields, name) {
			return
		}
		if number {
			h.number(name, val)
		} else {
			h.text(name, val)
		}
	}
	if hit := &c.hit; hit.Event != model.NoEvent {
		add("method", hit.Method.Of(h.msg), false)
		add("path", hit.Path.Of(h.msg), false)
		add("query", hit.Query.Of(h.msg), false)
		add("client", hit.Client.Of(h.msg), false)
		if hit.Status != 0 {
			add("status", appendInt(nil, int64(hit.Status)), true)
		}
		if hit.Dur != model.NoDur {
			add("duration_ms", millis(hit.Dur), true)
		}
	}
}

func has(fields []model.Field, name string) bool {
	for i := range fields {
		if fields[i].Name == name {
			return true
		}
	}
	return false
}
