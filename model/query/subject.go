package query

import (
	"bytes"
	"strconv"
	"strings"

	"ravel/model"
	"ravel/model/stats"
)

// subject is a decoded record as tests see it: its own fields, and those of
// the input by name (R16).
type subject struct {
	r     *model.Record // nil: not decoded yet
	b     *model.Batch  // nil if the record came without its batch
	i     int           // number in b
	s     *scan         // decodes record i of b; nil if r is given
	extra []model.Field // taken out by the stage parse; they come first
	fixed []model.Field // what columns told of a record that has left its batch
}

// rec is the record, decoded at the first call.
func (u *subject) rec() *model.Record {
	if u.r == nil {
		u.r = u.s.subject(u.i).r
	}
	return u.r
}

// field is the value of a field by name; false if the record has none. A JSON
// null is none.
func (u *subject) field(name string) (model.Value, bool) {
	if len(u.extra) > 0 {
		if v, ok := model.Lookup(u.extra, name); ok {
			return v, v.Kind != model.Null
		}
	}
	if c := columnOf(name); c != noColumn {
		if len(u.fixed) > 0 {
			if v, ok := model.Lookup(u.fixed, name); ok {
				return v, true
			}
		}
		if u.r == nil {
			if v, ok, known := u.column(c); known {
				return v, ok
			}
		}
		return u.own(c)
	}
	if u.r == nil {
		if v, f := u.skimmed(name); f == present {
			return v, v.Kind != model.Null
		}
	}
	v, ok := u.input(name)
	return v, ok && v.Kind != model.Null
}

// skimmed is a field of a record that is plain JSON, without decoding it.
func (u *subject) skimmed(name string) (model.Value, found) {
	if u.b.Flags[u.i]&model.HasCarrier != 0 {
		return model.Value{}, unsure
	}
	raw := u.b.Raw(u.i)
	if i := blank(raw, 0); i == len(raw) || raw[i] != '{' {
		return model.Value{}, unsure
	}
	return skimField(raw, name)
}

// own is one of the record's own fields.
func (u *subject) own(c column) (model.Value, bool) {
	r := u.rec()
	switch c {
	case colTime:
		v, _, ok := stamp(r.Time)
		return v, ok
	case colLevel:
		return model.StringValue(r.Level.String()), r.Level != model.LevelNone
	case colDomain:
		return text(r.Domain)
	case colSource:
		return text(r.Source)
	case colStatus:
		return u.status()
	case colDuration:
		ns, ok := u.duration()
		return milliseconds(ns), ok
	case colSeq:
		return model.NumberValue(strconv.FormatUint(uint64(r.Seq), 10)), r.Seq != 0
	case colLine:
		return model.NumberValue(strconv.FormatUint(uint64(r.Line), 10)), r.Line != 0
	case colLines:
		return model.NumberValue(strconv.Itoa(r.Lines)), true
	case colRequestID:
		return text(r.RequestID)
	case colCorrelationID:
		return text(r.CorrelationID)
	case colMessage:
		return text(r.Message)
	case colText:
		return text(string(trimEOL(r.Text)))
	case colRaw:
		return text(string(trimEOL(r.Raw)))
	case colTraceback:
		if r.Traceback == nil {
			return model.Value{}, false
		}
		return model.StringValue(r.Traceback.Text), true
	case colFormat:
		return text(r.Format)
	case colPathTemplate:
		v, ok := u.field("path")
		if !ok || v.Kind != model.String {
			return model.Value{}, false
		}
		return text(stats.PathTemplate(v.Str))
	case colTemplate:
		return text(stats.Template([]byte(r.Message)))
	}
	return model.Value{}, false
}

// column is own for what the batch's columns tell without decoding; known says
// whether they do.
func (u *subject) column(c column) (v model.Value, ok, known bool) {
	b, i := u.b, u.i
	names := u.s.p.env.Names
	switch c {
	case colTime:
		v, _, ok = stamp(b.Time[i])
		return v, ok, true
	case colLevel:
		return model.StringValue(b.Level[i].String()), b.Level[i] != model.LevelNone, true
	case colDomain, colSource:
		if names == nil {
			return v, false, false
		}
		if c == colDomain {
			v, ok = text(names.Domains.Name(b.Domain[i]))
		} else {
			v, ok = text(names.Sources.Name(b.Source[i]))
		}
		return v, ok, true
	case colDuration:
		d := b.Dur[i]
		return milliseconds(int64(d) * 1000), d != model.NoDur, d != model.MaxDur
	case colStatus:
		e := b.Mark[i].Event()
		unmarked := e == model.NoEvent || e == model.Started || e == model.Step
		code := b.Status[i]
		return number(int64(code)), code != 0, code != 0 || unmarked && !bytes.Contains(b.Raw(i), []byte("status"))
	case colSeq:
		return number(int64(b.First) + int64(i)), true, true
	case colLine:
		return number(int64(b.LineAt(i))), true, true
	}
	return v, false, false
}

// text is a string that is absent if empty.
func text(s string) (model.Value, bool) { return model.StringValue(s), s != "" }

