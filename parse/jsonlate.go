package parse

import (
	"bytes"
	"strings"

	"ravel/model"
	"ravel/parse/jsonscan"
)

// lateRole is what members are that count only where a record says nothing
// under the names by which loggers are known.
type lateRole uint8

const (
	lateTime    lateRole = 1 << iota // its name speaks of a time
	lateLevel                        // a word that may be a level
	lateMessage                      // a text, or a list of what was logged
	lateInfo                         // the format leaves INFO out
)

// lateMessages are where the text of a record stands that has none under a
// usual name, the better the greater.
var lateMessages = map[string]uint8{
	"message": 90, "msg": 89, "0": 80, "data": 78, "args": 77, "argumentsArray": 77, "arguments": 76, // lists of what was logged
	"output": 70, "_raw": 70, "record": 68, "LogEntry": 70, "Log_s": 70, "logEntry": 60, "summary": 50, "title": 40,
	"errorMessage": 36, "error_message": 35, "error": 34, "err": 33, "m": 32, "reason": 30, "resultDescription": 30, "operationName": 20, "Action": 12, "action": 10,
}

// lateOf is what a key at the top may be in the end.
func lateOf(key string) (l lateRole) {
	if lateMessages[key] > 0 {
		l |= lateMessage
	}
	switch key {
	case "type", "l", "severityLevel":
		l |= lateLevel
	case "@t", "v":
		l |= lateInfo
	}
	if timeName(key) > 0 {
		l |= lateTime
	}
	return l
}

// timeName tells how well a key's name says that its value is when the record
// was made: 0 not at all.
func timeName(key string) uint8 {
	if !strings.Contains(key, "ime") && !strings.Contains(key, "IME") && !strings.HasSuffix(key, "ate") {
		return 0
	}
	low := strings.ToLower(key)
	if !strings.Contains(low, "time") && !strings.HasSuffix(low, "date") {
		return 0
	}
	for _, other := range [...]string{"expir", "until", "next", "birth", "deadline", "modif", "updat", "valid", "last", "timeout", "uptime", "elapsed"} {
		if strings.Contains(low, other) {
			return 0
		}
	}
	if strings.Contains(low, "end") {
		return 1
	}
	return 2
}

// lastResort finds what the record b says under names that count for little:
// where its time, its level or its message is still missing. An object in which
// all of it stands is looked into.
func (r *reader) lastResort(b []byte, j *jsonHead, h *head) {
	var need lateRole
	if j.time[0] == 0 {
		need |= lateTime
	}
	if h.level == model.LevelNone && j.numeric == nil {
		need |= lateLevel | lateInfo
	}
	if j.msg[0] == 0 {
		need |= lateMessage
	}
	if need == 0 || !r.mayBeLate(b, need, j) {
		return
	}
	j.odd = true
	if need&lateInfo != 0 && r.says(b, lateInfo) && (j.time[0] > 0 && j.msg[0] > 0 && !j.pid) {
		h.level = model.Info // Serilog's compact format, and klog's with its verbosity
		need &^= lateLevel
	}
	l := late{r: r, j: j, h: h}
	for it := jsonscan.Object(b); it.Next(); {
		late := r.keys.info(it.Key).lateRole()
		if need&late&lateTime != 0 {
			l.time(&it)
		}
		if need&late&lateLevel != 0 {
			l.level(&it)
		}
		if need&lateMessage != 0 && (late&lateMessage != 0 || it.Kind == model.Object) {
			l.message(&it)
		}
	}
	l.settle()
}

// mayBeLate reports whether some member of b may say what is needed.
func (r *reader) mayBeLate(b []byte, need lateRole, j *jsonHead) bool {
	return need&lateMessage != 0 && (j.objects || j.listed) || r.says(b, need)
}

// says reports whether the name of some member of b is one of those.
func (r *reader) says(b []byte, late lateRole) bool {
	for it := jsonscan.Object(b); it.Next(); {
		if r.keys.info(it.Key).lateRole()&late != 0 {
			return true
		}
	}
	return false
}

// late is the state of a last resort.
type late struct {
	r      *reader
	j      *jsonHead
	h      *head
	timed  uint8 // how well the time's name says so
	weight uint8 // of the message
	key    []byte
	kind   model.ValueKind
	val    []byte // of the message
	esc    bool
	inner  []byte // the object in which the message stands; nil: the record itself
}

func (l *late) time(it *jsonscan.Iter) {
	n := timeName(string(it.Key))
	if n <= l.timed || it.Kind == model.Number && len(it.Val) < len("1772618400") {
		return
	}
	if it.Kind == model.Object || !l.r.jsonTime(it, l.h) {
		return
	}
	l.timed = n
	l.j.take(&l.j.time, 0, 1)
	l.j.use(l.h, usedTime, it.Key)
}

