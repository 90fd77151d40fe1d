package parse

import (
	"bytes"
	"encoding/binary"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
)

// planWalk is what is carried from value to value of a record.
type planWalk struct {
	jsonLate
	then        **planStep // where the step behind the value is guessed
	mark        model.Mark
	domain, msg *planValue // what is remembered of these of the head; nil if nothing
}

// read is jsonLine of a record that takes known steps only and whose values are
// what they were when these were learnt: a time that is one, a level that is
// known. It returns how long the record is, which ends where t or a line of t
// does, or 0; then h must be reset. What only decoding asks for is left out. With
// bare it takes no record that a carrier may be around.
func (p *plan) read(r *reader, t []byte, h *head, w *planWalk, bare bool) (n int) {
	s, i := p.start.to.follow(t, 0, &p.start.then), 0
	if s == nil || bare && !s.bare {
		return 0
	}
	for s.op != opEnd {
		i += s.n
		w.then = &s.then
		switch s.op {
		case opString, opID:
			end, escaped := jsonscan.StringEnd(t, i)
			if end < 0 {
				return 0
			}
			if s.op == opID && end > i {
				id := t[i:end:end]
				if escaped {
					id = r.unquote(id)
				}
				h.f.IDs.AddAs(s.class, id)
			}
			i = end + 1
		case opNamed:
			i = s.named(r, t, i, w, h)
		case opStamp:
			i = r.stampValue(t, i, h)
		case opNumber:
			i = jsonscan.NumberEnd(t, i)
		case opFigure:
			i = s.figure(r, t, i, w, h)
		case opRole:
			end, escaped := jsonscan.StringEnd(t, i)
			if end < 0 {
				return 0
			}
			s.tell(r, t[i:end:end], escaped, h)
			i = end + 1
		default:
			i = s.anyValue(r, t, i, w, h)
		}
		if uint(i) >= uint(len(t)) {
			return 0
		}
		k := *w.then
		if k == nil || len(t)-i <= planHead || !k.begins((*[planHead]byte)(t[i:])) || k.longer && !k.goesOn(t, i) {
			if k = s.to.follow(t, i, w.then); k == nil {
				return 0
			}
		}
		s = k
	}
	said := &s.to.said
	w.version, w.pid, w.host = said.version, said.pid, said.host
	w.stack = w.stack || said.stack
	r.jsonDone(&w.jsonLate, h)
	return i + s.room
}

// figure is anyValue for a number that says something of the request.
func (s *planStep) figure(r *reader, t []byte, i int, w *planWalk, h *head) int {
	if s.act == planNone && len(t)-i > 8 {
		word := binary.LittleEndian.Uint64(t[i:])
		n := jsonscan.LeadingDigits(word)
		if c := t[i+n]; 0 < n && n < 8 && c != '.' && c|0x20 != 'e' && (t[i] != '0' || n == 1) &&
			s.class == lifecycle.NoID && h.f.AddCount(s.role, jsonscan.Count(word, n), n) {
			return i + n
		}
	}
	return s.anyValue(r, t, i, w, h)
}

// anyValue is value for all of them.
func (s *planStep) anyValue(r *reader, t []byte, i int, w *planWalk, h *head) int {
	end, next, escaped := s.end(t, i)
	if end < 0 {
		return -1
	}
	val := t[i:end:end]
	if s.act != planNone && !s.take(r, val, escaped, w, h) {
		return -1
	}
	s.tell(r, val, escaped, h)
	return next
}

// end returns where the value at t[i:] ends, -1 if it is none, and where the
// text behind it begins.
func (s *planStep) end(t []byte, i int) (end, next int, escaped bool) {
	switch s.op {
	case opNumber, opFigure:
		end = jsonscan.NumberEnd(t, i)
	case opNested:
		if end = jsonscan.NestedEnd(t, i, s.room); end > 0 && bytes.IndexByte(t[i:end], '\n') >= 0 { // over several lines
			end = -1
		}
	case opScalar:
		end = jsonscan.ScalarEnd(t, i)
	default:
		end, escaped = jsonscan.StringEnd(t, i)
		return end, end + 1, escaped
	}
	return end, end, false
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
func (s *planStep) take(r *reader, val []byte, escaped bool, w *planWalk, h *head) bool {
	switch s.act {
	case planTime:
		return r.epoch(val, h)
	case planInstant:
		return r.plainInstant(val, h) || instantOnly(val) && r.instant(val, h)
	case planLevel:
		return w.levelText(val, s.syslog, h)
	case planNumericLevel:
		w.numeric, w.syslog = val, s.syslog
	case planMessage:
		if len(val) == 0 && s.weight < 40 {
			return false
		}
		h.msg, w.msg, w.msgEscaped = val, nil, escaped
	case planDomain:
		if len(val) == 0 || escaped {
			return false
		}
		h.domain, w.domain = val, nil
	case planStack:
		if (escaped || s.weight >= 85) && len(val) > 0 {
			w.stack = true
		}
	case planID:
		if !escaped {
			h.rid = val
		}
	}
	return true
}

// plainInstant is instant for an object that is spelt as log4j2 does.
func (r *reader) plainInstant(b []byte, h *head) bool {
	b, ok := bytes.CutPrefix(b, []byte(`{"epochSecond":`))
	sec, b, ok2 := bytes.Cut(b, []byte(`,"nanoOfSecond":`))
	ns, ok3 := bytes.CutSuffix(b, []byte("}"))
	if !ok || !ok2 || !ok3 || !isDigits(sec) || !isDigits(ns) {
		return false
	}
	h.setInstant(int64(atoi(sec, 1<<33)), int64(atoi(ns, 999_999_999)))
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
	h.f.AddRole(s.role, s.o, val, s.op == opFigure)
}
