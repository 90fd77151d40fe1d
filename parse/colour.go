package parse

import "bytes"

const escape = 0x1b

// uncoloured returns text without the colours that loggers write to terminals:
// the sequences ESC [ … m and ESC [ … K. It returns text itself if it has none,
// else a copy in dst.
func uncoloured(dst, text []byte) []byte {
	i := bytes.IndexByte(text, escape)
	if i < 0 {
		return text
	}
	dst = dst[:0]
	for i >= 0 {
		dst = append(dst, text[:i]...)
		n := sequence(text[i:])
		if n == 0 {
			dst = append(dst, text[i])
			n = 1
		}
		text = text[i+n:]
		i = bytes.IndexByte(text, escape)
	}
	return append(dst, text...)
}

// sequence measures the colour sequence with which b begins, 0 if it is none.
func sequence(b []byte) int {
	if len(b) < 3 || b[1] != '[' {
		return 0
	}
	for i := 2; i < len(b); i++ {
		switch c := b[i]; {
		case c == 'm' || c == 'K':
			return i + 1
		case !isDigit(c) && c != ';' && c != ':':
			return 0
		}
	}
	return 0
}
