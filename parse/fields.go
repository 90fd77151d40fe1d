package parse

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
	"ravel/parse/logfmt"
	"ravel/parse/trace"
)

// objectLen measures the JSON object with which text begins, 0 if it is none.
func objectLen(text []byte) int {
	n, ok := jsonscan.Value(text)
	if !ok {
		return 0
	}
	return n
}

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// millis prints µs as ms, without needless decimals.
func millis(us uint32) []byte {
	if us%1000 == 0 {
		return appendInt(nil, int64(us/1000))
	}
	return strconv.AppendFloat(nil, float64(us)/1000, 'f', -1, 64)
}

// structured finishes a JSON record.
func (c *decoding) structured(object, rest []byte, r *model.Record) {
	h := &c.h
	var room []model.Field
	if len(c.caps.fields) == 0 {
		room = c.caps.fields
	}
	if h.mended {
		object = c.r.mended
	}
	fields, err := jsonscan.DecodeInto(room, object)
	if err != nil {
		h.msg = object
		c.plain(rest, r)
		return
	}
	msg := c.rendered(fields)
	h.f.IDs.Set(h.rid, h.cid)
	if r.Flags&model.HasTraceback != 0 {
		if tb, _, ok := trace.FromJSON(fields); ok {
			r.Traceback = tb
		}
		if tb, at, end, ok := trace.Find(msg); ok {
			msg = without(msg, at, end)
			if r.Traceback == nil {
				r.Traceback = tb
			}
		}
	}
	r.Message = strings.TrimRight(string(msg), " \t\r\n")
	c.tail(rest, r)
	if h.f.IDs.Class == lifecycle.NoID {
		textIDs(h.msg, &h.f.IDs)
	}
	c.outer(&h.f.IDs)
	c.ids(r)
	c.caps.fields = fields
	c.dropUsed(&c.r.json, r)
	h.mark(&c.hit)
	c.captured()
	r.Fields = dropIDs(c.caps.fields, r)
}

// rendered is the message: where that is a template, with its holes filled.
func (c *decoding) rendered(fields []model.Field) []byte {
	used := &c.r.json.used[usedMessage]
	switch string(used.key) {
	case "@mt":
	case "MessageTemplate":
		if v, ok := member(fields, "Properties"); ok {
			fields = v.Keys
		}
	default:
		return c.h.msg
	}
	msg, filled := fillTemplate(c.h.msg, fields)
	if filled { // the template stays a field
		*used = usedKey{}
	}
	return msg
}

// tail takes the lines that follow a JSON record: a trace, or the bracket of
// the array in which it stands.
func (c *decoding) tail(rest []byte, r *model.Record) {
	text := strings.TrimLeft(string(rest), ",\n \t")
	if text == "" || text[0] == ']' {
		return
	}
	if tb, at, end, ok := trace.Find([]byte(text)); ok && r.Traceback == nil {
		r.Traceback = tb
		text = string(without([]byte(text), at, end))
	}
	if text = string(withoutBlanks([]byte(text))); text != "" {
		r.Message += "\n" + text
	}
}

// without is what stands before at and behind end, on lines of their own.
func without(text []byte, at, end int) []byte {
	before, behind := bytes.TrimRight(text[:at], " \t\r\n"), bytes.TrimLeft(text[end:], "\r\n")
	switch {
	case len(behind) == 0:
		return before
	case len(before) == 0:
		return behind
	}
	return append(append(append(make([]byte, 0, len(text)), before...), '\n'), behind...)
}

// withoutBlanks is a message without the blank lines among its own (rule 2).
func withoutBlanks(msg []byte) []byte {
	if bytes.IndexByte(msg, '\n') < 0 {
		return msg
	}
	out := make([]byte, 0, len(msg))
	for line := range bytes.Lines(msg) {
		if !isBlank(bytes.TrimRight(line, "\n")) {
			out = append(out, line...)
		}
	}
	return out
}

// dropUsed removes the members whose value went unchanged into a column
// (rule 10).
func (c *decoding) dropUsed(j *jsonHead, r *model.Record) {
	for i, u := range j.used {
		if u.key == nil || i == usedLevel && !c.sameLevel(u, r) || i == usedDomain && r.Domain == "" {
			continue
		}
		c.caps.fields = remove(c.caps.fields, string(u.within), string(u.key))
	}
}

// sameLevel reports whether a level is spelt as it is printed, in any case.
func (c *decoding) sameLevel(u usedKey, r *model.Record) bool {
	path := string(u.key)
	fields := c.caps.fields
	if u.within != nil {
		if v, ok := member(fields, string(u.within)); ok {
			fields = v.Keys
		}
	}
	v, ok := member(fields, path)
	return ok && v.Kind == model.String && strings.EqualFold(v.Str, r.Level.String())
}

func member(fields []model.Field, name string) (model.Value, bool) {
	for i := range fields {
		if fields[i].Name == name {
			return fields[i].Value, true
		}
	}
	return model.Value{}, false
}

