package parse

import (
	"bytes"

	"ravel/parse/jsonscan"
)

// elements makes a record of each element of a JSON array of objects, or of
// {"events":[…]}, that stands on one line (rule 32). The bytes between the
// elements go with the one before, so that nothing is lost. It reports whether
// the line is such an array.
func (p *Parser) elements(text []byte) bool {
	lead := arrayLead(text)
	if lead == 0 || lead >= len(text) || text[lead] != '{' || p.force != noFormat && p.set.formatName(p.force) != "json" {
		return false
	}
	if n, ok := jsonscan.Value(text); !ok || !isBlank(text[n:]) {
		return false
	}
	line := p.ext[0]
	l := p.lanes[0]
	p.last = l
	num, _ := p.set.find("json")
	from, events := 0, text[skipBlank(text, 0)] == '{'
	for at := lead; at < len(text) && text[at] == '{'; {
		n := objectLen(text[at:])
		end := at + n
		for end < len(text) && (text[end] == ',' || text[end] == ' ') {
			end++
		}
		last := end >= len(text) || text[end] != '{'
		s := span{start: line.start + int64(from), end: line.start + int64(end), line: line.line}
		if last {
			s.end = line.end
		}
		p.ext = append(p.ext[:0], s)
		p.element(l, num, text[at:at+n], events)
		from, at = end, end
		if last {
			break
		}
		p.flush()
	}
	return true
}

// element makes a record of one element of an array: of the text in it if it is
// the envelope of a log service. num is the number of the format json.
func (p *Parser) element(l *lane, num uint8, object []byte, events bool) {
	p.last = l
	if p.force == noFormat && p.u.service(object, events, &p.w) {
		p.carried()
		return
	}
	p.h.reset()
	p.h.format = num
	if p.h.fit = p.r.jsonLine(object, &p.h); p.h.fit == misfit {
		p.h.msg = object
	}
	p.begin(l, num, nil)
	l.steady = false
}

// arrayLead measures what stands before the first element of a JSON array:
// `[`, or `{"events":[`; 0 if it is none.
func arrayLead(text []byte) int {
	i := skipBlank(text, 0)
	if hasPrefix(text[i:], "{") {
		i = skipBlank(text, i+1)
		switch {
		case hasPrefix(text[i:], `"events"`):
			i = skipBlank(text, i+len(`"events"`))
		case hasPrefix(text[i:], `"Records"`): // CloudTrail
			i = skipBlank(text, i+len(`"Records"`))
		default:
			return 0
		}
		if !hasPrefix(text[i:], ":") {
			return 0
		}
		i = skipBlank(text, i+1)
	}
	if !hasPrefix(text[i:], "[") {
		return 0
	}
	return skipBlank(text, i+1)
}

// skipBlank returns the first byte at or after i that is no white space.
func skipBlank(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return min(i, len(b))
}

// objectIn returns the JSON object of a record's text: what stands before it
// is the array in which it is an element.
func objectIn(text []byte) []byte {
	from := skipBlank(text, 0)
	if from < len(text) && text[from] == '[' || hasPrefix(text[from:], `{`) && arrayLead(text) > 0 {
		from = arrayLead(text)
	}
	n := objectLen(text[from:])
	return text[from : from+n]
}

// arrayEdge takes the lines that open or close a JSON array whose elements are
// records and stand on lines of their own (rule 32).
func (p *Parser) arrayEdge(l *lane, text []byte, i int, w *wrapped) bool {
	rest := bytes.TrimRight(text[i:], " \t")
	switch {
	case l.envelope:
		l.envelope = string(rest) != "}"
		p.extend(l, text, false, false)
		return true
	case string(rest) == "[" && !l.array || string(rest) == `{"events": [` || string(rest) == `{"events":[`:
		l.envelope = false
		p.startPretty(l)
		l.lead = 0
		p.prettyMore(l, text, w)
		l.lead = len(l.pretty)
		l.depth = jsonscan.Depth{}
		return true
	case l.array && (string(rest) == "]" || string(rest) == "]}" || string(rest) == "],"):
		l.array = false
		l.envelope = l.inEvents && string(rest) != "]}"
		p.extend(l, text, false, false)
		return true
	}
	return false
}

// eventsBegin reports whether the object that is being gathered turns out to
// be an envelope of events: then its elements are the records.
func (l *lane) eventsBegin() bool {
	if l.lead > 0 || len(l.spans) != 2 {
		return false
	}
	lead := arrayLead(l.pretty)
	return lead == len(l.pretty)
}
