package trace

import (
	"bytes"
	"strings"

	"ravel/model"
)

// fromText reads a trace that is a string of its own, which need not begin with
// a message: its first line may already be the exception.
func fromText(s string) (*model.Traceback, bool) {
	if strings.HasPrefix(strings.TrimLeft(s, " "), "0: ") { // Rust's backtrace without a head
		d := decoder{lines: append([]string{"stack backtrace:"}, strings.Split(s, "\n")...)}
		d.rust()
		d.tb.Text = s
		return &d.tb, len(d.tb.Frames) > 0
	}
	tb, at, _, ok := find(unhashed([]byte(s)))
	if !ok {
		return fromLine(strings.TrimSpace(s))
	}
	if before := strings.TrimSpace(s[:at]); at > 0 && tb.Type == "" {
		tb.Type, tb.Message = splitName(before)
	}
	tb.Text = strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), " \t\n")
	return tb, true
}

// unhashed takes off what logback's encoder puts before the exceptions of a trace if
// told: #1a2b3c4d> java.lang.IllegalStateException: no.
func unhashed(text []byte) []byte {
	if len(text) == 0 || text[0] != '#' || bytes.IndexByte(text[:min(len(text), 12)], '>') < 2 {
		return text
	}
	var out []byte
	for line := range bytes.Lines(text) {
		if n := bytes.Index(line[:min(len(line), 12)], []byte("> ")); n > 1 && line[0] == '#' {
			line = line[n+2:]
		}
		out = append(out, line...)
	}
	return out
}

// fromLine reads a trace of one line: a frame, or the name of an exception with
// its message, behind which .NET's JSON console sets the frames by blanks.
func fromLine(s string) (*model.Traceback, bool) {
	if strings.IndexByte(s, '\n') >= 0 {
		return nil, false
	}
	if strings.HasPrefix(s, "at ") && isAtFrame([]byte(s[3:])) {
		f, ok := atFrameOf(s)
		return &model.Traceback{Text: s, Frames: []model.Frame{f}}, ok
	}
	typ, msg := splitName(s)
	if !isExceptionName([]byte(typ)) || strings.IndexByte(typ, '.') < 0 && msg == "" {
		return nil, false
	}
	if at := strings.Index(s, "   at "); at > 0 {
		if tb, _, _, ok := find([]byte(strings.ReplaceAll(s, "   at ", "\n   at "))); ok {
			tb.Text = s
			return tb, true
		}
	}
	return &model.Traceback{Type: typ, Message: msg, Text: s}, true
}
