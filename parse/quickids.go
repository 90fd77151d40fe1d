package parse

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"time"

	"ravel/model"
	"ravel/parse/lifecycle"
)

// quickIDs reads the lines that a stream of the format `ids` is made of,
//
//	STAMP [32 digits or -][correlation] LEVEL --- source --- message
//
// in one pass, eight bytes at a time where that helps. What it is not sure of
// it leaves to the general way.
type quickIDs struct {
	format uint8     // its number in the set; noFormat: not there, or another has its name
	minute minute    // of the last line
	text   [2]uint64 // its 16 bytes
	begin  int64     // ns at which it begins
	after  [128]quickAfter
	heads  [256]quickHead
}

// quickAfter is what stood between the brackets of a line and its message, of 16
// to 32 bytes, and what it says.
//
//	LEVEL --- source ---
type quickAfter struct {
	text   [4]uint64 // its first 16 bytes and its last 16
	width  int
	level  model.Level
	domain uint16
}

// quickHead is whether a message that begins with four bytes may mean something
// for its request.
type quickHead struct {
	word  uint32
	known bool
	may   uint8 // a bit: 1 where it begins as ends do, 2 elsewhere; 0: it may not
}

// The places in such a line, whose stamp has milliseconds and no zone.
const (
	quickStamp = 23 // the stamp's length
	quickID    = quickStamp + len(" [")
	quickCorr  = quickID + 32 + len("][") // where the second bracket's content begins
	quickNone  = quickID + len("-][")     // the same, where the first holds no id
	quickMin   = quickNone + len("-] INFO --- x --- x")
)

// newQuickIDs looks the format up.
func newQuickIDs(s *Set) quickIDs {
	return quickIDs{format: s.quick("ids", digits)}
}

// uncommon reads a line of any level and source, of at least quickMin bytes. msg
// is where its message begins; -1: the line is none of q's.
func (q *quickIDs) uncommon(t []byte, loc *time.Location, source uint16, all *domainCache) (at int64, req uint64, correlated bool, level model.Level, domain uint16, msg int) {
	at, ok := q.time(t, loc)
	if !ok {
		return at, 0, false, level, 0, -1
	}
	id, second := q.request(t)
	if second < 0 {
		return at, 0, false, level, 0, -1
	}
	if id != nil {
		req = lifecycle.Hash(id, source)
	}
	if t[second] != '-' || t[second+1] != ']' {
		corr, _, _ := bytes.Cut(t[second:], []byte("]"))
		correlated = !lifecycle.None(corr)
	}
	level, domain, msg = q.names(t, second, all)
	return at, req, correlated, level, domain, msg
}

// time reads the stamp of t, which is at least quickMin long, and looks for the
// bracket behind it.
func (q *quickIDs) time(t []byte, loc *time.Location) (ns int64, ok bool) {
	_ = t[quickID]
	s1, s2, m1, m2, m3 := t[17]-'0', t[18]-'0', t[20]-'0', t[21]-'0', t[22]-'0'
	if t[16] != ':' || t[19] != '.' && t[19] != ',' || t[23] != ' ' || t[24] != '[' || s1 > 5 || max(s2, m1, m2, m3) > 9 {
		return 0, false
	}
	lo, hi := binary.LittleEndian.Uint64(t), binary.LittleEndian.Uint64(t[8:])
	if lo != q.text[0] || hi != q.text[1] {
		if t[4] != '-' || t[10] != 'T' && t[10] != ' ' {
			return 0, false
		}
		if _, ok := q.minute.stamp(t[:quickStamp], loc); !ok {
			return 0, false
		}
		q.text, q.begin = [2]uint64{lo, hi}, q.minute.begin.Nanos
	}
	return q.begin + (int64(s1)*10+int64(s2))*1e9 + (int64(m1)*100+int64(m2)*10+int64(m3))*1e6, true
}

// request reads the first bracket of t: an id, nil for `-`. The content of the
// second begins at next; -1: the line is none of q's.
func (q *quickIDs) request(t []byte) (id []byte, next int) {
	switch id = t[quickID:]; {
	case len(id) > 34 && id[32] == ']' && id[33] == '[':
		if id = id[:32]; binary.LittleEndian.Uint64(id)|dashBits == zeroBits && lifecycle.None(id) {
			return nil, -1
		}
		return id, quickCorr
	case hasPrefix(id, "-][-]"):
		return nil, quickNone
	}
	return nil, -1
}

// slot is the place of what stands behind the brackets and begins with a and b.
func (q *quickIDs) slot(a, b uint64) *quickAfter {
	return &q.after[(a^bits.RotateLeft64(b, 23))*0x9e3779b97f4a7c15>>57]
}

// blanks has the highest bit of the first byte of w set that is a blank, and of
// none before it; of those behind it says nothing.
func blanks(w uint64) uint64 {
	const ones = 0x0101010101010101
	w ^= ' ' * ones
	return (w - ones) &^ w & (ones << 7)
}

// may reports whether a message of at least four bytes may mean something for
// its request, by what it begins with.
func (q *quickIDs) may(msg []byte) bool {
	return q.head(binary.LittleEndian.Uint32(msg), msg).may != 0
}

// head is what the first four bytes of a message, which are w, tell.
func (q *quickIDs) head(w uint32, msg []byte) *quickHead {
	h := &q.heads[w*0x9e3779b1>>24]
	if h.word != w || !h.known {
		h.learn(w, msg)
	}
	return h
}

// learn sets h for a message that begins with w.
func (h *quickHead) learn(w uint32, msg []byte) {
	*h = quickHead{word: w, known: true}
	switch {
	case !lifecycle.May(msg):
	case hasPrefix(msg, "Comp"):
		h.may = 1
	default:
		h.may = 2
	}
}

// names reads what stands behind the first bracket of t and the opening of the
// second, from i on, up to the message, which begins at next; -1: the line is
// none of q's.
//
//	correlation] LEVEL --- source --- message
func (q *quickIDs) names(t []byte, i int, all *domainCache) (level model.Level, domain uint16, next int) {
	level, name, msg, ok := afterID(t[i:])
	if !ok {
		return level, 0, -1
	}
	domain = all.id(name)
	next = len(t) - len(msg)
	if end := bytes.IndexByte(t[i:], ']'); 16 <= next-(i+end+1) && next-(i+end+1) <= 32 {
		head := t[i+end+1 : next]
		a, b := binary.LittleEndian.Uint64(head), binary.LittleEndian.Uint64(head[8:])
		c, d := binary.LittleEndian.Uint64(head[len(head)-16:]), binary.LittleEndian.Uint64(head[len(head)-8:])
		*q.slot(a, b) = quickAfter{[4]uint64{a, b, c, d}, len(head), level, domain}
	}
	return level, domain, next
}

// afterID reads what names does.
func afterID(b []byte) (level model.Level, domain, msg []byte, ok bool) {
	end := 1
	if len(b) < 2 || b[0] != '-' || b[1] != ']' {
		end = bytes.IndexByte(b, ']')
	}
	if end < 0 || end+2 >= len(b) || b[end+1] != ' ' {
		return level, nil, nil, false
	}
	b = b[end+2:]
	level, n, _ := levelToken(b)
	if n == 0 || level == model.LevelNone || !hasPrefix(b[n:], " --- ") {
		return level, nil, nil, false
	}
	b = b[n+5:]
	for end = 0; end < len(b) && b[end] != ' '; end++ {
	}
	if !hasPrefix(b[end:], " --- ") {
		return level, nil, nil, false
	}
	return level, b[:end], b[end+5:], true
}
