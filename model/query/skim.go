package query

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"ravel/model"
)

// containers are the keys one level below which a name without a dot is looked
// up too, in this order (rule 13).
var containers = []string{"context", "extra", "extra_fields", "fields", "labels", "attributes", "mdc", "ctx", "req", "request", "data"}

// found says what came of a search in the bytes of a JSON object.
type found uint8

const (
	unsure  found = iota // not plain JSON, or a key or value that needs decoding
	missing              // the object has no such key
	present
)

// skimField finds the value of a field in the bytes of a JSON object without
// decoding it, by the rules of model.Lookup; also one level inside the
// containers where the name has no dot (R16).
func skimField(text []byte, name string) (model.Value, found) {
	val, f := skimValue(text, name)
	if f != present {
		return model.Value{}, f
	}
	return scalar(val)
}

// skimValue is skimField's bytes of the value. The object must be well formed up
// to the value, and to its end and alone in text if the key is missing;
// otherwise the answer is unsure.
func skimValue(text []byte, name string) ([]byte, found) {
	val, f := skimPath(text, name)
	if plain, ok := strings.CutPrefix(name, "fields."); ok && f == missing { // x, whatever fields.x is to the record
		return skimValue(text, plain)
	}
	if f != missing || strings.IndexByte(name, '.') >= 0 {
		return val, f
	}
	var inner [16][]byte
	if !walk(text, func(key, val []byte) bool {
		if val[0] == '{' {
			if k := slices.Index(containers, string(key)); k >= 0 && inner[k] == nil {
				inner[k] = val
			}
		}
		return true
	}) {
		return nil, unsure
	}
	for _, obj := range inner[:len(containers)] {
		if obj == nil {
			continue
		}
		if val, f := skimPath(obj, name); f != missing {
			return val, f
		}
	}
	return nil, missing
}

// skimPath is the bytes of the value at a dotted path.
func skimPath(obj []byte, path string) ([]byte, found) {
	var direct []byte
	var nested [4]struct {
		val  []byte
		rest string
	}
	n, escaped := 0, false
	ok := walk(obj, func(key, val []byte) bool {
		if bytes.IndexByte(key, '\\') >= 0 {
			escaped = true
			return true
		}
		switch {
		case string(key) == path:
			direct = val
			return false // what follows cannot change the answer
		case val[0] == '{' && len(path) > len(key)+1 && path[len(key)] == '.' && path[:len(key)] == string(key):
			if n == len(nested) {
				escaped = true // more than is worth following
				return true
			}
			nested[n].val, nested[n].rest = val, path[len(key)+1:]
			n++
		}
		return true
	})
	switch {
	case direct != nil && !escaped:
		return direct, present
	case !ok || escaped:
		return nil, unsure
	}
	for _, in := range nested[:n] {
		if val, f := skimPath(in.val, in.rest); f != missing {
			return val, f
		}
	}
	return nil, missing
}

// scalar is a JSON value as a model.Value, if that needs no decoding.
func scalar(val []byte) (model.Value, found) {
	switch c := val[0]; {
	case c == '"':
		if bytes.IndexByte(val, '\\') < 0 {
			return model.StringValue(string(val[1 : len(val)-1])), present
		}
		var s string
		if bytes.Contains(val, []byte(`\ud`)) || bytes.Contains(val, []byte(`\uD`)) || json.Unmarshal(val, &s) != nil {
			return model.Value{}, unsure // surrogates may stand alone
		}
		return model.StringValue(s), present
	case c == '{' || c == '[':
		return model.Value{}, unsure
	case c == 't' || c == 'f':
		return model.BoolValue(c == 't'), present
	case c == 'n':
		return model.Value{}, present
	}
	return model.NumberValue(string(val)), present
}

// walk calls member for each member of the JSON object that text is, with the
// key's bytes between its quotes and the value's bytes, until member returns
// false. It returns false if text is not one well-formed object.
func walk(text []byte, member func(key, val []byte) bool) bool {
	i := blank(text, 0)
	if i == len(text) || text[i] != '{' {
		return false
	}
	i = blank(text, i+1)
	if i < len(text) && text[i] == '}' {
		return blank(text, i+1) == len(text)
	}
	for {
		if i >= len(text) || text[i] != '"' {
			return false
		}
		end := stringEnd(text, i)
		if end < 0 {
			return false
		}
		key := text[i+1 : end-1]
		i = blank(text, end)
		if i >= len(text) || text[i] != ':' {
			return false
		}
		i = blank(text, i+1)
		end = valueEnd(text, i)
		if end <= i {
			return false
		}
		if !member(key, text[i:end]) {
			return true
		}
		i = blank(text, end)
		if i >= len(text) {
			return false
		}
		if text[i] == '}' {
			return blank(text, i+1) == len(text)
		}
		if text[i] != ',' {
			return false
		}
		i = blank(text, i+1)
	}
}

// blank is the first byte at or after i that is not JSON white space.
func blank(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
		i++
	}
	return i
}

// stringEnd is behind the quote that closes the string at i, -1 if none does.
func stringEnd(text []byte, i int) int {
	for i++; i < len(text); {
		k := bytes.IndexByte(text[i:], '"')
		if k < 0 {
			return -1
		}
		end := i + k
		back := end
		for back > i && text[back-1] == '\\' {
			back--
		}
		if (end-back)&1 == 0 {
			return end + 1
		}
		i = end + 1
	}
	return -1
}

// valueEnd is behind the JSON value at i, -1 if none stands there. Nested
// values are checked for balance only.
func valueEnd(text []byte, i int) int {
	if i >= len(text) {
		return -1
	}
	switch text[i] {
	case '"':
		return stringEnd(text, i)
	case '{', '[':
		return nestedEnd(text, i)
	}
	end := i
	for end < len(text) && text[end] > ' ' && text[end] != ',' && text[end] != '}' && text[end] != ']' {
		end++
	}
	switch word := text[i:end]; {
	case len(word) == 0:
		return -1
	case string(word) == "true" || string(word) == "false" || string(word) == "null":
		return end
	case !jsonNumber(word):
		return -1
	}
	return end
}

// nestedEnd is behind the object or array at i.
func nestedEnd(text []byte, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '"':
			end := stringEnd(text, i)
			if end < 0 {
				return -1
			}
			i = end - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// jsonNumber reports whether word is a number of JSON.
func jsonNumber(word []byte) bool {
	i := 0
	if i < len(word) && word[i] == '-' {
		i++
	}
	run := func() bool {
		from := i
		for i < len(word) && isDigit(word[i]) {
			i++
		}
		return i > from
	}
	lead := i
	if !run() || word[lead] == '0' && i > lead+1 {
		return false
	}
	if i < len(word) && word[i] == '.' {
		i++
		if !run() {
			return false
		}
	}
	if i < len(word) && word[i]|0x20 == 'e' {
		i++
		if i < len(word) && (word[i] == '+' || word[i] == '-') {
			i++
		}
		if !run() {
			return false
		}
	}
	return i == len(word)
}
