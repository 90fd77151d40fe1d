package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
)

// planned is what is carried from value to value of a record.
type planned struct {
	jsonLate
	mark        model.Mark
	domain, msg *planValue // what is remembered of these of the head; nil if nothing
}

// read is jsonLine of the record at t[at:] that takes known steps only and whose
// values are what they were when these were learnt: a time that is one, a level
// that is known. It returns what is behind its line end, or the end of t; or 0:
// then h must be reset. What only decoding asks for is left out.
func (p *plan) read(r *reader, t []byte, at int, h *head, w *planned) (next int) {
	if p.walk(t, at, 1) == 0 || !p.tell(r, t, &p.lines[0], h, w) {
		return 0
	}
	return p.lines[0].next
}

// tell takes the values of a line that a walk over t has found. It reports false
// where the general way must see the record.
func (p *plan) tell(r *reader, t []byte, l *walkedLine, h *head, w *planned) bool {
	values := p.of(l)
	for i := range values {
		v := &values[i]
		s := p.list[v.step]
		val, ok := t[v.from:v.to:v.to], true
		switch s.op {
		case opNamed:
			ok = s.named(r, t, v, w, h)
		case opStamp:
			ok = v.known != escaped && r.timeText(val, h)
		case opFigure:
			ok = s.figure(r, t, v, w, h)
		case opID, opRole:
			s.tell(r, val, v.known == escaped, h)
		default:
			ok = s.value(r, val, v.known == escaped, w, h)
		}
		if !ok {
			return false
		}
	}
	said := &p.list[l.last].to.said
	w.version, w.pid, w.host = said.version, said.pid, said.host
	w.stack = w.stack || said.stack
	r.jsonDone(&w.jsonLate, h)
	return true
}

// figure is value for a number that says something of the request.
func (s *planStep) figure(r *reader, t []byte, v *walked, w *planned, h *head) bool {
	if s.act == planNone && s.class == lifecycle.NoID {
		s.count(t, v, &h.f)
		return true
	}
	return s.value(r, t[v.from:v.to:v.to], false, w, h)
}

// count gives a value to f. As a rule it is a number of a few digits.
func (s *planStep) count(t []byte, v *walked, f *lifecycle.Fields) {
	if n, digits := v.count(t); s.op != opFigure || digits == 0 || !f.AddCount(s.role, n, digits) {
		f.AddRole(s.role, s.o, t[v.from:v.to:v.to], s.op == opFigure)
	}
}

// value takes a value of any kind. It reports false where the general way must
// see the record.
func (s *planStep) value(r *reader, val []byte, escaped bool, w *planned, h *head) bool {
	if s.act != planNone && !s.take(r, val, escaped, w, h) {
		return false
	}
	s.tell(r, val, escaped, h)
	return true
}

// take gives a value to the record's own columns. It reports false where the
// general way must see the record.
func (s *planStep) take(r *reader, val []byte, escaped bool, w *planned, h *head) bool {
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