// remove takes one member out, from within an object if one is named; an
// object that this empties goes with it.
func remove(fields []model.Field, within, name string) []model.Field {
	for i := range fields {
		switch {
		case within == "" && fields[i].Name == name:
			return slices.Delete(fields, i, i+1)
		case within != "" && fields[i].Name == within && fields[i].Value.Kind == model.Object:
			keys := remove(fields[i].Value.Keys, "", name)
			if len(keys) == 0 {
				return slices.Delete(fields, i, i+1)
			}
			fields[i].Value.Keys = keys
			return fields
		}
	}
	return fields
}

// dropIDs removes the fields whose value became one of the record's ids, at
// the top and one level down.
func dropIDs(fields []model.Field, r *model.Record) []model.Field {
	out := fields[:0]
	for _, f := range fields {
		if f.Value.Kind == model.Object && isContainer(f.Name) {
			had := len(f.Value.Keys)
			f.Value.Keys = dropIDs(f.Value.Keys, r)
			if had > 0 && len(f.Value.Keys) == 0 {
				continue
			}
		}
		if isIDField(f, r) {
			continue
		}
		out = append(out, f)
	}
	return out
}

func isContainer(name string) bool {
	o := lifecycle.Enter(lifecycle.Top, []byte(name))
	return o == lifecycle.Container || o == lifecycle.RequestObject || name == "jsonPayload" || name == "payload" || name == "named_tags"
}

func isIDField(f model.Field, r *model.Record) bool {
	v := f.Value.Str
	if v == "" || f.Value.Kind != model.String && f.Value.Kind != model.Number || v != r.RequestID && v != r.CorrelationID {
		return false
	}
	var ids lifecycle.IDs
	return ids.Add([]byte(f.Name), []byte(v)) || f.Name == "id"
}

// pairs adds the key=value pairs of a message, and the members of the JSON
// object that ends it, as fields. It returns the message: without the object
// that zap sets off by a tab.
func (c *decoding) pairs(msg []byte) []byte {
	whole := msg
	if bytes.IndexByte(msg, '=') < 0 && bytes.IndexByte(msg, '}') < 0 {
		return whole
	}
	if text := monologTail(msg); len(text) > 0 && text[len(text)-1] == '}' {
		if at := tailObject(text); at >= 0 {
			if fields, err := jsonscan.Decode(text[at:]); err == nil {
				c.caps.fields = append(c.caps.fields, fields...)
			}
			msg = msg[:at]
			if at > 0 && msg[at-1] == '\t' {
				whole = bytes.TrimRight(msg, " \t")
			}
		}
	}
	var taken taken
	for it := logfmt.Pairs(msg); it.Next(); {
		if it.Bare || len(it.Key) == 0 || len(it.Val) == 0 && !it.Quoted || !isKey(it.Key) || taken.has(c.caps.fields, it.Key) {
			continue
		}
		val := it.Val
		if it.Escaped {
			val = logfmt.Unquote(nil, val)
		}
		if it.Quoted {
			c.h.text(string(it.Key), val)
			continue
		}
		c.h.scalar(string(it.Key), trimPunct(unquoted(val)))
	}
	return whole
}

// monologTail takes off the empty list that Monolog puts behind the object of a
// record's context, where there is nothing extra.
func monologTail(msg []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(msg, []byte(" []")), []byte(" {}"))
}

// taken tells which names fields have. A few are compared one by one; a line
// of a megabyte may hold a hundred thousand.
type taken struct {
	names map[string]struct{} // of the first n fields; nil while they are few
	n     int
}

const fewFields = 64

// has reports whether a field has that name. fields only grow between calls.
func (t *taken) has(fields []model.Field, name []byte) bool {
	if len(fields) <= fewFields {
		return has(fields, string(name))
	}
	if t.names == nil {
		t.names = make(map[string]struct{}, 2*len(fields))
	}
	for ; t.n < len(fields); t.n++ {
		t.names[fields[t.n].Name] = struct{}{}
	}
	_, ok := t.names[string(name)]
	return ok
}

// isKey reports whether a word before = is a name.
func isKey(k []byte) bool {
	if !isAlpha(k[0]) && k[0] != '_' || len(k) > 64 {
		return false
	}
	for _, c := range k {
		if !isWord(c) && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

// unquoted takes the single quotes off a value.
func unquoted(v []byte) []byte {
	if len(v) > 2 && v[0] == '\'' {
		if end := bytes.IndexByte(v[1:], '\''); end > 0 {
			return v[1 : 1+end]
		}
	}
	return v
}

// trimPunct takes off the punctuation of the sentence in which a pair stands.
func trimPunct(v []byte) []byte {
	for len(v) > 1 {
		switch v[len(v)-1] {
		case ',', ';', ')', ']', '}':
			v = v[:len(v)-1]
			continue
		}
		break
	}
	return v
}
