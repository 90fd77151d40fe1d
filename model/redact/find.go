package redact

import (
	"bytes"
	"strings"
)

// run is where the bytes of class that begin at src[i] end.
func run(src []byte, i int, c class) int {
	for i < len(src) && classes[src[i]]&c != 0 {
		i++
	}
	return i
}

// startsWord reports whether no word goes on into src[i].
func startsWord(src []byte, i int) bool {
	return i == 0 || classes[src[i-1]]&alnum == 0 && src[i-1] != '_'
}

// token masks a token that begins with the literal.
func token(_ *Redactor, u *rule, src []byte, i int) (span, bool) {
	if !startsWord(src, i) {
		return span{}, false
	}
	from := i + len(u.literal)
	to := run(src, from, u.class)
	for to > from && (src[to-1] == '.' || src[to-1] == '-') { // punctuation of the sentence
		to--
	}
	if to-from < u.min || u.class == upper && to-from != u.min {
		return span{}, false
	}
	return span{from: i, to: to}, true
}

// behind masks what stands behind the literal.
func behind(_ *Redactor, u *rule, src []byte, i int) (span, bool) {
	from := i + len(u.literal)
	to := run(src, from, u.class)
	return span{from: from, to: to}, to-from >= u.min && startsWord(src, i)
}

// jwt masks a JSON web token: parts in base64, at least two, joined by dots.
func jwt(_ *Redactor, u *rule, src []byte, i int) (span, bool) {
	to := run(src, i, u.class)
	t := src[i:to]
	if len(t) < u.min || bytes.IndexByte(t, '.') < 10 || !startsWord(src, i) {
		return span{}, false
	}
	return span{from: i, to: i + len(bytes.TrimRight(t, "."))}, true
}

// pem masks the body of a private key, to its end line or that of the text.
func pem(r *Redactor, u *rule, src []byte, i int) (span, bool) {
	label := src[i+len(u.literal):]
	end := bytes.Index(label, []byte("-----"))
	if end < 0 || end > 40 || !bytes.Contains(label[:end], []byte("PRIVATE KEY")) {
		return span{}, false
	}
	from := i + len(u.literal) + end + len("-----")
	to := len(src)
	if n := bytes.Index(src[from:], []byte("-----END")); n >= 0 {
		to = from + n
	}
	for trimmed := true; trimmed && from < to; { // the line ends around the body stay, JSON's included
		trimmed = false
		switch {
		case src[from] <= ' ':
			from, trimmed = from+1, true
		case src[to-1] <= ' ':
			to, trimmed = to-1, true
		case bytes.HasPrefix(src[from:to], []byte(`\n`)):
			from, trimmed = from+2, true
		case bytes.HasSuffix(src[from:to], []byte(`\n`)):
			to, trimmed = to-2, true
		}
	}
	return span{from: from, to: to}, to > from && string(src[from:to]) != r.mask
}

// userinfo masks the password in scheme://user:password@host, or a long name
// without a password, which is a token.
func userinfo(_ *Redactor, u *rule, src []byte, i int) (span, bool) {
	from := i + len(u.literal)
	to, colon := -1, -1
	for k := from; k < len(src) && k < from+512; k++ {
		switch c := src[k]; {
		case c == '@':
			to = k
		case c == ':' && colon < 0:
			colon = k
		case c <= ' ', c == '/', c == '?', c == '#', c == '"', c == '\'', c == '<', c == '>', c == '`':
			k = len(src)
		}
	}
	switch {
	case to < 0:
		return span{}, false
	case colon >= 0 && colon < to:
		return span{from: colon + 1, to: to}, colon+1 < to && !masked(src[colon+1:to])
	}
	return span{from: from, to: to}, to-from >= 20
}

// scheme masks the credentials behind `Bearer ` and `Basic `, if they look
// like some: `basic authentication` is prose.
func scheme(_ *Redactor, u *rule, src []byte, i int) (span, bool) {
	if !startsWord(src, i) {
		return span{}, false
	}
	from := i + len(u.literal)
	to := run(src, from, base64)
	for to > from && src[to-1] == '.' {
		to--
	}
	v := src[from:to]
	return span{from: from, to: to}, len(v) >= 8 && looksRandom(v) && !masked(v)
}

