package parse

import (
	"bytes"

	"ravel/parse/jsonscan"
)

// elements makes a record of each element of a JSON array of objects, or of
// {"events":[…]}, that stands on one line (rule 32), and of each of the objects that
// stand on one line. The bytes between the
// elements go with the one before, so that nothing is lost. It reports whether
// the line is such an array.
func (p *Parser) elements(text []byte) bool {
	lead := arrayLead(text)
	run := lead == 0 && objectRun(text)
	if !run && (lead == 0 || lead >= len(text) || text[lead] != '{') || p.force != noFormat && p.set.formatName(p.force) != "json" {
		return false
	}
	if n, ok := jsonscan.Value(text); !run && (!ok || !isBlank(text[n:])) {
		return false
	}
	line := p.ext[0]
	l := p.lanes[0]
	p.last = l
	num, _ := p.set.find("json")
	from, events := 0, !run && text[skipBlank(text, 0)] == '{'
	for at := lead; at < len(text) && text[at] == '{'; {
		n := objectLen(text[at:])
		end := nextElement(text, at+n)
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

// nextElement returns where the element behind the one that ends at i begins: in
// the same array, or in the next one of a batch of several.
func nextElement(text []byte, i int) int {
	for i < len(text) && (text[i] == ',' || text[i] == ' ') {
		i++
	}
	if i < len(text) && text[i] == ']' {
		if n := listLead(text[i:], `"logRecords"`); n > 0 {
			return i + n
		}
	}
	return i
}

// objectRun reports whether a line is several objects, one close to the next, as
// services store them that put no line ends between their records.
func objectRun(text []byte) bool {
	if text[0] != '{' || !bytes.Contains(text, []byte("}{")) && !bytes.Contains(text, []byte("} {")) {
		return false
	}
	n := 0
	for at := 0; at < len(text); at = skipBlank(text, at) {
		k := objectLen(text[at:])
		if k == 0 {
			return false
		}
		at += k
		n++
	}
	return n > 1
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
	if p.h.ships && p.shipped(l, object, nil) {
		return
	}
	p.begin(l, num, nil)
	l.steady = false
}

// arrayLead measures what stands before the first element of a JSON array:
// `[`, or `{"events":[`, or what comes before the records of a batch; 0 if it is
// none.
func arrayLead(text []byte) int {
	i := skipBlank(text, 0)
	if hasPrefix(text[i:], "{") {
		i = skipBlank(text, i+1)
		switch {
		case hasPrefix(text[i:], `"events"`):
			i = skipBlank(text, i+len(`"events"`))
		case hasPrefix(text[i:], `"Records"`): // CloudTrail
			i = skipBlank(text, i+len(`"Records"`))
		case hasPrefix(text[i:], `"resourceLogs"`): // OpenTelemetry
			return listLead(text, `"logRecords"`)
		case hasPrefix(text[i:], `"messageType"`): // CloudWatch's subscriptions
			return listLead(text, `"logEvents"`)
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

// listLead measures what stands before the first element of the list of that key,
// wherever the key stands in text; 0 if there is none.
func listLead(text []byte, key string) int {
	i := bytes.Index(text, []byte(key))
	if i < 0 {
		return 0
	}
	if i = skipBlank(text, i+len(key)); !hasPrefix(text[i:], ":") {
		return 0
	}
	if i = skipBlank(text, i+1); !hasPrefix(text[i:], "[") {
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
