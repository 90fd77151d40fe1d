package parse

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"ravel/model"
)

// phrase reads the two phrases that most lines of a web service's log are, and
// gives what package lifecycle gives for them, without the spans that only
// decoding needs:
//
//	Started METHOD /path HTTP/1.1 from CLIENT
//	Completed STATUS REASON in Nms
//
// ok is false for anything else, and for any doubt: then lifecycle is asked.
func phrase(msg []byte) (mark model.Mark, status uint16, dur uint32, ok bool) {
	switch {
	case hasPrefix(msg, "Started "):
		return model.MakeMark(model.KindHTTP, model.Started), 0, model.NoDur, startedPhrase(msg[8:])
	case hasPrefix(msg, "Completed "):
		status, dur, ok = completedPhrase(msg[10:])
		return model.MakeMark(model.KindHTTP, model.Ended), status, dur, ok
	}
	return 0, 0, 0, false
}

// startedPhrase reads `METHOD /path HTTP/1.1 from CLIENT`.
func startedPhrase(b []byte) bool {
	if len(b) < 16 {
		return false
	}
	word := binary.LittleEndian.Uint64(b)
	n := bits.TrailingZeros64(blanks(word)) / 8
	if n > 7 || methods[methodSlot(word&(1<<(8*n)-1))] != word&(1<<(8*n)-1) || b[n+1] != '/' {
		return false
	}
	end := bytes.IndexByte(b[n+1:], ' ')
	if end < 0 {
		return false
	}
	rest := b[n+1+end:]
	if hasPrefix(rest, " HTTP/1.1 from ") {
		return len(rest) > 15 && isWord(rest[15])
	}
	if !hasPrefix(rest, " HTTP/") {
		return false
	}
	from := token(rest, 6)
	return hasPrefix(rest[from:], " from ") && from+6 < len(rest) && isWord(rest[from+6])
}

// methods are the methods of the phrase, as words of eight bytes, each in its
// slot.
var methods = func() (t [64]uint64) {
	for _, m := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"} {
		var w [8]byte
		copy(w[:], m)
		t[methodSlot(binary.LittleEndian.Uint64(w[:]))] = binary.LittleEndian.Uint64(w[:])
	}
	return t
}()

func methodSlot(w uint64) uint64 { return w * 0x9e3779b97f4a7c15 >> 58 }

// completedPhrase reads `200 OK in 12ms`.
func completedPhrase(b []byte) (status uint16, dur uint32, ok bool) {
	n := len(b) - 2
	if n < 9 || b[n] != 'm' || b[n+1] != 's' || b[3] != ' ' {
		return 0, 0, false
	}
	s1, s2, s3 := b[0]-'0', b[1]-'0', b[2]-'0'
	ms, digits := lastNumber(binary.LittleEndian.Uint64(b[n-8:]))
	in := n - digits - len(" in ")
	if s1-1 > 4 || max(s2, s3) > 9 || uint(digits-1) > 5 || in < 3 || string(b[in:in+4]) != " in " {
		return 0, 0, false
	}
	if reason := b[3:in]; len(reason) > 3 && bytes.Contains(reason, []byte(" in ")) {
		return 0, 0, false
	}
	return uint16(s1)*100 + uint16(s2)*10 + uint16(s3), ms * 1000, true
}

// lastNumber reads the digits with which the eight bytes of w end, the first of
// which is the lowest.
func lastNumber(w uint64) (value uint32, digits int) {
	const ones = 0x0101010101010101
	other := ((w ^ '0'*ones) | ((w + 6*ones) ^ '0'*ones)) & (0xf0 * ones) // where no digit is
	digits = bits.LeadingZeros64(other) / 8
	if digits == 0 {
		return 0, 0
	}
	shift := uint(64 - 8*digits)
	w = (w ^ '0'*ones) >> shift << shift
	w = w*10 + w>>8 // pairs
	w = (w&0x000000ff000000ff)*0x000f424000000064 + (w>>16&0x000000ff000000ff)*0x0000271000000001
	return uint32(w >> 32), digits
}
