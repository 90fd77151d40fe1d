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

// quoted reads the stamp with which t begins, if it is in the minute of the last
// one and a quote follows. It returns the nanoseconds since the minute began and
// the stamp's length, 0 where it is no such stamp.
func (m *minute) quoted(t []byte) (nanos int64, n int) {
	if len(t) < 37 || !m.known || binary.LittleEndian.Uint64(t) != m.words[0] || binary.LittleEndian.Uint64(t[8:]) != m.words[1] {
		return 0, 0
	}
	s1, s2, f1, f2, f3 := t[17]-'0', t[18]-'0', t[20]-'0', t[21]-'0', t[22]-'0'
	if t[16] != ':' || t[19] != '.' && t[19] != ',' || s1 > 5 || max(s2, f1, f2, f3) > 9 {
		return 0, 0
	}
	nanos = (int64(s1)*10+int64(s2))*1e9 + (int64(f1)*100+int64(f2)*10+int64(f3))*1e6
	n = 23
	for unit := int64(1e5); n < 29 && isDigit(t[n]); n++ {
		nanos += int64(t[n]-'0') * unit
		unit /= 10
	}
	for _, c := range m.zone[:m.n] {
		if t[n] != c {
			return 0, 0
		}
		n++
	}
	if t[n] != '"' {
		return 0, 0
	}
	return nanos, n
}

// pairOf is the number of two digits; over 999 if one is no digit.
func pairOf(a, b byte) uint {
	x, y := uint(a-'0'), uint(b-'0')
	if x > 9 || y > 9 {
		return 1 << 10
	}
	return x*10 + y
}
