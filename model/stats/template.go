package stats

import "bytes"

// The placeholders of a Template.
const (
	aNumber = "<num>"
	aHex    = "<hex>"
	aUUID   = "<uuid>"
	anIP    = "<ip>"
	aText   = "<str>"
	aTime   = "<time>"
	anID    = "<id>"
	anEmail = "<email>"
)

// maxTemplate bounds what of a message is looked at: its first line, and of
// that so many bytes.
const maxTemplate = 512

// Template is a message's first line with what varies replaced: <num> <hex>
// <uuid> <ip> <email> <time>, <id> for mixed letters and digits, <str> for
// quoted text that is no key of JSON.
func Template(msg []byte) string {
	var room [2 * maxTemplate]byte
	return string(AppendTemplate(room[:0], msg))
}

// Fingerprint is a hash of the message's Template, stable over runs and
// versions of Go, never 0. It allocates nothing.
func Fingerprint(msg []byte) uint64 {
	var room [2 * maxTemplate]byte
	if h := hash64(AppendTemplate(room[:0], msg)); h != 0 {
		return h
	}
	return 1
}

// AppendTemplate appends Template(msg) to dst without allocating, if dst has
// room.
func AppendTemplate(dst, msg []byte) []byte {
	msg = head(msg)
	mail := bytes.IndexByte(msg, '@') > 0
	for i := 0; i < len(msg); {
		c := msg[i]
		switch {
		case c == '"' || c == '\'' || c == '`':
			if n := quoted(msg[i:], i == 0 || !isAlnum(msg[i-1])); n > 0 {
				if i+n < len(msg) && msg[i+n] == ':' && c == '"' { // a key of JSON
					dst = append(dst, msg[i:i+n]...)
				} else {
					dst = append(dst, aText...)
				}
				i += n
				continue
			}
		case isAlnum(c):
			if n := email(msg[i:], mail); n > 0 {
				dst, i = append(dst, anEmail...), i+n
				continue
			}
			if n := plainWord(msg[i:]); n > 0 {
				dst = append(dst, msg[i:i+n]...)
				i += n
				continue
			}
			n, what := varying(msg[i:])
			if n == 0 {
				n = alnumRun(msg[i:])
				dst = appendWord(dst, msg[i:i+n])
			} else {
				dst = append(dst, what...)
			}
			i += n
			continue
		case c == ':' && i+1 < len(msg) && msg[i+1] == ':':
			if n := ipv6(msg[i:]); n > 2 && (i == 0 || !isAlnum(msg[i-1])) {
				dst, i = append(dst, anIP...), i+n
				continue
			}
		}
		dst = append(dst, c)
		i++
	}
	return dst
}

// head is the part of a message that its template is made of.
func head(msg []byte) []byte {
	if i := bytes.IndexByte(msg, '\n'); i >= 0 {
		msg = msg[:i]
	}
	msg = msg[:min(len(msg), maxTemplate)]
	return bytes.TrimRight(msg, " \t\r")
}

// The classes of bytes.
const (
	digit  = 1 << iota
	letter // and `_`, and all bytes of UTF-8 beyond ASCII
	hexDigit
)

var classes = func() (t [256]uint8) {
	for i := range 256 {
		switch c := byte(i); {
		case c-'0' <= 9:
			t[c] = digit | hexDigit
		case c|0x20-'a' < 6:
			t[c] = letter | hexDigit
		case c|0x20-'a' < 26, c == '_', c >= 0x80:
			t[c] = letter
		}
	}
	return t
}()

func isDigit(c byte) bool { return c-'0' <= 9 }

func isAlnum(c byte) bool { return classes[c]&(digit|letter) != 0 }

func isHex(c byte) bool { return classes[c]&hexDigit != 0 }

func alnumRun(s []byte) int {
	n := 0
	for n < len(s) && isAlnum(s[n]) {
		n++
	}
	return n
}

// plainWord measures a word without digits that cannot begin a UUID or an
// address either; 0 if s begins with another: most words are settled here.
func plainWord(s []byte) int {
	n, all, common := 0, uint8(0), uint8(hexDigit)
	for n < len(s) {
		c := classes[s[n]]
		if c == 0 {
			break
		}
		all |= c
		common &= c
		n++
	}
	if all&digit != 0 || common != 0 && n < len(s) && (s[n] == '-' || s[n] == ':') {
		return 0
	}
	return n
}

func digitRun(s []byte) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// quoted measures a quoted text at the start of s; 0 if its quote does not
// close, or is an apostrophe.
func quoted(s []byte, opens bool) int {
	if !opens && s[0] != '"' {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == s[0] && (s[0] == '"' || i+1 == len(s) || !isAlnum(s[i+1])):
			return i + 1
		}
	}
	return 0
}

// varying measures what varies at the start of the word s, and names it; 0 if
// it is a plain word.
func varying(s []byte) (n int, what string) {
	if isHex(s[0]) {
		if n = uuid(s); n > 0 {
			return n, aUUID
		}
		if n = ipv6(s); n > 0 {
			return n, anIP
		}
	}
	if isDigit(s[0]) {
		if n = timestamp(s); n > 0 {
			return n, aTime
		}
		if n = ipv4(s); n > 0 {
			return n, anIP
		}
	}
	run := alnumRun(s)
	word := s[:run]
	if len(word) > 2 && word[0] == '0' && word[1]|0x20 == 'x' {
		return run, aHex
	}
	digits, letters, hexes, turns := census(word)
	switch {
	case digits > 0 && run >= 8 && hexes == run && letters > 0:
		return run, aHex
	case digits > 0 && letters > 0 && run >= 8 && turns >= 3:
		return run, anID
	case isDigit(s[0]):
		n = number(s)
		if rest := alnumRun(s[n:]); rest > 3 && n < 2 { // 3rdparty
			return 0, ""
		}
		return n, aNumber
	}
	return 0, ""
}

