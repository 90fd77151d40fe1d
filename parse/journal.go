package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/stamp"
)

// journalEntry recognises the first line of what journalctl prints with -o
// export and -o verbose: a record is a line for each of its fields. An entry of
// the one ends with a blank line, of the other with what is not indented.
func (r *reader) journalEntry(t []byte, h *head) fit {
	switch {
	case hasPrefix(t, "__CURSOR=s="):
	case bytes.HasSuffix(t, []byte("]")) && bytes.Contains(t, []byte(" [s=")):
		s, ok := stamp.Weekday.At(t, r.loc)
		if !ok || !hasPrefix(t[s.Len:], " [s=") {
			return misfit
		}
		h.setTime(s)
		h.text("cursor", t[s.Len+2:len(t)-1])
	default:
		return misfit
	}
	h.stamped, h.entry = true, entryJournal
	h.msg = nil
	return strong
}

// entryMore takes one more line of the open record r, which is an entry, unless
// the line is none of it.
func (p *Parser) entryMore(l *lane, r *pending, text []byte) bool {
	switch {
	case r.entry == entryXML && !p.over(r) && string(trimSpace(text)) != "<record>":
		p.xmlLine(l, text)
	case r.entry == entryJournal && !entryEnds(text):
		p.entryLine(l, text)
	default:
		return false
	}
	return true
}

// entryLine takes one more line of the open record, which is such an entry.
func (p *Parser) entryLine(l *lane, text []byte) {
	p.extend(l, text, false, false)
	r := l.open
	key, val, _ := cutByte(trimSpace(text), '=')
	switch string(key) {
	case "PRIORITY":
		if level, ok := numericLevel(val, true, false); ok {
			r.meta.Level, r.noLvl = level, false
		}
	case "__REALTIME_TIMESTAMP":
		if ns, ok := stamp.Epoch(val); ok && r.meta.Time == model.NoTime {
			r.meta.Time = ns
		}
	case "SYSLOG_IDENTIFIER":
		r.meta.Domain = p.names.id(val)
	}
}

// entryEnds reports whether a line is none of the open entry's.
func entryEnds(text []byte) bool {
	if text[0] == ' ' || text[0] == '\t' {
		return false
	}
	n := bytes.IndexByte(text, '=')
	if n < 1 || hasPrefix(text, "__CURSOR=") {
		return true
	}
	for _, c := range text[:n] {
		if !isUpper(c) && !isDigit(c) && c != '_' {
			return true
		}
	}
	return false
}

// entry finishes a record of a line for each field.
func (c *decoding) entry(rest []byte, r *model.Record) {
	c.textIDs(nil, rest)
	margin := 0
	var msg []byte
	within := false // the message, which may have several lines
	for line := range bytes.Lines(rest) {
		line = trimEOL(line)
		indent := skipSpace(line, 0)
		if within && indent > margin {
			msg = append(append(msg, '\n'), line[min(len(line), margin+len("MESSAGE=")):]...)
			continue
		}
		key, val, ok := cutByte(line[min(indent, len(line)):], '=')
		if within = ok && string(key) == "MESSAGE"; within {
			msg, margin = append(msg, val...), indent
		} else if ok && string(key) != "__REALTIME_TIMESTAMP" && string(key) != "__CURSOR" {
			c.h.text(string(key), val)
		}
	}
	r.Message = string(msg)
	c.ids(r)
	r.Fields = dropIDs(c.caps.fields, r)
}
