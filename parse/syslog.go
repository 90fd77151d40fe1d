package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/stamp"
)

// counted takes the length that RFC 6587 puts before a message.
func counted(t []byte) []byte {
	n := 0
	for n < len(t) && n < 6 && isDigit(t[n]) {
		n++
	}
	if n == 0 || n+2 >= len(t) || t[n] != ' ' || t[n+1] != '<' {
		return nil
	}
	return t[n+1:]
}

// priority takes syslog's `<PRI>` and the header behind it, of RFC 5424 or
// RFC 3164.
func (u *unwrapper) priority(t []byte, w *wrapped) carrier {
	end := bytes.IndexByte(t[:min(len(t), 6)], '>')
	if end < 2 || !isDigits(t[1:end]) {
		return noCarrier
	}
	pri := atoi(t[1:end], 1000)
	if pri > 191 {
		return noCarrier
	}
	rest := t[end+1:]
	if len(rest) > 1 && rest[0] == ':' { // Cisco's ASA with the facility of its own
		rest = rest[1:]
	}
	if len(rest) > 1 && rest[0] == '1' && rest[1] == ' ' {
		rfc5424(rest[2:], w, u.r)
	} else if !syslogText(rest, w, u.r) {
		looseSyslog(rest, w, u.r)
	}
	w.level = syslogLevels[pri&7]
	return carrierSyslog
}

// syslogText takes `Jan _2 15:04:05 host tag[pid]: text`.
func syslogText(t []byte, w *wrapped, r *reader) bool {
	if len(t) < 16 || (!isUpper(t[0]) || t[3] != ' ') && !dayBehind(t) {
		return false
	}
	s, ok := stamp.MonD.At(t, r.loc)
	if !ok || s.Len >= len(t) || t[s.Len] != ' ' && t[s.Len] != ':' || bytes.IndexByte(t[:s.Len], ',') >= 0 {
		return false
	}
	i := s.Len
	if i < len(t) && t[i] == ':' { // Cisco: stamp, colon, %FACILITY-5-NAME
		i++
	}
	return syslogTail(t[min(len(t), i+1):], s, w)
}

// dayBehind reports whether t begins with a word and a number, as it does where
// months have the names of a locale: août 19 …, déc. 19 ….
func dayBehind(t []byte) bool {
	n := bytes.IndexByte(t[:12], ' ')
	return n >= 3 && (isDigit(t[n+1]) || t[n+1] == ' ' && isDigit(t[n+2])) && (isLower(t[0]) || t[n-1] == '.')
}

// rsyslogStamp reports whether a stamp is written as rsyslog writes it to files,
// with microseconds and an offset, or journalctl, with an offset alone. Behind
// either a tag needs no process.
func rsyslogStamp(t []byte, s stamp.Stamp) bool {
	sign := func(i int) bool { return t[i] == '+' || t[i] == '-' }
	return s.Len == 32 && t[19] == '.' && sign(26) || s.Len == 24 && sign(19)
}

// syslogISO takes ` host tag[pid]: text` behind the RFC 3339 stamp s of t.
func syslogISO(t, rest []byte, s stamp.Stamp, w *wrapped) bool {
	n := token(rest, 0)
	if n == 0 || n >= len(rest) || !isHost(rest[:n]) {
		return false
	}
	tag := rest[n+1:]
	end := bytes.IndexByte(tag[:min(len(tag), 64)], ':')
	if end <= 0 || end+1 < len(tag) && tag[end+1] != ' ' {
		return false
	}
	if bytes.IndexByte(tag[:end], ' ') >= 0 || tag[end-1] != ']' && string(tag[:end]) != "kernel" && !rsyslogStamp(t, s) {
		return false
	}
	return syslogTail(rest, s, w)
}

// isHost reports whether a word may be a host's name or address.
func isHost(word []byte) bool {
	if _, ok := model.ParseLevel(word); ok {
		return false
	}
	for _, c := range word {
		if !isWord(c) && c != '-' && c != '.' && c != ':' {
			return false
		}
	}
	return len(word) > 0
}

// isDevice reports whether a word may be a host, or the name, address and model
// that a device puts in its place, set off by commas.
func isDevice(word []byte) bool {
	for len(word) > 0 {
		part, rest, _ := cutByte(word, ',')
		if !isHost(part) {
			return false
		}
		word = rest
	}
	return true
}

