package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/stamp"
)

// envelope takes docker's json-file and journald's JSON apart.
func (u *unwrapper) envelope(t []byte, w *wrapped) carrier {
	switch i := skipSpace(t, 1); {
	case u.want == carrierService:
		return u.jsonEnvelope(t, true, w)
	case hasPrefix(t, `{"log":`):
		return u.docker(t, w)
	case serviceLine(t):
		return u.jsonEnvelope(t, false, w)
	case i+1 < len(t) && t[i] == '"' && (t[i+1] == '_' || isUpper(t[i+1])) && bytes.Contains(t, []byte(`"__REALTIME_TIMESTAMP"`)):
		return u.journal(t, w)
	}
	return noCarrier
}

// docker takes {"log":"text\n","stream":"stdout","time":"…"}.
func (u *unwrapper) docker(t []byte, w *wrapped) carrier {
	var text, stream []byte
	var s stamp.Stamp
	found, timed := false, false
	it := jsonscan.Object(t)
	for it.Next() {
		switch string(it.Key) {
		case "log":
			if found = it.Kind == model.String; found {
				text = u.unescape(it.Val, it.Escaped)
			}
		case "stream":
			stream = it.Val
		case "time":
			s, timed = stamp.Text(it.Val, u.r.loc)
		case "attrs", "tag":
		default:
			return noCarrier
		}
	}
	if n, ok := it.Done(); !ok || !isBlank(t[n:]) || !found {
		return noCarrier
	}
	w.mix(carrierDocker, stream)
	w.field("stream", stream)
	if timed {
		w.setTime(s)
	}
	w.partial = len(text) == 0 || text[len(text)-1] != '\n'
	w.text = trimEOL(text)
	return carrierDocker
}

// unescape returns a string's text, decoded into the scratch if need be.
func (u *unwrapper) unescape(val []byte, escaped bool) []byte {
	if !escaped {
		return val
	}
	from := len(u.buf)
	u.buf = jsonscan.Unquote(u.buf, val)
	return u.buf[from:]
}

// journal takes journalctl -o json's envelope.
func (u *unwrapper) journal(t []byte, w *wrapped) carrier {
	var text, unit, pid []byte
	found := false
	it := jsonscan.Object(t)
	for it.Next() {
		key := string(it.Key)
		if it.Kind == model.Array && key == "MESSAGE" { // with bytes that are no text, such as colours
			from := len(u.buf)
			u.buf = jsonBytes(u.buf, it.Val)
			text, found = u.buf[from:], true
		}
		if it.Kind != model.String {
			continue
		}
		switch key {
		case "MESSAGE":
			text, found = u.unescape(it.Val, it.Escaped), true
		case "__REALTIME_TIMESTAMP":
			if ns, ok := stamp.Epoch(it.Val); ok {
				w.setTime(stamp.Stamp{Nanos: ns, Zone: true, Date: true, Year: true, Layout: stamp.Count})
			}
		case "PRIORITY":
			if l, ok := numericLevel(it.Val, true, false); ok {
				w.level = l
			}
		case "SYSLOG_IDENTIFIER":
			unit = it.Val
		case "_PID", "SYSLOG_PID":
			pid = it.Val
		}
	}
	if n, ok := it.Done(); !ok || !isBlank(t[n:]) || !found {
		w.hasTime, w.level = false, model.LevelNone
		return noCarrier
	}
	w.mix(carrierJournal, unit)
	w.mix(carrierJournal, pid)
	w.domain = unit
	w.text = text
	if w.caps != nil {
		if fields, err := jsonscan.Decode(t); err == nil {
			for _, f := range fields {
				if f.Name != "MESSAGE" && f.Name != "__REALTIME_TIMESTAMP" {
					w.caps.fields = append(w.caps.fields, f)
				}
			}
		}
	}
	return carrierJournal
}

// jsonBytes appends the bytes that a JSON array of numbers stands for.
func jsonBytes(dst, array []byte) []byte {
	n, digits := uint64(0), false
	for _, c := range array {
		if isDigit(c) {
			n, digits = min(n*10+uint64(c-'0'), 256), true
			continue
		}
		if digits && n < 256 {
			dst = append(dst, byte(n))
		}
		n, digits = 0, false
	}
	return dst
}
