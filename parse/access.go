package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/stamp"
)

// accessLine recognises the common and combined layouts of web servers and
// their relatives: words, a stamp in brackets, a quoted request, a status. A
// virtual host before or a request id between the words do no harm.
func (r *reader) accessLine(t []byte, h *head) fit {
	open := bytes.IndexByte(t[:min(len(t), 300)], '[')
	if open < 0 || len(t) < open+30 || t[0] == ' ' || t[0] == '\t' {
		return misfit
	}
	if c := t[open+1]; !isDigit(c) {
		return misfit
	}
	s, ok := r.accessStamp(t[open+1:])
	if !ok {
		return misfit
	}
	after := open + 1 + s.Len
	if after+3 >= len(t) || t[after] != ']' || t[after+1] != ' ' {
		return misfit
	}
	front := t[:open]
	words := 0
	for i := skipSpace(front, 0); i < len(front); i = skipSpace(front, token(front, i)) {
		words++
	}
	if words > 6 || words > 2 && t[4] == '-' && isDigit(t[0]) && frontLevel(front) != model.LevelNone { // a log's record about a request
		return misfit
	}
	rest := t[after+2:]
	quote := bytes.IndexByte(rest[:min(len(rest), 120)], '"')
	if quote < 0 || words < 3 && quote > 80 || words == 0 && quote > 4 && frontLevel(rest[:quote]) != model.LevelNone {
		return misfit
	}
	msg := t
	if words > 0 {
		msg = t[r.accessFront(front, h):]
	}
	h.setTime(s)
	h.msg = msg
	if !r.request(rest[quote:], h) || h.f.Status == 0 {
		if words < 3 {
			return misfit
		}
	}
	h.whole = isDigit(t[0]) && h.f.Status != 0 && h.f.Method != nil
	if words == 0 && quote == 0 {
		return medium // so do other access logs begin, which say more
	}
	return strong
}

// accessStamp reads the stamp of an access log, which is CLF's as a rule.
func (r *reader) accessStamp(b []byte) (stamp.Stamp, bool) {
	if s, ok := r.clf.sameMinute(b); ok {
		return s, true
	}
	s, ok := r.anyAccessStamp(b)
	if ok {
		r.clf.learn(b, s)
	}
	return s, ok
}

func (r *reader) anyAccessStamp(b []byte) (stamp.Stamp, bool) {
	if r.value != 0 {
		if s, ok := r.value.At(b, r.loc); ok {
			return s, true
		}
	}
	s, ok := stamp.At(b, r.loc)
	if ok && s.Date {
		r.value = s.Layout
	}
	return s, ok && s.Date
}

// clfMinute remembers the last stamp of CLF, whose minute most lines share.
//
//	22/Feb/2026:14:03:05 +0000
type clfMinute struct {
	known bool
	text  [26]byte
	begin stamp.Stamp // of the minute
}

// sameMinute reads the stamp in brackets that b begins with, if it is CLF's and
// differs from the last one in its second only.
func (m *clfMinute) sameMinute(b []byte) (stamp.Stamp, bool) {
	if !m.known || len(b) <= len(m.text) || b[26] != ']' || string(b[:18]) != string(m.text[:18]) || string(b[20:26]) != string(m.text[20:]) {
		return stamp.Stamp{}, false
	}
	sec := pairOf(b[18], b[19])
	s := m.begin
	s.Nanos += int64(sec) * 1e9
	return s, sec < 60
}

// learn remembers the stamp s that b begins with, if it is CLF's.
func (m *clfMinute) learn(b []byte, s stamp.Stamp) {
	if s.Len != len(m.text) || !s.Zone || !s.Year || b[17] != ':' || b[20] != ' ' {
		return
	}
	if sec := pairOf(b[18], b[19]); sec < 60 {
		m.known, m.begin = true, s
		m.begin.Nanos -= int64(sec) * 1e9
		copy(m.text[:], b)
	}
}

