package jsonscan

import (
	"encoding/binary"
	"math/bits"
)

// Masks for eight bytes at a time.
const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

// StringEnd returns the offset of the quote that closes the string whose text
// begins at b[i], and whether a backslash stands in it; -1 if it is not closed
// or holds a control character or a bad escape.
func StringEnd(b []byte, i int) (end int, escaped bool) {
	rest := b[i:]
	for len(rest) >= 8 {
		if special := Special(binary.LittleEndian.Uint64(rest)); special != 0 {
			i = len(b) - len(rest) + bits.TrailingZeros64(special)>>3
			if b[i] == '"' {
				return i, false
			}
			return escapedEnd(b, i)
		}
		rest = rest[8:]
	}
	return escapedEnd(b, len(b)-len(rest))
}

// escapedEnd is StringEnd from the first byte on that may be none of a text.
func escapedEnd(b []byte, i int) (end int, escaped bool) {
	for i >= 0 && i < len(b) {
		switch c := b[i]; {
		case c == '"':
			return i, escaped
		case c == '\\':
			escaped = true
			i = escapeEnd(b, i)
		case c < ' ':
			return -1, escaped
		case i+8 <= len(b):
			special := Special(binary.LittleEndian.Uint64(b[i:]))
			i += bits.TrailingZeros64(special|1<<63) >> 3
			if special == 0 {
				i++
			}
		default:
			i++
		}
	}
	return -1, escaped
}

// Special marks the high bit of each byte of w that is a quote, a backslash or
// below a space: where the text of a string may end, or be none. Only the lowest
// mark is exact: a borrow can run into bytes above a true one.
func Special(w uint64) uint64 {
	// With its second bit turned, a quote is 0x20, next to the controls; blanks
	// and exclamation marks, which stood there, are 0x22 and 0x23.
	turned, slash := w^0x0202020202020202, w^0x5c5c5c5c5c5c5c5c
	return ((turned-0x2121212121212121)&^w | (slash-lows)&^slash) & highs
}

// escapeEnd returns where the escape at b[i] ends, -1 if it is none of JSON's.
func escapeEnd(b []byte, i int) int {
	if i+1 >= len(b) {
		return -1
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if i+6 <= len(b) && hex4(b[i+2:]) >= 0 {
			return i + 6
		}
	}
	return -1
}

