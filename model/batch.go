package model

import (
	"io"
	"slices"
	"sort"
)

// Batch is a run of records as columns over one buffer of original bytes. It is
// what parsers make, what crosses the channel from ingest to the store, what a
// chunk of the store holds and what a query scans: one shape all the way, so
// that nothing is copied per record. Columns have one element a record.
//
// A batch is written by one goroutine; once handed on it is frozen, and any
// number of goroutines may read it.
type Batch struct {
	First Seq    // of record 0; 0 until the merger has numbered it
	Buf   []byte // the physical bytes in the order read; nil where Origin must be read
	Base  int64  // offset of Buf[0] in its stream

	Start []uint32 // where record i begins in Buf
	End   []uint32 // where it ends: the next record's start, unless Extra[i] says otherwise
	Time  []int64  // ns since the epoch UTC, or NoTime
	Sort  []int64  // sort key: Time, or the predecessor's for a stampless record; nil if the same as Time everywhere
	Req   []uint64 // hash of the id that the record folds by, with its scope; 0 none
	Dur   []uint32 // logged duration in µs, NoDur if none, MaxDur if longer
	Line  []uint32 // first physical line in its stream, 1-based; nil once Pack has put it otherwise: LineAt tells

	Domain []uint16 // index into Names.Domains
	Source []uint16 // index into Names.Sources
	Status []uint16 // HTTP status, 0 none
	Level  []Level
	Mark   []Mark
	Format []uint8 // the parser's own number of format and carriers, for Decode
	Flags  []Flags

	// Extra holds the extents of each record whose lines are not one run
	// (interleaved streams), by record number. Nil where there is none.
	Extra map[int][]Extent
	// Also names the further sources that hold the same record (rule 12), by
	// record number. Nil where there is none.
	Also map[int][]uint16

	Origin *Origin // set if the bytes can be read again from a file
	// Release, if set, gives Buf back to its maker, who fills it anew: whoever
	// owns the batch may call it, once, when nobody looks at Buf any more.
	Release func()
	// Prepared is what ingest's Options.Prepare made of these very columns, for
	// the consumer; nil if there is none.
	Prepared any
	zone     *Zone    // of Measure
	lines    lines    // what Line was, where that is nil
	packed   []uint64 // the array of Pack, nil where the columns have one each
	Lost     uint64   // bytes that the line cap cut from records of this batch
	// Skipped is how many records right before record 0 were left out because
	// nobody wants them; they have numbers.
	Skipped uint64
}

// NoDur and MaxDur are the special values of Batch.Dur.
const (
	NoDur  uint32 = 1<<32 - 1
	MaxDur uint32 = 1<<32 - 2
)

// Extent is a run of bytes of a Batch's Buf that holds whole physical lines.
type Extent struct {
	Start, End uint32
	Line       uint32 // number of its first line
}

// Origin is where a batch's bytes can be read again: Buf is n bytes at Batch.Base of R.
type Origin struct {
	R io.ReaderAt
	// Check reports whether R still holds what was read (inode, size,
	// fingerprint); it is called before R is read.
	Check func() error
	// Reparse makes the columns again of a batch whose Buf has been read again,
	// and of whose columns only record 0 is there. It is safe for concurrent
	// use. Nil: its parser's state at the batch's begin is not known any more.
	Reparse func(*Batch) (*Batch, error)
}

// Len is the number of records.
func (b *Batch) Len() int { return len(b.Start) }

// Raw returns record i's original bytes. It copies only if the record's lines
// are not one run.
func (b *Batch) Raw(i int) []byte {
	ext, ok := b.Extra[i]
	if !ok {
		return b.Buf[b.Start[i]:b.End[i]:b.End[i]]
	}
	var raw []byte
	for _, e := range ext {
		raw = append(raw, b.Buf[e.Start:e.End]...)
	}
	return raw
}

// At returns the record that holds the byte at offset off of Buf, or -1.
func (b *Batch) At(off uint32) int {
	if b.Extra != nil {
		for i, ext := range b.Extra {
			for _, e := range ext {
				if e.Start <= off && off < e.End {
					return i
				}
			}
		}
	}
	i := sort.Search(len(b.Start), func(i int) bool { return b.Start[i] > off }) - 1
	if i < 0 || off >= b.End[i] {
		return -1
	}
	if _, scattered := b.Extra[i]; scattered {
		return -1
	}
	return i
}

