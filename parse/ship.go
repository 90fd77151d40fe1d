package parse

import (
	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
)

// shipMark reports whether a member is what shippers of logs add to the text that
// they have read: where it was read, and how.
func shipMark(it *jsonscan.Iter) bool {
	switch string(it.Key) {
	case "stream":
		return string(it.Val) == "stdout" || string(it.Val) == "stderr"
	case "kubernetes", "docker", "@metadata", "input":
		return it.Kind == model.Object
	case "logtag", "_p":
		return len(it.Val) == 1
	}
	return it.Kind == model.String && len(it.Val) > 0
}

// shipped takes the line at hand, a JSON record that says nothing but a text and
// where that was read, as the carrier of the text. w are the carriers around it,
// nil if there are none.
func (p *Parser) shipped(l *lane, text []byte, w *wrapped) bool {
	if w == nil {
		w = &p.w
		*w = wrapped{text: text, caps: w.caps}
		p.u.buf = p.u.buf[:0]
	}
	if w != &p.w || w.n == maxCarriers || p.force != noFormat {
		return false
	}
	if p.u.jsonEnvelope(text, true, w) == noCarrier {
		return false
	}
	w.in[w.n] = carrierService
	w.n++
	p.u.further(w)
	p.takeSlot(l)
	p.carried()
	return true
}

// service takes the envelope of a log service off an object of its own, an
// element of {"events":[…]} if events.
func (u *unwrapper) service(object []byte, events bool, w *wrapped) bool {
	*w = wrapped{text: object, caps: w.caps}
	u.buf = u.buf[:0]
	if u.jsonEnvelope(object, events, w) == noCarrier {
		return false
	}
	w.in[0], w.n = carrierService, 1
	return true
}

// jsonEnvelope takes the lines of log services and of shippers apart: GCP's entries with a
// textPayload, Loki's {"labels","line","timestamp"}, CloudWatch's events, what
// Fluent Bit, Vector, Filebeat and stern print. They need no other sign than their place if cloud.
func (u *unwrapper) jsonEnvelope(t []byte, cloud bool, w *wrapped) carrier {
	e := envelope{u: u, w: w, cloud: cloud}
	u.probe.reset()
	it := jsonscan.Object(t)
	for it.Next() {
		if !e.member(&it) {
			break
		}
	}
	n, done := it.Done()
	if !e.found || !done || !isBlank(t[n:]) || !e.cloud {
		w.hasTime, w.level, w.trace = false, model.LevelNone, nil
		return noCarrier
	}
	w.mix(carrierService, e.stream)
	for _, id := range e.places[:e.n] {
		w.mix(carrierService, id)
	}
	w.text = trimEOL(e.text)
	if w.caps != nil {
		if fields, err := jsonscan.Decode(t); err == nil {
			for _, f := range fields {
				if f.Name != string(e.textKey) && f.Name != string(e.timeKey) {
					w.caps.fields = append(w.caps.fields, f)
				}
			}
		}
	}
	return carrierService
}

// envelope is what a shipper's object says.
type envelope struct {
	u                *unwrapper
	w                *wrapped
	text, stream     []byte
	textKey, timeKey []byte
	places           [4][]byte // what tells the inner stream
	n                int
	found, cloud     bool
}

// member takes one member. It reports false where the object is no envelope.
func (e *envelope) member(it *jsonscan.Iter) bool {
	w := e.w
	switch string(it.Key) {
	case "textPayload", "line", "message":
		if it.Kind != model.String {
			return false
		}
		e.setText(it)
	case "log", "MESSAGE", "msg", "_raw", "LogEntry": // Fluent Bit prints {"date":…,"log":…,"stream":…}
		if it.Kind == model.String && !e.found {
			e.setText(it)
		}
	case "stream":
		e.stream, e.cloud = it.Val, true
	case "kubernetes", "logStreamName", "resource", "labels":
		e.cloud = true
		e.place(it.Val)
	case "logStream", "log_stream", "podName", "pod_name", "containerName", "container_name", "container_id", "file", "ContainerName", "ContainerID":
		e.place(it.Val)
	case "timestamp", "date", "@timestamp", "time", "ts", "_time", "TimeGenerated":
		if h := &e.u.probe; !w.hasTime && e.u.r.jsonTime(it, h) {
			w.setTime(h.time)
			e.timeKey = it.Key
		}
	case "severity":
		w.level, _ = model.ParseLevel(it.Val)
	case "ingestionTime":
		e.cloud = true
	case "logtag", "_p":
		w.partial = w.partial || string(it.Val) == "P"
	case "trace", "logging.googleapis.com/trace":
		if it.Kind == model.String && !it.Escaped {
			w.trace = lifecycle.TraceOf(it.Val)
		}
	}
	return true
}

func (e *envelope) setText(it *jsonscan.Iter) {
	e.text, e.textKey, e.found = e.u.unescape(it.Val, it.Escaped), it.Key, true
}

// place notes what tells the inner stream.
func (e *envelope) place(val []byte) {
	if e.n < len(e.places) {
		e.places[e.n] = val
		e.n++
	}
}

// servicePrefixes are the beginnings of what log services print as JSON lines.
var servicePrefixes = [...]string{`{"insertId":`, `{"labels":`, `{"eventId":`, `{"logStreamName":`, `{"ingestionTime":`, `{"textPayload":`, `{"timestamp":1`, `{"date":1`}

func serviceLine(t []byte) bool {
	for _, p := range servicePrefixes {
		if hasPrefix(t, p) {
			return true
		}
	}
	return false
}
