package parse

import (
	"bytes"

	"ravel/model"
)

// scan walks the tokens between a line's stamp (or its beginning) and its
// message. What stands there differs from logger to logger; what it is can be
// told by its look: levels, brackets, separators, numbers, loggers, places in
// the source. A token is taken only when it can be nothing but a part of the
// head: what is doubtful stays in the message.
type scan struct {
	r *reader
	h *head
	t []byte
	i int

	decisive bool // a separator behind level and logger ended the head
	padded   bool // the level stood in a bracket filled up with blanks
	spans    bool // spans of Rust's tracing stood before the logger
}

// maxHeadTokens bounds what may stand before a level.
const maxHeadTokens = 9

// run takes the head's tokens and sets the message.
func (s *scan) run() {
	if s.colonFields() {
		s.done()
		return
	}
	s.separators()
	if s.h.level == model.LevelNone {
		s.beforeLevel()
	}
	if s.h.level != model.LevelNone {
		s.afterLevel()
	}
	s.done()
}

// done sets the message: what stands behind the head.
func (s *scan) done() {
	i := min(skipSpace(s.t, s.i), len(s.t))
	if n := token(s.t, i); n-i > 36 && hasPrefix(s.t[max(n-2, 0):], "]:") { // Celery's `task[id]: message`
		if at := bytes.IndexByte(s.t[i:n], '['); at > 0 && isID(s.t[i+at+1:n-2]) && isName(s.t[i:i+at]) {
			s.h.setDomain(s.t[i : i+at])
			s.h.setID(s.t[i+at+1 : n-2])
			i = skipSpace(s.t, n)
		}
	}
	switch rest := s.t[i:]; { // what some loggers put before the message
	case s.h.level == model.LevelNone:
	case hasPrefix(rest, ">> "):
		i += 3
	case hasPrefix(rest, "--> "): // CodeIgniter
		i += 4
	case hasPrefix(rest, "> ") && len(s.h.domain) > 0:
		i += 2
	}
	s.h.msg = s.t[i:]
	if s.padded {
		s.h.loggerBehind()
	}
}

// separators passes over what stands between two tokens of a head.
func (s *scan) separators() {
	t := s.t
	for s.i < len(t) {
		switch c := t[s.i]; {
		case c == ' ' || c == '\t' || c == '|' || c == ',' || c == ';':
			s.i++
		case c == ':' && (s.i+1 == len(t) || t[s.i+1] == ' ' || t[s.i+1] == ':' || t[s.i-1] == ':' || t[s.i+1] == '\t'):
			s.i++
		case c == '-' && dashes(t, s.i) > 0:
			s.i += dashes(t, s.i)
		case c == '-' && s.i > 0 && t[s.i-1] == '|', c == ':' && s.i > 0 && isDigit(t[s.i-1]) && isUpper(t[s.i+1]):
			s.i++ // logback's |-INFO, Python's STAMP:INFO:
		default:
			return
		}
	}
}

// dashes measures a run of one to three dashes that stands alone.
func dashes(t []byte, i int) int {
	n := 0
	for i+n < len(t) && t[i+n] == '-' {
		n++
	}
	if n == 0 || n > 3 || i+n < len(t) && t[i+n] != ' ' && t[i+n] != '\t' {
		return 0
	}
	return n
}

// beforeLevel looks for the level among the first tokens. Where there is none
// it takes the brackets that can be nothing but a part of the head.
func (s *scan) beforeLevel() {
	at, ok := s.findLevel()
	if !ok {
		if s.postgres() || s.topics() {
			return
		}
		s.levelColumn()
		s.requestFirst()
		s.plainBrackets(false)
		if !s.marked() {
			s.label()
		}
		return
	}
	for s.i < at {
		s.separators()
		if s.i >= at {
			break
		}
		s.takeToken(at)
	}
	s.i = at
	s.takeLevel()
}

// findLevel returns where the level stands.
func (s *scan) findLevel() (at int, ok bool) {
	probe := *s
	words := 0
	for n := 0; n < maxHeadTokens && probe.i < len(s.t); n++ {
		probe.separators()
		if probe.i >= len(s.t) {
			return 0, false
		}
		if probe.levelHere(n, words) {
			return probe.i, true
		}
		word, ok := probe.pass()
		if !ok {
			return 0, false
		}
		if word {
			if words++; words > 3 {
				return 0, false
			}
		}
	}
	return 0, false
}