// SortKey is the time that record i sorts by: its own, else its predecessor's.
func (b *Batch) SortKey(i int) int64 {
	if b.Sort != nil {
		return b.Sort[i]
	}
	return b.Time[i]
}

// SortSpan returns the highest of the sort keys and key, and the lowest.
func (b *Batch) SortSpan(key int64) (high, low int64) {
	if z := b.zone; z != nil && b.Sort == nil && z.Stampless == 0 {
		return max(key, z.MaxTime), min(key, z.MinTime)
	}
	high, low = key, key
	for i := range b.Len() {
		k := b.SortKey(i)
		high, low = max(high, k), min(low, k)
	}
	return high, low
}

// Add appends a record with the given columns.
func (b *Batch) Add(m Meta) {
	b.Start = append(b.Start, m.Start)
	b.End = append(b.End, m.End)
	b.Time = append(b.Time, m.Time)
	b.Req = append(b.Req, m.Req)
	b.Dur = append(b.Dur, m.Dur)
	b.Line = append(b.Line, m.Line)
	b.Domain = append(b.Domain, m.Domain)
	b.Source = append(b.Source, m.Source)
	b.Status = append(b.Status, m.Status)
	b.Level = append(b.Level, m.Level)
	b.Mark = append(b.Mark, m.Mark)
	b.Format = append(b.Format, m.Format)
	b.Flags = append(b.Flags, m.Flags)
}

// Extend lengthens the columns that a parser fills by n records, whose values
// are those that the arrays hold: what Truncate has cut off is there again.
func (b *Batch) Extend(n int) {
	b.Start, b.End, b.Line, b.Dur = extend(b.Start, n), extend(b.End, n), extend(b.Line, n), extend(b.Dur, n)
	b.Time, b.Req = extend(b.Time, n), extend(b.Req, n)
	b.Domain, b.Source, b.Status = extend(b.Domain, n), extend(b.Source, n), extend(b.Status, n)
	b.Level, b.Mark, b.Format, b.Flags = extend(b.Level, n), extend(b.Mark, n), extend(b.Format, n), extend(b.Flags, n)
}

func extend[T any](s []T, n int) []T {
	s = slices.Grow(s, n)
	return s[:len(s)+n]
}

// Truncate cuts the columns that a parser fills to n records; the arrays keep
// the rest.
func (b *Batch) Truncate(n int) {
	b.Start, b.End, b.Line, b.Dur = b.Start[:n], b.End[:n], b.Line[:n], b.Dur[:n]
	b.Time, b.Req = b.Time[:n], b.Req[:n]
	b.Domain, b.Source, b.Status = b.Domain[:n], b.Source[:n], b.Status[:n]
	b.Level, b.Mark, b.Format, b.Flags = b.Level[:n], b.Mark[:n], b.Format[:n], b.Flags[:n]
}

// Meta is one record's columns, as a value.
type Meta struct {
	Start, End uint32
	Time       int64
	Req        uint64
	Dur        uint32
	Line       uint32
	Domain     uint16
	Source     uint16
	Status     uint16
	Level      Level
	Mark       Mark
	Format     uint8
	Flags      Flags
}

// Meta gathers record i's columns.
func (b *Batch) Meta(i int) Meta {
	return Meta{
		Start: b.Start[i], End: b.End[i], Time: b.Time[i], Req: b.Req[i], Dur: b.Dur[i], Line: b.LineAt(i),
		Domain: b.Domain[i], Source: b.Source[i], Status: b.Status[i],
		Level: b.Level[i], Mark: b.Mark[i], Format: b.Format[i], Flags: b.Flags[i],
	}
}

