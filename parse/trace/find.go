package trace

import (
	"bytes"
	"strings"

	"ravel/model"
)

// Find finds and decodes the trace within a record's text, whose lines are
// joined by \n. It is text[at:end]: the record's message is what stands before
// and behind. Find reports false, cheaply, when there is no trace; a single
// line is none.
func Find(text []byte) (tb *model.Traceback, at, end int, ok bool) {
	tb, at, end, ok = find(text)
	if ok && tb.Type == "" {
		tb.Type = stackName
	}
	return tb, at, end, ok
}

// Preamble is what Python says before a traceback of where the exception was caught:
// the lines above the first `Traceback (…)` of a trace, nil if there are none.
func Preamble(trace []byte) []byte {
	if classify(trimRight(trace[:max(bytes.IndexByte(trace, '\n'), 0)])) != pyPreamble {
		return nil
	}
	head, _, ok := bytes.Cut(trace, []byte("\nTraceback (most recent call last):"))
	if !ok || bytes.Contains(head, []byte("RemoteTraceback:")) { // of another process: no words of its own
		return nil
	}
	return head
}

// Shows reports whether a text of several lines holds what Find may decode. It
// allocates nothing.
func Shows(text []byte) bool {
	if bytes.IndexByte(text, '\n') < 0 {
		return false
	}
	_, _, ok := locate(text)
	return ok
}

// stackName is the type of a stack that was printed without an exception.
const stackName = "Stack"

// find is Find; a stack without an exception has no type.
func find(text []byte) (_ *model.Traceback, at, end int, ok bool) {
	if bytes.IndexByte(text, '\n') < 0 {
		return nil, 0, 0, false
	}
	plain, tag := untag(text)
	tb, body, at, end := first(plain)
	if tb == nil {
		return nil, 0, 0, false
	}
	if tag > 0 {
		at, end = tagged(text, plain, at, tag), len(text)
		body = string(bytes.TrimRight(text[at:end], " \t\r\n"))
	}
	tb.Text = strings.ReplaceAll(body, "\r\n", "\n")
	return tb, at, end, true
}

// maxTries bounds how many lines that look like a trace's first are tried.
const maxTries = 4

// first finds the first trace of a text that can be decoded, nil if there is
// none: what looks like its head may be a sentence.
func first(text []byte) (tb *model.Traceback, body string, at, end int) {
	for from, try := 0, 0; try < maxTries; try++ {
		l, n, found := locate(text[from:])
		if !found {
			return nil, "", 0, 0
		}
		at = from + n
		at = stacktraceMark(text, at)
		end = endOf(l, text, at)
		var t model.Traceback
		t, body = lately.decode(l, bytes.TrimRight(text[at:end], " \t\r\n"), lastLine(text[:at]))
		if nl := bytes.IndexByte(text[:at], '\n'); t.Type == "" && nl > 0 && l != golang { // a message of several lines
			t.Type, t.Message = nameWithin(string(trimRight(text[:nl])))
		}
		if len(t.Frames) > 0 || t.Type != "" {
			return &t, body, at, end
		}
		next := bytes.IndexByte(text[at:], '\n')
		if next < 0 {
			return nil, "", 0, 0
		}
		from = at + next + 1
	}
	return nil, "", 0, 0
}

// stacktraceMark is where the line [stacktrace] begins that Monolog puts before
// the frames at at, else at.
func stacktraceMark(text []byte, at int) int {
	const mark = "[stacktrace]\n"
	if bytes.HasSuffix(text[:at], []byte(mark)) {
		return at - len(mark)
	}
	return at
}

// endOf finds where the trace ends that begins at text[at]: behind the last of
// its lines. What Python's exceptions say stands at their end and may go on in
// any line: their traces take all.
func endOf(l lang, text []byte, at int) int {
	if l == python {
		return len(text)
	}
	var j Joiner
	end := 0
	for from := at; from < len(text); {
		next := len(text)
		if nl := bytes.IndexByte(text[from:], '\n'); nl >= 0 {
			next = from + nl + 1
		}
		if line := trimRight(text[from:next]); j.Line(line) != Neither && len(line) > 0 {
			end = from + len(line)
		}
		from = next
	}
	if end == 0 {
		return len(text)
	}
	return end
}

// untag takes off what a logger put before every further line of its message,
// as Rails does: tags in brackets, the same on each, and before its first line
// where that was empty. It returns text itself and 0 if there are none.
func untag(text []byte) (plain []byte, tag int) {
	first := bytes.IndexByte(text, '\n') + 1
	tag = tagEnd(text[first:])
	if tag == 0 {
		return text, 0
	}
	prefix := text[first : first+tag]
	plain = append(make([]byte, 0, len(text)), bytes.TrimPrefix(text[:first], prefix)...)
	for line := range bytes.Lines(text[first:]) {
		switch t := bytes.TrimRight(line, " \t\r\n"); {
		case bytes.HasPrefix(line, prefix):
			plain = append(plain, line[tag:]...)
		case len(t) == 0, bytes.Equal(t, bytes.TrimRight(prefix, " ")):
			plain = append(plain, '\n')
		default:
			return text, 0
		}
	}
	return plain, tag
}

// tagEnd measures tags at the start of a line: `[id] `, once or more.
func tagEnd(line []byte) int {
	if has(line, "! ") { // Dropwizard
		return 2
	}
	n := 0
	for n < len(line) && line[n] == '[' {
		end := bytes.IndexAny(line[n:], "]\n")
		if end < 2 || line[n+end] == '\n' || n+end+1 >= len(line) || line[n+end+1] != ' ' {
			break
		}
		n += end + 2
	}
	return n
}