// hex4 is the number of four hexadecimal digits, -1 if they are none.
func hex4(b []byte) rune {
	var r rune
	for _, c := range b[:4] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20-'a' < 6:
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// NumberEnd returns where the number at b[i:] ends, -1 if there is none.
func NumberEnd(b []byte, i int) int {
	if i+8 <= len(b) {
		n := LeadingDigits(binary.LittleEndian.Uint64(b[i:]))
		if 0 < n && n < 8 && (n == 1 || b[i] != '0') && b[i+n] != '.' && b[i+n]|0x20 != 'e' {
			return i + n // a short count, as most often
		}
	}
	if i < len(b) && b[i] == '-' {
		i++
	}
	switch {
	case i >= len(b):
		return -1
	case b[i] == '0':
		i++
	default:
		n := digits(b, i)
		if n == i {
			return -1
		}
		i = n
	}
	if i < len(b) && b[i] == '.' {
		n := digits(b, i+1)
		if n == i+1 {
			return -1
		}
		i = n
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		n := digits(b, i)
		if n == i {
			return -1
		}
		i = n
	}
	return i
}

// LeadingDigits is with how many digits the eight bytes of w begin, the first of
// which is the lowest.
func LeadingDigits(w uint64) int {
	w ^= 0x3030303030303030
	return bits.TrailingZeros64((w|(w+0x0606060606060606))&0xf0f0f0f0f0f0f0f0) >> 3
}

// Count is the number of the first n of the eight digits of w, 0 < n < 8.
func Count(w uint64, n int) uint32 {
	w = (w - 0x3030303030303030) << (64 - 8*n)
	w = w*10 + w>>8 // pairs
	return uint32(((w&0x000000ff000000ff)*0x000f424000000064 + (w>>16&0x000000ff000000ff)*0x0000271000000001) >> 32)
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

func space(b []byte, i int) int {
	if i < len(b) && b[i] > ' ' { // most often there is none
		return i
	}
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// ScalarEnd returns where the number or word at b[i:] ends, -1 if it is none.
func ScalarEnd(b []byte, i int) int {
	switch b[i] {
	case 't':
		if i+4 <= len(b) && string(b[i:i+4]) == "true" {
			return i + 4
		}
	case 'f':
		if i+5 <= len(b) && string(b[i:i+5]) == "false" {
			return i + 5
		}
	case 'n':
		if i+4 <= len(b) && string(b[i:i+4]) == "null" {
			return i + 4
		}
	default:
		return NumberEnd(b, i)
	}
	return -1
}

// nest remembers, per level, whether an object is open: a bit each, so that
// walking nested values needs neither recursion nor memory.
type nest [(MaxDepth + 63) / 64]uint64

func (n *nest) set(level int, object bool) {
	if object {
		n[level>>6] |= 1 << (level & 63)
	} else {
		n[level>>6] &^= 1 << (level & 63)
	}
}

func (n *nest) object(level int) bool { return n[level>>6]&(1<<(level&63)) != 0 }

// NestedEnd returns where the object or array that opens at b[i] ends, -1 if it
// is not valid. It may nest room levels, itself included.
func NestedEnd(b []byte, i, room int) int {
	var in nest
	depth := 0
	for {
		// b[i] opens an object or array.
		if depth == room {
			return -1
		}
		object := b[i] == '{'
		in.set(depth, object)
		depth++
		i = space(b, i+1)
		if i >= len(b) {
			return -1
		}
		if closing := closer(object); b[i] == closing {
			i++
			depth--
			if i, depth = climb(b, i, depth, &in); i < 0 || depth == 0 {
				return i
			}
		}
		// A member or an element is to come.
		for {
			if in.object(depth - 1) {
				if i = keyEnd(b, i); i < 0 {
					return -1
				}
			}
			if i >= len(b) {
				return -1
			}
			c := b[i]
			if c == '{' || c == '[' {
				break
			}
			if c == '"' {
				if i, _ = StringEnd(b, i+1); i < 0 {
					return -1
				}
				i++
			} else if i = ScalarEnd(b, i); i < 0 {
				return -1
			}
			if i, depth = climb(b, i, depth, &in); i < 0 || depth == 0 {
				return i
			}
		}
	}
}

// climb passes over what follows a value: closing brackets, then a comma. It
// returns where the next member begins, or the end with depth 0; -1 if what
// follows is not JSON.
func climb(b []byte, i, depth int, in *nest) (next, level int) {
	for depth > 0 {
		i = space(b, i)
		if i >= len(b) {
			return -1, depth
		}
		if b[i] == ',' {
			return space(b, i+1), depth
		}
		if b[i] != closer(in.object(depth-1)) {
			return -1, depth
		}
		i++
		depth--
	}
	return i, 0
}

func closer(object bool) byte {
	if object {
		return '}'
	}
	return ']'
}

// keyEnd passes over a key, its colon and the spaces behind: to where the value
// begins. -1 if there is no key.
func keyEnd(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	i, _ = StringEnd(b, i+1)
	if i < 0 {
		return -1
	}
	i = space(b, i+1)
	if i >= len(b) || b[i] != ':' {
		return -1
	}
	return space(b, i+1)
}

// valueEnd returns where the value at b[i:] ends, -1 if it is not valid. It may
// nest room levels.
func valueEnd(b []byte, i, room int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		if i, _ = StringEnd(b, i+1); i < 0 {
			return -1
		}
		return i + 1
	case '{', '[':
		return NestedEnd(b, i, room)
	}
	return ScalarEnd(b, i)
}

// Value measures the JSON value with which b begins, white space before it
// included. False if it is not valid, complete JSON.
func Value(b []byte) (n int, ok bool) {
	n = valueEnd(b, space(b, 0), MaxDepth)
	if n < 0 {
		return 0, false
	}
	return n, true
}
