package trace

import (
	"slices"
	"strconv"
	"strings"

	"ravel/model"
)

// places are where loggers put exceptions, the first that is one wins.
var places = []string{
	"exception", "exc_info", "err", "error", "thrown", "throwable", "exc", "Exception", "@x", "x",
	"stack_trace", "stackTrace", "stacktrace", "stack", "traceback", "exc_text", "errorVerbose", "trace", "backtrace",
	"error.stack_trace", "exception.stacktrace", "error.stack", "err.stack", "exception.stack_trace", "error.stackTrace",
	"context.exception", "extra.exception", "fields.exception", "extra_fields.exception", "attributes.exception",
	"attributes.exception.stacktrace", "extra_fields.exc_info", "extra.exc_info", "context.error", "extra.error", "fields.error",
	"data.error", "context.traceback", "context.stack_trace", "extra_fields.traceback", "payload.exception", "exception_object",
	"record.exception", "exception.backtrace", "_exception", "_error_stack_trace", "_stack_trace", "_stacktrace", "message", "nested.exception", "nested",
	"properties.exception", "properties.exceptionDetails", "fields.panic.backtrace", "panic.backtrace", "exceptions", "1", "0", "2", "full_message", "text",
}

// FromJSON decodes the trace that a record's decoded fields hold: under
// exception, exc_info, stack, error.stack_trace, err and the like, as text, as
// an array of lines or frames, or as an object. path is where it was found. One
// with frames goes before one without.
func FromJSON(fields []model.Field) (tb *model.Traceback, path string, ok bool) {
	for _, place := range places {
		v, found := model.Lookup(fields, place)
		if !found || v.Kind == model.String && place == "message" {
			continue
		}
		if t, is := FromValue(v); is {
			complete(t, fields, place)
			if len(t.Frames) > 0 || tb == nil && place != "message" && place != "text" {
				tb, path, ok = t, place, true
			}
			if len(t.Frames) > 0 {
				break
			}
		}
	}
	if !ok {
		return nil, "", false
	}
	if tb.Type == "" && tb.Message != "" {
		tb.Type = errorName
	}
	if tb.Type == "" {
		tb.Type = stackName
	}
	return tb, path, true
}

// errorName is the type of an error whose language gives it none: Go's.
const errorName = "error"

// complete takes the type and the message from beside a bare stack.
func complete(tb *model.Traceback, fields []model.Field, path string) {
	if tb.Type != "" {
		return
	}
	beside := "\x00" // what stands at the top is the record's own
	if i := strings.LastIndexByte(path, '.'); i > 0 {
		beside = path[:i+1]
	}
	if tb.Type = stringAt(fields, beside+"type"); tb.Type == "" {
		tb.Type = stringAt(fields, typesBeside...)
	}
	if tb.Message != "" {
		return
	}
	if tb.Message = stringAt(fields, beside+"message"); tb.Message == "" {
		tb.Message = stringAt(fields, messagesBeside...)
	}
}

// typesBeside and messagesBeside are where a type and a message stand that are not
// with their stack.
var (
	typesBeside    = []string{"error.type", "exception.type", "exception_type", "error_type", "exc_type", "error.kind", "exception.class", "errorType", "_error_type", "exception_name"}
	messagesBeside = []string{"error.message", "exception.message", "exception_message", "error_message", "exc_message", "errorMessage", "_error_message", "error", "err"}
)

// Asked reports whether FromJSON looks at the member of a record that has this
// key: what it gives does not depend on others.
func Asked(key []byte) bool { return asked[string(key)] }

var asked = func() map[string]bool {
	paths := slices.Concat(places, typesBeside, messagesBeside)
	for _, p := range places {
		if i := strings.LastIndexByte(p, '.'); i > 0 {
			paths = append(paths, p[:i+1]+"type", p[:i+1]+"message")
		}
	}
	keys := map[string]bool{}
	for _, p := range paths { // a key with dots, or an object on the way
		for i := range p {
			if p[i] == '.' {
				keys[p[:i]] = true
			}
		}
		keys[p] = true
	}
	return keys
}()

// stringAt is the first of the paths that holds a string.
func stringAt(fields []model.Field, paths ...string) string {
	for _, p := range paths {
		if v, ok := model.Lookup(fields, p); ok && v.Kind == model.String && v.Str != "" {
			return v.Str
		}
	}
	return ""
}

// FromValue decodes one value as a trace: text, an array of lines or of frames,
// or an object with type, message and frames.
func FromValue(v model.Value) (*model.Traceback, bool) {
	tb, ok := fromValue(v)
	if ok && tb.Text == "" {
		tb.Text = render(tb)
	}
	return tb, ok
}

