package jsonscan

import "bytes"

// Mended says what Mend found.
type Mended uint8

// The outcomes of Mend.
const (
	Unlike  Mended = iota // no object, or not to be mended
	Partial               // an object that ends too early, or is not quite JSON: quoted with ', Python's words
	Whole                 // an object that is whole, but for values that JSON has no spelling for
)

// Mend writes to dst what is meant by an object that loggers print and that is
// no JSON: NaN and the infinities, as strings; bad escapes and control characters in
// strings; strings in single quotes and True, False, None, as Python prints a
// dictionary; a comma behind the last member; and an object that is cut off, of which the whole members are
// kept. The result is JSON unless it is Unlike.
func Mend(dst, b []byte) ([]byte, Mended) {
	m := mender{b: b, dst: dst, kept: -1}
	i := space(b, 0)
	if i >= len(b) || b[i] != '{' {
		return dst, Unlike
	}
	end := m.nested(i)
	switch {
	case end > 0 && space(b, end) == len(b):
		if m.loose {
			return m.dst, Partial
		}
		return m.dst, Whole
	case end < 0 && m.cut && m.kept > len(dst)+1:
		m.dst = m.dst[:m.kept]
		for d := m.keptDepth - 1; d >= 0; d-- {
			m.dst = append(m.dst, closer(m.in.object(d)))
		}
		return m.dst, Partial
	}
	return dst, Unlike
}

// mender copies a value and mends it.
type mender struct {
	b, dst    []byte
	in        nest
	depth     int
	kept      int // of dst: behind the last whole member
	keptDepth int
	loose     bool // something else than values was mended
	cut       bool // the text ended too early
}

// nested copies the object or array that opens at b[i] and returns where it
// ends, -1 if it does not.
func (m *mender) nested(i int) int {
	if m.depth == MaxDepth {
		return -1
	}
	object := m.b[i] == '{'
	m.in.set(m.depth, object)
	m.depth++
	m.dst = append(m.dst, m.b[i])
	for first := true; ; first = false {
		if i = space(m.b, i+1); !m.more(i) {
			return -1
		}
		if m.b[i] == closer(object) {
			if !first { // a comma too many
				m.dst, m.loose = m.dst[:len(m.dst)-1], true
			}
			return m.close(i)
		}
		if object {
			if i = m.member(i); i < 0 {
				return -1
			}
		}
		if i = m.value(i); i < 0 {
			return -1
		}
		m.kept, m.keptDepth = len(m.dst), m.depth
		if i = space(m.b, i); !m.more(i) {
			return -1
		}
		switch m.b[i] {
		case closer(object):
			return m.close(i)
		case ',':
			m.dst = append(m.dst, ',')
		default:
			return -1
		}
	}
}

// more reports whether the text goes on at i.
func (m *mender) more(i int) bool {
	m.cut = i >= len(m.b)
	return !m.cut
}

func (m *mender) close(i int) int {
	m.dst = append(m.dst, m.b[i])
	m.depth--
	return i + 1
}

// member copies a key and its colon.
func (m *mender) member(i int) int {
	if m.b[i] != '"' && m.b[i] != '\'' {
		return -1
	}
	if i = m.text(i); i < 0 {
		return -1
	}
	if i = space(m.b, i); !m.more(i) || m.b[i] != ':' {
		return -1
	}
	m.dst = append(m.dst, ':')
	if i = space(m.b, i+1); !m.more(i) {
		return -1
	}
	return i
}

// value copies the value at b[i:] and returns where it ends.
func (m *mender) value(i int) int {
	switch m.b[i] {
	case '{', '[':
		return m.nested(i)
	case '"', '\'':
		return m.text(i)
	}
	if end := ScalarEnd(m.b, i); end > 0 {
		if end == len(m.b) { // a number may go on
			m.cut = true
			return -1
		}
		m.dst = append(m.dst, m.b[i:end]...)
		return end
	}
	return m.word(i)
}

// words are the values that JSON does not have, and what is meant by them.
var words = [...]struct {
	word, meant string
	loose       bool
}{
	{"NaN", `"NaN"`, false}, {"nan", `"NaN"`, false}, {"Infinity", `"Infinity"`, false}, {"-Infinity", `"-Infinity"`, false},
	{"inf", `"Infinity"`, false}, {"-inf", `"-Infinity"`, false}, {"undefined", "null", true},
	{"True", "true", true}, {"False", "false", true}, {"None", "null", true},
}

func (m *mender) word(i int) int {
	for _, w := range words {
		if bytes.HasPrefix(m.b[i:], []byte(w.word)) {
			m.dst = append(m.dst, w.meant...)
			m.loose = m.loose || w.loose
			return i + len(w.word)
		}
	}
	m.cut = len(m.b)-i < len("-Infinity")
	return -1
}

const hexDigits = "0123456789abcdef"

// text copies the string that begins at b[i] with its quotes.
func (m *mender) text(i int) int {
	quote := m.b[i]
	m.loose = m.loose || quote != '"'
	m.dst = append(m.dst, '"')
	for i++; i < len(m.b); i++ {
		switch c := m.b[i]; {
		case c == quote:
			m.dst = append(m.dst, '"')
			return i + 1
		case c == '\\':
			end := escapeEnd(m.b, i)
			switch {
			case end > 0:
				m.dst = append(m.dst, m.b[i:end]...)
				i = end - 1
			case i+1 < len(m.b) && m.b[i+1] == '\'':
				m.dst = append(m.dst, '\'')
				i++
			default: // \x22 and others that are none: as written
				m.dst = append(m.dst, '\\', '\\')
			}
		case c == '"':
			m.dst = append(m.dst, '\\', '"')
		case c < ' ':
			m.dst = append(m.dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			m.dst = append(m.dst, c)
		}
	}
	m.cut = true
	return -1
}
