package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
)

// tabField takes one tab-separated field that is a logger or a place.
func (s *scan) tabField() bool {
	rest := s.t[s.i:]
	if n := token(rest, 0); n > 1 && rest[n-1] == ':' && isLogger(rest[:n-1]) { // Jenkins: class#method: message
		s.h.setDomain(rest[:n-1])
		s.i += n
		return false
	}
	end := bytes.IndexByte(rest, '\t')
	if end <= 0 || !s.h.hasTime && isDigit(rest[0]) && bytes.IndexByte(rest[:end], ' ') > 0 && !isDigit(rest[end-1]) {
		return isDigit(rest[0]) && !s.h.hasTime && s.number()
	}
	field := rest[:end]
	if s.stampField(field) {
		s.i += end
		return true
	}
	if isID(field) {
		s.h.setID(field)
		s.i += end
		return true
	}
	if sp := bytes.LastIndexByte(field, ' '); sp > 0 && sp < 40 && isPlace(field[sp+1:]) && len(s.h.domain) == 0 { // Istio: logger place
		s.h.setDomain(field[:sp])
		field = field[sp+1:]
	}
	if isPlace(field) {
		s.h.text("caller", field)
		s.i += end + 1 // the message is next, whatever it looks like
		s.h.msg = s.t[s.i:]
		return false
	}
	if len(s.h.domain) > 0 {
		return false
	}
	after := rest[end+1:]
	next := bytes.IndexByte(after, '\t')
	if next > 0 && isLogger(after[:next]) && !isLogger(field) { // Airlift: the thread comes first
		s.h.text("thread", field)
		s.i += end
		return true
	}
	if next > 0 && isPlace(after[:next]) || isLogger(field) || len(after) > 0 && after[0] != '{' && scopeName(field) {
		s.h.setDomain(field)
		s.i += end
		return true
	}
	return false
}

// scopeName reports whether a field is a logger of one word or two in small
// letters: in zap's layout only an object may follow a message.
func scopeName(field []byte) bool {
	spaces := 0
	for _, c := range field {
		if c == ' ' {
			spaces++
		} else if !isLower(c) && !isDigit(c) && c != '-' && c != '_' && c != '/' && c != '.' {
			return false
		}
	}
	return spaces < 2 && len(field) < 40
}

// pipeField takes one field that another | ends, if it is one word.
func (s *scan) pipeField() bool {
	rest := s.t[s.i:]
	end := bytes.IndexByte(rest, '|')
	if end < 0 || end > 160 {
		return false
	}
	field := trimSpace(rest[:end])
	switch {
	case len(field) == 0 || string(field) == "-":
	case isID(field):
		s.h.setID(field)
	case bytes.IndexByte(field, '=') > 0 && pairsOnly(field):
		s.h.pairs(field)
	case s.stampField(field):
	case bytes.IndexByte(field, ' ') >= 0:
		next, _, _ := cutByte(rest[end+1:], '|')
		if next = trimSpace(next); len(next) < 8 || len(field) > 20 || !s.stampField(next) { // Tanuki's wrapper: INFO | jvm 1 | stamp
			return false
		}
		s.h.text("thread", field)
		end = end + 1 + bytes.IndexByte(rest[end+1:], '|')
	case isPlace(field) || loggerPlace(field):
		s.h.place(field)
	case isProcess(field):
		s.h.scalar("pid", field)
	case len(s.h.domain) > 0 && s.h.level != model.LevelNone && s.h.hasTime && !isThread(field):
		return false // a message of one word, with more fields behind it
	default:
		s.h.name(field)
	}
	s.i += end
	return true
}

// stampField takes a field that begins with a stamp, where none was seen yet.
func (s *scan) stampField(field []byte) bool {
	if s.h.hasTime || !isDigit(field[0]) {
		return false
	}
	st, ok := stamp.At(field, s.r.loc)
	if !ok || !st.Date {
		return false
	}
	s.h.setTime(st)
	s.h.stamped = true
	if rest := trimSpace(field[st.Len:]); len(rest) > 2 && rest[0] == '[' {
		s.r.bracketed(rest[1:len(rest)-1], s.h)
	}
	return true
}

