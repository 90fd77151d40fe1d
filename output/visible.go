package output

import "unicode/utf8"

// appendVisible appends s so that no byte of it can control a terminal or
// reorder its text: line feeds and tabs stay, other control characters and
// bytes that are not UTF-8 are spelt \xNN, marks that reorder text \uNNNN.
// Colour sequences are dropped, or kept where colours is set.
func appendVisible(dst []byte, s string, colours bool) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] || c == '"' || c == '\\' || c == '\n' || c == '\t' {
			i++
			continue
		}
		n := 1
		if c >= utf8.RuneSelf {
			var r rune
			r, n = utf8.DecodeRuneInString(s[i:])
			if !(r == utf8.RuneError && n == 1) && !unsafeRune(r) {
				i += n
				continue
			}
		}
		dst = append(dst, s[from:i]...)
		switch {
		case c == 0x1b && sgrLen(s[i:]) > 0:
			n = sgrLen(s[i:])
			if colours {
				dst = append(dst, s[i:i+n]...)
			}
		case c == '\r' && i+1 < len(s) && s[i+1] == '\n': // a line end in the middle of a record
		case n == 1:
			dst = appendHexByte(dst, c)
		default:
			r, _ := utf8.DecodeRuneInString(s[i:])
			dst = appendEscape(dst, r)
		}
		i += n
		from = i
	}
	return append(dst, s[from:]...)
}

func appendHexByte(dst []byte, c byte) []byte { return append(dst, '\\', 'x', hex[c>>4], hex[c&15]) }

// sgrLen is the length of the colour sequence (ESC [ … m) that s begins with,
// 0 if none.
func sgrLen(s string) int {
	if len(s) < 3 || s[1] != '[' {
		return 0
	}
	for i := 2; i < len(s) && i < 32; i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c != ';' && c != ':' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}
