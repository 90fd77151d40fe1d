package parse

import "bytes"

// component takes what loggers of one kind each put behind the level: MongoDB's
// `NETWORK  [thread]` after a level of one letter, Flask's `in module:`, nginx'
// `42#0: *7`.
func (s *scan) component() bool {
	i := skipSpace(s.t, s.i)
	rest := s.t[i:]
	n := token(rest, 0)
	switch {
	case hasPrefix(rest, "in ") && s.i > 0:
		k := token(rest, 3)
		name := bytes.TrimRight(rest[3:k], ":")
		if at := bytes.IndexByte(name, '['); at > 0 { // logback's own: in Logger[default] - message
			name = name[:at]
		}
		if !isName(name) || rest[k-1] != ':' && !hasPrefix(rest[k:], " - ") {
			return false
		}
		s.h.setDomain(name)
		s.i = i + k
		s.separators()
		return true
	case hasPrefix(rest, "from ") && s.playLogger(rest, i):
		return true
	case n > 3 && rest[0] == ':' && isWord(rest[1]): // LEVEL:logger:message
		end := bytes.IndexByte(rest[1:], ':')
		if end < 1 || !isName(rest[1:1+end]) {
			return false
		}
		s.h.setDomain(rest[1 : 1+end])
		s.i = i + end + 2
		return true
	case i >= 2 && i-s.i-1 <= 1 && i > s.i && s.letterLevel() && (n >= 3 && allCaps(rest[:n]) || n == 1 && hasPrefix(rest, "-  ")): // I NETWORK
		if n > 1 {
			s.h.setDomain(rest[:n])
		}
		s.i = skipSpace(s.t, i+n)
		if s.i < len(s.t) && s.t[s.i] == '[' {
			if end := closing(s.t[s.i:], 80); end > 0 {
				s.h.text("thread", s.t[s.i+1:s.i+end])
				s.i = skipSpace(s.t, s.i+end+1)
			}
		}
		return true
	}
	if hash := bytes.IndexByte(rest[:n], '#'); hash > 0 && n > hash+2 && rest[n-1] == ':' && isDigits(rest[:hash]) && isDigits(rest[hash+1:n-1]) {
		s.h.number("pid", rest[:hash])
		s.i = skipSpace(s.t, i+n)
		if star := s.t[s.i:]; len(star) > 2 && star[0] == '*' {
			if k := token(star, 0); isDigits(star[1:k]) {
				s.h.number("connection", star[1:k])
				s.i = skipSpace(s.t, s.i+k)
			}
		}
		s.h.nginxTail(s.t[s.i:])
		return true
	}
	return false
}

// letterLevel reports whether the level that was taken last is one letter, or
// MongoDB's D1 to D5.
func (s *scan) letterLevel() bool {
	at := s.i - 1
	if at > 1 && isDigit(s.t[at]) && s.t[at-1] == 'D' {
		at--
	}
	return at > 0 && isUpper(s.t[at]) && s.t[at-1] == ' '
}

// playLogger takes Play's `from logger in thread - `, which begins at i.
func (s *scan) playLogger(rest []byte, i int) bool {
	name := token(rest, 5)
	if !hasPrefix(rest[name:], " in ") || !isLogger(rest[5:name]) {
		return false
	}
	end := bytes.Index(rest[name:min(len(rest), name+100)], []byte(" - "))
	if end < 5 {
		return false
	}
	s.h.setDomain(rest[5:name])
	s.h.text("thread", rest[name+4:name+end])
	s.i = i + name + end + 3
	return true
}

// nginxTail takes what nginx appends to an error: `, client: 10.0.0.7, server:
// _, request: "GET / HTTP/1.1", host: "x"`.
func (h *head) nginxTail(msg []byte) {
	if h.caps == nil {
		return
	}
	from := bytes.Index(msg, []byte(", client: "))
	if from < 0 {
		return
	}
	for rest := msg[from:]; len(rest) > 2; {
		name, val, ok := bytes.Cut(rest[2:], []byte(": "))
		if !ok || !isName(name) {
			return
		}
		if len(val) > 0 && val[0] == '"' {
			end := quoteEnd(val)
			if end < 0 {
				return
			}
			h.text(string(name), val[1:end])
			rest = val[end+1:]
			continue
		}
		end := bytes.Index(val, []byte(", "))
		if end < 0 {
			end = len(val)
		}
		h.text(string(name), val[:end])
		rest = val[end:]
	}
}

// allCaps reports whether a word is capital letters only.
func allCaps(w []byte) bool {
	for _, c := range w {
		if !isUpper(c) && c != '_' {
			return false
		}
	}
	return true
}

// sleuth takes `[request,session]` and Spring's `[application,trace,span]`: the
// first part that is an id is the request's.
func sleuth(first, rest []byte, h *head) bool {
	if isID(first) {
		h.setID(first)
		h.text("tags", rest)
		return true
	}
	trace, span, _ := cutByte(rest, ',')
	if !isID(trace) || len(first) > 0 && !isName(first) {
		return false
	}
	h.text("application", first)
	h.setID(trace)
	span, _, _ = cutByte(span, ',')
	h.text("span_id", span)
	return true
}

// djangoVerbose takes `module process thread` of Django's verbose layout.
func (s *scan) djangoVerbose() {
	t, i := s.t, skipSpace(s.t, s.i)
	a := token(t, i)
	b := token(t, min(a+1, len(t)))
	c := token(t, min(b+1, len(t)))
	if a > i && b > a+1 && c > b+1 && isName(t[i:a]) && isDigits(t[a+1:b]) && isDigits(t[b+1:c]) {
		s.h.setDomain(t[i:a])
		s.h.number("pid", t[a+1:b])
		s.h.number("thread", t[b+1:c])
		s.i = c
	}
}
