package output

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"ravel/model"
)

// recordKeys are the keys of a record, in the order in which every output has
// them.
var recordKeys = []string{
	"seq", "source", "line", "lines", "ts", "level", "domain",
	"request_id", "correlation_id", "message", "traceback", "fields",
}

// isRecordKey says which names a record's own keys take.
var isRecordKey = func() map[string]bool {
	m := map[string]bool{"line_list": true}
	for _, k := range recordKeys {
		m[k] = true
	}
	return m
}()

// logfmtEncoder prints a record as one line of key=value pairs. Absent values
// are left out; nested fields have dotted names; a field that is named like
// one of the record's own keys is spelt fields.NAME, as in queries.
type logfmtEncoder struct{}

func (logfmtEncoder) header(dst []byte) []byte { return dst }

func (logfmtEncoder) record(dst []byte, r *model.Record) []byte {
	dst = append(dst, "seq="...)
	dst = strconv.AppendUint(dst, uint64(r.Seq), 10)
	dst = appendPair(dst, "source", r.Source)
	dst = append(dst, " line="...)
	dst = strconv.AppendUint(dst, uint64(r.Line), 10)
	dst = append(dst, " lines="...)
	dst = strconv.AppendInt(dst, int64(r.Lines), 10)
	return append(AppendTaken(dst, r), '\n')
}

// AppendTaken appends what was taken from a record's text as key=value pairs,
// with a space before each.
func AppendTaken(dst []byte, r *model.Record) []byte {
	if r.Time != model.NoTime {
		dst = model.AppendStamp(append(dst, " ts="...), r.Time)
	}
	if r.Level != model.LevelNone {
		dst = append(append(dst, " level="...), r.Level.String()...)
	}
	dst = appendPresent(dst, "domain", r.Domain)
	dst = appendPresent(dst, "request_id", r.RequestID)
	dst = appendPresent(dst, "correlation_id", r.CorrelationID)
	dst = appendPair(dst, "message", r.Message)
	if r.Traceback != nil {
		dst = appendPair(dst, "traceback", r.Traceback.Text)
	}
	for i := range r.Fields {
		name := r.Fields[i].Name
		if isRecordKey[name] {
			name = "fields." + name
		}
		dst = appendFlat(dst, name, &r.Fields[i].Value)
	}
	return dst
}

// appendFlat appends v's scalars under dotted names; arrays stay JSON.
func appendFlat(dst []byte, name string, v *model.Value) []byte {
	switch v.Kind {
	case model.Object:
		for i := range v.Keys {
			dst = appendFlat(dst, name+"."+v.Keys[i].Name, &v.Keys[i].Value)
		}
		return dst
	case model.Array:
		return appendPair(dst, name, string(appendValue(nil, v)))
	case model.Null:
		return appendPair(dst, name, "null")
	}
	return appendPair(dst, name, v.Str)
}

func appendPresent(dst []byte, key, value string) []byte {
	if value == "" {
		return dst
	}
	return appendPair(dst, key, value)
}

func appendPair(dst []byte, key, value string) []byte {
	dst = append(dst, ' ')
	dst = append(dst, logfmtKey(key)...)
	dst = append(dst, '=')
	if needsQuotes(value) {
		return appendString(dst, value)
	}
	return append(dst, value...)
}

// logfmtKey replaces what cannot stand in a key.
func logfmtKey(key string) string {
	bad := func(r rune) bool {
		return r <= ' ' || r == '=' || r == '"' || r == 0x7f || r == utf8.RuneError || unsafeRune(r)
	}
	if key != "" && strings.IndexFunc(key, bad) < 0 {
		return key
	}
	if key == "" {
		return "_"
	}
	return strings.Map(func(r rune) rune {
		if bad(r) {
			return '_'
		}
		return r
	}, key)
}

// needsQuotes reports whether value would be read back differently bare.
func needsQuotes(value string) bool {
	if value == "" {
		return true
	}
	for i := range len(value) {
		if c := value[i]; c == '=' || c == ' ' || c >= utf8.RuneSelf || !plain[c] {
			return true
		}
	}
	return false
}
