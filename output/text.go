package output

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ravel/model"
)

// Style is the SGR sequences that text is coloured with; "" for none. The zero
// Style prints no colour. Reset ends each.
type Style struct {
	Time, Domain, Key, Trace string
	Level                    [model.NumLevels]string
	Reset                    string
}

// textEncoder prints a record for a person: time, level, domain and message in
// columns, then the fields that the message does not tell, then the record's
// further lines, indented.
type textEncoder struct {
	zone     *time.Location
	style    Style
	oneLine  bool // fold the further lines
	source   bool // name the source: there are several
	colours  bool // keep the input's colours
	stampLen int
}

// domainWidth is the column of the domain; a longer one moves its own line only.
const domainWidth = 14

func (e *textEncoder) header(dst []byte) []byte { return dst }

func (e *textEncoder) record(dst []byte, r *model.Record) []byte {
	dst = e.stamp(dst, r.Time)
	dst = append(dst, ' ')
	dst = e.level(dst, r.Level)
	dst = append(dst, ' ')
	dst = e.paint(dst, e.style.Domain, r.Domain)
	dst = pad(dst, domainWidth-utf8.RuneCountInString(r.Domain))
	dst = append(dst, ' ')
	message := r.Message
	if e.colours {
		message = coloured(message, r.Raw)
	}
	first, further, more := strings.Cut(message, "\n")
	dst = appendVisible(dst, first, e.colours)
	dst = e.pairs(dst, r, first)
	switch {
	case e.oneLine:
		dst = e.fold(dst, r, further, more)
	default:
		dst = e.further(dst, r, further, more)
	}
	for len(dst) > 0 && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return append(dst, '\n')
}

func (e *textEncoder) stamp(dst []byte, ns int64) []byte {
	if ns == model.NoTime {
		return pad(dst, e.stampLen)
	}
	dst = append(dst, e.style.Time...)
	dst = zoneStamp(dst, ns, e.zone)
	return e.reset(dst, e.style.Time)
}

// levelWidth is that of CRITICAL, the longest.
const levelWidth = 8

func (e *textEncoder) level(dst []byte, l model.Level) []byte {
	if l == model.LevelNone {
		return pad(dst, levelWidth)
	}
	dst = e.paint(dst, e.style.Level[l], l.String())
	return pad(dst, levelWidth-len(l.String()))
}

func (e *textEncoder) paint(dst []byte, sgr, s string) []byte {
	dst = append(dst, sgr...)
	dst = appendVisible(dst, s, false)
	return e.reset(dst, sgr)
}

func (e *textEncoder) reset(dst []byte, sgr string) []byte {
	if sgr == "" {
		return dst
	}
	return append(dst, e.style.Reset...)
}

func pad(dst []byte, n int) []byte {
	for ; n > 0; n-- {
		dst = append(dst, ' ')
	}
	return dst
}

// pairs appends the fields and ids. What a record of text already says in its
// first line, or in its own brackets before it, is not said twice.
func (e *textEncoder) pairs(dst []byte, r *model.Record, first string) []byte {
	structured := len(r.Text) > 0 && (r.Text[0] == '{' || r.Format == "logfmt")
	for i := range r.Fields {
		f := &r.Fields[i]
		if !structured && f.Value.Kind != model.Object && says(first, f) {
			continue
		}
		dst = e.pair(dst, f.Name, &f.Value, r.Traceback)
	}
	for _, id := range [...]struct{ name, value string }{
		{"request_id", r.RequestID}, {"correlation_id", r.CorrelationID},
	} {
		if id.value != "" && !hasWord(first, id.value) {
			v := model.StringValue(id.value)
			dst = e.pair(dst, id.name, &v, nil)
		}
	}
	if e.source {
		v := model.StringValue(r.Source)
		dst = e.pair(dst, "source", &v, nil)
	}
	return dst
}

// pair appends a field, but for the text of the traceback, which stands below.
func (e *textEncoder) pair(dst []byte, name string, v *model.Value, tb *model.Traceback) []byte {
	if v.Kind == model.Object {
		for i := range v.Keys {
			dst = e.pair(dst, name+"."+v.Keys[i].Name, &v.Keys[i].Value, tb)
		}
		return dst
	}
	if tb != nil && tells(v, tb.Text) {
		return dst
	}
	value := v.Str
	switch v.Kind {
	case model.Null:
		value = "null"
	case model.Array:
		value = string(appendValue(nil, v))
	}
	dst = append(dst, ' ', ' ')
	dst = append(dst, e.style.Key...)
	dst = append(dst, logfmtKey(name)...)
	dst = append(dst, '=')
	dst = e.reset(dst, e.style.Key)
	if v.Kind != model.Array && needsQuotes(value) {
		return appendString(dst, value)
	}
	return appendVisible(dst, value, false)
}

