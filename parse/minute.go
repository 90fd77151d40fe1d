package parse

import (
	"encoding/binary"
	"time"

	"ravel/parse/stamp"
)

// minute remembers where the minute of the last ISO stamp begins: of the next
// one, as a rule, only the seconds must be read. Package stamp is asked for
// each new minute.
type minute struct {
	text  [16]byte // 2006-01-02T15:04
	zone  [6]byte  // what stands behind the seconds: Z, +01:00, nothing
	n     uint8    // its length
	known bool
	begin stamp.Stamp // of the minute
	words [2]uint64   // text, eight bytes each
}

// stamp reads t, which is an ISO stamp with a fraction and nothing more. It
// reports false where package stamp must be asked.
func (m *minute) stamp(t []byte, loc *time.Location) (stamp.Stamp, bool) {
	if len(t) < len("2006-01-02T15:04:05.0") || t[16] != ':' || t[19] != '.' && t[19] != ',' {
		return stamp.Stamp{}, false
	}
	sec := pairOf(t[17], t[18])
	nanos, unit, i := int64(0), int64(1e9), 20
	for ; i < len(t) && isDigit(t[i]); i++ {
		unit /= 10
		nanos += int64(t[i]-'0') * unit
	}
	zone := t[i:]
	if sec > 59 || i == 20 || i > 29 || len(zone) > len(m.zone) {
		return stamp.Stamp{}, false
	}
	if !m.known || string(m.text[:]) != string(t[:16]) || string(m.zone[:m.n]) != string(zone) {
		if !m.learn(t[:16], zone, loc) {
			return stamp.Stamp{}, false
		}
	}
	s := m.begin
	s.Nanos += int64(sec)*1e9 + nanos
	s.Len = len(t)
	return s, true
}

// learn takes a new minute, if it is one of sixty seconds in loc.
func (m *minute) learn(text, zone []byte, loc *time.Location) bool {
	m.known = false
	if len(zone) > 0 && zone[0] != 'Z' && zone[0] != '+' && zone[0] != '-' {
		return false
	}
	var whole [25]byte
	n := copy(whole[:], text)
	n += copy(whole[n:], ":59")
	n += copy(whole[n:], zone)
	last, ok := stamp.ISO.At(whole[:n], loc)
	copy(whole[len(text):], ":00")
	first, ok2 := stamp.ISO.At(whole[:n], loc)
	if !ok || !ok2 || first.Len != n || last.Len != n || last.Nanos-first.Nanos != 59e9 || !first.Year {
		return false
	}
	copy(m.text[:], text)
	m.n, m.begin, m.known = uint8(copy(m.zone[:], zone)), first, true
	m.words = [2]uint64{binary.LittleEndian.Uint64(m.text[:]), binary.LittleEndian.Uint64(m.text[8:])}
	return true
}

// quick reads t as stamp does, if it is in the minute of the last one and has a
// fraction of at least three digits.
func (m *minute) quick(t []byte) (nanos int64, ok bool) {
	const (
		clock  = 0x3030302e30303a << 8 // `:00.000`, which the clock's digits are added to
		comma  = 0x02 << 32            // what tells a comma from a dot
		most   = 0x7676767f767a7f7f    // added to digits, too large ones get a high bit: 9 is the most, or 5; to others, any rest
		excess = 0x8080808080808080
	)
	if len(t) < 24 || binary.LittleEndian.Uint64(t) != m.words[0] || binary.LittleEndian.Uint64(t[8:]) != m.words[1] || !m.known {
		return 0, false
	}
	x := (binary.LittleEndian.Uint64(t[15:]) ^ (clock | m.words[1]>>56)) &^ comma
	if (x+most|x)&excess != 0 {
		return 0, false
	}
	nanos = m.begin.Nanos + int64(x>>16&0xf*10+x>>24&0xf)*1e9 + int64(x>>40&0xf*100+x>>48&0xf*10+x>>56)*1e6
	n := 23
	for unit := int64(1e5); n < 29 && n < len(t) && isDigit(t[n]); n++ {
		nanos += int64(t[n]-'0') * unit
		unit /= 10
	}
	if len(t) == n+1 && m.n == 1 {
		return nanos, t[n] == m.zone[0]
	}
	return nanos, string(t[n:]) == string(m.zone[:m.n])
}

// pairOf is the number of two digits; over 999 if one is no digit.
func pairOf(a, b byte) uint {
	x, y := uint(a-'0'), uint(b-'0')
	if x > 9 || y > 9 {
		return 1 << 10
	}
	return x*10 + y
}
