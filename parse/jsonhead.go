package parse

import (
	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
	"ravel/parse/trace"
)

// jsonHead gathers what one JSON record says while its members are walked
// once. It belongs to a reader and is reset for each record.
type jsonHead struct {
	jsonLate
	level, time, msg, domain [2]uint8   // weight+1 of the key taken, 0 none; [1]: it stood in an inner object
	known                    int        // members that have a meaning
	used                     [4]usedKey // for decoding
	within                   []byte     // key of the inner object being walked
	split                    splitTime  // where date and time stand under keys of their own
	listed                   bool       // the message is a list or an object
	objects                  bool       // some member is an object
	ships                    bool       // some member is what shippers of logs add
	text                     bool       // the message is one that something else wrote
	mayShip                  bool       // some member is one that they may add
	full                     []byte     // Graylog's full_message, if it has escapes
	odd                      bool       // something was taken that a plan does not see
}

// jsonLate is what is told when all members are known.
type jsonLate struct {
	numeric            []byte // a level that was a number
	syslog             bool   // the level's key counts as syslog does
	version, pid, host bool
	gelf               bool // Graylog's keys: levels are syslog's
	stack              bool
	msgEscaped         bool
}

// usedKey names a member whose value became a column.
type usedKey struct{ key, within []byte }

// The indexes of jsonHead.used.
const (
	usedTime = iota
	usedLevel
	usedMessage
	usedDomain
)

// jsonLine recognises one complete JSON object, and one that can be mended.
func (r *reader) jsonLine(t []byte, h *head) fit {
	lead := skipSpace(t, 0)
	if lead >= len(t) || t[lead] != '{' {
		return misfit
	}
	r.buf = r.buf[:0]
	byPlan := r.plan != nil && h.caps == nil
	if byPlan {
		var w planned
		if r.plan.read(r, t, 0, h, &w) == len(t) {
			return strong
		}
		h.reset()
		r.buf = r.buf[:0]
	}
	if !r.wholeObject(t[lead:], h) {
		return r.mendedLine(t, lead, h)
	}
	f := r.json.fit()
	switch {
	case byPlan && f == strong && !r.json.odd:
		r.plan.learn(t)
	case r.plan == nil:
		if r.objects++; r.objects == unplanned {
			r.plan = newPlan()
		}
	}
	return f
}

// wholeObject reads an object and all that its members say. It reports false
// where it is no JSON.
func (r *reader) wholeObject(b []byte, h *head) bool {
	j := &r.json
	*j = jsonHead{}
	if !r.object(b, lifecycle.Top, false, j, h, true) {
		return false
	}
	if j.split.date != nil && j.split.clock != nil && j.time[0] <= dateWeight {
		r.joinTime(j.split, h)
	}
	if j.full != nil && trace.Shows(r.unquote(j.full)) {
		j.stack = true
	}
	r.jsonDone(&j.jsonLate, h)
	r.lastResort(b, j, h)
	h.ships = j.ships && j.bare(h)
	j.odd = j.odd || j.mayShip && j.level[0] == 0 || j.text
	return true
}

// bare reports whether the record says nothing but its time and a text, which may
// be a record that something else wrote.
func (j *jsonHead) bare(h *head) bool {
	return (j.level[0] == 0 || j.text) && j.domain[0] == 0 && !j.stack && j.msg[0] > 0 &&
		h.f.Status == 0 && h.f.Method == nil && h.f.Path == nil && h.f.Dur == model.NoDur && h.rid == nil
}

// mendedLine reads t, whose object begins at lead and is no JSON, as what is
// meant by it. What is not whole is kept as text, with what could be read of it.
func (r *reader) mendedLine(t []byte, lead int, h *head) fit {
	text, how := jsonscan.Mend(r.mended[:0], t[lead:])
	r.mended = text
	if how == jsonscan.Unlike {
		return misfit
	}
	h.reset()
	r.buf = r.buf[:0]
	if !r.wholeObject(text, h) {
		return misfit
	}
	f := r.json.fit()
	h.mended, h.ships = true, false
	if how == jsonscan.Whole {
		return f
	}
	if f < strong {
		return misfit
	}
	h.msg, h.partial, h.json = t, true, false
	r.json.used[usedMessage] = usedKey{}
	return weak
}