// fromValue is FromValue; a trace that has no text of its own is left without.
func fromValue(v model.Value) (*model.Traceback, bool) {
	switch v.Kind {
	case model.String:
		return fromText(v.Str)
	case model.Array:
		return fromArray(v.Items)
	case model.Object:
		return fromObject(v.Keys)
	default:
		return nil, false
	}
}

// fromArray reads lines, or frames as objects, or exceptions as objects.
func fromArray(items []model.Value) (*model.Traceback, bool) {
	if len(items) == 0 {
		return nil, false
	}
	if items[0].Kind == model.String {
		var text strings.Builder
		for _, v := range items {
			if strings.HasPrefix(v.Str, "at ") || strings.HasPrefix(v.Str, "... ") {
				text.WriteByte('\t')
			}
			text.WriteString(strings.TrimRight(v.Str, "\n"))
			text.WriteByte('\n')
		}
		return fromLines(text.String())
	}
	tb := &model.Traceback{}
	for _, v := range items {
		if v.Kind != model.Object {
			return nil, false
		}
		if f, ok := frameOf(v.Keys); ok {
			tb.Frames = append(tb.Frames, f)
			continue
		}
		inner, ok := fromObject(v.Keys)
		if !ok {
			return nil, false
		}
		if tb.Type == "" {
			frames := tb.Frames
			*tb = *inner
			tb.Frames = append(frames, inner.Frames...)
		} else { // structlog and others list a chain, the one that escaped first
			tb.Causes = append(tb.Causes, model.Cause{Type: inner.Type, Message: inner.Message, Frames: len(inner.Frames)})
			tb.Frames = append(tb.Frames, inner.Frames...)
		}
	}
	return tb, len(tb.Frames) > 0 || tb.Type != ""
}

// fromLines reads an array of lines; lines that are frames without any sign of
// a language (`f (file:3)`, `file:3`) are kept as frames, too.
func fromLines(text string) (*model.Traceback, bool) {
	if tb, ok := fromText(text); ok {
		return tb, true
	}
	tb := &model.Traceback{Text: strings.TrimRight(text, "\n")}
	for line := range strings.Lines(text) {
		s := strings.TrimSpace(line)
		if s == "" {
			continue
		}
		if strings.HasPrefix(s, `File "`) {
			tb.Frames = append(tb.Frames, pythonFrame(s))
			continue
		}
		if n := len(tb.Frames); n > 0 && tb.Frames[n-1].Code == "" && strings.HasPrefix(text, `File "`) {
			tb.Frames[n-1].Code = s
			continue
		}
		if n := isRubyPlace([]byte(s)); n > 0 {
			tb.Frames = append(tb.Frames, rubyFrameOf(s[:n]))
			continue
		}
		f, _ := atFrameOf(s)
		if f.Line == 0 {
			return nil, false
		}
		tb.Frames = append(tb.Frames, f)
	}
	return tb, len(tb.Frames) > 0
}

// The names that loggers use within an exception's object.
var (
	typeKeys    = []string{"type", "exc_type", "class", "kind", "name", "Type", "ClassName", "exception_type", "error_type", "className", "exception.type", "exceptionType", "errorType"}
	messageKeys = []string{"message", "exc_value", "msg", "value", "Message", "exception_message", "error_message", "detail", "reason", "exception.message", "errorMessage"}
	stackKeys   = []string{"traceback", "stacktrace", "stack_trace", "stackTrace", "stack", "frames", "StackTrace", "StackTraceString", "backtrace", "trace", "exception.stacktrace", "stacktrace.frames", "extendedStackTrace", "exception_traceback", "stepArray", "RemoteStackTraceString"}
	causeKeys   = []string{"cause", "causes", "inner", "InnerException", "inner_exception", "previous", "__cause__", "exceptions", "suppressed", "causedBy", "innerException", "InnerExceptions", "innerExceptions"}
)

// fromObject reads {type, message, frames, cause}. It must have frames or a
// stack, or both a type that is an exception's and a message.
func fromObject(keys []model.Field) (*model.Traceback, bool) {
	tb := &model.Traceback{}
	for _, k := range stackKeys {
		v, ok := model.Lookup(keys, k)
		if !ok {
			continue
		}
		if in, ok := fromValue(v); ok {
			tb = in
			break
		}
		if tb.Text == "" {
			tb.Text = textOf(v)
		}
	}
	typ := stringAt(keys, typeKeys...)
	msg := stringAt(keys, messageKeys...)
	if len(tb.Frames) == 0 && tb.Text == "" && (typ == "" || msg == "" && !isExceptionName([]byte(typ))) {
		return nil, false
	}
	if len(tb.Frames) == 0 && tb.Text == "" && !looksThrown(typ) && !hasAny(keys, causeKeys) {
		return nil, false
	}
	if typ != "" && (tb.Type == "" || !strings.HasSuffix(tb.Type, typ)) {
		tb.Type = typ
	}
	if msg != "" {
		tb.Message = msg
	}
	for _, k := range causeKeys {
		if v, ok := model.Lookup(keys, k); ok && len(tb.Causes) == 0 {
			addCauses(tb, v)
		}
	}
	return tb, true
}