// tagged is where the place at of the untagged text stands in text: a line's
// beginning stays one.
func tagged(text, plain []byte, at, tag int) int {
	line := bytes.LastIndexByte(plain[:at], '\n') + 1
	from := 0
	for range bytes.Count(plain[:at], []byte("\n")) {
		from += bytes.IndexByte(text[from:], '\n') + 1
	}
	if at == line || line == 0 && bytes.IndexByte(text, '\n') == bytes.IndexByte(plain, '\n') {
		return from + at - line
	}
	return from + tag + at - line
}

// lastLine is the last line of text that is not blank.
func lastLine(text []byte) []byte {
	text = bytes.TrimRight(text, " \t\r\n")
	return bytes.TrimSpace(text[bytes.LastIndexByte(text, '\n')+1:])
}

// maxTitle is how far behind the name of an exception its frames may begin.
const maxTitle = maxMessage

// locate finds where a trace begins and whose it is. The name of an exception
// counts only if frames follow it.
func locate(text []byte) (l lang, at int, ok bool) {
	named, namedLang, namedLines, above := -1, none, 0, 0
	for from := 0; from < len(text); {
		end := bytes.IndexByte(text[from:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += from
		}
		line := trimRight(text[from:end])
		k := classify(line)
		if k == goPlace { // the function stands in the line above
			return golang, above, true
		}
		if l := langOf(k); l != none {
			if k == pyHead && end < len(text) && isReversedRuby(bytes.TrimLeft(text[end+1:], "\t ")) {
				l = ruby
			}
			if named >= 0 && l == namedLang && !k.crash() && k != pyHead {
				return l, named, true
			}
			return l, from, true
		}
		switch {
		case k == indented && classifyName(bytes.TrimLeft(line, " \t")) == className:
			named, namedLang, namedLines = from, langOfName(className), 0
		case k == className, k == railsName:
			named, namedLang, namedLines = from, langOfName(k), 0
		case named >= 0 && k != indented && k != blank:
			if namedLines++; namedLines > maxTitle {
				named = -1
			}
		case k == plain:
			if i := bytes.Index(line, []byte("Traceback (most recent call last)")); i > 0 {
				return python, from + i, true
			}
		}
		above, from = from, end+1
	}
	return none, 0, false
}

// langOf tells whose trace a line alone proves.
func langOf(k kind) lang {
	switch k {
	case pyHead, pyFrame, pyPreamble:
		return python
	case goHead, goRoutine:
		return golang
	case atHead, atFrame, numFrame, imageFrame, cause, moreFrames:
		return at
	case rubyHead, rubyFrame:
		return ruby
	case rustHead:
		return rust
	case reportHead:
		return report
	default:
		return none
	}
}

func langOfName(k kind) lang {
	if k == railsName {
		return ruby
	}
	return at
}

// decode reads a trace; before is the line of the record that stands before it.
func decode(l lang, body, before string) *model.Traceback {
	d := decoder{lines: strings.Split(body, "\n")}
	margin := ""
	if l == python && strings.HasPrefix(strings.TrimLeft(body, " \t"), "Traceback (") { // in a message that its logger indents
		margin = body[:len(body)-len(strings.TrimLeft(body, " \t"))]
	}
	for i, line := range d.lines {
		d.lines[i] = strings.TrimPrefix(strings.TrimRight(line, " \t\r"), margin)
	}
	switch l {
	case python:
		d.lines = unboxed(d.lines)
		d.python()
	case golang:
		d.golang(before)
	case ruby:
		d.ruby()
	case rust:
		d.rust()
	case report:
		d.report()
	default:
		d.at(before)
	}
	if d.tb.Type == "" {
		d.phpObject(before)
	}
	if d.tb.Type == "" && l != golang {
		d.tb.Type, d.tb.Message = nameWithin(before)
	}
	if d.tb.Type == "" && strings.Contains(d.lines[0], " called at ") { // Perl's exceptions are text
		d.tb.Type, d.tb.Message = "die", before
	}
	return &d.tb
}

// decoder fills a Traceback from lines.
type decoder struct {
	tb      model.Traceback
	lines   []string
	unnamed bool // the head was said, what was thrown comes below
	cause   int  // 1 + the index of the cause that frames and message lines go to; 0 the exception itself
}

// frame adds a frame to what is being read.
func (d *decoder) frame(f model.Frame) {
	d.tb.Frames = append(d.tb.Frames, f)
	if d.cause > 0 {
		d.tb.Causes[d.cause-1].Frames++
	}
}

// name begins what is being read: the exception itself if it has no name yet.
func (d *decoder) name(typ, msg string) {
	if d.cause > 0 {
		c := &d.tb.Causes[d.cause-1]
		c.Type, c.Message = typ, msg
		return
	}
	d.tb.Type, d.tb.Message = typ, msg
}

// because begins a cause.
func (d *decoder) because(typ, msg string) {
	d.tb.Causes = append(d.tb.Causes, model.Cause{Type: typ, Message: msg})
	d.cause = len(d.tb.Causes)
}

// maxText bounds a message in bytes: the whole stands in the Traceback's Text.
const maxText = 16 << 10

// more adds a line to the message of what is being read.
func (d *decoder) more(line string) {
	msg := &d.tb.Message
	if d.cause > 0 {
		msg = &d.tb.Causes[d.cause-1].Message
	}
	if len(*msg)+len(line) > maxText {
		return
	}
	if *msg != "" {
		*msg += "\n"
	}
	*msg += line
}