// looksRandom tells a secret from a word: digits, signs of base64, or capitals
// within it.
func looksRandom(v []byte) bool {
	for k, c := range v {
		switch {
		case c-'0' <= 9, c == '+', c == '/', c == '=', c >= 0x80:
			return true
		case c-'A' < 26 && k > 0 && v[k-1]-'a' < 26:
			return true
		}
	}
	return len(v) >= 20
}

// masked reports whether somebody masked the value before.
func masked(v []byte) bool {
	return len(v) > 1 && (v[0] == '*' || v[0] == '_' && v[1] == '_' || v[0] == '[' && v[len(v)-1] == ']' || v[0] == '<' && v[len(v)-1] == '>') ||
		len(v) > 2 && (strings.Trim(string(v), "xX") == "" || strings.Trim(string(v), ".") == "" || strings.HasPrefix(string(v), "%2A"))
}

// keyed masks the value of a field whose name holds the literal at src[i]:
// name=value, name: value, "name":"value", --name value.
func keyed(r *Redactor, u *rule, src []byte, i int) (span, bool) {
	from, to := i, i+len(u.literal)
	for from > 0 && i-from < 64 && isName(src[from-1]) {
		from--
	}
	for to < len(src) && to-i < 64 && isName(src[to]) {
		to++
	}
	name := src[from:to]
	for len(name) > 0 && (name[len(name)-1] == '.' || name[len(name)-1] == '-') {
		name = name[:len(name)-1]
	}
	kind := r.kindOf(name)
	if kind == notSecret {
		return span{}, false
	}
	v, ok := valueOf(src, from, from+len(name))
	if !ok {
		return span{}, false
	}
	text := src[v.from:v.to]
	if masked(text) || isWord(text) || string(text) == r.mask || kind == softSecret && v.prose && !looksRandom(text) {
		return span{}, false
	}
	if len(name) == 3 && (text[0] == '/' || text[0] == '~') { // PWD, the shell's directory
		return span{}, false
	}
	return v.span, true
}

// isWord knows values that say whether there is a secret, and are none.
func isWord(v []byte) bool {
	switch strings.ToLower(string(v[:min(len(v), 8)])) {
	case "yes", "no", "null", "nil", "none", "true", "false", "empty", "unset":
		return true
	}
	return false
}

func isName(c byte) bool { return classes[c]&alnum != 0 || c == '_' || c == '-' || c == '.' }

// keyKind says how surely a field's name is that of a secret.
type keyKind uint8

const (
	notSecret keyKind = iota
	softSecret
	hardSecret
)

// kindOf looks at a field's name. It allocates nothing.
func (r *Redactor) kindOf(name []byte) keyKind {
	var room [64]byte
	n := 0
	for _, c := range name {
		if c-'A' < 26 {
			c += 'a' - 'A'
		}
		if classes[c]&alnum == 0 {
			continue
		}
		if n == len(room) {
			return notSecret
		}
		room[n] = c
		n++
	}
	if r.keys[string(room[:n])] {
		return hardSecret
	}
	for n > 0 && room[n-1]-'0' <= 9 { // password2
		n--
	}
	spelt := room[:n]
	for _, end := range secretEnds {
		if n >= len(end) && string(spelt[n-len(end):]) == end {
			for _, soft := range softEnds {
				if end == soft {
					return softSecret
				}
			}
			return hardSecret
		}
	}
	return notSecret
}

func (r *Redactor) secretKey(name []byte) bool {
	return r.kindOf(name) != notSecret
}

// value is where a field's value stands.
type value struct {
	span
	prose bool // `name: value` without any quotes: it may be a sentence
}