func (l *late) level(it *jsonscan.Iter) {
	switch {
	case string(it.Key) == "severityLevel" && it.Kind == model.Number && len(it.Val) == 1: // Application Insights
		if n := it.Val[0] - '0'; n < 5 {
			l.h.level = [...]model.Level{model.Debug, model.Info, model.Warning, model.Error, model.Critical}[n]
		}
	case it.Kind == model.String && (len(it.Val) > 3 || len(it.Key) == 1) && logLevel(it.Val):
		if level, ok := model.ParseLevel(it.Val); ok {
			l.h.level = level
		}
	}
}

// message takes a member as the message if none that is better was met.
func (l *late) message(it *jsonscan.Iter) {
	w := lateMessages[string(it.Key)]
	if it.Kind == model.Object {
		if len(it.Key) == 1 && isDigit(it.Key[0]) && bytes.Contains(it.Val, []byte(`"stack"`)) { // tslog's list
			l.h.flags |= model.HasTraceback
		}
		in := within(it.Val, 2)
		if in == nil {
			return
		}
		if meanings[string(it.Key)].role == roleStack {
			w = 5
		}
		if w = max(w, 1); w > l.weight {
			l.weight, l.inner, l.val = w, in, nil
		}
		return
	}
	if w <= l.weight || len(it.Val) == 0 || it.Kind != model.String && !(it.Kind == model.Array && w > 70 && hasText(it.Val)) {
		return
	}
	l.weight, l.inner = w, nil
	l.key, l.kind, l.val, l.esc = it.Key, it.Kind, it.Val, it.Escaped
}

// within finds the object that holds a message: b itself, or one in it.
func within(b []byte, depth int) []byte {
	for it := jsonscan.Object(b); it.Next(); {
		if m := meanings[string(it.Key)]; it.Kind == model.String && len(it.Val) > 0 && (m.role == roleMessage && m.weight > 90 || string(it.Key) == "errorMessage" || string(it.Key) == "_raw") {
			return b
		}
	}
	if depth == 0 {
		return nil
	}
	for it := jsonscan.Object(b); it.Next(); {
		if it.Kind == model.Object {
			if in := within(it.Val, depth-1); in != nil {
				return in
			}
		}
	}
	return nil
}

// hasText reports whether the first element of an array is a text.
func hasText(array []byte) bool {
	it := jsonscan.Array(array)
	return it.Next() && it.Kind == model.String
}

// settle takes what was found.
func (l *late) settle() {
	j, h := l.j, l.h
	switch {
	case l.inner != nil:
		l.within()
	case l.val == nil:
		return
	case l.kind == model.Array:
		from := len(l.r.buf)
		l.r.buf = appendList(l.r.buf, l.val)
		h.msg = l.r.buf[from:]
	default:
		h.msg = l.val
		if l.esc {
			h.msg = l.r.unquote(l.val)
		}
		j.use(h, usedMessage, l.key)
	}
	j.take(&j.msg, 0, l.weight)
}

// within takes what an object in the record says that the record itself does not.
func (l *late) within() {
	r, j, h := l.r, l.j, l.h
	for it := jsonscan.Object(l.inner); it.Next(); {
		m := meanings[string(it.Key)]
		switch {
		case it.Kind == model.String && len(h.msg) == 0 && (m.role == roleMessage && m.weight > 90 || string(it.Key) == "errorMessage" || string(it.Key) == "_raw"):
			if h.msg = it.Val; it.Escaped {
				h.msg = r.unquote(it.Val)
			}
		case m.role == roleLevel && h.level == model.LevelNone && m.weight > 60:
			if j.takeLevel(&it, h) {
				j.settleLevel(h)
			}
		case m.role == roleTime && j.time[0] == 0 && m.weight > 60:
			if r.jsonTime(&it, h) {
				j.take(&j.time, 1, m.weight)
			}
		case m.role == roleDomain && j.domain[0] == 0 && m.weight > 90 && it.Kind == model.String && !it.Escaped && len(it.Val) > 0:
			h.domain = it.Val
			j.take(&j.domain, 1, m.weight)
		case m.role == roleStack && m.weight > 60 && (it.Kind == model.Object || it.Kind == model.Array || it.Escaped):
			h.flags |= model.HasTraceback
		}
	}
}

// appendList appends what Node's loggers make of a list: the values one behind
// the other, in place of the marks of the first where it has some. Objects are
// left to who looks at the fields.
func appendList(dst, array []byte) []byte {
	it := jsonscan.Array(array)
	if !it.Next() {
		return dst
	}
	from := len(dst)
	dst = jsonscan.Unquote(dst, it.Val)
	format := bytes.Clone(dst[from:])
	for it.Next() {
		if it.Kind != model.String && it.Kind != model.Number && it.Kind != model.Bool {
			continue
		}
		at := bytes.IndexByte(format, '%')
		if at >= 0 && at+1 < len(format) && bytes.IndexByte([]byte("sdifjoO"), format[at+1]) >= 0 {
			dst = append(dst[:len(dst)-len(format)], format[:at]...)
			dst = jsonscan.Unquote(dst, it.Val)
			format = format[at+2:]
			dst = append(dst, format...)
			continue
		}
		format = nil
		dst = jsonscan.Unquote(append(dst, ' '), it.Val)
	}
	return dst
}
