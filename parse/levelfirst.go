package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/stamp"
)

// levelFirst recognises a line that begins with its level: `[INFO] …`,
// `INFO: …`, `INFO:logger:…`, `<error> …`, `WARN  …`, `I [stamp] …`.
func (r *reader) levelFirst(t []byte, h *head) fit {
	if len(t) < 4 {
		return misfit
	}
	sc := scan{r: r, h: h, t: t}
	switch t[0] {
	case '[', '<', '(':
		if f := r.levelBracket(&sc); f != misfit {
			return f
		}
		h.reset()
		return r.bracketFirst(&sc)
	case ' ':
		return r.indentedLevel(t, h)
	case '#': // a runner of GitHub or Azure: ##[error]message
		if !sc.marked() {
			return misfit
		}
		sc.done()
		return medium
	}
	level, n, caps := levelToken(t)
	if n == 0 || n >= len(t) {
		if f := r.programFirst(&sc); f != misfit {
			return f
		}
		return r.nameFirst(&sc)
	}
	if n == 1 {
		return r.letterFirst(&sc, level)
	}
	f, next := levelMark(t, n, caps)
	if f == misfit {
		return misfit
	}
	h.level = level
	sc.i = next
	if t[n] == '[' && sc.logrus(n) {
		return f
	}
	if t[n] == ':' && r.pythonBasic(t[n+1:], h) {
		return f
	}
	sc.afterLevel()
	sc.done()
	if h.hasTime {
		h.stamped = true
		f = strong
	}
	return f
}

// levelMark tells how surely the word of n bytes with which t begins is the level
// of a record, by what follows it, and where that goes on.
func levelMark(t []byte, n int, caps bool) (f fit, next int) {
	after := byte(0)
	if n+1 < len(t) {
		after = t[n+1]
	}
	switch mark := t[n]; {
	case mark == ':' && caps:
		return medium, n
	case mark == ':' && (after == ' ' || after == '['):
		return weak, n
	case mark == ':' || !caps || !commonLevel(t[:n]):
		return misfit, n
	case mark == '!' && after == ' ' && n+2 < len(t): // Ansible
		return weak, n + 1
	case mark == ' ' || mark == '\t':
		if after == 0 || bytes.IndexByte([]byte(" [-|("), after) < 0 {
			return weak, n
		}
		return medium, n
	case mark == '|' || mark == '[':
		return medium, n
	}
	return misfit, n
}

// logrus takes the seconds since the start behind the level, and the place that
// may follow: INFO[0042]main.go:31 main.main() message.
func (s *scan) logrus(n int) bool {
	end := closing(s.t[n:], 12)
	if end < 2 || !isDigits(s.t[n+1:n+end]) {
		return false
	}
	s.h.text("uptime_s", s.t[n+1:n+end])
	s.h.stamped = true // of its own kind: what follows without one continues it
	s.i = n + end + 1
	if rest := s.t[s.i:]; len(rest) > 0 && rest[0] != ' ' {
		place := token(rest, 0)
		if fn := token(rest, skipSpace(rest, place)); isPlace(rest[:place]) && bytes.HasSuffix(rest[:fn], []byte("()")) {
			s.h.text("caller", rest[:place])
			s.i += fn
		}
	}
	s.done()
	return true
}

// pythonBasic takes `logger:message` behind `LEVEL:`, Python's default layout,
// and `module:line: message`.
func (r *reader) pythonBasic(b []byte, h *head) bool {
	colon := bytes.IndexByte(b[:min(len(b), 100)], ':')
	if colon <= 0 || !isName(b[:colon]) || b[0] == ' ' {
		return false
	}
	h.setDomain(b[:colon])
	h.msg = b[colon+1:]
	return true
}

// levelBracket takes a line that begins with a bracket in which its level
// stands.
func (r *reader) levelBracket(sc *scan) fit {
	t, h := sc.t, sc.h
	end := closing(t, 100)
	if end < 2 {
		return misfit
	}
	in := trimSpace(t[1:end])
	level, n, caps := levelToken(in)
	if last := bytes.LastIndexByte(in, ' '); last > 0 && allCaps(in[:last]) { // Ansible: [DEPRECATION WARNING]
		if l, k, up := levelToken(in[last+1:]); up && last+1+k == len(in) && commonLevel(in[last+1:]) {
			level, n, caps = l, len(in), true
		}
	}
	f := medium
	switch {
	case n == 0:
		return misfit
	case n == len(in):
		h.level = level
		if n == 1 && !caps || !caps && (t[0] == '(' || t[0] == '<' && !logLevel(in)) {
			return misfit
		}
	case in[n] == ' ':
		if !r.levelStamp(in[n+1:], n == 1 && caps, h) {
			return misfit
		}
		h.level = level
		f = strong
	case in[n] == ':' && caps:
		h.level = level
		h.setDomain(in[n+1:])
	case in[n] == '|' && caps && n > 2:
		h.level = level
		r.bracketed(in[n+1:], h)
	case in[n] == '/' && caps && n > 2 && isName(in[n+1:]): // Python's multiprocessing
		h.level = level
		h.text("process", in[n+1:])
	default:
		return misfit
	}
	sc.i = end + 1
	sc.afterLevel()
	sc.done()
	if !h.hasTime {
		if f2 := r.lateStamp(t, sc.i, h); f2 != misfit {
			return f2
		}
	}
	if h.hasTime {
		h.stamped = true
		return strong
	}
	return f
}

