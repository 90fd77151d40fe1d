package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/stamp"
	"ravel/parse/trace"
)

// carrier is what put a prefix or an envelope around a line.
type carrier uint8

const (
	noCarrier carrier = iota
	carrierCRI
	carrierDocker
	carrierJournal // journald's JSON
	carrierCompose // name-1  | text
	carrierPod     // [pod/name/container] text
	carrierStern   // pod container text
	carrierStamp   // RFC3339Nano text: kubectl logs --timestamps, docker logs -t
	carrierAWS     // STAMP stream text: aws logs tail
	carrierSyslog
	carrierService // a log service's JSON: GCP, Loki, CloudWatch
	carrierPrefix  // text {json}
)

var carrierNames = [...]string{
	"", "cri", "docker", "journald", "compose", "kubectl", "stern", "timestamps", "aws", "syslog", "service", "prefix",
}

// maxCarriers is how deep carriers nest.
const maxCarriers = 3

// stack is the carriers around a line, outermost first.
type stack [maxCarriers]carrier

// logs reports whether what c put before a line belongs to the line as it was
// logged: syslog and the journal are ways to write lines, not only to carry them.
func (c carrier) logs() bool {
	return c == carrierSyslog || c == carrierJournal || c == carrierPrefix
}

// inner is the innermost carrier.
func (s stack) inner() carrier {
	for i := maxCarriers - 1; i > 0; i-- {
		if s[i] != noCarrier {
			return s[i]
		}
	}
	return s[0]
}

// wrapped is one physical line with its carriers taken off.
type wrapped struct {
	text    []byte // what stands within all carriers
	own     []byte // the same with what a logger wrote before it; nil: nothing
	in      stack
	n       int
	key     uint64 // of the inner stream: lines of equal keys join
	outer   uint64 // of the stream around syslog's, whose lines without its stamp continue the last; 0: none
	time    stamp.Stamp
	hasTime bool
	level   model.Level
	domain  []byte
	trace   []byte // the id of a trace that the carrier names
	partial bool   // the own line goes on in the inner stream's next one
	caps    *captures
}

// unwrapper takes carriers off lines. It remembers which of those that cannot
// be told by their look alone the stream has shown.
type unwrapper struct {
	r     *reader
	sure  uint16              // bit c: carrier c was confirmed by a record within it
	bar   int                 // where compose's bar stood
	names map[uint64]struct{} // prefixes confirmed
	doubt bool                // a carrier was not taken off that may have been confirmed before
	buf   []byte              // unescaped text
	probe head
	set   *Set    // nil: decoding
	want  carrier // while decoding: the one that the parser found
	// stamped says that each line begins with its server's stamp: see
	// Options.Stamped.
	stamped bool
}

// maxNames bounds the prefixes remembered of one stream.
const maxNames = 4096

// unwrap takes the carriers off line.
func (u *unwrapper) unwrap(line []byte, w *wrapped) {
	caps := w.caps
	*w = wrapped{text: line, caps: caps}
	u.buf = u.buf[:0]
	u.further(w)
}

// further takes off the carriers of what is left of the line.
func (u *unwrapper) further(w *wrapped) {
	for w.n < maxCarriers {
		outer := w.key
		c := u.next(w)
		if c == noCarrier {
			return
		}
		if c == carrierSyslog {
			w.outer = outer
		}
		w.in[w.n] = c
		w.n++
	}
}

// unwrapAs takes exactly the given carriers off line: for decoding. It reports
// whether they were all there.
func (u *unwrapper) unwrapAs(line []byte, in stack, w *wrapped) bool {
	caps := w.caps
	*w = wrapped{text: line, caps: caps}
	u.buf = u.buf[:0]
	for ; w.n < maxCarriers && in[w.n] != noCarrier; w.n++ {
		u.want = in[w.n]
		text := w.text
		if w.own == nil && u.want.logs() {
			w.own = text
		}
		if u.next(w) != u.want {
			w.text = text
			return false
		}
		w.in[w.n] = u.want
	}
	return true
}

// next takes off the outermost carrier of what is left of the line.
func (u *unwrapper) next(w *wrapped) carrier {
	t := w.text
	if len(t) < 4 {
		return noCarrier
	}
	if c := u.byFirst(t, w); c != noCarrier {
		return c
	}
	if t[0] != '{' && t[len(t)-1] == '}' && u.textPrefix(t, w) {
		return carrierPrefix
	}
	return noCarrier
}

