package parse

import (
	"bytes"

	"ravel/model"
)

// mysqlSystem is how MySQL marks what is no error: a level of its own, which is
// none elsewhere.
const mysqlSystem = "[System] [MY-"

// marked takes what some programs put before a message without a level word:
// GitHub's `##[error]`, Cisco's `%SYS-5-CONFIG_I: `, a tag with a process as
// macOS and daemons write it, `Shop[42:1f3] `, `sshd[42]: `.
func (s *scan) marked() bool {
	t := s.t[min(s.i, len(s.t)):]
	if len(t) < 4 {
		return false
	}
	switch {
	case hasPrefix(t, "##["):
		end := closing(t[2:], 16)
		if end < 2 {
			return false
		}
		level, ok := model.ParseLevel(t[3 : 2+end])
		if ok {
			s.h.level = level
			s.i += 2 + end + 1
		}
		return ok
	case t[0] == '%':
		domain, level, n, ok := ciscoMark(t)
		if ok {
			s.h.setDomain(domain)
			s.h.level = level
			s.i += n
		}
		return ok
	case hasPrefix(t, "??? "): // zerolog without a level
		s.i += 3
		s.afterLevel()
		return true
	case (isAlpha(t[0]) || t[0] == '/') && s.goPlace(t):
		return true
	case isAlpha(t[0]):
		if n := token(t, 0); n+1 < len(t) && t[n+1] == '%' && isHost(t[:n]) { // NX-OS: host %AUTHPRIV-3-X: message
			domain, level, k, ok := ciscoMark(t[n+1:])
			if ok {
				s.h.text("hostname", t[:n])
				s.h.setDomain(domain)
				s.h.level = level
				s.i += n + 1 + k
			}
			return ok
		}
		if !s.daemon(t) {
			return s.pidless(t)
		}
		if i := skipSpace(s.t, s.i); i < len(s.t) && s.t[i] == '%' { // IOS XR: ifmgr[214]: %PKT_INFRA-LINK-3-UPDOWN : message
			if domain, level, k, ok := ciscoMark(s.t[i:]); ok {
				s.h.domain, s.h.level = domain, level
				s.i = i + k
			}
		}
		return true
	}
	return false
}

// pidless takes the mark of Telegraf, a level's letter and an exclamation mark:
// `E! [inputs.docker] message`.
func (s *scan) pidless(t []byte) bool {
	if t[1] != '!' || t[2] != ' ' || !isUpper(t[0]) {
		return false
	}
	level, ok := model.ParseLevel(t[:1])
	if ok {
		s.h.level = level
		s.i += 2
		s.afterLevel()
	}
	return ok
}

// topics takes the words, set off by commas, with which MikroTik's routers tell what a
// line is about and how grave it is: system,error,critical login failure …
func (s *scan) topics() bool {
	domain, level, n := topicList(s.t[min(s.i, len(s.t)):])
	if n == 0 {
		return false
	}
	s.h.setDomain(domain)
	s.h.level = level
	s.i += n
	return true
}

// topicList reads such words: the first, the gravest level among them and their
// length, 0 where t does not begin with any.
func topicList(t []byte) (domain []byte, level model.Level, n int) {
	n = token(t[:min(len(t), 64)], 0)
	if domain, _, _ = cutByte(t[:n], ','); len(domain) < 2 || len(domain) == n || n == len(t) {
		return nil, 0, 0
	}
	for rest := t[:n]; len(rest) > 0; {
		var word []byte
		word, rest, _ = cutByte(rest, ',')
		for _, c := range word {
			if !isLower(c) && !isDigit(c) && c != '-' && c != '!' {
				return nil, 0, 0
			}
		}
		switch string(word) {
		case "debug", "info", "warning", "error", "critical":
			l, _ := model.ParseLevel(word)
			level = max(level, l)
		}
	}
	if level == model.LevelNone {
		n = 0
	}
	return domain, level, n
}

// goPlace takes `file.go:31: `, which Go's log puts behind its stamp.
func (s *scan) goPlace(t []byte) bool {
	n := token(t, 0)
	if n < 6 || t[n-1] != ':' || !isPlace(t[:n-1]) || !bytes.Contains(t[:n], []byte(".go:")) {
		return false
	}
	s.h.text("caller", t[:n-1])
	s.i += n
	return true
}

// daemon takes `name[42]: ` and `name[42:1f3] `.
func (s *scan) daemon(t []byte) bool {
	n := token(t, 0)
	open := bytes.IndexByte(t[:n], '[')
	if open < 1 || n > 64 || !isName(t[:open]) {
		return false
	}
	word := bytes.TrimSuffix(t[:n], []byte(":"))
	in := word[open+1:]
	if len(in) < 2 || in[len(in)-1] != ']' {
		return false
	}
	pid, tid, two := cutByte(in[:len(in)-1], ':')
	if !isDigits(pid) || !two && len(word) == n {
		return false
	}
	s.h.setDomain(t[:open])
	s.h.number("pid", pid)
	s.h.text("thread", tid)
	s.i += n
	return true
}

