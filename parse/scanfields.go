package parse

import (
	"bytes"

	"ravel/model"
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
	if end <= 0 {
		return false
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
		return false
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
			if next := bytes.IndexByte(t[s.i:min(len(t), s.i+80)], ':'); next > 0 && isName(t[s.i:s.i+next]) && s.i+next+1 < len(t) && t[s.i+next+1] != ' ' {
				s.word(t[s.i : s.i+next])
				s.i += next + 1
			}
			return true
		case name != nil || !isName(field):
			return false
		}
		name = field
	}
	return false
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
