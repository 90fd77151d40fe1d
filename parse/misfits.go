package parse

import "encoding/binary"

// misfits remembers lines that fitted no format, which all formats need not be
// asked about again: the lines of tracebacks, above all, come again and again.
type misfits struct {
	lines [64]struct {
		n    uint16
		text [maxMisfit]byte
	}
}

const (
	minMisfit = 8   // bytes of a line worth the trouble
	maxMisfit = 118 // and how long it may be
)

// has reports whether a line is remembered. A nil m remembers nothing.
func (m *misfits) has(line []byte) bool {
	if m == nil || len(line) < minMisfit || len(line) > maxMisfit {
		return false
	}
	e := &m.lines[misfitSlot(line)]
	return int(e.n) == len(line) && string(e.text[:e.n]) == string(line)
}

// add remembers a line.
func (m *misfits) add(line []byte) {
	if len(line) < minMisfit || len(line) > maxMisfit {
		return
	}
	e := &m.lines[misfitSlot(line)]
	e.n = uint16(copy(e.text[:], line))
}

// misfitSlot is the place of a line: it depends on its first and last bytes, those
// in its middle, and its length.
func misfitSlot(line []byte) uint64 {
	n := len(line)
	first, middle, last := binary.LittleEndian.Uint64(line), binary.LittleEndian.Uint64(line[(n-8)/2:]), binary.LittleEndian.Uint64(line[n-8:])
	const k = 0x9e3779b97f4a7c15
	return ((first*k^middle)*k ^ last ^ uint64(n)) * k >> 58
}