// textOf is a stack that could not be read: as printed it may still tell more
// than its exception's name.
func textOf(v model.Value) string {
	var lines []string
	for _, item := range v.Items {
		if item.Kind != model.String {
			return ""
		}
		lines = append(lines, strings.TrimRight(item.Str, "\n"))
	}
	if v.Kind == model.String {
		return v.Str
	}
	return strings.Join(lines, "\n")
}

// looksThrown tells an exception's type from any other `type` or `name`.
func looksThrown(typ string) bool {
	return isExceptionName([]byte(typ)) || strings.ContainsAny(typ, ".:") && strings.IndexByte(typ, ' ') < 0 && strings.IndexByte(typ, '/') < 0
}

func hasAny(keys []model.Field, names []string) bool {
	for _, n := range names {
		if v, ok := model.Lookup(keys, n); ok && (v.Kind == model.Object || v.Kind == model.Array) {
			return true
		}
	}
	return false
}

// addCauses reads a cause, or an array of them, and what caused those.
func addCauses(tb *model.Traceback, v model.Value) {
	items := v.Items
	if v.Kind == model.Object {
		items = []model.Value{v}
	}
	for _, item := range items {
		if inner, ok := model.Lookup(item.Keys, "exception"); ok && len(item.Keys) == 1 { // JBoss
			item = inner
		}
		in, ok := fromValue(item)
		if !ok {
			if typ := stringAt(item.Keys, typeKeys...); typ != "" {
				tb.Causes = append(tb.Causes, model.Cause{Type: typ, Message: stringAt(item.Keys, messageKeys...)})
			}
			continue
		}
		tb.Causes = append(tb.Causes, model.Cause{Type: in.Type, Message: in.Message, Frames: len(in.Frames)})
		tb.Causes = append(tb.Causes, in.Causes...)
		tb.Frames = append(tb.Frames, in.Frames...)
	}
}

// The names that loggers use within a frame's object.
var (
	fileKeys = []string{"file", "filename", "fileName", "abs_path", "file_name", "File", "path", "source", "filePath"}
	lineKeys = []string{"line", "lineno", "lineNumber", "line_number", "Line", "fileLine"}
	funcKeys = []string{"function", "func", "method", "methodName", "method_name", "name", "Function", "fn"}
	codeKeys = []string{"code", "context_line", "source_line", "line_text"}
)

// frameOf reads a frame that is an object: it must name a line or a function,
// and a file or a class.
func frameOf(keys []model.Field) (model.Frame, bool) {
	f := model.Frame{
		File: stringAt(keys, fileKeys...), Function: stringAt(keys, funcKeys...), Code: stringAt(keys, codeKeys...),
	}
	for _, k := range lineKeys {
		if v, ok := model.Lookup(keys, k); ok && f.Line == 0 {
			if v.Kind == model.Number || v.Kind == model.String {
				f.Line = number(v.Str)
			}
			if v.Kind == model.String && f.Line == 0 && f.Code == "" {
				f.Code = strings.TrimSpace(v.Str) // `line` is the source line in some
			}
		}
	}
	if class := stringAt(keys, "class", "className", "declaringClass", "module"); class != "" && f.Function != "" {
		f.Function = class + "." + f.Function
		if f.File == "" {
			f.File = class
		}
	}
	return f, f.File != "" && (f.Line > 0 || f.Function != "")
}

// render prints a trace that came without text of its own.
func render(tb *model.Traceback) string {
	var b strings.Builder
	b.WriteString(tb.Type)
	if tb.Message != "" {
		if tb.Type != "" {
			b.WriteString(": ")
		}
		b.WriteString(tb.Message)
	}
	for _, f := range tb.Frames {
		b.WriteString("\n    at ")
		b.WriteString(f.Function)
		if f.File != "" {
			b.WriteString(" (" + f.File)
			if f.Line > 0 {
				b.WriteString(":" + strconv.Itoa(f.Line))
			}
			b.WriteByte(')')
		}
	}
	for _, c := range tb.Causes {
		b.WriteString("\nCaused by: " + c.Type)
		if c.Message != "" {
			b.WriteString(": " + c.Message)
		}
	}
	return strings.TrimPrefix(b.String(), "\n")
}
