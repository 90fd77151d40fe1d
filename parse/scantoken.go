package parse

import (
	"bytes"

	"ravel/model"
)

// takeToken takes one token before the level, which stands at limit.
func (s *scan) takeToken(limit int) {
	t := s.t[s.i:limit]
	if t[0] == '[' || t[0] == '(' || t[0] == '<' || t[0] == '{' {
		if end := closing(t, 120); end > 0 {
			s.r.bracketed(t[1:end], s.h)
			s.i += end + 1
			return
		}
	}
	n := 0
	for n < len(t) && t[n] != ' ' && t[n] != '\t' && t[n] != '|' && t[n] != ';' {
		n++
	}
	n = max(n, 1)
	s.i += n
	s.word(t[:n])
}

// word takes one bare word of a head: a number is a process, a tag with a
// number in brackets is both, anything else a logger.
func (s *scan) word(w []byte) {
	w = bytes.TrimRight(w, ":,")
	if len(w) == 0 || hasPrefix(w, "@[unknown]") { // PostgreSQL's before it knows
		return
	}
	if bytes.IndexByte(w, '=') > 0 { // PostgreSQL: user=a,db=b
		for len(w) > 0 {
			var pair []byte
			pair, w, _ = cutByte(w, ',')
			s.h.pairs(pair)
		}
		return
	}
	if isProcess(w) {
		s.h.scalar("pid", bytes.TrimLeft(w, "#"))
		return
	}
	if isID(w) { // AWS Lambda
		s.h.setID(w)
		return
	}
	if isDigit(w[0]) {
		return
	}
	if isPlace(w) {
		s.h.place(w)
		return
	}
	if bytes.HasSuffix(w, []byte("()")) {
		s.h.text("caller", w)
		return
	}
	if i := bytes.IndexByte(w, '['); i > 0 && w[len(w)-1] == ']' {
		if hasPrefix(w[i+1:], "line:") { // Python's %(filename)s[line:%(lineno)d]
			s.h.text("caller", w)
			return
		}
		if len(s.h.domain) > 0 { // coloredlogs: host name[42] LEVEL
			s.h.text("hostname", s.h.domain)
			s.h.domain = nil
		}
		s.h.setDomain(w[:i])
		if in := w[i+1 : len(w)-1]; isID(in) {
			s.h.setID(in)
		} else {
			s.h.scalar("pid", in)
		}
		return
	}
	if isThread(w) {
		s.h.text("thread", w)
		return
	}
	s.h.setDomain(w)
}

// takeLevel takes the level at s.i.
func (s *scan) takeLevel() {
	t := s.t[s.i:]
	switch t[0] {
	case '[', '<', '(':
		end := closing(t, 64)
		if s.r.bracketed(t[1:end], s.h); hasPrefix(t, mysqlSystem) {
			s.h.level, s.h.domain = model.Info, nil
		}
		s.i += end + 1
		s.padded = t[0] == '[' && t[end-1] == ' '
		return
	}
	if at, size := tailLevel(t); size > 0 {
		s.h.level, _, _ = levelToken(t[at:])
		s.word(t[:at-1])
		s.i += at + size
		if s.i < len(s.t) && s.t[s.i] == ']' {
			s.i++
		}
		return
	}
	level, n, _ := levelToken(t)
	if l, size := esxiLevel(t); size > 0 {
		level, n = l, size
	}
	s.h.level = level
	if s.i += n; hasPrefix(s.t[s.i:], "> ") {
		s.i++
	}
}

// plainBrackets takes the brackets that begin a message without a level, as
// far as they are ids, pairs or processes.
func (s *scan) plainBrackets(tags bool) {
	for s.i < len(s.t) && s.t[s.i] == '[' {
		end := closing(s.t[s.i:], 160)
		if end < 0 {
			return
		}
		in := s.t[s.i+1 : s.i+end]
		b := s.r.classify(in, s.h)
		switch b.group {
		case groupEmpty, groupID, groupPairs, groupNumber, groupTime, groupClient:
			b.take(s.h)
		case groupName, groupOther:
			if !tags || s.t[s.i+end-1] == ' ' || len(in) > 60 {
				return
			}
			s.h.text("tag", in)
		default:
			return
		}
		s.i = skipSpace(s.t, s.i+end+1)
	}
}