// levelStamp takes the stamp that stands behind the level in a bracket, and what
// follows it there; bare says that it may be a clock alone.
func (r *reader) levelStamp(in []byte, bare bool, h *head) bool {
	s, ok := stamp.At(in, r.loc)
	if !ok || !s.Date && !bare {
		return false
	}
	h.setTime(s)
	h.stamped = true
	rest := trimSpace(in[s.Len:])
	if len(rest) == 0 {
		return true
	}
	if i := bytes.LastIndexByte(rest, ':'); i > 0 && isDigits(rest[i+1:]) && isName(rest[:i]) { // Tornado: module:line
		h.setDomain(rest[:i])
		h.text("caller", rest)
	} else {
		r.bracketed(rest, h)
	}
	return true
}

// lateStamp looks for a stamp behind one more word: `name:47 STAMP: message`.
func (r *reader) lateStamp(t []byte, i int, h *head) fit {
	i = skipSpace(t, i)
	end := token(t, i)
	if i == end || end+12 > len(t) {
		return misfit
	}
	s, ok := stamp.At(t[end+1:], r.loc)
	if !ok || !s.Date || countLayout(s.Layout) {
		return misfit
	}
	h.text("caller", t[i:end])
	h.setTime(s)
	h.stamped = true
	at := end + 1 + s.Len
	for at < len(t) && (t[at] == ':' || t[at] == ' ' || t[at] == '-') {
		at++
	}
	h.msg = t[at:]
	return strong
}

// letterFirst takes `I [stamp] …` (CUPS), `I, [stamp #pid]  INFO -- prog: …`
// (Ruby) and klog's `I0222 14:30:45.123456  42 file.go:7] …`.
func (r *reader) letterFirst(sc *scan, level model.Level) fit {
	t, h := sc.t, sc.h
	i := 1
	if t[1] == ',' {
		i = 2
	}
	i = skipSpace(t, i)
	if i >= len(t) || i == 1 {
		return misfit
	}
	if t[i] != '[' { // HP's switches: I 03/04/26 10:00:00 message
		s, ok := stamp.At(t[i:], r.loc)
		if !ok || !s.Date || countLayout(s.Layout) || i != 2 {
			return misfit
		}
		h.level = level
		h.setTime(s)
		h.stamped = true
		h.msg = trimSpace(t[i+s.Len:])
		return strong
	}
	s, ok := stamp.At(t[i+1:], r.loc)
	if !ok || !s.Date {
		return misfit
	}
	end := closing(t[i:], 100)
	if end < 0 {
		return misfit
	}
	h.level = level
	h.setTime(s)
	h.stamped = true
	if in := trimSpace(t[i+1+s.Len : i+end]); len(in) > 0 {
		r.bracketed(in, h)
	}
	sc.i = skipSpace(t, i+end+1)
	if l, n, caps := levelToken(t[sc.i:]); n > 1 && caps && l == level {
		r.rubyTail(sc, n)
	} else if hasPrefix(t[sc.i:], "ANY -- ") { // Ruby's unknown
		h.level = model.LevelNone
		r.rubyTail(sc, 3)
	}
	h.msg = t[min(sc.i, len(t)):]
	return strong
}

// rubyTail takes ` -- prog: ` and the ids that Rails' tagged logging puts
// before the message.
func (r *reader) rubyTail(sc *scan, levelLen int) {
	t := sc.t
	i := skipSpace(t, sc.i+levelLen)
	if !hasPrefix(t[i:], "--") {
		return
	}
	i = skipSpace(t, i+2)
	colon := bytes.Index(t[i:], []byte(":"))
	if colon < 0 {
		return
	}
	if prog := trimSpace(t[i : i+colon]); len(prog) > 0 && isName(prog) {
		sc.h.setDomain(prog)
	} else if len(prog) > 0 {
		return
	}
	sc.i = i + colon + 1
	if sc.i < len(t) && t[sc.i] == ' ' {
		sc.i++
	}
	sc.plainBrackets(true)
}

// klogLine recognises `I0222 14:30:45.123456   42 file.go:7] message` of klog
// and glog, with or without the year.
func (r *reader) klogLine(t []byte, h *head) fit {
	t = t[skipSpace(t, 0):]
	if len(t) < 22 || !isDigit(t[1]) || !isDigit(t[4]) {
		return misfit
	}
	level, n := model.LevelNone, 0
	switch t[0] {
	case 'I', 'W', 'E', 'F', 'D', 'V', 'C':
		level, _ = model.ParseLevel(t[:1])
		n = 1
	default:
		return misfit
	}
	s, ok := r.stampAt(t[n:])
	if !ok || !s.Date {
		return misfit
	}
	end := bytes.IndexByte(t[:min(len(t), 200)], ']')
	if end < 0 || end < n+s.Len {
		return misfit
	}
	words := bytes.Fields(t[n+s.Len : end])
	if len(words) == 0 || len(words) > 3 || !isPlace(words[len(words)-1]) {
		return misfit
	}
	h.level = level
	h.setTime(s)
	h.stamped = true
	if len(words) > 1 {
		h.number("pid", words[0])
	}
	h.text("caller", words[len(words)-1])
	h.msg = klogMessage(trimSpace(t[end+1:]))
	return strong
}

// klogMessage takes the quotes off the message of structured klog.
func klogMessage(msg []byte) []byte {
	if len(msg) < 2 || msg[0] != '"' {
		return msg
	}
	end := quoteEnd(msg)
	if end < 0 || end+1 < len(msg) && msg[end+1] != ' ' || bytes.IndexByte(msg[:end], '\\') >= 0 {
		return msg
	}
	if end+1 == len(msg) {
		return msg[1:end]
	}
	if bytes.IndexByte(msg[end:], '=') < 0 {
		return msg
	}
	return append(append(make([]byte, 0, len(msg)), msg[1:end]...), msg[end+1:]...)
}
