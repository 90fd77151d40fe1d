package lifecycle

import (
	"bytes"

	"ravel/model"
)

// Fields gathers what the keys of one structured record say, in the order met;
// the first of equal roles wins. Values are the text between a string's
// quotes, or a number's digits: the caller's bytes, which must live until Mark
// returns. The zero Fields is not ready: Reset first.
type Fields struct {
	IDs    IDs
	Status uint16 // HTTP status, 0 none
	Dur    uint32 // µs, model.NoDur if none

	Method, Path, Query, Client, Name []byte // nil if absent

	code           uint16 // a status if the record ends an HTTP request
	event, outcome []byte
	topOutcome     bool // outcome stands at the top: the line may be canonical
}

// Reset makes f empty.
func (f *Fields) Reset() {
	*f = Fields{}
	f.Dur = model.NoDur // by itself: f is not made elsewhere and copied
}

// Add offers the value of key in object o. number says that it was a JSON
// number (or, in logfmt, could be one).
func (f *Fields) Add(o Object, key, value []byte, number bool) {
	if !f.IDs.Add(IDKey(o, key), value) {
		f.AddRole(Key(o, key), o, value, number)
	}
}

// AddRole is Add for a key that is no id's and whose role is known: Key gives
// it, and a reader of many records asks once for each key.
func (f *Fields) AddRole(role Role, o Object, value []byte, number bool) {
	switch role {
	case NoRole:
	case Status:
		if s, ok := statusAt(value); ok && len(value) == 3 {
			f.setStatus(s)
		} else if !number {
			f.setOutcome(o, value)
		}
	case Code:
		if s, ok := statusAt(value); ok && len(value) == 3 {
			f.code = s
		}
	case Outcome:
		f.setOutcome(o, value)
	case Method:
		if f.Method == nil && methodLen(value) == len(value) {
			f.Method = value
		}
	case Path, Query, Client, Name, Event:
		f.text(role, value)
	default:
		if f.Dur == model.NoDur {
			f.Dur = duration(role, value, number)
		}
	}
}

// StatusWord is the text of a key such as status that stands at the top and is
// no HTTP status; nil if there is none.
func (f *Fields) StatusWord() []byte {
	if !f.topOutcome {
		return nil
	}
	return f.outcome
}

// IsMethod reports whether a value of Method is one of HTTP's.
func IsMethod(value []byte) bool { return len(value) > 0 && methodLen(value) == len(value) }

// Target reports whether a value of Path is one: a path or a URL.
func Target(value []byte) bool { return isTarget(value) }

// AddCount is AddRole for a number that is a count of at most seven digits. It
// reports false, and does nothing, where AddRole must be asked.
func (f *Fields) AddCount(role Role, n uint32, digits int) bool {
	switch {
	case role == Status:
		if digits == 3 && 100 <= n && n < 600 {
			f.setStatus(uint16(n))
		}
	case role < Elapsed:
		return false
	case f.Dur == model.NoDur:
		f.Dur = CountDur(role, n)
	}
	return true
}

// CountDur is Dur for a number that is a count of at most seven digits.
func CountDur(role Role, n uint32) uint32 {
	us := uint64(n)
	switch role {
	case Seconds:
		us *= 1e6
	case Millis:
		us *= 1e3
	case Elapsed:
		if us *= 1e3; n >= 1e5 { // see duration
			us = (uint64(n) + 500) / 1e3
		}
	case Nanos:
		us = (us + 500) / 1e3
	}
	return uint32(min(us, uint64(model.MaxDur)))
}

// Dur is the duration in µs that the value of a key with a role from Elapsed on
// says, model.NoDur if none. number is as in Add.
func Dur(role Role, value []byte, number bool) uint32 { return duration(role, value, number) }

func (f *Fields) setStatus(s uint16) {
	if f.Status == 0 {
		f.Status = s
	}
}

func (f *Fields) setOutcome(o Object, v []byte) {
	if f.outcome == nil {
		f.outcome, f.topOutcome = v, o == Top
	}
}

func (f *Fields) text(role Role, v []byte) {
	if role == Path && !isTarget(v) {
		return
	}
	slot := &f.Path
	switch role {
	case Query:
		slot = &f.Query
	case Client:
		slot = &f.Client
	case Name:
		slot = &f.Name
	case Event:
		slot = &f.event
	}
	if *slot == nil && len(v) > 0 {
		*slot = v
	}
}

// Target is the path without scheme, host and query, and the query: its own
// key's, else what follows the ? in the path.
func (f *Fields) Target() (path, query []byte) {
	var h Hit
	setPath(f.Path, 0, len(f.Path), &h)
	path, query = h.Path.Of(f.Path), h.Query.Of(f.Path)
	if f.Query != nil {
		query = f.Query
	}
	return path, query
}

