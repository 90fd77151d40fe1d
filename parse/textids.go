package parse

import (
	"bytes"

	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
)

// textIDs looks for ids as key=value pairs in a message (rule 13), and in the
// JSON object with which some loggers end theirs.
func textIDs(msg []byte, ids *lifecycle.IDs) {
	for from := 0; ; {
		i := bytes.IndexByte(msg[from:], '=')
		if i < 0 {
			break
		}
		eq := from + i
		from = eq + 1
		if eq < 2 || msg[eq-1]|0x20 != 'd' && msg[eq-1]|0x20 != 't' {
			continue
		}
		k := eq
		for k > 0 && (isWord(msg[k-1]) || msg[k-1] == '-' || msg[k-1] == '.') {
			k--
		}
		if k > 0 && (msg[k-1] == '?' || msg[k-1] == '&') { // a URL's query
			continue
		}
		if val := pairValue(msg[eq+1:]); len(val) > 0 {
			ids.Add(msg[k:eq], val)
		}
	}
	if n := len(msg); n > 8 && msg[n-1] == '}' {
		if at := tailObject(msg); at >= 0 {
			objectIDs(msg[at:], ids)
		}
	}
}

// pairValue is the value that b begins with.
func pairValue(b []byte) []byte {
	if len(b) > 1 && b[0] == '"' {
		if end := quoteEnd(b); end > 0 {
			return b[1:end]
		}
	}
	if len(b) > 1 && b[0] == '\'' {
		if end := bytes.IndexByte(b[1:], '\''); end > 0 {
			return b[1 : 1+end]
		}
	}
	for i, c := range b {
		switch c {
		case ' ', '\t', '\n', '\r', ',', ';', ']', ')', '}', '"', '|', '&', '\'':
			return b[:i]
		}
	}
	return b
}

// tailObject finds where the JSON object begins with which msg ends, or -1.
func tailObject(msg []byte) int {
	for from := 0; ; {
		i := bytes.Index(msg[from:], []byte(`{"`))
		if i < 0 {
			return -1
		}
		at := from + i
		if at == 0 || msg[at-1] == ' ' || msg[at-1] == '\t' {
			if n, ok := jsonscan.Value(msg[at:]); ok && at+n == len(msg) {
				return at
			}
		}
		from = at + 2
	}
}

// objectIDs takes the ids of an object's members.
func objectIDs(b []byte, ids *lifecycle.IDs) {
	for it := jsonscan.Object(b); it.Next(); {
		if !it.Escaped && len(it.Val) > 0 {
			ids.Add(it.Key, it.Val)
		}
	}
}

// lineIDs looks for ids in a line that continues a record: pairs, and the
// `key: "value"` lines with which pretty printers end theirs.
func lineIDs(line []byte, ids *lifecycle.IDs) {
	textIDs(line, ids)
	if len(line) < 6 || line[0] != ' ' || ids.Class != lifecycle.NoID {
		return
	}
	i := skipSpace(line, 0)
	colon := bytes.Index(line[i:], []byte(": "))
	if colon < 2 || colon > 24 || !isName(line[i:i+colon]) {
		return
	}
	ids.Add(line[i:i+colon], bytes.Trim(line[i+colon+2:], `"', `))
}