// accessFront takes the words before the stamp: the client is the first that
// is an address, else the first of all. It returns where the message begins:
// behind what Python's logging put before it.
func (r *reader) accessFront(front []byte, h *head) (msg int) {
	i := skipSpace(front, 0)
	if level, n, caps := levelToken(front[i:]); n > 2 && caps && i+n < len(front) && front[i+n] == ':' && commonLevel(front[i:i+n]) {
		h.level = level // Python's LEVEL:logger: before the line
		if i += n + 1; r.pythonBasic(front[i:], h) {
			i = len(front) - len(h.msg)
			msg = i
		}
		i = skipSpace(front, i)
	}
	first := front[i:token(front, i)]
	client := first
	second := skipSpace(front, i+len(first))
	if next := front[second:token(front, second)]; !isAddress(first) && isAddress(next) {
		client = next
		h.text("host", first)
	}
	if len(client) > 0 && string(client) != "-" {
		h.f.Client = client
		h.text("client", client)
	}
	last := bytes.TrimRight(front, " ")
	user := last[bytes.LastIndexByte(last, ' ')+1:]
	if len(user) > 0 && string(user) != "-" && len(user) != len(client) {
		h.text("user", user)
	}
	return msg
}

// isAddress reports whether a word looks like an IP address.
func isAddress(w []byte) bool {
	if len(w) < 3 {
		return false
	}
	dots, colons := 0, 0
	for _, c := range w {
		switch {
		case c == '.':
			dots++
		case c == ':':
			colons++
		case !isHex(c) && c != '%' && c != '/':
			return false
		}
	}
	return dots == 3 && isDigit(w[0]) || colons >= 2
}

// request takes what follows the stamp: the quoted request, the status, the
// size, and the referrer and agent where they stand.
func (r *reader) request(b []byte, h *head) bool {
	end := quoteEnd(b)
	if end < 0 {
		return false
	}
	line, rest := b[1:end], b[end+1:]
	i := skipSpace(rest, 0)
	status := rest[i:token(rest, i)]
	if len(status) != 3 || !isDigits(status) || status[0] < '1' || status[0] > '5' {
		return string(status) == "-" || len(status) == 0
	}
	h.setStatus(status)
	j := skipSpace(rest, i+3)
	if size := rest[j:token(rest, j)]; isDigits(size) {
		h.number("bytes", size)
	}
	r.requestLine(line, h)
	if h.caps != nil {
		h.agent(rest[min(len(rest), j):])
	}
	return true
}

// setStatus takes a status of three digits, and the level that follows from it
// where the line has none.
func (h *head) setStatus(status []byte) {
	h.f.Status = uint16(atoi(status, 999))
	h.number("status", status)
	if h.level == model.LevelNone {
		h.level, h.byStatus = statusLevel(h.f.Status), true
	}
}

// statusLevel is the level of a status' class (rule 8).
func statusLevel(status uint16) model.Level {
	switch {
	case status >= 500:
		return model.Error
	case status >= 400:
		return model.Warning
	case status >= 100:
		return model.Info
	}
	return model.LevelNone
}

// quoteEnd returns where the quote that b begins with closes; a backslash
// escapes.
func quoteEnd(b []byte) int {
	end := bytes.IndexByte(b[1:], '"')
	switch {
	case end < 0:
		return -1
	case bytes.IndexByte(b[1:1+end], '\\') < 0:
		return 1 + end
	}
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// requestLine takes `METHOD path?query HTTP/1.1`.
func (r *reader) requestLine(line []byte, h *head) {
	sp := bytes.IndexByte(line, ' ')
	if sp < 1 || sp > 20 {
		return
	}
	for _, c := range line[:sp] {
		if !isUpper(c) && c != '-' && c != '_' {
			return
		}
	}
	target := line[sp+1:]
	if n := len(target) - len(" HTTP/1.1"); n >= 0 && string(target[n:n+6]) == " HTTP/" {
		target = target[:n]
	} else if end := bytes.LastIndex(target, []byte(" HTTP/")); end >= 0 {
		target = target[:end]
	}
	h.f.Method, h.f.Path = line[:sp], target
	if h.caps != nil {
		h.text("method", line[:sp])
		path, query := h.f.Target()
		h.text("path", path)
		h.text("query", query)
	}
}

// agent takes the quoted referrer and user agent.
func (h *head) agent(rest []byte) {
	names := [...]string{"referer", "user_agent"}
	for _, name := range names {
		q := bytes.IndexByte(rest, '"')
		if q < 0 {
			return
		}
		end := quoteEnd(rest[q:])
		if end < 0 {
			return
		}
		if val := rest[q+1 : q+end]; string(val) != "-" {
			h.text(name, val)
		}
		rest = rest[q+end+1:]
	}
}
