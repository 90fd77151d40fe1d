package ingest

import (
	"bytes"
	"encoding/binary"

	"ravel/parse"
)

// telling searches a block for lines that may tell a duration that passes: those
// where the key's value may, and those without the key that may tell one otherwise.
type telling struct {
	n       *Need
	w       *bulkWorker
	buf     []byte
	tells   *parse.Tells
	spelled Search
	named   int // where the key is spelled next, -1 nowhere, -2 not known

	closed [1 << closedBits]uint64 // counts that do not pass, by their digits: 0 is none
}

const closedBits = 9

// next is a Search. It goes from one place to the next where something may tell a
// duration, and looks closer there.
func (s *telling) next(from int) int {
	if from == 0 && !s.tells.Begins(s.buf) {
		end := s.lineEnd(0)
		if s.line(0, end) {
			return 0
		}
		from = end
	}
	for at := max(from-1, 0); ; { // from the line feed before it
		place, key := s.tells.Next(s.buf, at)
		if place == len(s.buf) {
			return -1
		}
		if key {
			if at = s.value(place); at == 0 {
				return place
			}
			continue
		}
		if s.buf[place] == '\n' {
			place++
		}
		start, end := s.lineStart(place), s.lineEnd(place)
		if s.line(start, end) {
			return start
		}
		at = end - 1
	}
}

// value returns where what follows the value of the key at a place begins, 0 if
// that may pass.
func (s *telling) value(place int) (end int) {
	from, digits := s.tells.Count(s.buf, place)
	if digits == 0 {
		return s.anyValue(place, from)
	}
	word := binary.LittleEndian.Uint64(s.buf[from:]) << (64 - 8*digits)
	known := &s.closed[word*0x9e3779b97f4a7c15>>(64-closedBits)]
	if *known == word {
		return from + digits
	}
	if s.n.Open(s.buf[place:from+digits], 1) {
		return 0
	}
	*known = word
	return from + digits
}

// anyValue is value for one of any kind, which begins at from.
func (s *telling) anyValue(place, from int) (end int) {
	start := s.lineStart(place)
	if s.n.Open(s.buf[start:s.lineEnd(place)], place+1-start) {
		return 0
	}
	return from
}

// line reports whether the line buf[from:end] has to be parsed.
func (s *telling) line(from, end int) bool {
	line, has := s.buf[from:end], false
	if s.named != -1 && s.named < from {
		s.named = s.spelled(from)
	}
	for ; s.named >= 0 && s.named < end; s.named = s.spelled(s.named + 1) {
		if has = true; s.n.Open(line, s.named-from) {
			return true
		}
	}
	if slash := bytes.IndexByte(line, '\\'); slash >= 0 {
		return !has || bytes.Contains(line[slash:], []byte(`\u`))
	}
	return !has && !s.w.p.Silent(s.buf, from, end)
}

// lineStart is where the line of buf[at] begins.
func (s *telling) lineStart(at int) int { return bytes.LastIndexByte(s.buf[:at], '\n') + 1 }

// lineEnd is where the line of buf[at] ends, its line feed included.
func (s *telling) lineEnd(at int) int {
	if k := bytes.IndexByte(s.buf[at:], '\n'); k >= 0 {
		return at + k + 1
	}
	return len(s.buf)
}
