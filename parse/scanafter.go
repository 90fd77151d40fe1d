package parse

import (
	"bytes"

	"ravel/parse/stamp"
)

// afterLevel takes the tokens between the level and the message.
func (s *scan) afterLevel() {
	t := s.t
	glued := s.i < len(t) && (t[s.i] == '[' || t[s.i] == ':' && s.i+1 < len(t) && t[s.i+1] == '[')
	tabs := s.i < len(t) && t[s.i] == '\t'
	if s.component() || s.listed() {
		return
	}
	for range maxHeadTokens {
		start := s.i
		sep := s.gap()
		if s.i >= len(t) {
			return
		}
		if sep == '-' && (s.dashedStamp() || s.dashedPlace()) || sep == ':' && s.sqlState() {
			continue
		}
		if sep == '-' && !s.loggerField(" - ") && !s.threadField() || sep == ':' && len(s.h.domain) > 0 && t[s.i-1] == ' ' {
			s.decisive = len(s.h.domain) > 0 && t[s.i-1] == ' '
			return
		}
		took := false
		switch c := t[s.i]; {
		case c == '[' || c == '<' || c == '(' || c == '{' && s.i+1 < len(t) && isAlpha(t[s.i+1]):
			took = s.bracket(glued)
		case tabs && sep == '\t':
			took = s.tabField()
		case sep == '|' && bytes.IndexByte(t[s.i:], '|') >= 0:
			took = s.pipeField()
		case isHex(c) && s.requestFirst():
			took = true
		case isDigit(c):
			took = s.number()
		case isUpper(c) && s.stampNext():
			took = true
		case c == '?' && s.i+1 < len(t) && t[s.i+1] == ' ': // Odoo without a database
			s.i++
			took = true
		case isWord(c) && (s.span() || s.context()):
			took = true
		case isWord(c) || c == '/' || c == '#' || c >= 0x80:
			took = s.logger(sep)
		}
		if !took {
			return
		}
		if s.i <= start {
			return
		}
	}
}

// gap passes over spaces and one separator and says which: ' ', '\t', '|',
// '-' for one dash or two, '=' for three, ':' or '>'; 0 for nothing.
func (s *scan) gap() (sep byte) {
	t := s.t
	for s.i < len(t) {
		c := t[s.i]
		switch {
		case c == ' ':
			if sep == 0 {
				sep = ' '
			}
		case c == '\t', c == '|':
			if sep == '|' && c == '|' { // an empty field
				s.i++
				continue
			}
			sep = c
		case c == ':' && (sep == 0 || sep == ' ' || sep == ':'):
			sep = ':'
		case c == '-' && dashes(t, s.i) > 0 && sep != '-' && sep != '=':
			n := dashes(t, s.i)
			sep = '-'
			if n == 3 {
				sep = '='
			}
			s.i += n
			continue
		default:
			return sep
		}
		s.i++
	}
	return sep
}

// loggerField reports whether the next field, up to sep, is one word: then it
// is a logger and the message comes after it.
func (s *scan) loggerField(sep string) bool {
	rest := s.t[s.i:]
	if n := token(rest, 0); n > 2 && rest[n-1] == ':' && isLogger(rest[:n-1]) && len(s.h.domain) == 0 {
		return true
	}
	end := bytes.Index(rest, []byte(sep))
	if end < 1 || placeLast(rest[end:]) {
		return false
	}
	return len(s.h.domain) == 0 && end < 80 && bytes.IndexByte(bytes.TrimRight(rest[:end], " "), ' ') < 0
}

// threadField reports whether a thread in brackets is next, and a logger behind it.
func (s *scan) threadField() bool {
	rest := s.t[s.i:]
	if rest[0] != '[' || len(s.h.domain) > 0 {
		return false
	}
	end := closing(rest, 80)
	return end > 1 && isThread(rest[1:end]) && loggerNext(rest[end+1:])
}