// ciscoMark reads `%FACILITY-SEVERITY-MNEMONIC: `, its severity one of syslog's.
func ciscoMark(t []byte) (domain []byte, level model.Level, n int, ok bool) {
	n = bytes.IndexByte(t[:min(len(t), 80)], ':')
	if n < 5 || t[0] != '%' {
		return nil, 0, 0, false
	}
	mark := bytes.TrimRight(t[1:n], " ") // IOS XR sets the colon off
	last := bytes.LastIndexByte(mark, '-')
	if last < 3 || !isDigit(mark[last-1]) || mark[last-1] > '7' || mark[last-2] != '-' || !isUpper(mark[0]) || bytes.IndexByte(mark, ' ') >= 0 {
		return nil, 0, 0, false
	}
	return mark[:last-2], syslogLevels[mark[last-1]-'0'], n + 1, true
}

// ciscoLine recognises a line that begins with Cisco's mark, as it does within
// syslog.
func (r *reader) ciscoLine(t []byte, h *head) fit {
	domain, level, n, ok := ciscoMark(t)
	if !ok {
		return misfit
	}
	h.domain, h.level = domain, level
	h.msg = trimSpace(t[n:])
	return medium
}

// esxiLevel reads VMware ESXi's levels of two letters with syslog's priority
// behind: In(14).
func esxiLevel(t []byte) (level model.Level, n int) {
	if len(t) < 5 || t[2] != '(' || !isDigit(t[3]) || !isLower(t[1]) {
		return model.LevelNone, 0
	}
	end := bytes.IndexByte(t[:min(len(t), 8)], ')')
	if end < 0 || !isDigits(t[3:end]) {
		return model.LevelNone, 0
	}
	switch string(t[:2]) {
	case "Db":
		level = model.Debug
	case "In":
		level = model.Info
	case "No":
		level = model.Notice
	case "Wa":
		level = model.Warning
	case "Er":
		level = model.Error
	case "Cr", "Al", "Em":
		level = model.Critical
	default:
		return model.LevelNone, 0
	}
	return level, end + 1
}

// label takes the word that PostgreSQL puts in the level's place before what
// belongs to the record above: it says no severity.
func (s *scan) label() {
	probe := *s
	for range 4 {
		probe.separators()
		rest := s.t[probe.i:]
		n := token(rest, 0)
		switch string(rest[:n]) {
		case "STATEMENT:", "DETAIL:", "HINT:", "CONTEXT:", "QUERY:", "LOCATION:":
			for s.i < probe.i {
				s.takeToken(probe.i)
				s.separators()
			}
			s.h.text("error_part", rest[:n-1])
			s.i = skipSpace(s.t, probe.i+n)
			return
		}
		if n == 0 {
			return
		}
		if _, ok := probe.pass(); !ok {
			return
		}
	}
}

// postgres takes a head that a log_line_prefix of one's own made: whatever stands
// before it, a colon and two blanks behind the severity are PostgreSQL's.
func (s *scan) postgres() bool {
	t := s.t[min(s.i, len(s.t)):]
	at := bytes.Index(t[:min(len(t), 240)], []byte(":  "))
	k := at
	for k > 0 && (isUpper(t[k-1]) || isDigit(t[k-1])) {
		k--
	}
	if at < 3 || k > 0 && bytes.IndexByte([]byte(" ,|:>]"), t[k-1]) < 0 {
		return false
	}
	level, part := model.LevelNone, false
	switch word := t[k:at]; string(word) {
	case "LOG", "ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "INFO", "DEBUG", "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5":
		level, _ = model.ParseLevel(word)
	case "STATEMENT", "DETAIL", "HINT", "CONTEXT", "QUERY", "LOCATION":
		part = true
	default:
		return false
	}
	for limit := s.i + k; s.i < limit; {
		if s.separators(); s.i >= limit {
			break
		}
		word := s.t[s.i:limit]
		if n := token(word, 0); word[0] != '[' && bytes.IndexByte(word[:n], '=') < 1 && bytes.IndexByte(word[:n], '@') < 1 {
			s.i += n
			continue
		} else if at := bytes.IndexByte(word[:n], '@'); at > 0 && word[0] != '[' {
			from := bytes.LastIndexByte(word[:at], ':') + 1
			name, _, _ := cutByte(word[from:n], ':')
			s.h.setDomain(name)
			s.i += n
			continue
		}
		s.takeToken(limit)
	}
	if s.i = skipSpace(s.t, s.i+at-k+1); part {
		s.h.text("error_part", t[k:at])
	}
	s.h.level = level
	return true
}