// tells reports whether a field holds a traceback's text, whole or in pieces.
func tells(v *model.Value, text string) bool {
	switch v.Kind {
	case model.String:
		return strings.Contains(v.Str, "\n") && strings.TrimSpace(v.Str) == strings.TrimSpace(text)
	case model.Array:
		told := 0
		for i := range v.Items {
			piece := strings.TrimSpace(v.Items[i].Str)
			if v.Items[i].Kind != model.String || !strings.Contains(text, piece) {
				return false
			}
			told += len(piece)
		}
		return told > len(text)/2
	}
	return false
}

// said bounds how much of a message is searched for what it says: a message of
// a megabyte may hold a hundred thousand fields.
const said = 4 << 10

// says reports whether a message tells a field's value: as a word, a number also
// with a unit behind it, a duration also in seconds.
func says(message string, f *model.Field) bool {
	if f.Value.Kind != model.Number {
		return hasWord(message, f.Value.Str)
	}
	if hasAmount(message, f.Value.Str) {
		return true
	}
	if f.Name != "duration_ms" {
		return false
	}
	ms, err := strconv.ParseFloat(f.Value.Str, 64)
	return err == nil && hasAmount(message, strconv.FormatFloat(ms/1000, 'f', -1, 64))
}

// hasAmount is hasWord for a number, behind which a unit may stand.
func hasAmount(s, number string) bool {
	s = s[:min(len(s), said)]
	for at := 0; number != ""; {
		i := strings.Index(s[at:], number)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(number)
		unit := end
		for unit < len(s) && isWordByte(s[unit]) {
			unit++
		}
		begins := i == 0 || !isWordByte(s[i-1]) && s[i-1] != '.'
		if fraction := strings.HasPrefix(s[end:], ".") && isDigitAt(s, end+1); begins && !fraction && (unit == end || units[s[end:unit]]) {
			return true
		}
		at = i + 1
	}
	return false
}

func isDigitAt(s string, i int) bool { return i < len(s) && '0' <= s[i] && s[i] <= '9' }

// units are what stands behind numbers in messages.
var units = map[string]bool{
	"ns": true, "us": true, "µs": true, "μs": true, "ms": true, "msec": true, "s": true, "sec": true, "secs": true, "m": true, "min": true, "h": true,
	"b": true, "B": true, "bytes": true, "k": true, "K": true, "kB": true, "KB": true, "KiB": true, "MB": true, "MiB": true, "GB": true, "GiB": true,
}

// hasWord reports whether w stands in the beginning of s with no letter or
// digit beside it.
func hasWord(s, w string) bool {
	if w == "" {
		return false
	}
	s = s[:min(len(s), said)]
	for at := 0; ; {
		i := strings.Index(s[at:], w)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(w)
		if (i == 0 || !isWordByte(s[i-1]) || !isWordByte(w[0])) &&
			(end == len(s) || !isWordByte(s[end]) || !isWordByte(w[len(w)-1])) {
			return true
		}
		at = i + 1
	}
}

func isWordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c >= utf8.RuneSelf
}

// further appends the lines after the first, each indented by two.
func (e *textEncoder) further(dst []byte, r *model.Record, further string, more bool) []byte {
	if more {
		dst = e.indented(dst, further, "")
	}
	if r.Traceback != nil && r.Traceback.Text != "" {
		dst = e.indented(dst, r.Traceback.Text, e.style.Trace)
	}
	return dst
}

func (e *textEncoder) indented(dst []byte, text, sgr string) []byte {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\r\n"), "\n") {
		dst = append(dst, "\n  "...)
		dst = append(dst, sgr...)
		dst = appendVisible(dst, strings.TrimSuffix(line, "\r"), e.colours)
		dst = e.reset(dst, sgr)
	}
	return dst
}

// fold appends how many lines follow, and what they come to.
func (e *textEncoder) fold(dst []byte, r *model.Record, further string, more bool) []byte {
	n := 0
	if more {
		n = 1 + strings.Count(strings.TrimRight(further, "\n"), "\n")
	}
	tb := r.Traceback
	if tb != nil && tb.Text != "" {
		n += 1 + strings.Count(strings.TrimRight(tb.Text, "\n"), "\n")
	}
	if n == 0 && tb == nil {
		return dst
	}
	dst = append(dst, " "...)
	dst = append(dst, e.style.Trace...)
	dst = append(dst, '[')
	dst = strconv.AppendInt(dst, int64(n), 10)
	dst = append(dst, " lines"...)
	if n == 1 {
		dst = dst[:len(dst)-1]
	}
	if tb != nil {
		message, _, _ := strings.Cut(tb.Message, "\n")
		dst = appendVisible(append(dst, ": "...), tb.Type, false)
		if message != "" {
			dst = appendVisible(append(dst, ": "...), message, false)
		}
	}
	return e.reset(append(dst, ']'), e.style.Trace)
}