// duration reads a duration's value in µs by what its key promises. A bare
// number under a name without unit is told by its shape: five or more decimals
// are seconds (zap, Caddy), an integer of 100,000 and more nanoseconds (slog,
// logrus), all else milliseconds.
func duration(role Role, v []byte, isNumber bool) uint32 {
	if !isNumber {
		if d, ok := Duration(v); ok {
			return d
		}
	}
	x, n := number(v)
	if n == 0 {
		return model.NoDur
	}
	if n < len(v) && v[n]|0x20 == 'e' {
		x, n = exponent(x, v, n)
	}
	if n != len(v) {
		return model.NoDur
	}
	switch role {
	case Seconds:
		return clampDur(x * 1e9)
	case Millis:
		return clampDur(x * 1e6)
	case Micros:
		return clampDur(x * 1e3)
	case Nanos:
		return clampDur(x)
	}
	switch dot := bytes.IndexByte(v, '.'); {
	case dot >= 0 && n-dot-1 >= 5, bytes.ContainsAny(v, "eE"):
		return clampDur(x * 1e9)
	case dot < 0 && x >= 1e5:
		return clampDur(x)
	}
	return clampDur(x * 1e6)
}

// exponent applies the exponent that stands at v[n] to x; it returns length 0
// if it is malformed or out of any duration's range.
func exponent(x float64, v []byte, n int) (float64, int) {
	i, down := n+1, false
	if i < len(v) && (v[i] == '-' || v[i] == '+') {
		down = v[i] == '-'
		i++
	}
	e, k := number(v[i:])
	if k == 0 || k > 2 {
		return 0, 0
	}
	for range int(e) {
		if down {
			x /= 10
		} else {
			x *= 10
		}
	}
	return x, i + k
}

// Mark is the mark of the record with message msg, whose keys were added. h
// receives the message's hit, whose spans are of msg (or of the event's name
// where the message says nothing: then there are no captures). json says that
// the record is JSON: only such a one may be canonical (rule 18).
func (f *Fields) Mark(msg []byte, json bool, h *Hit) model.Mark {
	return f.MarkMatched(Match(msg, h), json, h)
}

// MarkMatched is Mark for a message that Match was asked about already: h is
// what it left.
func (f *Fields) MarkMatched(matched, json bool, h *Hit) model.Mark {
	class := f.IDs.Fold()
	if !matched && f.event != nil && Match(f.event, h) {
		h.Method, h.Path, h.Query, h.Client, h.Name, h.ID = Span{}, Span{}, Span{}, Span{}, Span{}, Span{}
	}
	if h.Event != model.NoEvent && h.Mark(class) != 0 {
		f.complete(h)
		return h.Mark(class)
	}
	h.Reset()
	switch failed, known := outcome(f.outcome); {
	case f.Status != 0 && f.Method != nil && (f.Path != nil || f.Dur != model.NoDur):
		return model.MakeMark(model.KindAccess, model.Whole)
	case json && known && f.topOutcome && class == NoID:
		if failed {
			return model.MakeMark(model.KindCanonical, model.WholeFailed)
		}
		return model.MakeMark(model.KindCanonical, model.Whole)
	}
	return 0
}

// Plain is MarkMatched for a record of which a message says h, nil if nothing, and
// keys no more than a status, a duration, and whether there are a method and a
// path. class is its ids' Fold.
func Plain(h *Hit, class Class, status *uint16, dur *uint32, method, path bool) model.Mark {
	if h != nil {
		if mark := h.Mark(class); mark != 0 {
			if *status == 0 {
				*status = h.Status
			}
			if *dur == model.NoDur {
				*dur = h.Dur
			}
			if h.Event == model.Ended && h.Kind == model.KindHTTP && *status != 0 && method && path {
				return model.MakeMark(model.KindHTTP, model.Whole)
			}
			return mark
		}
	}
	if *status != 0 && method && (path || *dur != model.NoDur) {
		return model.MakeMark(model.KindAccess, model.Whole)
	}
	return 0
}

// Silent reports whether Mark finds nothing where the message says nothing.
func (f *Fields) Silent() bool {
	return f.event == nil && f.outcome == nil && (f.Status == 0 || f.Method == nil)
}

// complete lets the record's keys say more than the phrase does: a failure, or
// that an end tells all that there is to know of the request.
func (f *Fields) complete(h *Hit) {
	if h.Status != 0 {
		f.setStatus(h.Status)
	}
	if f.Dur == model.NoDur {
		f.Dur = h.Dur
	}
	if h.Event != model.Ended {
		return
	}
	if h.Kind == model.KindHTTP && f.code != 0 {
		f.setStatus(f.code)
	}
	if failed, _ := outcome(f.outcome); failed {
		h.Event = model.EndedFailed
	}
	if h.Kind == model.KindHTTP && f.Status != 0 && f.Method != nil && f.Path != nil {
		h.Event = model.Whole
	}
}

// outcome reads the words of rule 18.
func outcome(word []byte) (failed, known bool) {
	if len(word) > 7 {
		return false, false
	}
	var low [7]byte
	for i, c := range word {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
	}
	switch string(low[:len(word)]) {
	case "success", "ok":
		return false, true
	case "fail", "failed", "failure", "error":
		return true, true
	}
	return false, false
}