// syslogTail takes `host tag[pid]: text`.
func syslogTail(t []byte, s stamp.Stamp, w *wrapped) bool {
	t = t[skipSpace(t, 0):]
	n := token(t, 0)
	if n == 0 || n >= len(t) && s.Year || !isDevice(t[:n]) && t[n-1] != ':' {
		return false
	}
	host := t[:n]
	rest := t[skipSpace(t, n):]
	if host[n-1] == ':' || t[0] == '%' { // no host: the tag comes first
		if _, level := model.ParseLevel(t[:n-1]); level && logLevel(t[:n-1]) {
			return false
		}
		host, rest = nil, t
	} else if hasPrefix(rest, ": ") {
		if _, _, _, ok := syslogTag(rest[2:]); ok {
			rest = rest[2:]
		}
	}
	tag, pid, text, ok := syslogTag(rest)
	if !ok {
		tag, pid, text, ok = levelTag(rest, w)
	}
	if !ok {
		if domain, level, n := topicList(rest); n > 0 {
			tag, text, w.level, ok = domain, trimSpace(rest[n:]), level, true
		}
	}
	if !ok && s.Year {
		return false
	}
	if !ok {
		if tag, pid, text, ok = bareTag(rest); !ok {
			return false
		}
	}
	w.setTime(s)
	w.mix(carrierSyslog, host)
	w.mix(carrierSyslog, tag)
	w.mix(carrierSyslog, pid)
	w.domain = tag
	w.field("hostname", host)
	w.field("app_name", tag)
	w.field("proc_id", pid)
	w.text = text
	return true
}

// levelTag takes `level tag[pid]: text`, as BIG-IP and others write the level
// between host and tag.
func levelTag(t []byte, w *wrapped) (tag, pid, text []byte, ok bool) {
	level, n, caps := levelToken(t)
	if n < 3 || n >= len(t) || t[n] != ' ' || caps || !logLevel(t[:n]) {
		return nil, nil, nil, false
	}
	if tag, pid, text, ok = syslogTag(t[n+1:]); len(pid) == 0 {
		return nil, nil, nil, false
	}
	w.level = level
	return tag, pid, text, ok
}

// bareTag takes what stands behind the host where no colon ends the tag: nothing
// at all, the tag alone, a dash in its place, or what the daemon says of itself.
func bareTag(t []byte) (tag, pid, text []byte, ok bool) {
	switch n := token(t, 0); {
	case len(t) == 0:
		return nil, nil, nil, true
	case hasPrefix(t, "-- MARK --"), hasPrefix(t, "last message repeated "), hasPrefix(t, "message repeated "):
		return nil, nil, t, true
	case hasPrefix(t, "- "), hasPrefix(t, ": "):
		return nil, nil, t[2:], true
	case n == len(t) && n < 64:
		if i := bytes.IndexByte(t, '['); i > 0 && t[n-1] == ']' {
			return t[:i], t[i+1 : n-1], nil, true
		}
		return t, nil, nil, true
	}
	return nil, nil, nil, false
}

// syslogTag takes `tag[pid]: text` apart. Tags of macOS have parentheses and
// blanks, `com.apple.xpc.launchd[1] (com.apple.quicklook[2212]):` among them.
func syslogTag(t []byte) (tag, pid, text []byte, ok bool) {
	if _, _, _, ok := ciscoMark(t); ok {
		return nil, nil, t, true
	}
	n := 0
	for n < len(t) && t[n] != '[' && t[n] != ':' && t[n] != ' ' {
		n++
	}
	if n == 0 || n >= len(t) || n > 64 {
		return nil, nil, nil, false
	}
	if hasPrefix(t, "CEF:") || hasPrefix(t, "LEEF:") { // ArcSight's and QRadar's are the text already
		return t[:n], nil, t, true
	}
	if tag = t[:n]; isDigit(tag[0]) && bytes.IndexByte(tag, '/') > 0 { // pf's rule numbers
		return nil, nil, nil, false
	}
	i := n
	if t[i] == '[' {
		end := bytes.IndexByte(t[i:], ']')
		if end < 0 {
			return nil, nil, nil, false
		}
		pid = t[i+1 : i+end]
		i += end + 1
	}
	if hasPrefix(t[i:], " <") { // macOS: tag[pid] <Level>: text
		if end := closing(t[i+1:], 20); end > 0 && hasPrefix(t[i+1+end+1:], ":") {
			i += end + 2
		}
	}
	if hasPrefix(t[i:], " (") {
		if end := closing(t[i+1:], 120); end > 0 && hasPrefix(t[i+1+end+1:], ":") {
			i += end + 2
		}
	}
	if i >= len(t) || t[i] != ':' {
		return nil, nil, nil, false
	}
	text = t[i+1:]
	if len(text) > 0 && text[0] == ' ' {
		text = text[1:]
	}
	return tag, pid, text, true
}

