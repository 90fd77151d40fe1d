package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
)

// stampedText recognises a line that begins with a stamp, bare or bracketed,
// and takes the head that follows it.
func (r *reader) stampedText(t []byte, h *head) fit {
	if len(t) < 8 {
		return misfit
	}
	if t[0] == ' ' || t[0] == '\t' {
		return r.indentedStamp(t, h)
	}
	if (t[0] == '*' || t[0] == '.') && isUpper(t[1]) { // Cisco: the clock is not set, or not in step
		return r.stampedText(t[1:], h)
	}
	s, ok := r.stampAt(t)
	i := s.Len
	if !ok {
		if i, ok = r.bracketedStamp(t, h); !ok {
			return misfit
		}
		s = h.time
	}
	if !s.Date && !timeOnlyHead(t, i) {
		return misfit
	}
	if i < len(t) && (isWord(t[i]) || t[i] == '%') && t[i-1] != ']' && t[i-1] != '>' {
		return misfit // 2024-01-01T00:00:00foo, 1700000000 %: no stamp after all
	}
	h.setTime(s)
	h.stamped = true
	if i < len(t) && t[i] == '[' && s.Zone || s.Layout == stamp.Weekday && hasPrefix(t[i:], " (") {
		i = zoneRemark(t, i)
	}
	if s.Layout == stamp.MonD && s.Year && julHead(trimSpace(t[min(i, len(t)):]), h) {
		return strong
	}
	sc := scan{r: r, h: h, t: t, i: i}
	if !r.cachedHead(&sc) {
		sc.run()
		if sc.decisive && h.caps == nil && h.f.Status == 0 && h.f.Dur == model.NoDur {
			r.heads.keep(t[i:sc.i], h)
		}
	}
	if t[0] == '[' && h.level != model.LevelNone {
		h.placeBehind()
	}
	if h.level == model.LevelNone {
		r.stampedPairs(h)
	}
	if !s.Date || countLayout(s.Layout) || h.level == model.LevelNone && len(h.msg) > 1 && h.msg[0] == '"' && isUpper(h.msg[1]) {
		return medium // the last may be an access line, which is tried first where this is not sure
	}
	return strong
}

// zoneRemark passes over the long name of its zone that Java and JavaScript print
// behind a stamp: [Europe/Rome], (Central European Time).
func zoneRemark(t []byte, i int) int {
	from := i + 1
	if t[i] == ' ' {
		from++
	}
	for n := from; n < len(t) && n-from < 48; n++ {
		switch c := t[n]; {
		case c == ']' && t[i] == '[' && bytes.IndexByte(t[from:n], '/') > 0, c == ')' && t[i] == ' ':
			return n + 1
		case !isAlpha(c) && c != '/' && c != '_' && c != ' ':
			return i
		}
	}
	return i
}

// cachedHead takes a head that the stream has shown before.
func (r *reader) cachedHead(sc *scan) bool {
	if sc.h.caps != nil || sc.h.level != model.LevelNone || len(sc.h.domain) > 0 {
		return false
	}
	e := r.heads.find(sc.t[sc.i:])
	if e == nil {
		return false
	}
	sc.h.level, sc.h.domain = e.level, e.domain
	sc.i += len(e.text)
	sc.done()
	return true
}

// indentedStamp recognises a stamp that a few blanks stand before, as Consul
// and some console loggers print it, if a level follows.
func (r *reader) indentedStamp(t []byte, h *head) fit {
	i := skipSpace(t, 0)
	if i > 8 || i+8 > len(t) || !isDigit(t[i]) {
		return misfit
	}
	s, ok := stamp.At(t[i:], r.loc)
	if !ok || !s.Date || countLayout(s.Layout) {
		return misfit
	}
	if r.stampedText(t[i:], h) == misfit || h.level == model.LevelNone {
		return misfit
	}
	return medium
}

// placeBehind takes the place in the source that Rich prints at the right edge,
// away from the message.
func (h *head) placeBehind() {
	at := bytes.LastIndexByte(h.msg, ' ')
	if at > 0 && h.msg[at-1] == ' ' && isPlace(h.msg[at+1:]) {
		h.text("caller", h.msg[at+1:])
		h.msg = bytes.TrimRight(h.msg[:at], " ")
	}
}

// julHead recognises the first line of java.util.logging's two: class and
// method behind the stamp. The level stands in the second.
func julHead(rest []byte, h *head) bool {
	class, method, ok := cutByte(rest, ' ')
	if !ok || len(class) == 0 || len(method) == 0 || bytes.IndexByte(method, ' ') >= 0 || !isName(class) {
		return false
	}
	if _, n, caps := levelToken(class); n > 1 && caps {
		return false
	}
	h.setDomain(class)
	h.text("method", method)
	h.msg, h.joins = nil, true
	return true
}

