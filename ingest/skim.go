package ingest

import (
	"bytes"

	"ravel/model"
	"ravel/parse"
)

// Search finds where a text stands next in one buffer, at or after an offset
// that never goes back; -1: nowhere further on.
type Search = func(from int) int

// Need is what records must hold to be wanted.
type Need struct {
	// Begin starts the search of a buffer and is called from any goroutine.
	// Records are wanted only where it finds something in their bytes, which is
	// in one line.
	Begin func(buf []byte) Search
	// Of text, that is so but for records whose flags have model.HasEscape or
	// model.HasCarrier; where JSON is set, only for lines that are known to be
	// JSON objects without these flags, and that say no duration by another key
	// than that of Duration, if it is set.
	JSON     bool
	Duration string

	// Unnumbered says that nobody asks for the numbers of records and lines, nor
	// for their Origin.
	Unnumbered bool
	// Near, if it is set, starts the search for places one of which each wanted
	// record has, whatever its flags.
	Near func(buf []byte) Search
	// Spelled, which goes with Duration, starts the search for that key with any
	// value, and Open reports whether its value in a line may pass. A record that
	// spells it without such a value is not wanted.
	Spelled func(buf []byte) Search
	Open    func(line []byte, at int) bool
}

// Require says which records are wanted. Where a single stream is read in bulk,
// others may be left out then; their numbers are not given to others
// (model.Batch.Skipped). It is called before Run, if at all.
func (in *Ingest) Require(n Need) { in.required = &n }

// Bounds of what a block is skimmed for: beyond them, it is parsed as a whole.
const (
	maxSkimmed    = 256 // parts that must be parsed
	minSkimmedRun = 2   // of a block's bytes, one in so many may be parsed
	maxVain       = 31  // blocks that are parsed as a whole before the next try
)

// skim makes the batches of the records of a block that may be wanted. It finds
// lines that are records for sure, passes over those without the text, and
// parses the rest together with the sure line before it, from one sure line to
// the next. It reports false, leaving all to be done by parse, if too much
// is to be parsed or the block does not keep the parser in its state.
func (b *bulk) skim(w *bulkWorker, k *block, buf []byte) bool {
	if b.need == nil {
		return false
	}
	if w.whole > 0 {
		w.whole--
		return false
	}
	sure := w.p.Sure(buf, parse.Passing{JSON: b.need.JSON, Duration: b.need.Duration})
	if sure == nil {
		return false
	}
	s := skimmer{w: w, k: k, buf: buf, o: b.o, state: b.state, sure: sure, all: b.need.JSON, next: b.need.Begin(buf), from: -1}
	s.find(0)
	if !s.run() {
		k.batches, k.left, k.lines = nil, 0, 0
		w.p = b.seed.Clone()
		w.vain = min(2*w.vain+1, maxVain)
		w.whole = w.vain
		return false
	}
	w.vain = 0
	w.lender.lend(w.memory, nil) // what is kept of it was copied
	w.memory = nil
	return true
}

// skimmer walks one block.
type skimmer struct {
	w     *bulkWorker
	k     *block
	buf   []byte
	o     *model.Origin
	state parse.State // that each part must end in

	sure   parse.SureLines
	all    bool // what is parsed may be wanted, whatever stands in it
	next   Search
	hit    int    // the first place of the text not passed yet, -1 none
	before int    // where the line of that place begins; the end if there is none
	from   int    // of the part that must be parsed, -1 none
	line   uint32 // before from, in the block
	found  bool   // the text stands in it
	parts  int
	parsed int // bytes
}

// find looks for the text at or after from.
func (s *skimmer) find(from int) {
	s.before = len(s.buf)
	if s.hit = s.next(from); s.hit >= 0 {
		s.before = bytes.LastIndexByte(s.buf[:s.hit], '\n') + 1
	}
}

// run walks the block. A unit is what stands from one sure line to the next. All
// sure lines up to the next place of the text are taken at once; the last one is
// a unit by itself only if another follows.
func (s *skimmer) run() bool {
	unit, unitLine, single := 0, uint32(0), false
	lines := uint32(0)
	for at := 0; at < len(s.buf); {
		last, next, n := s.sure(at, max(s.before, at+1))
		if n > 0 {
			if at > 0 && !s.unit(unit, at, unitLine, single) {
				return false
			}
			if n > 1 && !s.pass(at, n-1) {
				return false
			}
			lines += uint32(n)
			unit, unitLine, single, at = last, lines-1, true, next
			continue
		}
		k := bytes.IndexByte(s.buf[at:], '\n') + 1
		if k == 0 {
			return false
		}
		single = false
		at += k
		lines++
	}
	s.k.lines = lines
	return s.unit(unit, len(s.buf), unitLine, single) && (s.from < 0 || s.part(len(s.buf)))
}

// pass takes n units that are one sure line each and hold no text, the first of
// which begins at offset at.
func (s *skimmer) pass(at, n int) bool {
	if s.from >= 0 && !s.part(at) {
		return false
	}
	s.k.left += uint64(n)
	return true
}

// unit takes the unit buf[from:to], which is one sure line if single.
func (s *skimmer) unit(from, to int, line uint32, single bool) bool {
	found := s.hit >= 0 && s.hit < to
	if single && !found {
		return s.pass(from, 1)
	}
	if s.from < 0 {
		s.from, s.line = from, line
	}
	if found {
		s.found = true
		s.find(to)
	}
	return true
}

// part parses what must be, which ends at offset to.
func (s *skimmer) part(to int) bool {
	w, c := s.w, &s.w.columns
	if s.parts++; s.parts > maxSkimmed {
		return false
	}
	if s.parsed += to - s.from; s.parsed > len(s.buf)/minSkimmedRun {
		return false
	}
	reset(c)
	c.Buf, c.Base, c.Origin = s.buf[s.from:to:to], s.k.start+int64(s.from), s.o
	w.p.SetLines(s.line)
	if next := w.p.Parse(c, 0, true); int(next) != len(c.Buf) || c.Len() == 0 || w.p.State() != s.state {
		return false
	}
	if s.found || s.all || special(c) {
		b := *c
		b.Buf = bytes.Clone(b.Buf) // a few records shall not hold a block's memory
		b.Pack()
		b.Skipped, s.k.left = s.k.left, 0
		s.k.batches = append(s.k.batches, &b)
	} else {
		s.k.left += uint64(c.Len())
	}
	s.from, s.found = -1, false
	c.Buf, c.Origin, c.Extra = nil, nil, nil
	return true
}

// special reports whether records of b may be wanted without the text.
func special(b *model.Batch) bool {
	for _, f := range b.Flags {
		if f&(model.HasEscape|model.HasCarrier|model.Marker) != 0 {
			return true
		}
	}
	return false
}