// dashedStamp takes a stamp that stands behind the level and a dash.
func (s *scan) dashedStamp() bool { return !s.h.hasTime && isDigit(s.t[s.i]) && s.number() }

// dashedPlace takes a place, bare or in brackets, between two dashes.
func (s *scan) dashedPlace() bool {
	rest := s.t[s.i:]
	if rest[0] != '[' {
		n := token(rest, 0)
		if !hasPrefix(rest[n:], " - ") || hasPrefix(rest[n:], " - \"") || isDigit(rest[0]) || !isPlace(rest[:n]) && !moduleLine(rest[:n]) {
			return false
		}
		s.h.text("caller", rest[:n])
		s.i += n
		return true
	}
	end := closing(rest, 100)
	if end < 4 || !hasPrefix(rest[end+1:], " - ") {
		return false
	}
	in := rest[1:end]
	method, line, ok := cutByte(in, ',') // logback's [%method,%line]
	switch {
	case ok && isName(method) && isDigits(line):
		s.h.text("caller", in)
	case isPlace(in):
		s.h.place(in)
	default:
		return false
	}
	s.i += end + 1
	return true
}

// number takes a number after the level: a stamp, or a process where the head
// goes on behind it.
func (s *scan) number() bool {
	if s.stampNext() {
		return true
	}
	rest := s.t[s.i:]
	n := token(rest, 0)
	after := rest[n:]
	if isPlace(bytes.TrimRight(rest[:n], ":")) {
		return s.logger(' ')
	}
	if !isProcess(bytes.TrimRight(rest[:n], ":")) {
		return false
	}
	if hasPrefix(after, " --- ") || hasPrefix(after, " [") || rest[n-1] == ':' || isProcess(rest[:token(rest, skipSpace(rest, n))]) {
		s.h.scalar("pid", bytes.TrimRight(rest[:n], ":"))
		s.i += n
		return true
	}
	return false
}

// sqlState takes the code of five that PostgreSQL prints behind the severity where it
// is asked to be verbose.
func (s *scan) sqlState() bool {
	rest := s.t[s.i:]
	if len(rest) < 7 || rest[5] != ':' || rest[6] != ' ' || s.t[s.i-2] != ' ' {
		return false
	}
	for _, c := range rest[:5] {
		if !isDigit(c) && !isUpper(c) {
			return false
		}
	}
	s.h.text("code", rest[:5])
	s.i += 6
	return true
}

// stampNext takes a stamp after the level, where none was seen yet. A clock alone is
// one only with a fraction.
func (s *scan) stampNext() bool {
	if s.h.hasTime {
		return false
	}
	st, ok := stamp.At(s.t[s.i:], s.r.loc)
	if !ok || countLayout(st.Layout) || !st.Date && st.Len < len("10:00:00.123") {
		return false
	}
	s.h.setTime(st)
	s.h.stamped = true
	s.i += st.Len
	s.djangoVerbose()
	s.colonLogger()
	return true
}

// logger takes a word after the level if it names a logger or a place.
func (s *scan) logger(sep byte) bool {
	rest := s.t[s.i:]
	n := token(rest, 0)
	word, after := rest[:n], rest[n:]
	bare := bytes.TrimRight(word, ":")
	colon := len(bare) == n-1
	switch {
	case s.methodPlace(bare, n):
		return true
	case n > 5 && word[n-1] == ']' && isPlace(word[:n-1]): // TensorFlow: I file.cc:31] message
		s.h.text("caller", word[:n-1])
		s.i += n
		return false
	case isPlace(bare) || loggerPlace(bare):
		return s.placed(bare, n)
	case sep == ':' && hasPrefix(after, " on ") && bytes.IndexByte(word, '/') > 0: // bunyan: name/42 on host: message
		if end := bytes.IndexByte(rest, ':'); end > 0 && s.h.onHost(rest[:end]) {
			s.i += end + 1
		}
		return false
	case tomcatLogger(bare) && headGoesOn(after):
		s.h.setDomain(bare)
		s.i += n
		return true
	case isLogger(bare) && hasPrefix(bytes.TrimLeft(after, " "), ": "): // Spring: what stood before was the application
		s.h.text("application", s.h.domain)
		s.h.domain = bare
		s.i += n
		return true
	case processTag(bare): // name[42]
		s.word(bare)
		s.i += n
		return true
	case len(s.h.domain) > 0 && !colon && !headGoesOn(after):
		return false
	}
	return s.lastWord(sep, word, after)
}