// census counts a word's bytes by kind, and how often letters and digits take
// turns.
func census(word []byte) (digits, letters, hexes, turns int) {
	was := byte(0)
	for _, c := range word {
		now := byte('a')
		if isDigit(c) {
			now = '0'
			digits++
		} else {
			letters++
		}
		if isHex(c) {
			hexes++
		}
		if was != 0 && was != now {
			turns++
		}
		was = now
	}
	return digits, letters, hexes, turns
}

// appendWord appends a word with the digits at its end, two or more, replaced:
// worker12 and worker13 are alike, utf8 and s3 are names.
func appendWord(dst, word []byte) []byte {
	n := len(word)
	for n > 0 && isDigit(word[n-1]) {
		n--
	}
	if len(word)-n < 2 {
		return append(dst, word...)
	}
	return append(append(dst, word[:n]...), aNumber...)
}

// email measures an e-mail address at the start of the word s, if the message
// may hold one.
func email(s []byte, mail bool) int {
	if !mail {
		return 0
	}
	n := 0
	for n < len(s) && (isAlnum(s[n]) || s[n] == '.' || s[n] == '-' || s[n] == '+') {
		n++
	}
	if n+1 >= len(s) || s[n] != '@' || !isAlnum(s[n+1]) {
		return 0
	}
	at := n
	for n++; n < len(s) && (isAlnum(s[n]) || (s[n] == '.' || s[n] == '-') && n+1 < len(s) && isAlnum(s[n+1])); n++ {
	}
	if bytes.IndexByte(s[at:n], '.') < 0 {
		return 0
	}
	return n
}

// number measures digits with points, commas and an exponent in them.
func number(s []byte) int {
	n := digitRun(s)
	for n+1 < len(s) && (s[n] == '.' || s[n] == ',') && isDigit(s[n+1]) {
		n += 1 + digitRun(s[n+1:])
	}
	if n+2 < len(s) && s[n]|0x20 == 'e' && (s[n+1] == '+' || s[n+1] == '-') && isDigit(s[n+2]) {
		n += 2 + digitRun(s[n+2:])
	}
	return n
}

// uuid measures 8-4-4-4-12 hexadecimal digits.
func uuid(s []byte) int {
	const size = 36
	if len(s) < size || len(s) > size && isAlnum(s[size]) {
		return 0
	}
	for i := range size {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return 0
			}
		} else if !isHex(s[i]) {
			return 0
		}
	}
	return size
}

// ipv4 measures four numbers with dots between, and a port.
func ipv4(s []byte) int {
	n := 0
	for part := range 4 {
		d := digitRun(s[n:])
		if d == 0 || d > 3 {
			return 0
		}
		n += d
		if part < 3 {
			if n >= len(s) || s[n] != '.' {
				return 0
			}
			n++
		}
	}
	if n < len(s) && (isAlnum(s[n]) || s[n] == '.' && n+1 < len(s) && isDigit(s[n+1])) {
		return 0
	}
	if n+1 < len(s) && s[n] == ':' && isDigit(s[n+1]) {
		n += 1 + digitRun(s[n+1:])
	}
	return n
}

// ipv6 measures hexadecimal groups with colons between: seven of them, or two
// in a row.
func ipv6(s []byte) int {
	n, colons, group, double, number := 0, 0, 0, false, false
	for n < len(s) && (isHex(s[n]) || s[n] == ':') {
		number = number || isDigit(s[n])
		if s[n] == ':' {
			double = double || n > 0 && s[n-1] == ':'
			colons++
			group = 0
		} else if group++; group > 4 {
			return 0
		}
		n++
	}
	if n < len(s) && isAlnum(s[n]) || colons > 7 || !double && colons != 7 || n < 3 || !number {
		return 0
	}
	for s[n-1] == ':' && s[n-2] != ':' { // the sentence's
		n--
	}
	return n
}

// timestamp measures a date in digits, with the time and zone behind it.
func timestamp(s []byte) int {
	if len(s) < 10 || digitRun(s) != 4 || s[4] != '-' && s[4] != '/' || digitRun(s[5:]) != 2 || s[7] != s[4] || digitRun(s[8:]) < 2 {
		return 0
	}
	n := 10
	if len(s) < 16 || s[10] != 'T' && s[10] != ' ' || digitRun(s[11:]) != 2 || s[13] != ':' {
		if len(s) > n && isAlnum(s[n]) {
			return 0
		}
		return n
	}
	n = 11
	for n < len(s) && (isDigit(s[n]) || (s[n] == ':' || s[n] == '.' || s[n] == ',') && n+1 < len(s) && isDigit(s[n+1])) {
		n++
	}
	switch {
	case n < len(s) && s[n] == 'Z':
		n++
	case n+2 < len(s) && (s[n] == '+' || s[n] == '-') && isDigit(s[n+1]) && isDigit(s[n+2]):
		for n++; n < len(s) && (isDigit(s[n]) || s[n] == ':' && n+1 < len(s) && isDigit(s[n+1])); n++ {
		}
	}
	return n
}