// Freeze returns the batch's first n records with every slice's capacity
// clipped, so that later appends to b cannot be seen through it.
func (b *Batch) Freeze(n int) Batch {
	v := *b
	v.Prepared, v.zone, v.packed = nil, nil, nil
	v.Start, v.End, v.Time, v.Req = b.Start[:n:n], b.End[:n:n], b.Time[:n:n], b.Req[:n:n]
	v.Dur, v.Domain, v.Source = b.Dur[:n:n], b.Domain[:n:n], b.Source[:n:n]
	if b.Line != nil {
		v.Line = b.Line[:n:n]
	}
	v.Status, v.Level, v.Mark = b.Status[:n:n], b.Level[:n:n], b.Mark[:n:n]
	v.Format, v.Flags = b.Format[:n:n], b.Flags[:n:n]
	if b.Sort != nil {
		v.Sort = b.Sort[:n:n]
	}
	v.Buf = b.Buf[:len(b.Buf):len(b.Buf)]
	return v
}

// Flags are the properties of a record that spare a scan from decoding it.
type Flags uint8

// The flags.
const (
	HasTraceback Flags = 1 << iota // a runtime's traceback is in its text or its JSON
	HasEscape                      // a backslash stands in its bytes: JSON strings may differ decoded
	HasCarrier                     // a prefix or an envelope stands around its own text
	Multiline                      // more than one physical line, blank ones not counted
	Cut                            // the line cap cut bytes from it
	Continued                      // the rest of a record that passed the multi-line bound
	Blank                          // only blank lines (those before a source's first record)
	Marker                         // ravel's own: a gap, a restart, a reconnect
)

// Mark says what a record means for a request: which kind and which event; and
// whether it is Correlated.
type Mark uint8

// Correlated is the bit of a Mark that says that the record has a correlation
// id beside the id that it folds by.
const Correlated Mark = 1 << 7

// Event is what happened to the request.
type Event uint8

// The events. Whole is a request of one record (an access line, a canonical
// line); Step is a record that belongs to the lifecycle and neither starts nor
// ends it. The last three are a task's start and end inside a job: they begin
// and end no row of their own.
const (
	NoEvent Event = iota
	Started
	Ended
	EndedFailed
	Whole
	WholeFailed
	Step
	StepStarted
	StepEnded
	StepFailed
)

// Kind is what kind of thing a request is.
type Kind uint8

// The kinds, in the spelling of `-o requests`: group is an id without a
// lifecycle.
const (
	KindGroup Kind = iota
	KindHTTP
	KindTask
	KindJob
	KindSpan
	KindAccess
	KindCanonical
	NumKinds
)

var kindNames = [NumKinds]string{"group", "http", "task", "job", "span", "access", "canonical"}

// String is the kind's name in outputs.
func (k Kind) String() string { return kindNames[k%NumKinds] }

// MakeMark packs a kind and an event.
func MakeMark(k Kind, e Event) Mark { return Mark(k)<<4 | Mark(e) }

// Kind and Event unpack a Mark.
func (m Mark) Kind() Kind { return Kind(m &^ Correlated >> 4) }

// Event is the event part of the mark.
func (m Mark) Event() Event { return Event(m & 15) }

// Slice returns records lo to hi of the batch, sharing its bytes. Extra and
// Also are numbered anew where there are any.
func (b *Batch) Slice(lo, hi int) Batch {
	v := b.Freeze(hi)
	if b.First != 0 {
		v.First += Seq(lo)
	}
	v.Start, v.End, v.Time, v.Req = v.Start[lo:], v.End[lo:], v.Time[lo:], v.Req[lo:]
	v.Dur, v.Domain, v.Source = v.Dur[lo:], v.Domain[lo:], v.Source[lo:]
	if v.lines.first += uint32(lo); v.Line != nil {
		v.Line = v.Line[lo:]
	}
	v.Status, v.Level, v.Mark = v.Status[lo:], v.Level[lo:], v.Mark[lo:]
	v.Format, v.Flags = v.Format[lo:], v.Flags[lo:]
	if v.Sort != nil {
		v.Sort = v.Sort[lo:]
	}
	v.Extra, v.Also = renumber(b.Extra, lo, hi), renumber(b.Also, lo, hi)
	return v
}

// renumber returns the entries of records lo to hi, counted from lo.
func renumber[T any](m map[int]T, lo, hi int) map[int]T {
	var out map[int]T
	for i, v := range m {
		if lo <= i && i < hi {
			if out == nil {
				out = map[int]T{}
			}
			out[i-lo] = v
		}
	}
	return out
}