// bracketedStamp reads a stamp within the bracket or quote with which t begins,
// together with what else stands there: `[STAMP LEVEL module]`, `[STAMP #42]`.
func (r *reader) bracketedStamp(t []byte, h *head) (next int, ok bool) {
	if t[0] != '[' && t[0] != '(' && t[0] != '"' && t[0] != '<' {
		return 0, false
	}
	if s, next, ok := r.splitStamp(t); ok {
		h.setTime(s)
		return next, true
	}
	from := 1
	if t[1] == ' ' {
		from = 2
	}
	s, ok := r.stampAt(t[from:])
	if !ok || from+s.Len >= len(t) || !s.Date && (t[0] != '[' || t[from+s.Len] != ']' && t[from+s.Len] != ' ') {
		return 0, false
	}
	i := from + s.Len
	h.setTime(s)
	if t[0] == '"' {
		if i < len(t) && t[i] == '"' {
			return i + 1, true
		}
		return 0, false
	}
	end := closing(t, 300)
	if end < i {
		return 0, false
	}
	if in := trimSpace(t[i:end]); len(in) > 0 {
		if r.bracketed(in, h); h.level == model.LevelNone {
			r.insideLevel(in, h)
		}
	}
	return end + 1, true
}

// splitStamp reads a stamp in two brackets: [2026-03-04][10:00:00.123].
func (r *reader) splitStamp(t []byte) (s stamp.Stamp, next int, ok bool) {
	const date = len("[2026-03-04]")
	if len(t) < date+10 || t[date-1] != ']' || t[date] != '[' || t[5] != '-' || t[8] != '-' {
		return s, 0, false
	}
	end := bytes.IndexByte(t[date:min(len(t), date+20)], ']')
	if end < 9 {
		return s, 0, false
	}
	var joined [32]byte
	n := copy(joined[:], t[1:date-1])
	joined[n] = ' '
	n += 1 + copy(joined[n+1:], t[date+1:date+end])
	s, ok = stamp.ISO.At(joined[:n], r.loc)
	return s, date + end + 1, ok && s.Len == n
}

// insideLevel finds the level in a bracket that also holds the stamp, a thread
// and a logger, each set off by blanks.
func (r *reader) insideLevel(in []byte, h *head) {
	in = trimSpace(bytes.TrimLeft(in, ":,"))
	for i := 0; i < len(in); i = skipSpace(in, token(in, i)) {
		level, n, caps := levelToken(in[i:])
		if n > 2 && caps && i+n < len(in) && in[i+n] == '/' { // Celery: LEVEL/process
			h.level = level
			h.text("process", in[i+n+1:token(in, i)])
			return
		}
		if n == 1 && caps && i == 0 && len(in) > 3 && isProcess(in[2:token(in, 2)]) { // Ray: I pid thread
			h.level = level
			h.process(in[2:token(in, 2)])
			h.text("thread", trimSpace(in[token(in, 2):]))
			return
		}
		if n > 2 && (caps || plainLevel(in[i:i+n])) && (i+n == len(in) || in[i+n] == ' ') {
			h.level = level
			if name := bytes.TrimRight(in[:i], " :"); len(name) > 0 {
				h.name(name)
			}
			if rest := trimSpace(in[i+n:]); len(rest) > 0 && bytes.IndexByte(rest, ' ') < 0 {
				h.name(rest)
			}
			return
		}
	}
}

// countLayout reports whether a stamp is a mere number.
func countLayout(l stamp.Layout) bool { return l&^stamp.Bracketed == stamp.Count }

// timeOnlyHead reports whether what follows a stamp without a date makes the
// line a head: more than the clock time of a sentence.
func timeOnlyHead(t []byte, i int) bool {
	if i >= len(t) {
		return false
	}
	return t[i] == ' ' || t[i] == '\t' || t[i] == '|' || t[i] == ']' || t[i] == ',' || t[i-1] == ']' && (t[i] == ':' || t[i] == '[' || isUpper(t[i]) && i+1 < len(t) && t[i+1] == ':')
}

// embeddedStamp recognises a line that has its stamp further in, after a few
// words: `LEVEL name STAMP …`, `(logger): STAMP LEVEL …`, `… run at STAMP`.
func (r *reader) embeddedStamp(t []byte, h *head) fit {
	const window = 100
	if len(t) < 12 || t[0] == ' ' || t[0] == '\t' {
		return misfit
	}
	boundary := uint8(edgeOf)
	for i, c := range t[:min(len(t), window)] {
		class := stampEdges[c]
		if boundary&(class>>1) != 0 {
			if s, ok := stamp.At(t[i:], r.loc); ok && s.Date && !countLayout(s.Layout) {
				return r.aroundStamp(t, i, s, h)
			}
		}
		boundary = class
	}
	return misfit
}

