package model

import "sort"

// lines are the physical lines in which the records of a packed batch begin, as
// a count with jumps: most records are one line, and the next begins in the
// next one.
type lines struct {
	base  uint32 // line of record 0 of the batch that was packed
	first uint32 // number in that batch of the record that is 0 here
	jumps []jump
}

// jump says by how many lines more than one each the records from at on stand
// behind the first; modulo 2^32 where they stand before it.
type jump struct{ at, more uint32 }

// jumpShare is how many records there must be for each jump: with fewer, the
// column is as small.
const jumpShare = 4

// packLines puts lines in the place of the column, unless there are too many
// jumps.
func (b *Batch) packLines() {
	col := b.Line
	if col == nil {
		return // it has
	}
	n, more := 0, uint32(0)
	for i, line := range col {
		if d := line - col[0] - uint32(i); d != more {
			more = d
			n++
		}
	}
	if n > len(col)/jumpShare {
		return
	}
	l := lines{base: col[0], jumps: make([]jump, 0, n)}
	more = 0
	for i, line := range col {
		if d := line - col[0] - uint32(i); d != more {
			more = d
			l.jumps = append(l.jumps, jump{uint32(i), d})
		}
	}
	b.lines, b.Line = l, nil
}

// at is the line of record i.
func (l *lines) at(i int) uint32 {
	k := l.first + uint32(i)
	j := sort.Search(len(l.jumps), func(j int) bool { return l.jumps[j].at > k })
	if j == 0 {
		return l.base + k
	}
	return l.base + k + l.jumps[j-1].more
}

// LineAt is the first physical line of record i in its stream, 1-based; 0 where
// nobody has counted.
func (b *Batch) LineAt(i int) uint32 {
	if b.Line != nil {
		return b.Line[i]
	}
	return b.lines.at(i)
}

// AppendLines appends the lines of records i to j.
func (b *Batch) AppendLines(dst []uint32, i, j int) []uint32 {
	if b.Line != nil {
		return append(dst, b.Line[i:j]...)
	}
	for ; i < j; i++ {
		dst = append(dst, b.lines.at(i))
	}
	return dst
}

// ShiftLines adds n to the number of every line: the batch is the caller's own,
// and was made where the lines before it had not been counted.
func (b *Batch) ShiftLines(n uint32) {
	b.lines.base += n
	for i := range b.Line {
		b.Line[i] += n
	}
	for _, ext := range b.Extra {
		for i := range ext {
			ext[i].Line += n
		}
	}
}