// looseSyslog takes what follows a priority when its header is incomplete:
// what is there of stamp, host and tag, the rest is text.
func looseSyslog(t []byte, w *wrapped, r *reader) {
	w.text = t
	s, ok := stamp.At(t, r.loc)
	if !ok || !s.Date {
		if tag, pid, text, ok := syslogTag(t); ok && len(pid) > 0 {
			w.domain = tag
			w.field("app_name", tag)
			w.field("proc_id", pid)
			w.text = text
			w.mix(carrierSyslog, tag)
		}
		return
	}
	w.setTime(s)
	rest := t[min(len(t), skipSpace(t, s.Len)):]
	if syslogTail(rest, s, w) {
		return
	}
	w.text = rest
	if n := token(rest, 0); n > 0 && n < len(rest) && isHost(rest[:n]) {
		w.field("hostname", rest[:n])
		w.mix(carrierSyslog, rest[:n])
		w.text = rest[n+1:]
	}
}

// rfc5424 takes `STAMP host app proc msgid [structured data] text`.
func rfc5424(t []byte, w *wrapped, r *reader) {
	w.text = t
	names := [...]string{"", "hostname", "app_name", "proc_id", "msg_id"}
	i := 0
	for k, name := range names {
		n := token(t, i)
		if n == i {
			break
		}
		val := t[i:n]
		if i = n; i < len(t) {
			i++
		}
		if k == 0 {
			s, ok := stamp.Text(val, r.loc)
			if ok {
				w.setTime(s)
			} else if string(val) != "-" {
				return
			}
			continue
		}
		if string(val) == "-" {
			continue
		}
		w.field(name, val)
		w.mix(carrierSyslog, val)
		if k == 2 {
			w.domain = val
		}
	}
	w.text = structuredData(t[i:], w)
	w.text = bytes.TrimPrefix(w.text, []byte("\xef\xbb\xbf"))
}

// structuredData takes RFC 5424's `[id name="value" …]…` or `-`.
func structuredData(t []byte, w *wrapped) []byte {
	if hasPrefix(t, "-") {
		return t[min(len(t), 2):]
	}
	for len(t) > 0 && t[0] == '[' {
		end := elementEnd(t)
		if end < 0 || bytes.IndexByte(t[1:min(token(t, 1), end)], '"') >= 0 { // Check Point's [action:"Drop"; …] has no id
			return t
		}
		if w.caps != nil {
			element(t[1:end], w)
		}
		t = t[end+1:]
	}
	if len(t) > 0 && t[0] == ' ' {
		t = t[1:]
	}
	return t
}

// elementEnd returns where the element that t begins with closes.
func elementEnd(t []byte) int {
	quote := false
	for i := 1; i < len(t); i++ {
		switch {
		case t[i] == '\\' && quote:
			i++
		case t[i] == '"':
			quote = !quote
		case t[i] == ']' && !quote:
			return i
		}
	}
	return -1
}

// element adds one element's parameters as fields of an object.
func element(t []byte, w *wrapped) {
	n := token(t, 0)
	obj := model.Field{Name: string(t[:n]), Value: model.Value{Kind: model.Object}}
	for t = t[n:]; ; {
		t = t[skipSpace(t, 0):]
		name, rest, ok := cutByte(t, '=')
		if !ok || len(rest) == 0 || rest[0] != '"' {
			break
		}
		end := quoteEnd(rest)
		if end < 0 {
			break
		}
		val := bytes.NewReader(rest[1:end])
		text := make([]byte, 0, end)
		for c, err := val.ReadByte(); err == nil; c, err = val.ReadByte() {
			if c == '\\' {
				if next, err := val.ReadByte(); err == nil {
					if next != '"' && next != '\\' && next != ']' {
						text = append(text, c)
					}
					c = next
				}
			}
			text = append(text, c)
		}
		obj.Value.Keys = append(obj.Value.Keys, model.Field{Name: string(name), Value: model.StringValue(string(text))})
		t = rest[end+1:]
	}
	w.caps.fields = append(w.caps.fields, obj)
}