// What a byte is to a stamp further in: one may stand behind it, or begin with
// it.
const (
	edgeOf  = 1
	beginOf = 2
)

var stampEdges = func() (t [256]uint8) {
	for _, c := range []byte(" \t[(|\":=") {
		t[c] = edgeOf
	}
	for c := range t {
		if isDigit(byte(c)) || isUpper(byte(c)) {
			t[c] = beginOf
		}
	}
	return t
}()

// aroundStamp takes the head of a line whose stamp s stands at i.
func (r *reader) aroundStamp(t []byte, i int, s stamp.Stamp, h *head) fit {
	h.setTime(s)
	h.stamped = true
	h.msg = t
	after := i + s.Len
	if after < len(t) && isWord(t[after]) {
		return misfit
	}
	h.offset = uint8(min(i, 255))
	sc := scan{r: r, h: h, t: t, i: after}
	front := trimSpace(t[:i])
	if sc.run(); i > 1 && t[i-1] == '\t' && h.tabFront(front) {
		return medium
	}
	if h.level == model.LevelNone {
		if h.level = frontLevel(front); h.level == model.LevelNone {
			if n := len(front); s.Layout == stamp.YMD && n > 1 && front[n-1] == ':' && isName(front[:n-1]) && front[n-2] != ':' { // the prefix of Go's log
				h.domain = front[:n-1]
				return weak
			} else if s.Layout == stamp.YMD && n > 2 && closing(front, n) == n-1 && isName(front[1:n-1]) { // the same, in brackets
				h.domain = front[1 : n-1]
				return weak
			}
			if h.consoleFront(front) {
				return medium
			}
			h.msg = t
			return weak
		}
	}
	if n := len(front); n > 2 && front[0] == '(' && front[n-2] == ')' {
		h.setDomain(front[1 : n-2])
	}
	return medium
}

// tabFront takes what stands before a stamp and is set off by a tab: the level
// or the kind of Bamboo's lines, job and step of GitHub's command line.
func (h *head) tabFront(front []byte) bool {
	first, rest, _ := cutByte(front, '\t')
	if len(first) == 0 || len(front) > 80 || bytes.IndexByte(rest, '\t') >= 0 {
		return false
	}
	if level, ok := model.ParseLevel(first); ok && logLevel(first) && h.level == model.LevelNone {
		h.level = level
	} else {
		h.setDomain(first)
	}
	h.text("step", rest)
	return true
}

// consoleFront takes the head of Nest's older console layout, `[Nest] 42   - STAMP
// [context] message`, whose front is [Nest] 42   -.
func (h *head) consoleFront(front []byte) bool {
	n := len(front)
	if n < 6 || front[0] != '[' || front[n-1] != '-' {
		return false
	}
	end := closing(front, 40)
	if end < 2 || !isName(front[1:end]) || !isDigits(trimSpace(front[end+1:n-1])) {
		return false
	}
	h.number("pid", trimSpace(front[end+1:n-1]))
	if len(h.msg) > 2 && h.msg[0] == '[' {
		if end := closing(h.msg, 80); end > 1 && isName(h.msg[1:end]) {
			h.setDomain(h.msg[1:end])
			h.msg = trimSpace(h.msg[end+1:])
		}
	}
	return true
}

// frontLevel finds a level among the words before a stamp.
func frontLevel(b []byte) model.Level {
	for i := 0; i < len(b); {
		level, n, caps := levelToken(b[i:])
		if n > 2 && (caps && commonLevel(b[i:i+n]) || i > 1 && b[i-1] == ':' && i+n == len(b) && logLevel(b[i:i+n])) { // Zigbee2MQTT:info STAMP
			return level
		}
		for i < len(b) && isWord(b[i]) {
			i++
		}
		i++
	}
	return model.LevelNone
}

// railsStart recognises Rails' development log, whose stamp ends its first line:
// `Started GET "/" for 127.0.0.1 at 2015-08-05 07:40:22 +0200`.
func (r *reader) railsStart(t []byte, h *head) fit {
	if !hasPrefix(t, "Started ") {
		return misfit
	}
	at := bytes.LastIndex(t, []byte(" at "))
	if at < 0 {
		return misfit
	}
	s, ok := r.valueStamp(t[at+4:])
	if !ok {
		return misfit
	}
	h.setTime(s)
	h.stamped, h.ends = true, true
	h.msg = t
	return strong
}

// endPhrase reads the line that ends a request whose lines are all one record,
// as Rails' development log has it: `Completed 200 OK in 12ms (…)`.
func endPhrase(line []byte, hit *lifecycle.Hit) bool {
	return hasPrefix(line, "Completed ") && lifecycle.Match(line, hit) && hit.Event == model.Ended && hit.Kind == model.KindHTTP
}
