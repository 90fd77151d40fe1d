// Package jsonscan walks JSON text without copying it: it validates, gives the
// spans of keys and values, and decodes when asked. The scanners allocate
// nothing; all functions are safe for concurrent use.
package jsonscan

import "ravel/model"

// MaxDepth is how deep arrays and objects may nest; what is deeper is no JSON
// to this package.
const MaxDepth = 200

// Iter walks the members of an object or the elements of an array. It is a
// value; make one with Object or Array. After each Next that returns true the
// exported fields describe the member.
type Iter struct {
	Key     []byte          // without its quotes, escapes as written; nil in an array
	Val     []byte          // of a string: without its quotes, escapes as written; else the whole value
	Kind    model.ValueKind // of Val
	Escaped bool            // Val is a string that holds a backslash
	KeyEsc  bool            // Key holds a backslash
	Off     int             // where Val begins in the text given

	b      []byte
	pos    int
	keyOff int // where Key begins in b
	object bool
	state  iterState
}

type iterState uint8

const (
	before iterState = iota // the opening bracket is to come
	inside
	ended
	broken
)

// Object begins at b's first member; b begins with `{`, white space aside.
func Object(b []byte) Iter { return Iter{b: b, object: true} }

// Array begins at b's first element; b begins with `[`, white space aside.
func Array(b []byte) Iter { return Iter{b: b} }

// Next moves to the next member and validates it. False: the end was reached,
// or what follows is not JSON; Done tells which.
func (it *Iter) Next() bool {
	b, i := it.b, it.pos
	switch it.state {
	case before:
		i = space(b, i)
		if i >= len(b) || b[i] != closer(it.object)-2 { // '{' and '[' stand two before '}' and ']'
			return it.fail()
		}
		it.state = inside
		i = space(b, i+1)
		if i < len(b) && b[i] == closer(it.object) {
			return it.end(i + 1)
		}
	case inside:
		i = space(b, i)
		if i >= len(b) {
			return it.fail()
		}
		if b[i] == closer(it.object) {
			return it.end(i + 1)
		}
		if b[i] != ',' {
			return it.fail()
		}
		i = space(b, i+1)
	default:
		return false
	}
	if it.object {
		if i = it.key(i); i < 0 {
			return it.fail()
		}
	}
	return it.value(i)
}

// key reads the member's key at b[i:] and returns where its value begins, or -1.
func (it *Iter) key(i int) int {
	b := it.b
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	end, esc := StringEnd(b, i+1)
	if end < 0 {
		return -1
	}
	it.Key, it.KeyEsc, it.keyOff = b[i+1:end:end], esc, i+1
	i = end + 1
	if i < len(b) && b[i] == ':' { // the usual spelling, without a space
		i++
	} else {
		i = space(b, i)
		if i >= len(b) || b[i] != ':' {
			return -1
		}
		i++
	}
	return space(b, i)
}

// value reads the member's value at b[i:].
func (it *Iter) value(i int) bool {
	b := it.b
	if i >= len(b) {
		return it.fail()
	}
	end := -1
	it.Escaped = false
	switch b[i] {
	case '"':
		i++
		end, it.Escaped = StringEnd(b, i)
		if end < 0 {
			return it.fail()
		}
		it.Kind, it.Off, it.pos = model.String, i, end+1
		it.Val = b[i:end:end]
		return true
	case '{':
		it.Kind, end = model.Object, NestedEnd(b, i, MaxDepth-1)
	case '[':
		it.Kind, end = model.Array, NestedEnd(b, i, MaxDepth-1)
	case 't', 'f':
		it.Kind, end = model.Bool, ScalarEnd(b, i)
	case 'n':
		it.Kind, end = model.Null, ScalarEnd(b, i)
	default:
		it.Kind, end = model.Number, NumberEnd(b, i)
	}
	if end < 0 {
		return it.fail()
	}
	it.Off, it.pos = i, end
	it.Val = b[i:end:end]
	return true
}

func (it *Iter) fail() bool {
	it.state = broken
	return false
}

func (it *Iter) end(n int) bool {
	it.state, it.pos = ended, n
	return false
}

// Done reports whether the walk ended at the closing bracket, and how many
// bytes of the text that took. Only then was the whole object valid.
func (it *Iter) Done() (n int, ok bool) {
	if it.state != ended {
		return 0, false
	}
	return it.pos, true
}
