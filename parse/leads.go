package parse

import "bytes"

// indentedLevel takes a level in capitals that a few blanks stand before, where
// console layouts fill levels up on the left.
func (r *reader) indentedLevel(t []byte, h *head) fit {
	i := skipSpace(t, 0)
	if i > 8 {
		return misfit
	}
	level, n, caps := levelToken(t[i:])
	if n < 4 || !caps || !commonLevel(t[i:i+n]) || i+n >= len(t) || t[i+n] != ' ' && !hasPrefix(t[i+n:], ": [") {
		return misfit
	}
	h.level = level
	sc := scan{r: r, h: h, t: t, i: i + n}
	sc.afterLevel()
	sc.done()
	if h.hasTime { // apex: `  INFO: [STAMP] message`
		h.stamped = true
		return strong
	}
	return weak
}

// bracketFirst takes a line that begins with another bracket than its level's:
// `[thread] LEVEL logger - message`, as SLF4J's simple logger prints it. Of a
// head that is less clear only the level is taken.
func (r *reader) bracketFirst(sc *scan) fit {
	t, h := sc.t, sc.h
	i := 0
	for range 3 {
		if i >= len(t) || t[i] != '[' && t[i] != '(' {
			break
		}
		end := closing(t[i:], 80)
		if end < 2 || i+end+2 >= len(t) || t[i+end+1] != ' ' {
			return misfit
		}
		in := trimSpace(t[i+1 : i+end])
		if level, n, caps := levelToken(in); i > 0 && n > 2 && n == len(in) && (caps || plainLevel(in)) {
			h.level, h.msg = level, t
			return weak
		}
		i = skipSpace(t, i+end+1)
	}
	level, n, caps := levelToken(t[i:])
	if i == 0 || n < 4 || !caps || !commonLevel(t[i:i+n]) || i+n+1 >= len(t) || t[i+n] != ' ' {
		return misfit
	}
	h.level = level
	first := closing(t, 80)
	sc.i = i + n
	if sc.afterLevel(); len(h.domain) == 0 {
		h.msg = t
		return weak
	}
	r.bracketed(t[1:first], h)
	sc.done()
	return medium
}

// nameFirst takes a logger that stands before the level, set off as the level is:
// `name: LEVEL: message`, `name - LEVEL - message`.
func (r *reader) nameFirst(sc *scan) fit {
	t := sc.t
	n := token(t, 0)
	mark := " - "
	if n > 2 && t[n-1] == ':' {
		n--
		mark = ": "
	}
	if n > 60 || !isAlpha(t[0]) || !hasPrefix(t[n:], mark) || !isName(t[:n]) {
		return misfit
	}
	at := n + len(mark)
	level, k, caps := levelToken(t[at:])
	if k < 4 || !caps || !commonLevel(t[at:at+k]) || !hasPrefix(t[at+k:], mark) {
		return misfit
	}
	sc.h.setDomain(t[:n])
	sc.h.level = level
	sc.i = at + k + len(mark)
	sc.done()
	return weak
}

// programFirst takes `nginx: [emerg] message`: what a server says before its log
// is open.
func (r *reader) programFirst(sc *scan) fit {
	colon := bytes.IndexByte(sc.t[:min(len(sc.t), 24)], ':')
	if colon < 2 || !hasPrefix(sc.t[colon:], ": [") || !isName(sc.t[:colon]) {
		return misfit
	}
	end := closing(sc.t[colon+2:], 12)
	if end < 3 {
		return misfit
	}
	level, n, _ := levelToken(sc.t[colon+3:])
	if n != end-1 || n < 3 {
		return misfit
	}
	sc.h.setDomain(sc.t[:colon])
	sc.h.level = level
	sc.i = colon + 2 + end + 1
	sc.done()
	return medium
}

// taggedLine recognises `[id] message` and `[id] [tag] message` of Rails'
// tagged logging where no formatter puts a stamp before it.
func (r *reader) taggedLine(t []byte, h *head) fit {
	end := closing(t, 80)
	if end < 2 || end+1 >= len(t) || t[end+1] != ' ' {
		return misfit
	}
	in := t[1:end]
	switch {
	case isID(in):
		h.setID(in)
	case bytes.IndexByte(in, '=') > 0 && pairsOnly(in):
		h.pairs(in)
	default:
		return misfit
	}
	sc := scan{r: r, h: h, t: t, i: skipSpace(t, end+1)}
	sc.plainBrackets(true)
	h.msg = t[min(sc.i, len(t)):]
	h.tagged = true
	if at := bytes.LastIndex(h.msg, []byte(" at ")); at > 0 && hasPrefix(h.msg, "Started ") {
		if s, ok := r.valueStamp(h.msg[at+4:]); ok {
			h.setTime(s)
		}
	}
	return medium
}
