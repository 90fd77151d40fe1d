package jsonscan

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"ravel/model"
)

// Unquote appends the text that a string's span (without its quotes) stands
// for. Escapes that are none stay as written, lone surrogates become U+FFFD.
func Unquote(dst, span []byte) []byte {
	for {
		i := bytes.IndexByte(span, '\\')
		if i < 0 {
			return append(dst, span...)
		}
		dst = append(dst, span[:i]...)
		var n int
		dst, n = unescape(dst, span[i:])
		span = span[i+n:]
	}
}

// plain are the escapes of one letter.
var plain = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape appends what the escape at the start of s means, and returns its
// length.
func unescape(dst, s []byte) ([]byte, int) {
	if escapeEnd(s, 0) < 0 {
		return append(dst, '\\'), 1
	}
	if c := plain[s[1]]; c != 0 {
		return append(dst, c), 2
	}
	r := hex4(s[2:])
	if !utf16.IsSurrogate(r) {
		return utf8.AppendRune(dst, r), 6
	}
	if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(s[8:])); pair != utf8.RuneError {
			return utf8.AppendRune(dst, pair), 12
		}
	}
	return utf8.AppendRune(dst, utf8.RuneError), 6
}

// SyntaxError tells where text stops being JSON.
type SyntaxError struct {
	Column int // 1-based, in bytes
}

// Error names the column.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not valid JSON from column %d on", e.Column)
}

// Decode decodes the object that b is, white space around it aside: fields in
// the order of the input, numbers as spelt. When a key comes again its first
// value keeps the name, the further ones are `key#2`, `key#3`, …
func Decode(b []byte) ([]model.Field, error) { return DecodeInto(make([]model.Field, 0, 8), b) }

// DecodeInto is Decode with room for the object's own fields behind dst, which
// holds none.
func DecodeInto(dst []model.Field, b []byte) ([]model.Field, error) {
	it := Object(b)
	fields := members(&it, string(b), dst)
	if err := finish(&it); err != nil {
		return nil, err
	}
	return fields, nil
}

func finish(it *Iter) error {
	n, ok := it.Done()
	if ok && space(it.b, n) == len(it.b) {
		return nil
	}
	if !ok {
		n = it.pos
	}
	return &SyntaxError{Column: n + 1}
}

// members decodes all that it walks over; s is its text, of which keys and
// values are substrings, so that a line costs one copy. The caller asks it.Done.
func members(it *Iter, s string, fields []model.Field) []model.Field {
	var seen map[string]int // of large objects only: small ones are searched
	for it.Next() {
		name := text(s[it.keyOff:it.keyOff+len(it.Key)], it.KeyEsc)
		nth := 1
		if len(fields) < 16 {
			nth += occurrences(fields, name)
		} else {
			if seen == nil {
				seen = count(fields)
			}
			seen[name]++
			nth = seen[name]
		}
		fields = append(fields, model.Field{Name: again(name, nth), Value: decodeValue(it, s)})
	}
	return fields
}

// again is the name of the nth value of a key.
func again(name string, nth int) string {
	if nth == 1 {
		return name
	}
	return name + "#" + strconv.Itoa(nth)
}

// occurrences is how often name stands among a few fields. A repeated key has
// its fields in a row of numbers, so the first free number is the count.
func occurrences(fields []model.Field, name string) int {
	n := 0
	for i := range fields {
		if fields[i].Name == again(name, n+1) {
			n++
		}
	}
	return n
}

func count(fields []model.Field) map[string]int {
	seen := make(map[string]int, 2*len(fields))
	for i := range fields {
		seen[fields[i].Name]++
	}
	for i := range fields { // a#2 among them counts for a, too
		name := fields[i].Name
		for seen[again(name, seen[name]+1)] > 0 {
			seen[name]++
		}
	}
	return seen
}

// decodeValue decodes the member at which it stands, in its text s.
func decodeValue(it *Iter, s string) model.Value {
	s = s[it.Off : it.Off+len(it.Val)]
	switch it.Kind {
	case model.Null:
		return model.Value{}
	case model.Object:
		in := Object(it.Val)
		return model.Value{Kind: model.Object, Keys: members(&in, s, make([]model.Field, 0, 8))}
	case model.Array:
		in := Array(it.Val)
		v := model.Value{Kind: model.Array}
		for in.Next() {
			v.Items = append(v.Items, decodeValue(&in, s))
		}
		return v
	default:
		return model.Value{Kind: it.Kind, Str: text(s, it.Escaped)}
	}
}

func text(span string, escaped bool) string {
	if !escaped {
		return span
	}
	return string(Unquote(make([]byte, 0, len(span)), []byte(span)))
}