// span takes the spans that Rust's tracing puts before the target:
// `request{method=GET id=7}:inner{n=1}: target: message`, and its ThreadId(01).
func (s *scan) span() bool {
	rest := s.t[s.i:]
	if hasPrefix(rest, "ThreadId(") {
		n := token(rest, 0)
		s.h.text("thread", rest[:n])
		s.i += n
		return true
	}
	open := bytes.IndexByte(rest[:min(len(rest), 80)], '{')
	if open < 1 || !isName(rest[:open]) {
		return false
	}
	end := closing(rest[open:], 1000)
	if end < 0 || open+end+2 >= len(rest) || rest[open+end+1] != ':' {
		return false
	}
	if in := rest[open+1 : open+end]; len(in) > 0 {
		if !pairsOnly(in) {
			return false
		}
		s.h.pairs(in)
	}
	s.i += open + end + 2
	s.spans = true
	return true
}

// colonFields takes a head whose fields are set off by colons alone, a level
// among the first: `STAMP:logger:LEVEL:message`.
func (s *scan) colonFields() bool {
	t, i := s.t, s.i
	if i+2 >= len(t) || t[i] != ':' || !isWord(t[i+1]) || s.h.level != model.LevelNone {
		return false
	}
	var name []byte
	for range 3 {
		end := bytes.IndexByte(t[i+1:min(len(t), i+80)], ':')
		if end < 1 {
			return false
		}
		field := t[i+1 : i+1+end]
		i += 1 + end
		level, n, caps := levelToken(field)
		switch {
		case n == len(field) && caps && commonLevel(field):
			s.h.level = level
			s.i = i + 1
			if name != nil {
				s.word(name)
				return true
			}
			if next := bytes.IndexByte(t[s.i:min(len(t), s.i+80)], ':'); next == 0 {
				s.i++
			} else if next > 0 && isName(t[s.i:s.i+next]) && s.i+next+1 < len(t) && t[s.i+next+1] != ' ' {
				s.word(t[s.i : s.i+next])
				s.i += next + 1
			}
			s.colonThread()
			return true
		case name != nil || !isName(field):
			return false
		}
		name = field
	}
	return false
}

// colonThread takes the thread that Jetty puts behind its logger: `main: `.
func (s *scan) colonThread() {
	rest := s.t[s.i:]
	if n := token(rest, 0); n > 1 && rest[n-1] == ':' && isName(rest[:n-1]) && isThread(rest[:n-1]) {
		s.h.text("thread", rest[:n-1])
		s.i += n
	}
}

// colonLogger takes the logger behind a stamp, set off by colons:
// LEVEL:STAMP:logger:message.
func (s *scan) colonLogger() {
	rest := s.t[s.i:]
	if len(rest) < 4 || rest[0] != ':' || !isAlpha(rest[1]) || len(s.h.domain) > 0 {
		return
	}
	if end := bytes.IndexByte(rest[1:min(len(rest), 80)], ':'); end > 0 && isName(rest[1:1+end]) && end+2 < len(rest) && rest[end+2] != ' ' {
		s.h.setDomain(rest[1 : 1+end])
		s.i += end + 1
	}
}

// requestFirst takes a UUID that stands alone, as AWS Lambda puts its requests'
// ids before a message.
func (s *scan) requestFirst() bool {
	i := skipSpace(s.t, s.i)
	if len(s.t) < i+37 || s.t[i+8] != '-' || s.t[i+36] != ' ' && s.t[i+36] != '\t' || !isID(s.t[i:i+36]) {
		return false
	}
	s.h.setID(s.t[i : i+36])
	s.i = i + 36
	return true
}