// unplanned is how many records a stream has before a plan is made of them: a
// reader of a few lines has no use for it.
const unplanned = 8

// jsonDone settles what depends on all members.
func (r *reader) jsonDone(j *jsonLate, h *head) {
	h.json, h.data = true, true
	j.settleLevel(h)
	h.statusWord()
	if j.stack {
		h.flags |= model.HasTraceback
	}
	if j.msgEscaped {
		h.msg = r.unquote(h.msg)
		if trace.Shows(h.msg) {
			h.flags |= model.HasTraceback
		}
	}
}

// fit is how surely an object with these members is a record.
func (j *jsonHead) fit() fit {
	switch {
	case j.msg[0] > 50 || j.time[0] > 0 && (j.level[0] > 0 || j.known > 2) || j.level[0] > 90:
		return strong
	case j.known > 0:
		return medium
	}
	return weak
}

// unquote decodes a JSON string into the reader's scratch.
func (r *reader) unquote(span []byte) []byte {
	from := len(r.buf)
	r.buf = jsonscan.Unquote(r.buf, span)
	return r.buf[from:]
}

// object walks the members of one object. It reports whether the object is
// valid and, at the top, whether nothing follows it.
func (r *reader) object(b []byte, o lifecycle.Object, inner bool, j *jsonHead, h *head, top bool) bool {
	it := jsonscan.Object(b)
	for it.Next() {
		m, says := keyMeaning{}, true
		var info *keyInfo
		if top {
			info = r.keys.info(it.Key)
			m, says = info.meaning, info.says
			j.objects = j.objects || it.Kind == model.Object
		} else if inner {
			m = meanings[string(it.Key)]
		} else if o == lifecycle.Container {
			m = containedStack(it.Key)
		}
		if m.role != roleNone {
			r.jsonKey(&it, m, inner, j, h)
		}
		switch it.Kind {
		case model.Object:
			if !top && o != lifecycle.Top {
				n := lifecycle.Enter(o, it.Key)
				if o == lifecycle.Container && string(it.Key) == "context" {
					n = lifecycle.Container
				}
				if n != lifecycle.Elsewhere {
					r.object(it.Val, n, false, j, h, false)
				}
				continue
			}
			if n, ok := innerObject(it.Key, m); ok && top {
				j.within = it.Key
				r.object(it.Val, n, m.role == roleInner || string(it.Key) == "log", j, h, false)
				j.within = nil
			}
		case model.String:
			if says && len(it.Val) > 0 {
				val := it.Val
				if it.Escaped {
					val = r.unquote(val)
				}
				h.add(info, o, it.Key, val, false)
			}
		case model.Number:
			if says {
				h.add(info, o, it.Key, it.Val, true)
			}
		case model.Array:
			if top && string(it.Key) == "spans" {
				r.spans(it.Val, j, h)
			}
		}
	}
	if !top {
		return true
	}
	n, ok := it.Done()
	return ok && isBlank(b[n:])
}

// spans takes what the spans of Rust's tracing say, of which the outermost is the
// first.
func (r *reader) spans(array []byte, j *jsonHead, h *head) {
	j.odd = true
	for in := jsonscan.Array(array); in.Next(); {
		r.object(in.Val, lifecycle.Container, false, j, h, false)
	}
}

// containedStack is the meaning of a member of an inner object such as context:
// of the keys of a record only those of exceptions mean the same there.
func containedStack(key []byte) keyMeaning {
	switch string(key) {
	case "exception", "exc_info", "stack_trace", "traceback":
		return meanings[string(key)]
	}
	return keyMeaning{}
}

// add takes what a member says of the request; info is what is known of its
// key, nil if nothing.
func (h *head) add(info *keyInfo, o lifecycle.Object, key, val []byte, number bool) {
	switch {
	case info == nil:
		h.f.Add(o, key, val, number)
	case info.class != lifecycle.NoID:
		h.f.IDs.AddAs(info.class, val)
	default:
		h.f.AddRole(info.role, o, val, number)
	}
}