// byFirst takes off the carriers that can be told by the line's first byte.
func (u *unwrapper) byFirst(t []byte, w *wrapped) carrier {
	switch c := t[0]; {
	case c == '{':
		return u.envelope(t, w)
	case isDigit(c):
		if c == '1' && t[1] == ' ' && isDigit(t[2]) && len(t) > 30 && t[12] == 'T' && t[6] == '-' { // RFC 5424 without its priority
			rfc5424(t[2:], w, u.r)
			return carrierSyslog
		}
		if w.n > 0 && w.in[w.n-1] == carrierStamp {
			return noCarrier
		}
		if rest := counted(t); rest != nil {
			return u.priority(rest, w)
		}
		if t[1] == '|' || t[2] == '|' {
			return pm2Prefix(t, w)
		}
		if t[2] == ':' {
			if len(t) > 12 && foremanPrefix(t, w, u.r) {
				return carrierCompose
			}
			return noCarrier
		}
		return u.stampFirst(t, w)
	case c == '[':
		if hasPrefix(t, "[pod/") {
			return podPrefix(t, w)
		}
		return noCarrier
	case c == '<':
		return u.priority(t, w)
	case isAlpha(c):
		if u.composePrefix(t, w) {
			return carrierCompose
		}
		if syslogText(t, w, u.r) {
			return carrierSyslog
		}
		if u.sternPrefix(t, w) {
			return carrierStern
		}
	}
	return noCarrier
}

// mix folds a prefix into the key of the inner stream.
func (w *wrapped) mix(c carrier, name []byte) {
	w.key = (w.key*31 + uint64(c)) ^ model.HashID(name, uint16(c))
}

// setTime keeps the innermost carrier's stamp.
func (w *wrapped) setTime(s stamp.Stamp) { w.time, w.hasTime = s, true }

// text and number add a field while decoding.
func (w *wrapped) field(name string, val []byte) {
	if w.caps != nil && len(val) > 0 {
		w.caps.fields = append(w.caps.fields, model.Field{Name: name, Value: model.StringValue(string(val))})
	}
}

// stampFirst takes CRI's, aws logs tail's, kubectl --timestamps' and the ISO
// variant of syslog's prefix: all begin with an RFC 3339 stamp.
func (u *unwrapper) stampFirst(t []byte, w *wrapped) carrier {
	if len(t) < 24 || t[4] != '-' || t[10] != 'T' {
		return noCarrier
	}
	s, ok := stamp.ISO.At(t, u.r.loc)
	if !ok || !s.Zone || s.Len >= len(t) || t[s.Len] != ' ' {
		return noCarrier
	}
	rest := t[s.Len+1:]
	if w.n == 0 && (u.stamped || u.want == carrierStamp) {
		return u.serverStamp(s, rest, w)
	}
	if hasPrefix(rest, "stdout ") || hasPrefix(rest, "stderr ") {
		if len(rest) >= 8 && (rest[7] == 'F' || rest[7] == 'P') && (len(rest) == 8 || rest[8] == ' ' || rest[8] == ':') {
			w.setTime(s)
			w.mix(carrierCRI, rest[:6])
			w.partial = rest[7] == 'P'
			w.field("stream", rest[:6])
			tags := token(rest, 7)
			w.text = rest[min(len(rest), tags+1):]
			return carrierCRI
		}
	}
	if c := u.awsTail(t, rest, s, w); c != noCarrier {
		return c
	}
	if dynoPrefix(rest, s, w) || syslogISO(t, rest, s, w) {
		return carrierSyslog
	}
	if hasPrefix(rest, "{") && logcliPrefix(rest, s, w) {
		return carrierService
	}
	if isNanoStamp(t[:s.Len]) && u.confirmed(carrierStamp, nil, rest) {
		return u.serverStamp(s, rest, w)
	}
	if s.Len == len("2006-01-02T15:04:05.0000000Z") && (hasPrefix(rest, "##[") || u.sure&(1<<carrierStamp) != 0) { // GitHub's runners
		u.sure |= 1 << carrierStamp
		return u.serverStamp(s, rest, w)
	}
	return noCarrier
}

