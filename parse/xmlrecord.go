package parse

import (
	"bytes"
	"strconv"
	"strings"

	"ravel/model"
	"ravel/parse/stamp"
)

// xmlRecord recognises the first line of a record as java.util.logging writes it
// in XML: an element a line, up to the one that closes the record.
func (r *reader) xmlRecord(t []byte, h *head) fit {
	if string(trimSpace(t)) != "<record>" {
		return misfit
	}
	h.stamped, h.entry = true, entryXML
	h.msg = nil
	return strong
}

// xmlLine takes one more line of the open record.
func (p *Parser) xmlLine(l *lane, text []byte) {
	p.extend(l, text, false, false)
	r := l.open
	if r == nil {
		return
	}
	name, val := xmlTag(trimSpace(text))
	switch name {
	case "date", "millis":
		if ns, ok := p.r.xmlTime(name, val); ok && (name == "date" || r.meta.Time == model.NoTime) {
			r.meta.Time = ns
		}
	case "level":
		if level, ok := model.ParseLevel(val); ok {
			r.meta.Level, r.noLvl = level, false
		}
	case "logger":
		if len(val) > 0 {
			r.meta.Domain = p.names.id(val)
		}
	case "exception":
		p.traced(r)
	case "/record":
		r.entry = noEntry
	}
}

// xmlTime reads the stamp of a record: its date where that has a zone, as Java
// writes it since 9, else the ms since the epoch.
func (r *reader) xmlTime(name string, val []byte) (int64, bool) {
	if name == "millis" {
		return stamp.Epoch(val)
	}
	s, ok := r.valueStamp(val)
	return s.Nanos, ok && s.Zone && s.Year
}

// xmlTag splits a line that is an element: its name, "/" and the name where it
// closes one, and what stands within.
func xmlTag(line []byte) (name string, val []byte) {
	end := bytes.IndexByte(line, '>')
	if end < 2 || line[0] != '<' {
		return "", line
	}
	val = line[end+1:]
	if shut := bytes.LastIndex(val, []byte("</")); shut >= 0 {
		val = val[:shut]
	}
	return string(line[1:end]), val
}

// xmlEntry finishes a record in XML.
func (c *decoding) xmlEntry(rest []byte, r *model.Record) {
	var msg []byte
	var fault, within int // lines of the exception, of the message
	at := 0
	for line := range bytes.Lines(rest) {
		from := at
		at += len(line)
		line = trimEOL(line)
		name, val := xmlTag(trimSpace(line))
		switch {
		case name == "exception":
			fault = from + 1
		case name == "/exception":
			r.Traceback = xmlTrace(rest[fault-1 : at])
			fault = 0
		case fault > 0:
		case name == "message" || within > 0:
			if within++; within > 1 {
				msg = append(msg, '\n')
				_, val = xmlTag(append([]byte("<message>"), line...))
			}
			msg = append(msg, val...)
			if bytes.Contains(line, []byte("</message>")) {
				within = 0
			}
		case name == "date", name == "level", name == "logger", name == "millis", len(name) == 0, name[0] == '/', len(val) == 0:
		default:
			c.h.scalar(name, val)
		}
	}
	r.Message = unescapeXML(msg)
	c.textIDs([]byte(r.Message), nil)
	c.ids(r)
	r.Fields = dropIDs(c.caps.fields, r)
}

// xmlTrace reads the exception of a record.
func xmlTrace(text []byte) *model.Traceback {
	tb := &model.Traceback{Text: string(bytes.TrimRight(text, "\r\n"))}
	var f model.Frame
	for line := range bytes.Lines(text) {
		switch name, val := xmlTag(trimSpace(trimEOL(line))); name {
		case "message":
			tb.Type, tb.Message, _ = strings.Cut(unescapeXML(val), ": ")
		case "class":
			f.Function = unescapeXML(val)
		case "method":
			f.Function += "." + unescapeXML(val)
		case "line":
			f.Line, _ = strconv.Atoi(string(val))
		case "/frame":
			tb.Frames = append(tb.Frames, f)
			f = model.Frame{}
		}
	}
	return tb
}

var xmlEscapes = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&amp;", "&")

// unescapeXML is text without the escapes that XML has names for.
func unescapeXML(text []byte) string { return xmlEscapes.Replace(string(text)) }