// lastWord takes a word after the level that is a logger by its shape or by what
// follows it.
func (s *scan) lastWord(sep byte, word, after []byte) bool {
	n, bare := len(word), bytes.TrimRight(word, ":")
	colon := len(bare) == n-1
	switch {
	case isLogger(bare):
		s.h.setDomain(bytes.TrimLeft(bare, "#")) // IntelliJ's have one
		if s.i += n; colon && sep == ' ' {
			s.rustPlace()
		}
		return !colon
	case colon && sep == ' ' && moduleLine(bare): // %(module)s:%(lineno)d:
		s.lined(bare, n)
		return false
	case colon && sep == ' ' && (s.spans || s.tracing()) && isCrate(bare):
		s.h.setDomain(bare)
		s.i += n
		s.rustPlace()
		return false
	case colon && sep == ' ' && s.hclog() && isCrate(bare), colon && sep == ' ' && camelCase(bare), colon && sep == '|' && isName(bare) && s.letterBar():
		s.h.setDomain(bare)
		s.i += n
		return false
	case headGoesOn(after) && classLine(word): // MetricsConfig:118
		s.lined(word, n)
		return true
	case headGoesOn(after) && isName(word) && !placeLast(after):
		s.name(word)
		s.i += n
		return true
	case isName(word) && placeDash(after): // log4cxx: logger (file.cpp:31) - message
		s.h.setDomain(word)
		s.i += n
		return true
	case isThread(word) && isName(word) && loggerDash(after):
		s.h.text("thread", word)
		s.i += n
		return true
	case isName(word) && threadNext(after):
		s.h.setDomain(word)
		s.i += n
		return true
	case pythonLogger(bare) && len(after) > 0 && after[0] == ' ':
		s.h.setDomain(bare)
		s.i += n
		return false
	case isName(word) && loggerFollows(after):
		s.h.text("name", word)
		s.i += n
		return true
	}
	return false
}

// placeDash reports whether b goes on with a place in parentheses and a dash.
func placeDash(b []byte) bool {
	if !hasPrefix(b, " (") {
		return false
	}
	end := closing(b[1:], 100)
	return end > 1 && isPlace(b[2:1+end]) && hasPrefix(b[2+end:], " - ")
}

// placed takes a place in the source of n bytes, and the function behind it.
func (s *scan) placed(place []byte, n int) bool {
	s.h.place(place)
	s.i += n
	after := s.t[s.i:]
	if hasPrefix(after, " > ") || string(after) == " >" {
		s.i = min(s.i+3, len(s.t))
		return false
	}
	if fn := token(after, skipSpace(after, 0)); fn > 4 && string(after[fn-2:fn]) == "()" {
		if s.i += fn; hasPrefix(s.t[s.i:], " - ") {
			s.i += 3
		}
		return false
	}
	return true
}

// lined takes a module or a class with a line in it, of n bytes.
func (s *scan) lined(word []byte, n int) {
	s.h.setDomain(word[:bytes.LastIndexByte(word, ':')])
	s.h.text("caller", word)
	s.i += n
}

// letterBar reports whether the word at hand stands behind a level of one letter
// and a bar, where etcd puts its packages: I | package: message.
func (s *scan) letterBar() bool {
	return s.i > 5 && s.t[s.i-2] == '|' && isUpper(s.t[s.i-4]) && s.t[s.i-5] == ' '
}
