package parse

import (
	"encoding/binary"
	"math/bits"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
)

// planMemo remembers strings that have stood behind a step, which is the
// record's level, logger or message: of these few come again and again. Two
// share a place.
type planMemo struct {
	values [memoPlaces][2]planValue
	misses uint32
}

// planValue is one such string, and what is known of it.
type planValue struct {
	head, tail uint64 // its first eight bytes, and its last eight if it has as many
	n          int    // its length, 0: none
	then       *planStep
	text       string         // if it is longer than both
	hit        *lifecycle.Hit // of a message that means something
	id         uint16         // of the logger
	level      model.Level
	numbered   bool // id is set
	asked      bool // hit is set
}

const (
	memoPlaces = 16
	maxMemo    = 40 // bytes of a string that is remembered
)

// named reads the string at t[i:], behind its quote, as the level, the logger or
// the message that it is. It returns where it ends, -1 where the general way must
// see the record.
func (s *planStep) named(r *reader, t []byte, i int, w *planWalk, h *head) int {
	if len(t)-i < 8 {
		return -1
	}
	head, tail := binary.LittleEndian.Uint64(t[i:]), uint64(0)
	end, escaped := i, false
	if special := jsonscan.Special(head); special != 0 {
		n := bits.TrailingZeros64(special) >> 3
		head &= 1<<(8*n) - 1
		end += n
	} else if end, escaped = jsonscan.StringEnd(t, i+8); end >= 0 {
		tail = binary.LittleEndian.Uint64(t[end-8:])
	}
	if end <= i || t[end] != '"' {
		if end >= i {
			end, escaped = jsonscan.StringEnd(t, end)
		}
		return s.unnamed(r, t, i, end, escaped, w, h)
	}
	val := t[i:end:end]
	places := &s.memo.values[(head^bits.RotateLeft64(tail, 7))*0x9e3779b97f4a7c15>>60]
	v := &places[0]
	if !v.is(head, tail, val) {
		if v = &places[1]; !v.is(head, tail, val) {
			if escaped || s.memo.missed() {
				return s.unnamed(r, t, i, end, escaped, w, h)
			}
			if v = s.memo.keep(s, places, head, tail, val); v == nil {
				return s.unnamed(r, t, i, end, false, w, h)
			}
		}
	}
	w.then = &v.then
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
	return end + 1
}

// unnamed is named for a string that is not remembered, which ends at t[end].
func (s *planStep) unnamed(r *reader, t []byte, i, end int, escaped bool, w *planWalk, h *head) int {
	if end < 0 {
		return -1
	}
	val := t[i:end:end]
	if s.act != planNone && !s.take(r, val, escaped, w, h) {
		return -1
	}
	s.tell(r, val, escaped, h)
	return end + 1
}

// is reports whether v is the string val, whose ends are head and tail.
func (v *planValue) is(head, tail uint64, val []byte) bool {
	return v.head == head && v.tail == tail && v.n == len(val) && (v.text == "" || v.text == string(val))
}

// missed counts a string that is not remembered, and reports whether that is to
// stay so: strings that come again come often, and are met soon.
func (m *planMemo) missed() bool {
	m.misses++
	return m.misses > 8*memoPlaces && m.misses&63 != 0
}

// keep remembers a string, if it is one that may come again, and returns its
// place; nil if not.
func (m *planMemo) keep(s *planStep, places *[2]planValue, first, last uint64, val []byte) *planValue {
	if len(val) == 0 || len(val) > maxMemo {
		return nil
	}
	v := planValue{head: first, tail: last, n: len(val)}
	switch s.act {
	case planLevel:
		var w planWalk
		var h head
		if !w.levelText(val, s.syslog, &h) || w.numeric != nil {
			return nil
		}
		v.level = h.level
	case planMessage, planDomain:
	default:
		var f lifecycle.Fields
		if f.AddRole(s.role, s.o, val, false); f.Method == nil {
			return nil
		}
	}
	if len(val) > 16 {
		v.text = string(val)
	}
	places[1], places[0] = places[0], v
	return &places[0]
}