// status is the HTTP status known of the record, else the field of that name.
func (u *subject) status() (model.Value, bool) {
	if u.b != nil && u.b.Status[u.i] != 0 {
		return number(int64(u.b.Status[u.i])), true
	}
	if v, ok := u.input("status"); ok && v.Kind != model.Null {
		return v, true
	}
	if code := u.httpStatus(); code != 0 {
		return model.NumberValue(strconv.Itoa(code)), true
	}
	return model.Value{}, false
}

// httpStatus is the status column; without a batch what the fields say.
func (u *subject) httpStatus() int {
	if u.b != nil {
		return int(u.b.Status[u.i])
	}
	for _, name := range [...]string{"status", "status_code", "http.response.status_code", "httpRequest.status"} {
		if v, ok := u.input(name); ok {
			if code, err := strconv.Atoi(v.Str); err == nil && 100 <= code && code <= 599 {
				return code
			}
		}
	}
	return 0
}

// duration is the logged duration in ns.
func (u *subject) duration() (int64, bool) {
	if u.b != nil {
		if d := u.b.Dur[u.i]; d != model.MaxDur {
			return int64(d) * 1000, d != model.NoDur
		}
	}
	for _, name := range [...]string{"duration_ms", "duration_us", "duration_ns", "duration_s", "duration", "elapsed_ms", "elapsed", "latency_ms", "latency"} {
		v, ok := u.input(name)
		if !ok {
			continue
		}
		q, ok := parseQuantity(v.Str)
		switch scale, suffixed := suffixScale(name); {
		case !ok:
		case q.unit == unitTime:
			return int64(q.num), true
		case suffixed:
			return int64(q.num * scale), true
		}
	}
	if u.b != nil {
		return int64(model.MaxDur) * 1000, true
	}
	return 0, false
}

// input is a field of the input: as decoded, else as it is spelled in the
// record's text, where a key that became one of the record's own fields still
// stands. fields.x is x whatever the record's own field of that name is.
func (u *subject) input(name string) (model.Value, bool) {
	plain := strings.TrimPrefix(name, "fields.")
	v, ok := model.Lookup(u.rec().Fields, name)
	if !ok && plain != name {
		v, ok = model.Lookup(u.rec().Fields, plain)
	}
	if !ok && strings.IndexByte(plain, '.') < 0 {
		v, ok = lookupInside(u.rec().Fields, plain)
	}
	if !ok {
		v, ok = u.spelled(name, plain)
	}
	if !ok {
		v, ok = u.derived(plain)
	}
	return v, ok
}

// lookupInside finds a name one level inside the containers.
func lookupInside(fields []model.Field, name string) (model.Value, bool) {
	for _, c := range containers {
		for i := range fields {
			if fields[i].Name != c || fields[i].Value.Kind != model.Object {
				continue
			}
			if v, ok := model.Lookup(fields[i].Value.Keys, name); ok {
				return v, true
			}
			break
		}
	}
	return model.Value{}, false
}

// spelled finds a key in the record's text: a member of its JSON, or, by its plain
// name, key=value.
func (u *subject) spelled(name, plain string) (model.Value, bool) {
	text := u.rec().Text
	if u.rec().Flags&model.HasCarrier != 0 { // syslog's header is the record's own
		text = text[max(bytes.IndexByte(text, '{'), 0):]
	}
	if v, f := skimField(text, name); f == present {
		return v, true
	} else if f == missing {
		return pair([]byte(u.rec().Message), plain)
	}
	return pair(u.rec().Text, plain)
}

// pair finds key=value in running text.
func pair(text []byte, name string) (model.Value, bool) {
	for from := 0; ; {
		k := bytes.Index(text[from:], []byte(name))
		if k < 0 {
			return model.Value{}, false
		}
		at := from + k
		end := at + len(name)
		from = end
		if end+1 >= len(text) || text[end] != '=' || at > 0 && !isSpace(text[at-1]) && bytes.IndexByte([]byte("[({,;"), text[at-1]) < 0 {
			continue
		}
		val := text[end+1:]
		if val[0] == '"' {
			if q := stringEnd(val, 0); q > 0 {
				return model.StringValue(unescape(string(val[1:q-1]), '"')), true
			}
		}
		stop := bytes.IndexAny(val, " \t\r\n,;])}")
		if stop < 0 {
			stop = len(val)
		}
		if stop > 0 {
			return model.StringValue(string(val[:stop])), true
		}
	}
}

// derived is what is known by a field's name without standing in the input
// under it.
func (u *subject) derived(name string) (model.Value, bool) {
	tb := u.rec().Traceback
	switch name {
	case "duration_ms":
		if u.b != nil && u.b.Dur[u.i] < model.MaxDur {
			return model.NumberValue(strconv.FormatFloat(float64(u.b.Dur[u.i])/1000, 'f', -1, 64)), true
		}
	case "exception.type", "traceback.type", "error.type":
		if tb != nil {
			return text(tb.Type)
		}
	case "exception.message", "traceback.message", "error.message":
		if tb != nil {
			return text(tb.Message)
		}
	case "exception":
		if tb != nil {
			return model.StringValue(tb.Type + ": " + tb.Message), true
		}
	}
	return model.Value{}, false
}
