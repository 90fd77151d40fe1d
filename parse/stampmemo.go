package parse

import (
	"encoding/binary"

	"ravel/parse/stamp"
)

// stampMemo reads the ISO stamps that lines begin with where it has read one of the
// same minute before which the same bytes stood behind: most streams have few
// levels, or one kind of bracket, there.
type stampMemo struct {
	minute minute
	missed [16]byte      // the minute that was asked for last and was not that one
	tails  [2][16]uint64 // what stood behind stamps without a zone and with one; 0: nothing
}

const tailLen = 8 // bytes behind a stamp that tell whether one of them is its

// stampAt is r.stampAt for a stream whose layout is ISO. It reports false where
// package stamp must be asked.
func (m *stampMemo) stampAt(t []byte, r *reader) (stamp.Stamp, bool) {
	if len(t) < len("2006-01-02T15:04:05")+tailLen {
		return stamp.Stamp{}, false
	}
	if (!m.minute.known || string(m.minute.text[:]) != string(t[:16])) && string(m.missed[:]) != string(t[:16]) {
		copy(m.missed[:], t)
		return stamp.Stamp{}, false // learn no minute that comes once
	}
	ns, n, ok := m.minute.prefix(t, r.loc)
	if !ok || len(t) < n+tailLen {
		return stamp.Stamp{}, false
	}
	tail := binary.LittleEndian.Uint64(t[n:])
	slot := &m.tails[min(m.minute.n, 1)][tail*0x9e3779b97f4a7c15>>60]
	if *slot == tail && tail != 0 {
		s := m.minute.begin
		s.Nanos, s.Len = ns, n
		return s, true
	}
	s, ok := stamp.ISO.At(t, r.loc)
	if ok && s.Len == n && endsStamp(t[n:n+tailLen]) {
		*slot = tail
	}
	return s, ok
}

// endsStamp reports whether bytes behind which a stamp was once not read on end
// every stamp: so do they not if the hour decides, as of `PM`, or what follows them,
// as of `Europe/Rome`.
func endsStamp(tail []byte) bool {
	i := 0
	if tail[0] == ' ' {
		i++
	}
	if tail[i]|0x20 == 'a' && tail[i+1]|0x20 == 'm' || tail[i]|0x20 == 'p' && tail[i+1]|0x20 == 'm' || tail[0] >= 0x80 {
		return false
	}
	for _, c := range tail[i:] {
		if !isAlpha(c) && c != '_' {
			return c != '/'
		}
	}
	return false
}
