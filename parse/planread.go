package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
)

// read is jsonLine of a record that takes known steps only and whose values are
// what they were when these were learnt: a time that is one, a level that is
// known. It returns how long the record is, which ends where t or a line of t
// does, or 0; then h must be reset. What only decoding asks for is left out. With
// bare it takes no record that a carrier may be around.
func (p *plan) read(r *reader, t []byte, h *head, bare bool) (n int) {
	j := &r.json
	j.numeric, j.stack, j.msgEscaped = nil, false, false
	s, i := p.start.next(t, 0), 0
	if bare && s != nil && !s.bare {
		return 0
	}
	for ; s != nil; s = s.next(t, i) {
		if i = s.value(r, t, i+s.n, h); i < 0 || i >= len(t) {
			return 0
		}
		if t[i] == ',' {
			continue // as most often
		}
		if n = s.to.end(t, i); n > 0 {
			said := &s.to.said
			j.version, j.pid, j.host = said.version, said.pid, said.host
			j.stack = j.stack || said.stack
			r.jsonDone(j, h)
			return n
		}
	}
	return 0
}

// value reads the value at t[i:] and returns where it ends, -1 where the general
// way must see the record.
func (s *planStep) value(r *reader, t []byte, i int, h *head) int {
	if s.first != 0 {
		return s.bareValue(r, t, i, h)
	}
	if s.act == planTime {
		return r.stampValue(t, i, h)
	}
	end, escaped := jsonscan.StringEnd(t, i)
	if end < 0 {
		return -1
	}
	if s.means {
		val := t[i:end:end]
		if s.act != planNone && !s.take(r, val, escaped, h) {
			return -1
		}
		s.tell(r, val, escaped, h)
	}
	return end + 1
}

// bareValue is value for one that is no string.
func (s *planStep) bareValue(r *reader, t []byte, i int, h *head) int {
	end := -1
	switch s.kind {
	case model.Number:
		end = jsonscan.NumberEnd(t, i)
	case model.Object, model.Array:
		if end = jsonscan.NestedEnd(t, i, s.room); end > 0 && bytes.IndexByte(t[i:end], '\n') >= 0 { // over several lines
			return -1
		}
	default:
		end = jsonscan.ScalarEnd(t, i)
	}
	if end < 0 {
		return -1
	}
	if s.means {
		val := t[i:end:end]
		if s.act != planNone && !s.take(r, val, false, h) {
			return -1
		}
		s.tell(r, val, false, h)
	}
	return end
}

// stampValue reads the string at t[i:], behind its quote, as the record's time.
// It returns where the string ends, -1 if it is no time or needs the general
// way.
func (r *reader) stampValue(t []byte, i int, h *head) int {
	if nanos, n := r.minute.quoted(t[i:]); n > 0 && r.value == stamp.ISO {
		h.time, h.hasTime = r.minute.begin, true
		h.time.Nanos += nanos
		h.time.Len = n
		return i + n + 1
	}
	end, escaped := jsonscan.StringEnd(t, i)
	if end < 0 || escaped || !r.timeText(t[i:end], h) {
		return -1
	}
	return end + 1
}

// take gives a value to the record's own columns. It reports false where the
// general way must see the record.
func (s *planStep) take(r *reader, val []byte, escaped bool, h *head) bool {
	j := &r.json
	switch s.act {
	case planTime:
		return r.epoch(val, h)
	case planInstant:
		return instantOnly(val) && r.instant(val, h)
	case planLevel:
		return j.levelText(val, s.syslog, h)
	case planNumericLevel:
		j.numeric, j.syslog = val, s.syslog
	case planMessage:
		if len(val) == 0 && s.weight < 40 {
			return false
		}
		h.msg, j.msgEscaped = val, escaped
	case planDomain:
		if len(val) == 0 || escaped {
			return false
		}
		h.domain = val
	case planStack:
		if (escaped || s.weight >= 85) && len(val) > 0 {
			j.stack = true
		}
	case planID:
		if !escaped {
			h.rid = val
		}
	}
	return true
}

// instantOnly reports whether an object says when and nothing more.
func instantOnly(b []byte) bool {
	it := jsonscan.Object(b)
	for it.Next() {
		if key := string(it.Key); key != "epochSecond" && key != "nanoOfSecond" {
			return false
		}
	}
	return true
}

// tell gives a value to what the record says of its request.
func (s *planStep) tell(r *reader, val []byte, escaped bool, h *head) {
	if len(val) == 0 || s.class == lifecycle.NoID && s.role == lifecycle.NoRole {
		return
	}
	if escaped {
		val = r.unquote(val)
	}
	if s.class != lifecycle.NoID {
		h.f.IDs.AddAs(s.class, val)
		return
	}
	h.f.AddRole(s.role, s.o, val, s.kind == model.Number)
}
