package parse

import (
	"encoding/binary"

	"ravel/model"
)

// quickCommon is how long a line must be to be read by common: so long that no
// load leaves it, whatever its level and its name.
const quickCommon = quickCorr + len("-] CRITICAL --- 8 bytes: --- 123")

// common reads a line as nearly all are: of the minute of the line before it, with
// an id that does not begin with a letter in all of its first eight bytes, and with
// a level and a source that q remembers. Where one of these is not so, msg is 0,
// and the line is read by time, request and names, which remember what they saw.
func (q *quickIDs) common(t []byte) (at int64, req uint64, correlated bool, level model.Level, domain uint16, msg int) {
	const (
		clock  = 0x203030302e30303a // `:00.000 `, which the clock's digits are added to
		comma  = 0x02 << 24         // what tells a comma from a dot
		most   = 0x7f0606067f060a7f // added to digits, too large ones get a high nibble: 5 is the most, then 9; to others, any rest a high bit
		excess = 0x80f0f0f080f0f080
	)
	_ = t[quickCommon-1]
	x := (binary.LittleEndian.Uint64(t[16:]) ^ clock) &^ comma
	brackets := binary.LittleEndian.Uint32(t[quickID+32:])
	w := binary.LittleEndian.Uint64(t[quickID:])
	if binary.LittleEndian.Uint64(t) != q.text[0] || binary.LittleEndian.Uint64(t[8:]) != q.text[1] ||
		(x+most|x)&excess != 0 || t[quickStamp+1] != '[' || brackets&0xffff != ']'|'['<<8 ||
		w&letterBits == letterBits || w|dashBits == zeroBits {
		return 0, 0, false, 0, 0, 0
	}
	i := quickCorr
	if brackets != ']'|'['<<8|'-'<<16|']'<<24 {
		if correlated = true; !q.correlation(t[i:]) {
			return 0, 0, false, 0, 0, 0
		}
		i += 31
	}
	level, domain, msg = q.known(t, i+2)
	y := x*10 + x>>8 // pairs of digits
	at = q.begin + int64(y>>8&0xff*1000+y>>32&0xff*10+x>>48)*1e6
	req = model.HashID32(w, binary.LittleEndian.Uint64(t[quickID+8:]), binary.LittleEndian.Uint64(t[quickID+16:]), binary.LittleEndian.Uint64(t[quickID+24:]))
	return at, req, correlated, level, domain, msg
}

const (
	letterBits = 0x4040404040404040 // the bit that letters have and digits have not
	dashBits   = 0x1d1d1d1d1d1d1d1d // what zeros and dashes differ in
	zeroBits   = 0x3d3d3d3d3d3d3d3d
)

// correlation reports whether c begins with an id of 32 bytes, which stands for
// something, and its bracket, and is long enough for what follows.
func (q *quickIDs) correlation(c []byte) bool {
	if len(c) < quickCommon-quickCorr+31 || c[32] != ']' || binary.LittleEndian.Uint64(c)|dashBits == zeroBits {
		return false
	}
	for i := 0; i < 32; i += 8 {
		if holds(binary.LittleEndian.Uint64(c[i:]), ']') {
			return false
		}
	}
	return true
}

// holds reports whether one of the bytes of w is c.
func holds(w uint64, c byte) bool {
	const ones = 0x0101010101010101
	w ^= uint64(c) * ones
	return (w-ones)&^w&(ones<<7) != 0
}

// known reads the level and the source behind the second bracket of t, which ends
// before i, if q remembers them. msg is where what follows begins, else 0.
func (q *quickIDs) known(t []byte, i int) (level model.Level, domain uint16, msg int) {
	a, b := binary.LittleEndian.Uint64(t[i:]), binary.LittleEndian.Uint64(t[i+8:])
	e := q.slot(a, b)
	if msg = i + e.width; msg > len(t) || e.text[0] != a || e.text[1] != b ||
		e.text[2] != binary.LittleEndian.Uint64(t[msg-16:]) || e.text[3] != binary.LittleEndian.Uint64(t[msg-8:]) {
		return 0, 0, 0
	}
	return e.level, e.domain, msg
}
