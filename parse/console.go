package parse

import (
	"bytes"

	"ravel/parse/lifecycle"
)

// loggerBehind takes what structlog's console layout writes behind the event:
// `event   [logger] key=value …`, where the level's bracket is filled up with
// blanks. Nothing is taken unless the line ends so: the brackets of an event
// are text.
func (h *head) loggerBehind() {
	msg := h.msg
	for end := len(msg); ; {
		at := bytes.LastIndex(msg[:end], []byte(" ["))
		if at < 0 {
			return
		}
		n := closing(msg[at+1:], 120)
		if n > 1 && isDotted(msg[at+2:at+1+n]) && onlyPairs(msg[at+2+n:]) {
			if len(h.domain) > 0 {
				return
			}
			h.setDomain(msg[at+2 : at+1+n])
			for rest := trimSpace(msg[at+2+n:]); len(rest) > 0; rest = trimSpace(rest) {
				key, val, after, quoted, _ := nextPair(rest)
				if !lifecycle.None(val) {
					h.pair(key, val, quoted)
				}
				rest = after
			}
			h.msg = bytes.TrimRight(msg[:at], " ")
			return
		}
		end = at
	}
}

// isDotted reports whether a word is a logger's name, such as app.db.
func isDotted(word []byte) bool {
	if !isAlpha(word[0]) && word[0] != '_' {
		return false
	}
	for _, c := range word {
		if !isWord(c) && c != '.' && c != '-' && c != '/' {
			return false
		}
	}
	return true
}

// nextPair reads the key=value pair with which text begins, its value as Python
// shows it: bare, or in either quotes. It is not ok where none stands there.
func nextPair(text []byte) (key, val, rest []byte, quoted, ok bool) {
	eq := bytes.IndexByte(text, '=')
	if eq < 1 || bytes.IndexByte(text[:eq], ' ') >= 0 {
		return nil, nil, nil, false, false
	}
	key, val = text[:eq], text[eq+1:]
	if len(val) > 0 && (val[0] == '\'' || val[0] == '"') {
		for i := 1; i < len(val); i++ {
			switch val[i] {
			case '\\':
				i++
			case val[0]:
				return key, val[1:i], val[i+1:], true, true
			}
		}
		return nil, nil, nil, false, false
	}
	n := token(val, 0)
	return key, val[:n], val[n:], false, true
}

// onlyPairs reports whether text is nothing but key=value pairs, or blank.
func onlyPairs(text []byte) bool {
	for len(text) > 0 {
		if text[0] != ' ' {
			return false
		}
		if text = trimSpace(text); len(text) == 0 {
			return true
		}
		var ok bool
		if _, _, text, _, ok = nextPair(text); !ok {
			return false
		}
	}
	return true
}
