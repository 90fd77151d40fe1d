package parse

import (
	"encoding/binary"
	"math/bits"

	"ravel/model"
	"ravel/parse/lifecycle"
)

// planMemo remembers strings that have stood behind a step, which is the
// record's level, logger or message: of these few come again and again.
type planMemo struct {
	values [memoPlaces]planValue
	misses uint32
}

// planValue is one such string, and what is known of it.
type planValue struct {
	text, mask [maxMemo / 8]uint64 // it, and the bytes of text that it has
	n          int                 // its length, 0: none
	hit        *lifecycle.Hit      // of a message that means something
	id         uint16              // of the logger
	level      model.Level
	numbered   bool // id is set
	asked      bool // hit is set
}

const (
	memoBits   = 6
	memoPlaces = 1 << memoBits
	maxMemo    = 32 // bytes of a string that is remembered
)

// named is value for the level, the logger, the message or the method.
func (s *planStep) named(r *reader, t []byte, at *walked, w *planned, h *head) bool {
	val := t[at.from:at.to:at.to]
	v := r.plan.knows(s, t, at)
	if v == nil {
		return s.value(r, val, at.known == escaped, w, h)
	}
	switch s.act {
	case planLevel:
		h.level, w.numeric = v.level, nil
	case planDomain:
		h.domain, w.domain = val, v
	case planMessage:
		h.msg, w.msg, w.msgEscaped = val, v, false
	default: // a method
		if h.f.Method == nil {
			h.f.Method = val
		}
	}
	return true
}

// knows returns what is remembered of a value of s, nil if nothing.
func (p *plan) knows(s *planStep, t []byte, at *walked) *planValue {
	if at.known >= 0 {
		return &s.memo.values[at.known%memoPlaces]
	}
	return p.meets(s, t, at)
}

// meets is knows for a value that is not remembered yet.
func (p *plan) meets(s *planStep, t []byte, at *walked) *planValue {
	from, to := int(at.from), int(at.to)
	if at.known == escaped || from == to || to-from > maxMemo || to < 8 || len(t)-from < maxMemo || s.memo.missed() {
		return nil
	}
	place := memoPlace(t, from, to)
	v := s.remembered(t[from:to])
	if v.n == 0 {
		return nil
	}
	for i := range p.values[:p.n] { // what stood there is not known any more
		if w := &p.values[i]; w.known == int32(place) && p.list[w.step].memo == s.memo {
			w.known = unknown
		}
	}
	s.memo.values[place] = v
	return &s.memo.values[place]
}

// find returns the place of t[from:to], unknown if it is not remembered.
func (m *planMemo) find(t []byte, from, to int) int32 {
	if to-from > maxMemo || to < 8 || len(t)-from < maxMemo {
		return unknown
	}
	place := memoPlace(t, from, to)
	v, b := &m.values[place], t[from:]
	differ := v.n ^ (to - from)
	for i := range v.text {
		differ |= int((binary.LittleEndian.Uint64(b[8*i:]) ^ v.text[i]) & v.mask[i])
	}
	if differ != 0 {
		return unknown
	}
	return int32(place)
}

// memoPlace is the place of t[from:to], which follows from its first eight bytes
// and its last.
func memoPlace(t []byte, from, to int) int {
	short := -8 * min(to-from, 8) & 63
	head, tail := binary.LittleEndian.Uint64(t[from:])<<short, binary.LittleEndian.Uint64(t[to-8:])>>short
	return int((head ^ bits.RotateLeft64(tail, 7)) * memoMul >> (64 - memoBits))
}

const memoMul = 0x9e3779b97f4a7c15

// missed counts a string that is not remembered, and reports whether that is to
// stay so: strings that come again come often, and are met soon.
func (m *planMemo) missed() bool {
	m.misses++
	return m.misses > 2*memoPlaces && m.misses&63 != 0
}

// remembered is what is to be known of a value of s; its length is 0 if that is
// none that may come again.
func (s *planStep) remembered(val []byte) (v planValue) {
	switch s.act {
	case planLevel:
		var w planned
		var h head
		if !w.levelText(val, s.syslog, &h) || w.numeric != nil {
			return v
		}
		v.level = h.level
	case planMessage, planDomain:
	default:
		var f lifecycle.Fields
		if f.AddRole(s.role, s.o, val, false); f.Method == nil {
			return v
		}
	}
	v.n = len(val)
	var text, mask [maxMemo]byte
	for i := range copy(text[:], val) {
		mask[i] = 0xff
	}
	for i := range v.text {
		v.text[i], v.mask[i] = binary.LittleEndian.Uint64(text[8*i:]), binary.LittleEndian.Uint64(mask[8*i:])
	}
	return v
}
