package parse

import "bytes"

// bracket takes a bracket after the level if it is a part of the head.
func (s *scan) bracket(glued bool) bool {
	t := s.t[s.i:]
	end := closing(t, 200)
	if end < 0 {
		return false
	}
	next := byte(' ')
	if end+1 < len(t) {
		next = t[end+1]
	}
	in := t[1:end]
	if next == '[' && s.t[s.i-1] == ' ' && subscripts(t) {
		return false
	}
	if hasPrefix(in, "Originator@") { // the last of VMware's head
		s.r.bracketed(in, s.h)
		s.i += end + 1
		return false
	}
	b := s.r.classify(in, s.h)
	kind := b.group
	if t[0] == '(' && (kind == groupName || kind == groupOther) && (next == ':' || bytes.Contains(in, []byte(" on "))) && s.h.onHost(in) {
		s.i += end + 1
		return true
	}
	switch kind {
	case groupOther:
		return s.otherBracket(t, end, next, glued)
	case groupName, groupPlace:
		if next == ':' && !glued && kind == groupName && t[0] != '(' && !(t[0] == '[' && len(s.h.domain) == 0 && hasPrefix(t[end+1:], ": ")) || next == ',' || next == '.' || isWord(next) {
			return false
		}
		if kind == groupName && (deepLogger(t[end+1:]) || t[0] == '(' && loggerBracket(t[end+1:])) { // the logger is next
			s.h.text("thread", b.in)
			s.i += end + 1
			return true
		}
	case groupEmpty, groupNumber, groupLevel:
		if isWord(next) || next == ',' {
			return false
		}
	}
	b.take(s.h)
	s.i += end + 1
	return true
}

// otherBracket takes the bracket with which t begins, closed at end, whose inside
// tells nothing by its look, if what stands around it does.
func (s *scan) otherBracket(t []byte, end int, next byte, glued bool) bool {
	in := t[1:end]
	if first, _, ok := cutByte(in, ','); ok && sleuth(first, in[len(first)+1:], s.h) {
		s.i += end + 1
		return true
	}
	if len(in) > 8 && bytes.IndexByte(in, '=') > 0 && glued {
		s.i += end + 1
		return true
	}
	if glued && next == ' ' && tagsOnly(in) && len(s.h.domain) == 0 { // the JVM's unified log
		s.h.setDomain(trimSpace(in))
		s.i += end + 1
		return true
	}
	if end+1 < len(t) && next == ' ' && tagsOnly(in) && loggerDash(t[end+1:]) {
		s.h.text("tags", in)
		s.i += end + 1
		return true
	}
	if bytes.HasPrefix(t[end+1:], []byte(" - ")) || hasSpacedColon(t[end+1:]) || loggerNext(t[end+1:]) ||
		t[0] == '(' && len(s.h.domain) > 0 && (isThread(in) || bytes.Contains(in, []byte("hread"))) || // a thread with spaces in its name
		t[0] == '[' && len(in) < 40 && loggerDash(t[end+1:]) {
		s.h.text("thread", trimSpace(in))
		s.i += end + 1
		return true
	}
	return false
}

// loggerNext reports whether b goes on with a word that is a logger by its look
// or by the colon behind it.
func loggerNext(b []byte) bool {
	if len(b) < 3 || b[0] != ' ' {
		return false
	}
	word := b[1:token(b, 1)]
	if n := len(word); n > 1 && word[n-1] == ':' {
		return isLogger(word[:n-1]) || camelCase(word[:n-1])
	}
	return isLogger(word)
}

// loggerBracket reports whether b goes on with a logger in brackets.
func loggerBracket(b []byte) bool {
	if !hasPrefix(b, " [") {
		return false
	}
	end := closing(b[1:], 100)
	return end > 1 && isLogger(b[2:1+end])
}

// deepLogger reports whether b goes on with a logger of three parts or more.
func deepLogger(b []byte) bool {
	i := skipSpace(b, 0)
	word := bytes.TrimRight(b[i:token(b, i)], ":")
	return i > 0 && len(word) > 4 && bytes.Count(word, []byte{'.'}) > 1 && isLogger(word)
}

// hasSpacedColon reports whether b goes on with ` : ` or `: ` where a
// bracket's head ends.
func hasSpacedColon(b []byte) bool { return hasPrefix(b, " : ") || hasPrefix(b, " -- ") }