// jsonKey takes one member that has a meaning.
func (r *reader) jsonKey(it *jsonscan.Iter, m keyMeaning, inner bool, j *jsonHead, h *head) {
	at := 0
	if inner {
		at = 1
	}
	w := m.weight + 1
	switch m.role {
	case roleTime:
		if better(&j.time, at, w) && r.jsonTime(it, h) {
			j.take(&j.time, at, w)
			j.use(h, usedTime, it.Key)
		}
		if at == 0 && it.Kind == model.String {
			j.split.add(it.Key, it.Val)
		}
	case roleInstant:
		if it.Kind == model.Object && r.instant(it.Val, h) {
			j.take(&j.time, 0, w)
			j.use(h, usedTime, it.Key)
		}
	case roleLevel:
		if better(&j.level, at, w) && j.takeLevel(it, h) {
			j.take(&j.level, at, w)
			j.use(h, usedLevel, it.Key)
		}
	case roleMessage:
		j.takeMessage(it, at, w, h)
	case roleDomain:
		if it.Kind == model.String && better(&j.domain, at, w) && len(it.Val) > 0 && !it.Escaped {
			h.domain = it.Val
			j.take(&j.domain, at, w)
			j.use(h, usedDomain, it.Key)
		}
	case roleStack:
		if it.Kind == model.Object && m.nests() || it.Kind == model.Array ||
			it.Kind == model.String && (it.Escaped || m.weight >= 85) && len(it.Val) > 0 {
			j.stack = true
			j.known++
		}
	case roleShip:
		j.mayShip = true
		j.ships = j.ships || at == 0 && shipMark(it)
	case roleID:
		if it.Kind == model.String && !it.Escaped && !inner {
			h.rid = it.Val
			j.known++
		}
	case roleVersion:
		j.version = it.Kind == model.Number
	case rolePid:
		j.pid = it.Kind == model.Number
	case roleHost:
		j.host = true
	}
}

// takeMessage takes a member as the record's message.
func (j *jsonHead) takeMessage(it *jsonscan.Iter, at int, w uint8, h *head) {
	key := string(it.Key)
	switch {
	case it.Kind == model.String && better(&j.msg, at, w) && !(w < 40 && len(it.Val) == 0):
		h.msg, j.msgEscaped = it.Val, it.Escaped
		j.take(&j.msg, at, w)
		j.use(h, usedMessage, it.Key)
		j.gelf = j.gelf || key == "short_message"
	case it.Kind == model.Object && key == "body" && j.msg[0] == 0: // OpenTelemetry's {"stringValue": …}
		if in := jsonscan.Object(it.Val); in.Next() && string(in.Key) == "stringValue" && in.Kind == model.String {
			h.msg, j.msgEscaped = in.Val, in.Escaped
			j.take(&j.msg, at, w)
			j.use(h, usedMessage, it.Key)
		}
	case it.Kind == model.Object || it.Kind == model.Array:
		j.listed = true
	}
	if key == "full_message" && it.Kind == model.String { // where Graylog's formats put the trace
		if j.odd = true; it.Escaped {
			j.full = it.Val
		}
	}
	switch {
	case key == "textPayload": // Google's
		j.ships, j.text = true, true
	case key == "log" && it.Kind == model.String && at == 0: // Docker's and Fluent Bit's
		j.ships, j.mayShip = true, true
	}
}

// better reports whether a key of weight w, at the top (0) or within (1), wins
// against the one taken.
func better(have *[2]uint8, at int, w uint8) bool {
	if have[0] == 0 {
		return true
	}
	const doubtful = 61 // a record within says more than such a key at the top
	if at != int(have[1]) && !(at == 0 && w < doubtful || at == 1 && have[0] < doubtful) {
		return at < int(have[1])
	}
	return w > have[0]
}

func (j *jsonHead) take(have *[2]uint8, at int, w uint8) {
	have[0], have[1] = w, uint8(at)
	j.known++
}

// use notes, while decoding, which member became a column.
func (j *jsonHead) use(h *head, i int, key []byte) {
	if h.caps != nil {
		j.used[i] = usedKey{key, j.within}
	}
}