// valueOf finds the value of the field whose name is src[from:to].
func valueOf(src []byte, from, to int) (value, bool) {
	i := to
	quoted := false
	if n := quoteAt(src, i); n > 0 { // of the name
		quoted = true
		i += n
	}
	sep := skipSpaces(src, i)
	switch {
	case sep < len(src) && (src[sep] == '=' || src[sep] == ':'):
		i = sep + 1
		if src[sep] == '=' && i < len(src) && src[i] == '>' {
			i++
		}
	case sep == i+1 && !quoted && bytes.HasPrefix(src[from:], []byte("--")) && sep < len(src) && src[sep] != '-':
		i = sep // --password value
	default:
		return value{}, false
	}
	header := src[i-1] == ':' && !quoted
	start := skipSpaces(src, i)
	prose := header && start > i
	if n := quoteAt(src, start); n > 0 {
		end := closing(src, start, n)
		return value{span: span{from: start + n, to: end}}, end > start+n
	}
	if start >= len(src) || src[start] == '{' {
		return value{}, false
	}
	if src[start] == '[' && quoted {
		return stringsOf(src, start+1)
	}
	var v value
	v.from, v.to = bare(src, start, header)
	v.prose = prose && v.from == start // behind a scheme stand credentials, however they look
	v.quote = src[to] == '"'           // a JSON number
	return v, v.to > v.from
}

// stringsOf is the extent of an array of strings that opens before src[i], from
// the first one's text to the last one's: headers are logged so.
func stringsOf(src []byte, i int) (value, bool) {
	v := value{span: span{from: -1}}
	for {
		i = skipSpaces(src, i)
		n := quoteAt(src, i)
		if n == 0 {
			return v, v.from >= 0 && v.to > v.from
		}
		if v.from < 0 {
			v.from = i + n
		}
		v.to = closing(src, i, n)
		if i = skipSpaces(src, min(v.to+n, len(src))); i == len(src) || src[i] != ',' {
			return v, v.to > v.from
		}
		i++
	}
}

func skipSpaces(src []byte, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\t') {
		i++
	}
	return i
}

// quoteAt measures a quote at src[i], with the backslashes that JSON in JSON
// puts before it; 0 if there is none.
func quoteAt(src []byte, i int) int {
	n := i
	for n < len(src) && src[n] == '\\' && n-i < 8 {
		n++
	}
	if n < len(src) && (src[n] == '"' || src[n] == '\'') {
		return n - i + 1
	}
	return 0
}

// closing is where the text within a quote of n bytes at src[start] ends: at
// the same quote with as many backslashes, or at the end.
func closing(src []byte, start, n int) int {
	mark := src[start+n-1]
	slashes := n - 1
	for i := start + n; i < len(src); i++ {
		if src[i] != mark {
			continue
		}
		k := i
		for k > start+n && src[k-1] == '\\' {
			k--
		}
		switch {
		case slashes == 0 && (i-k)%2 == 0:
			return i
		case slashes > 0 && i-k <= slashes:
			return k
		}
	}
	return len(src)
}

// bare is the extent of a value without quotes. A header's value goes to the
// end of its line if its scheme says so.
func bare(src []byte, start int, header bool) (from, to int) {
	from = start
	for _, s := range [...]string{"Bearer ", "Basic ", "Token ", "Digest ", "Negotiate ", "ApiKey ", "bearer ", "basic ", "token "} {
		if bytes.HasPrefix(src[start:], []byte(s)) {
			from = start + len(s)
			break
		}
	}
	to = from
	if to < len(src) && (src[to] == '[' || src[to] == '<') { // as others mark what they masked
		to++
	}
	for to < len(src) && !endsValue(src[to]) {
		to++
	}
	if to < len(src) && (src[from] == '[' && src[to] == ']' || src[from] == '<' && src[to] == '>') {
		to++
	}
	if header && from == start && to < len(src) && src[to] == ';' { // Cookie: a=b; c=d
		for to < len(src) && src[to] != '\n' && src[to] != '\r' && src[to] != '"' && src[to] != '\'' {
			to++
		}
	}
	return from, to
}

func endsValue(c byte) bool {
	switch c {
	case ',', ';', '&', ')', ']', '}', '"', '\'', '<', '>', '`', '\\', '|':
		return true
	}
	return c <= ' '
}