// serverStamp takes the stamp that a server put before a line.
func (u *unwrapper) serverStamp(s stamp.Stamp, rest []byte, w *wrapped) carrier {
	w.setTime(s)
	w.mix(carrierStamp, nil)
	w.text = rest
	return carrierStamp
}

// isNanoStamp reports whether an RFC 3339 stamp has nine decimals, as the
// container runtimes print it.
func isNanoStamp(t []byte) bool {
	return len(t) >= 30 && t[19] == '.' && isDigits(t[20:29]) && !isDigit(t[29])
}

// awsTail takes `2024-01-15T10:30:45.123000+00:00 stream/name text`.
func (u *unwrapper) awsTail(t, rest []byte, s stamp.Stamp, w *wrapped) carrier {
	whole := s.Len == 25 && (u.sure&(1<<carrierAWS) != 0 || u.want == carrierAWS) // a second's begin has no fraction
	u.doubt = u.doubt || s.Len == 25 && !whole
	if s.Len != 32 && !whole || string(t[s.Len-6:s.Len]) != "+00:00" {
		return noCarrier
	}
	n := token(rest, 0)
	name := rest[:n]
	if n == len(rest) || n < 3 || bytes.IndexByte(name, '/') < 1 || bytes.IndexByte(name, ':') >= 0 {
		return noCarrier
	}
	w.setTime(s)
	u.sure |= 1 << carrierAWS
	w.mix(carrierAWS, name)
	w.field("stream", name)
	w.text = rest[n+1:]
	return carrierAWS
}

// textPrefix takes `text {json}`: a logger's object, with level and message, or a
// shipper's, behind what something put before it.
func (u *unwrapper) textPrefix(t []byte, w *wrapped) bool {
	const window = 160
	at := bytes.Index(t[:min(len(t), window)], []byte(`{"`))
	if at < 1 || t[at-1] != ' ' && t[at-1] != '\t' && t[at-1] != ':' && t[at-1] != '|' {
		return false
	}
	if u.set == nil {
		if u.want != carrierPrefix {
			return false
		}
	} else {
		u.probe.reset()
		f := u.r.jsonLine(t[at:], &u.probe)
		if f != strong || !u.probe.ships && (u.probe.level == model.LevelNone || len(u.probe.msg) == 0) {
			return false
		}
	}
	front := trimSpace(t[:at])
	if s, ok := stamp.At(front, u.r.loc); ok && s.Date {
		w.setTime(s)
	}
	w.field("prefix", front)
	w.text = t[at:]
	return true
}

// nameLen measures a Kubernetes name: small letters, digits, dashes, dots.
func nameLen(t []byte) int {
	n := 0
	for n < len(t) && n < 254 && (isLower(t[n]) || isDigit(t[n]) || t[n] == '-' || t[n] == '.') {
		n++
	}
	return n
}

// beginsTrace reports whether a trace begins behind a stamp in nanoseconds. No
// logger writes so, but Go's may say that the program panics.
func beginsTrace(rest []byte) bool {
	var j trace.Joiner
	v := j.Line(rest)
	return (v == trace.Head || v == trace.Opens) && !hasPrefix(rest, "panic: ") && !hasPrefix(rest, "fatal error: ") && !hasPrefix(rest, "goroutine ")
}

// confirmed reports whether a prefix that other text could have as well is a
// carrier's: it was before, or what stands behind it is surely a record.
func (u *unwrapper) confirmed(c carrier, name, rest []byte) bool {
	if u.set == nil { // decoding: the parser has decided
		return c == u.want
	}
	var key uint64
	if name != nil {
		key = model.HashID(name, uint16(c))
		if _, ok := u.names[key]; ok {
			return true
		}
	} else if u.sure&(1<<c) != 0 {
		return true
	}
	u.probe.reset()
	layout := u.r.layout
	_, f := u.set.recognise(u.r, rest, &u.probe, noFormat, nil)
	u.r.layout = layout
	if (f != strong || !u.probe.json && !(u.probe.stamped && u.probe.time.Date)) && !(c == carrierStamp && beginsTrace(rest)) {
		u.doubt = true
		return false
	}
	u.sure |= 1 << c
	if name != nil && len(u.names) < maxNames {
		if u.names == nil {
			u.names = map[uint64]struct{}{}
		}
		u.names[key] = struct{}{}
	}
	return true
}