// levelHere reports whether token number n is a level.
func (s *scan) levelHere(n, words int) bool {
	t := s.t[s.i:]
	switch t[0] {
	case '[', '<', '(':
		end := closing(t, 64)
		if end < 2 {
			return false
		}
		if hasPrefix(t, mysqlSystem) {
			return true
		}
		_, _, ok := bracketLevel(trimSpace(t[1:end]), true)
		return ok
	}
	if _, size := esxiLevel(t); size > 0 && words == 0 {
		return true
	}
	if at, size := tailLevel(t); size > 0 && words == 0 && at > 0 {
		return true
	}
	level, size, caps := levelToken(t)
	if size == 0 || level == model.LevelNone {
		return false
	}
	next := byte(' ')
	if size < len(t) {
		next = t[size]
	}
	if next == '[' && caps && size > 2 && size+1 < len(t) && (isDigit(t[size+1]) || n == 0) { // Asterisk: NOTICE[1234]
		return true
	}
	structural := next == '|' || next == '\t' || next == ':' || next == ']' || next == ',' || next == ';' || next == '>' && caps && size > 2 // Log4perl
	switch {
	case next != ' ' && !structural:
		return false
	case size == 2: // MongoDB's D1
		return words == 0 && next == ' '
	case size == 1:
		return caps && words == 0 && (next == ' ' || next == '\t' || next == '/' || next == '|' || next == ':' && s.i > 0 && s.t[s.i-1] == ']') // the last is TeamCity's
	case caps && commonLevel(t[:size]):
		return true
	case words == 1 && next == ':' && s.t[s.i-1] == ' ' && s.t[s.i-2] == ':' && logLevel(t[:size]): // auth: Error: message
		return true
	case n > 0 && words > 0 && !s.between() && (!structural || next == ',' || next == ';' || next == ':' && !caps && !plainLevel(t[:size])):
		return false
	case next == ':' && !caps && !logLevel(t[:size]):
		return false
	case words == 0 && string(t[:size]) == "LOG" && n > 0: // PgBouncer: 42 LOG message
		return true
	}
	if n == 0 && !structural && size > 3 && headLike(t[size:]) {
		return true
	}
	return structural || plainLevel(t[:size]) || size+1 < len(t) && (t[size+1] == ' ' || t[size+1] == '[' || t[size+1] == '-') ||
		caps && s.between() && s.t[s.i-2] != ']' // [joe] FAIL LOGIN: a sentence
}

// headLike reports whether what follows a word in small letters shows that it
// is a level: a bracket, a name with a number in brackets, a dotted logger, a class
// before a colon.
func headLike(after []byte) bool {
	i := skipSpace(after, 0)
	if i >= len(after) {
		return false
	}
	word := after[i:token(after, i)]
	if word[0] == '[' {
		return true
	}
	if at := bytes.IndexByte(word, '['); at > 0 {
		word = bytes.TrimRight(word, ":")
		return word[len(word)-1] == ']' && isDigits(word[at+1:len(word)-1])
	}
	bare := bytes.TrimRight(word, ":")
	return isLogger(bare) || len(bare) < len(word) && camelCase(bare)
}

// between reports whether the token at hand stands after a separator that
// fields of a head are divided by.
func (s *scan) between() bool {
	switch s.behind() {
	case '|', '-', '\t', ']', ';':
		return true
	}
	return false
}

// behind returns the last byte before the token at hand that is no blank, 0 at the
// line's beginning.
func (s *scan) behind() byte {
	for i := s.i - 1; i > 0; i-- {
		if s.t[i] != ' ' {
			return s.t[i]
		}
	}
	return 0
}

// pass goes over one token that may stand before a level, and reports whether
// it is a bare word. ok is false where the message has surely begun.
func (s *scan) pass() (word, ok bool) {
	t := s.t[s.i:]
	if t[0] == '[' || t[0] == '(' || t[0] == '<' || t[0] == '{' && len(t) > 1 && t[1] != '"' {
		end := closing(t, 120)
		if end < 0 {
			return false, false
		}
		s.i += end + 1
		return false, true
	}
	n, pair := 0, false
	listed := s.behind() == ';' // fields that are set off so
	for n < len(t) && t[n] != ' ' && t[n] != '\t' && t[n] != '|' && !(listed && t[n] == ';') {
		switch t[n] {
		case '=':
			if n == 0 || !pair && !isKey(t[:n]) {
				return false, false
			}
			pair = true
		case '(':
			if n+1 < len(t) && t[n+1] == ')' { // file.go:31:function()
				break
			}
			return false, false
		case '"', '\'', '{', ';', '!', '?':
			return false, false
		}
		if t[n] == ':' && n+2 < len(t) && t[n+1] == ':' && isUpper(t[n+2]) { // 797::WARNING::
			break
		}
		n++
	}
	if n == 0 || n > 60 {
		return false, false
	}
	s.i += n
	tok := t[:n]
	if isDigit(tok[0]) || pair {
		return false, true
	}
	if c := tok[n-1]; c == '.' || c == ',' {
		return false, false
	}
	return true, true
}