// context takes the pairs that stand before a logger in brackets:
// `traceId=…, spanId=… [a.logger] (thread) message`.
func (s *scan) context() bool {
	rest := s.t[s.i:min(len(s.t), s.i+400)]
	end := bytes.Index(rest, []byte(" ["))
	if end < 4 || bytes.IndexByte(rest[:token(rest, 0)], '=') < 1 || !pairsOnly(rest[:end]) {
		return false
	}
	shut := closing(rest[end+1:], 120)
	if shut < 2 || !isLogger(rest[end+2:end+1+shut]) {
		return false
	}
	for in := rest[:end]; len(in) > 0; {
		n := bytes.IndexAny(in, ", ")
		if n < 0 {
			n = len(in)
		}
		if key, val, ok := cutByte(in[:n], '='); ok && !lifecycle.None(val) {
			s.h.pair(key, val, false)
		}
		in = in[min(len(in), n+1):]
	}
	s.i += end
	return true
}

// listed takes the field behind a level that commas or semicolons set off:
// `STAMP;LEVEL;logger;message`, `STAMP, LEVEL, a.logger, message`.
func (s *scan) listed() bool {
	t := s.t
	if s.i >= len(t) || t[s.i] != ',' && t[s.i] != ';' {
		return false
	}
	mark := t[s.i]
	s.i = skipSpace(t, s.i+1)
	end := bytes.IndexByte(t[s.i:min(len(t), s.i+80)], mark)
	if end < 1 {
		return true
	}
	if field := t[s.i : s.i+end]; isLogger(field) || mark == ';' && isName(field) {
		s.word(field)
		s.i += end + 1
	}
	return true
}

// levelColumn finds the level of a line whose columns are set off by tabs, all of
// which is its message.
func (s *scan) levelColumn() {
	const columns, window = 20, 8 << 10
	if s.i < 1 || s.i >= len(s.t) || s.t[s.i-1] != '\t' {
		return
	}
	rest := s.t[s.i:min(len(s.t), s.i+window)]
	for range columns {
		field, after, more := cutByte(rest, '\t')
		if level, n, caps := levelToken(field); n > 3 && n == len(field) && caps {
			s.h.level = level
			return
		}
		if rest = after; !more {
			return
		}
	}
}

// tracing reports whether the line begins as Rust's tracing writes it: a stamp in
// UTC with six decimals, a level in a column of five.
func (s *scan) tracing() bool {
	t := s.t
	return len(t) > 36 && t[26] == 'Z' && t[19] == '.' && t[27] == ' ' && t[33] == ' ' && isUpper(t[29]) && isUpper(t[32])
}

// hclog reports whether what stands before the word at hand is written as
// HashiCorp's logger does: a stamp in ms with its zone, a level in a bracket that
// is filled up to eight columns.
func (s *scan) hclog() bool {
	i := s.i - len("[INFO]  ")
	return i > 23 && s.t[i] == '[' && s.t[i-1] == ' ' && s.t[10] == 'T' && s.t[19] == '.' && (s.t[23] == 'Z' || s.t[23] == '+' || s.t[23] == '-')
}

// isCrate reports whether a word is a module of Rust.
func isCrate(word []byte) bool {
	for _, c := range word {
		if !isLower(c) && !isDigit(c) && c != '_' && c != ':' {
			return false
		}
	}
	return (isLower(word[0]) || word[0] == '_') && bytes.Count(word, []byte{':'}) == 2*bytes.Count(word, []byte("::"))
}

// rustPlace takes the file and the line that tracing may print behind the module:
// ` src/cart.rs:31:`.
func (s *scan) rustPlace() {
	i := skipSpace(s.t, s.i)
	n := token(s.t, i)
	if n-i < 7 || s.t[n-1] != ':' {
		return
	}
	if word := s.t[i : n-1]; bytes.Contains(word, []byte(".rs:")) && isPlace(word) {
		s.h.text("caller", word)
		s.i = n
	}
}
