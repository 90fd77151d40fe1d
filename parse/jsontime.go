package parse

import (
	"bytes"
	"sync"
	"time"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/stamp"
)

// jsonTime reads a member as the record's time.
func (r *reader) jsonTime(it *jsonscan.Iter, h *head) bool {
	switch it.Kind {
	case model.Number:
		return r.epoch(it.Val, h)
	case model.String:
		return r.timeText(it.Val, h)
	case model.Object: // protobuf's {"seconds": …, "nanos": …}, MongoDB's {"$date": …}, Loguru's {"repr": …, "timestamp": …}
		if bytes.Contains(it.Val, []byte(`"timezone"`)) {
			return r.phpTime(it.Val, h)
		}
		if inner := jsonscan.Object(it.Val); inner.Next() && (string(inner.Key) == "$date" || string(inner.Key) == "repr") && inner.Kind != model.Object {
			return r.jsonTime(&inner, h)
		}
		return r.instant(it.Val, h)
	}
	return false
}

// wholeMillis is how many digits a time in whole milliseconds has.
const wholeMillis = len("1772618400123")

// countsMillis reports whether a number counts whole milliseconds.
func countsMillis(digits []byte) bool {
	return len(digits) == wholeMillis && digits[wholeMillis-3] != '.'
}

// epoch reads a number as the record's time.
func (r *reader) epoch(digits []byte, h *head) bool {
	ns, ok := stamp.Epoch(digits)
	if ok {
		h.time = stamp.Stamp{Nanos: ns, Zone: true, Date: true, Year: true, Layout: stamp.Count}
		if h.hasTime = true; countsMillis(digits) {
			h.time.Len = wholeMillis // as pino counts: see settleLevel
		}
	}
	return ok
}

// timeText reads a text as the record's time.
func (r *reader) timeText(text []byte, h *head) bool {
	s, ok := r.valueStamp(text)
	if !ok {
		s, ok = stamp.Text(text, r.loc)
	}
	if !ok || !s.Date && !s.Year {
		return false
	}
	h.time, h.hasTime = s, true
	return true
}

// valueStamp is the fast path of a string that is a stamp and nothing more, in
// the layout of the stream's last one.
func (r *reader) valueStamp(val []byte) (stamp.Stamp, bool) {
	if r.value == stamp.ISO {
		if s, ok := r.minute.stamp(val, r.loc); ok {
			return s, true
		}
	}
	if r.value != 0 {
		if s, ok := r.value.At(val, r.loc); ok && s.Len == len(val) {
			return s, true
		}
	}
	if s, ok := stamp.At(val, r.loc); ok && s.Len == len(val) && s.Date {
		r.value = s.Layout
		return s, true
	}
	return stamp.Stamp{}, false
}

// instant reads log4j2's {"epochSecond":…,"nanoOfSecond":…}.
func (r *reader) instant(b []byte, h *head) bool {
	var sec, ns int64
	found := false
	for it := jsonscan.Object(b); it.Next(); {
		if it.Kind != model.Number || !isDigits(it.Val) {
			continue
		}
		switch string(it.Key) {
		case "epochSecond", "seconds":
			sec, found = int64(atoi(it.Val, 1<<33)), true
		case "nanoOfSecond", "nanos":
			ns = int64(atoi(it.Val, 999_999_999))
		}
	}
	if found {
		h.setInstant(sec, ns)
	}
	return found
}

// setInstant takes a time in seconds since the epoch and nanoseconds.
func (h *head) setInstant(sec, ns int64) {
	h.time = stamp.Stamp{Nanos: sec*1e9 + ns, Zone: true, Date: true, Year: true, Layout: stamp.Count}
	h.hasTime = true
}

// zones are the time zones that values have named.
var zones sync.Map // of *time.Location by name

// zoneNamed is the zone of that name, as in Europe/Rome; other if there is none.
func zoneNamed(name string, other *time.Location) *time.Location {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if name == "" || err != nil {
		return other
	}
	zones.Store(name, loc)
	return loc
}

// phpTime reads PHP's {"date": …, "timezone_type": 3, "timezone": "Europe/Rome"}.
func (r *reader) phpTime(b []byte, h *head) bool {
	var date, zone []byte
	for it := jsonscan.Object(b); it.Next(); {
		switch string(it.Key) {
		case "date":
			date = it.Val
		case "timezone":
			zone = it.Val
		}
	}
	if len(date) == 0 {
		return false
	}
	if len(zone) > 0 && (zone[0] == '+' || zone[0] == '-' || string(zone) == "UTC" || string(zone) == "Z") {
		if s, ok := stamp.Text(append(append(bytes.Clone(date), ' '), zone...), r.loc); ok && s.Zone {
			h.time, h.hasTime = s, true
			return true
		}
	}
	s, ok := stamp.Text(date, zoneNamed(string(zone), r.loc))
	if !ok {
		return false
	}
	s.Zone = true
	h.time, h.hasTime = s, true
	return true
}
