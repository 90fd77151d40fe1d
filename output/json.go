package output

import (
	"strconv"
	"unicode/utf8"

	"ravel/model"
)

// jsonEncoder prints a record as one JSON object, its keys in the order of the
// contract, absent values null.
type jsonEncoder struct{}

func (jsonEncoder) header(dst []byte) []byte { return dst }

func (jsonEncoder) record(dst []byte, r *model.Record) []byte {
	dst = append(dst, `{"seq":`...)
	dst = strconv.AppendUint(dst, uint64(r.Seq), 10)
	dst = appendString(append(dst, `,"source":`...), r.Source)
	dst = append(dst, `,"line":`...)
	dst = strconv.AppendUint(dst, uint64(r.Line), 10)
	dst = append(dst, `,"lines":`...)
	dst = strconv.AppendInt(dst, int64(r.Lines), 10)
	dst = appendStampOrNull(append(dst, `,"ts":`...), r.Time)
	dst = appendLevel(append(dst, `,"level":`...), r.Level)
	dst = appendStringOrNull(append(dst, `,"domain":`...), r.Domain)
	dst = appendStringOrNull(append(dst, `,"request_id":`...), r.RequestID)
	dst = appendStringOrNull(append(dst, `,"correlation_id":`...), r.CorrelationID)
	dst = appendString(append(dst, `,"message":`...), r.Message)
	dst = appendTraceback(append(dst, `,"traceback":`...), r.Traceback)
	dst = appendObject(append(dst, `,"fields":`...), r.Fields)
	if len(r.LineList) > 0 {
		dst = append(dst, `,"line_list":[`...)
		for i, n := range r.LineList {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendUint(dst, uint64(n), 10)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}', '\n')
}

func appendLevel(dst []byte, l model.Level) []byte {
	if l == model.LevelNone {
		return append(dst, "null"...)
	}
	dst = append(append(dst, '"'), l.String()...)
	return append(dst, '"')
}

func appendTraceback(dst []byte, t *model.Traceback) []byte {
	if t == nil {
		return append(dst, "null"...)
	}
	dst = appendStringOrNull(append(dst, `{"type":`...), t.Type)
	dst = appendStringOrNull(append(dst, `,"message":`...), t.Message)
	dst = append(dst, `,"frames":[`...)
	for i := range t.Frames {
		f := &t.Frames[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendStringOrNull(append(dst, `{"file":`...), f.File)
		dst = append(dst, `,"line":`...)
		if f.Line > 0 {
			dst = strconv.AppendInt(dst, int64(f.Line), 10)
		} else {
			dst = append(dst, "null"...)
		}
		dst = appendStringOrNull(append(dst, `,"function":`...), f.Function)
		dst = appendStringOrNull(append(dst, `,"code":`...), f.Code)
		dst = append(dst, '}')
	}
	dst = append(dst, `],"causes":[`...)
	for i := range t.Causes {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendStringOrNull(append(dst, `{"type":`...), t.Causes[i].Type)
		dst = appendStringOrNull(append(dst, `,"message":`...), t.Causes[i].Message)
		dst = append(dst, '}')
	}
	dst = appendString(append(dst, `],"text":`...), t.Text)
	return append(dst, '}')
}

func appendObject(dst []byte, fields []model.Field) []byte {
	dst = append(dst, '{')
	for i := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, fields[i].Name)
		dst = appendValue(append(dst, ':'), &fields[i].Value)
	}
	return append(dst, '}')
}

// appendValue appends v as JSON. A number that JSON cannot spell (NaN, 007)
// becomes a string: the output is always valid.
func appendValue(dst []byte, v *model.Value) []byte {
	switch v.Kind {
	case model.Bool:
		if v.Str == "true" {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	case model.Number:
		if isJSONNumber(v.Str) {
			return append(dst, v.Str...)
		}
		return appendString(dst, v.Str)
	case model.String:
		return appendString(dst, v.Str)
	case model.Array:
		dst = append(dst, '[')
		for i := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendValue(dst, &v.Items[i])
		}
		return append(dst, ']')
	case model.Object:
		return appendObject(dst, v.Keys)
	}
	return append(dst, "null"...)
}

// isJSONNumber reports whether s is a number by the grammar of JSON.
func isJSONNumber(s string) bool {
	i := 0
	if i < len(s) && s[i] == '-' {
		i++
	}
	whole := digits(s[i:])
	if whole == 0 || whole > 1 && s[i] == '0' {
		return false
	}
	if i += whole; i < len(s) && s[i] == '.' {
		n := digits(s[i+1:])
		if n == 0 {
			return false
		}
		i += 1 + n
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		if i++; i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		n := digits(s[i:])
		if n == 0 {
			return false
		}
		i += n
	}
	return i == len(s)
}

// digits is how many digits s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

func appendStringOrNull(dst []byte, s string) []byte {
	if s == "" {
		return append(dst, "null"...)
	}
	return appendString(dst, s)
}

// plain marks the bytes that stand in a JSON string as they are.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 0x7f; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// appendString appends s as a JSON string. Bytes that are not UTF-8 become
// U+FFFD. Beyond what JSON asks, it escapes every control character and the
// marks that reorder text, so that JSON on a terminal is harmless too.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := plainLen(s); i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			dst = append(dst, s[from:i]...)
			dst = appendEscape(dst, rune(c))
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || unsafeRune(r) {
			dst = append(dst, s[from:i]...)
			dst = appendEscape(dst, r)
			from = i + n
		}
		i += n
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// plainLen is how many bytes from the first on are plain, as far as whole words
// of eight reach.
func plainLen(s string) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		quote, slash := w^'"'*ones, w^'\\'*ones
		// A byte below 0x20, a quote, a backslash; DEL and beyond.
		if ((w-' '*ones)|(quote-ones)|(slash-ones)|(w+ones)|w)&highs != 0 {
			break
		}
	}
	return i
}

// unsafeRune reports whether r can control a terminal or reorder its text: C1
// controls, line separators, and the bidirectional marks.
func unsafeRune(r rune) bool {
	switch {
	case r < 0x80 || r > 0x2069:
		return false
	case r < 0xa0, r == 0x061c:
		return true
	}
	return r >= 0x2028 && r <= 0x202e || r >= 0x2066 || r == 0x200e || r == 0x200f
}

const hex = "0123456789abcdef"

func appendEscape(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case utf8.RuneError:
		return append(dst, "\ufffd"...)
	}
	return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
