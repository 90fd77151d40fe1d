package parse

import "bytes"

func isDigit(c byte) bool { return c-'0' <= 9 }
func isUpper(c byte) bool { return c-'A' <= 25 }
func isLower(c byte) bool { return c-'a' <= 25 }
func isAlpha(c byte) bool { return c|0x20-'a' <= 25 && (isUpper(c) || isLower(c)) }
func isWord(c byte) bool  { return isAlpha(c) || isDigit(c) || c == '_' }
func isHex(c byte) bool   { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// isBlank reports whether the text shows nothing.
func isBlank(b []byte) bool {
	for _, c := range b {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// isDigits reports whether b is decimal digits only.
func isDigits(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) {
			return false
		}
	}
	return len(b) > 0
}

// isNumber reports whether b is a JSON number.
func isNumber(b []byte) bool {
	i := 0
	if i < len(b) && b[i] == '-' {
		i++
	}
	start := i
	for i < len(b) && isDigit(b[i]) {
		i++
	}
	if i == start || i > start+1 && b[start] == '0' {
		return false
	}
	if i < len(b) && b[i] == '.' {
		i++
		frac := i
		for i < len(b) && isDigit(b[i]) {
			i++
		}
		if i == frac {
			return false
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		exp := i
		for i < len(b) && isDigit(b[i]) {
			i++
		}
		if i == exp {
			return false
		}
	}
	return i == len(b)
}

// atoi reads decimal digits; a number past max is max.
func atoi(b []byte, max uint64) uint64 {
	n := uint64(0)
	for _, c := range b {
		n = n*10 + uint64(c-'0')
		if n > max {
			return max
		}
	}
	return n
}

// token returns the end of the run of non-space bytes at i.
func token(b []byte, i int) int {
	for i < len(b) && b[i] != ' ' && b[i] != '\t' {
		i++
	}
	return i
}

// skipSpace returns the first byte at or after i that is neither space nor tab.
func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	return i
}

// trimSpace is bytes.TrimSpace for spaces and tabs.
func trimSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

// closing returns the offset in b of the bracket that closes the one at b[0],
// counting nested ones of its kind, or -1 if it is not within limit bytes.
func closing(b []byte, limit int) int {
	open := b[0]
	shut := byte(']')
	switch open {
	case '(':
		shut = ')'
	case '<':
		shut = '>'
	case '{':
		shut = '}'
	}
	depth := 0
	for i := range min(len(b), limit) {
		switch b[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// hasPrefix is bytes.HasPrefix against a constant.
func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

// cutByte splits b around the first c.
func cutByte(b []byte, c byte) (before, after []byte, found bool) {
	if i := bytes.IndexByte(b, c); i >= 0 {
		return b[:i], b[i+1:], true
	}
	return b, nil, false
}
