package request

import (
	"slices"
	"sync"

	"ravel/model"
	"ravel/model/work"
)

// Partial is what one batch says about requests by itself. Most requests begin
// and end in one batch with nothing unusual in between: they are clean, and
// are finished here, by any number of goroutines at once. The records of all
// others are loose: Merge walks them in order, and takes the Partial back.
type Partial struct {
	rows    []model.RequestRow // of clean requests, in the order of their ends; has room for those that Merge adds
	ends    *block             // of each of rows, what is to be remembered
	more    []besides          // of each, what a tracker with Options.Rows needs
	dropped bool               // some of rows are to be left out: they have no records
	inside  model.Bits         // records of clean requests that fold, without their ends
	loose   []item             // records for the state machine, in order
	newest  int64              // stamp; NoTime if none
}

// besides is what is needed of a clean request beside its row.
type besides struct {
	stop int64  // its newest stamp
	corr uint32 // 1 + number of the first record with a correlation id, 0 none
}

// item is a record with its columns side by side: those that Merge looks at are
// few and far between, and were written on another core.
type item struct {
	model.Meta
	now int64  // newest stamp of the batch up to it
	i   uint32 // its number
}

// A local's sum has, from the top, 16 bits that count its records and 16 that
// count those of them that start or end something; below, bits that one of its
// records at least has set: 1<<level, and these.
const (
	oneRecord   = 1 << 48
	oneEvent    = 1 << 32
	hasTrace    = 1 << 16
	otherSource = 1 << 17 // than its first record's
	crashBits   = hasTrace | 1<<model.Critical
)

// What records of a local, or an anonymous record with a mark, are: bits.
const (
	isLoose = 1 << iota
	isInside
	isEnd
)

// sums are what a record adds to its local's sum, anonymous what it is itself
// if it has no id: an access line is all of a request, starts and ends have to
// be paired off by what they say. Both by the record's mark.
var sums, anonymous = func() (sums [256]uint64, anonymous [256]uint8) {
	for m := range sums {
		sums[m] = oneRecord
		switch e := model.Mark(m).Event(); e {
		case model.NoEvent, model.Step:
		case model.Whole, model.WholeFailed:
			sums[m] += oneEvent
			anonymous[m] = isEnd
		default:
			sums[m] += oneEvent
			if e == model.Started || e == model.Ended || e == model.EndedFailed {
				anonymous[m] = isLoose
			}
		}
	}
	return sums, anonymous
}()

// scratch is what Split needs while it runs. Its locals are the ids of the
// batch, by number: 0 are the records without one. What most records take part in
// is written without branches on what the single one is, which would be guessed
// wrong, and in arrays of fixed size, whose bounds need no check: of each only as
// much is touched as the batch has records or ids.
type scratch struct {
	slots       [2 << 16]uint16 // locals by hash; 0 free
	of          [1 << 16]uint16 // local of each record
	hashes      [1 << 16]uint64 // of the locals, as all that follows
	sums        [1 << 16]uint64
	first, last [1 << 16]uint16 // records
	is          [1 << 16]uint8
	trace       []uint16   // 1 + the last record with a traceback; 0 none; empty if all are 0
	corr        []uint16   // 1 + the first with a correlation id, for rows only
	spans       []timeSpan // nil if stamps are in order
	ends        model.Bits // last records of the clean ones
	locals      int
	traced      int // records with a traceback, which are listed in tracedAt
	tracedAt    [1 << 16]uint16
	marks       model.Mark // that some record has
	rows        bool       // see Split
}

type timeSpan struct{ start, stop int64 }

var (
	scratches work.Pool[scratch]
	partials  = sync.Pool{New: func() any { return new(Partial) }}
)

// Split makes the Partial of b, which must have its final columns; First need
// not be set yet. It only reads b. Rows is that of the tracker's Options.
func Split(b *model.Batch, rows bool) *Partial {
	s := scratches.Get()
	defer scratches.Put(s)
	s.rows = rows
	p := partials.Get().(*Partial)
	*p = Partial{ends: blocks.Get().(*block), more: p.more[:0], inside: p.inside[:0], loose: p.loose[:0], newest: model.NoTime}
	p.ends.reset(0)
	if b.Len() == 0 {
		return p
	}
	s.number(b)
	s.sumUp(b)
	s.refine(b)
	s.judge(b)
	s.collect(b, p)
	s.finish(b, p)
	return p
}

// number finds each record's local.
func (s *scratch) number(b *model.Batch) {
	size := 256
	for size < 2*b.Len() {
		size *= 2
	}
	clear(s.slots[:size])
	mask, n := uint64(size-1)&(2<<16-1), uint16(0)
	for i, hash := range b.Req {
		at := hash & mask
		l := s.slots[at&(2<<16-1)]
		differs := s.hashes[l] ^ hash
		if l == 0 {
			differs = 0
		}
		if differs != 0 { // another id has the place
			at, l = s.search(hash, mask)
		}
		fresh := uint16(0)
		if l == 0 {
			fresh = 1
		}
		fresh &= uint16((hash | -hash) >> 63)         // not without an id
		s.hashes[n+1], s.first[n+1] = hash, uint16(i) // if it is not fresh, of no use
		n += fresh
		l |= n & -fresh
		s.slots[at&(2<<16-1)], s.of[uint16(i)] = l, l
	}
	s.locals = int(n)
}

// search is the place of hash in slots, and what is there.
func (s *scratch) search(hash, mask uint64) (uint64, uint16) {
	for at := hash & mask; ; at = (at + 1) & mask {
		if l := s.slots[at]; l == 0 || s.hashes[l] == hash {
			return at, l
		}
	}
}

// sumUp sums the records of each local up.
func (s *scratch) sumUp(b *model.Batch) {
	n := b.Len()
	of, marks, levels, flags := s.of[:n], b.Mark[:n], b.Level[:n], b.Flags[:n]
	clear(s.sums[:s.locals+1])
	traced, mark := uint16(0), model.Mark(0)
	for i, l := range of {
		m, trace := marks[i], flags[i]&model.HasTraceback
		x := s.sums[l] + sums[m]
		s.sums[l] = x | 1<<(levels[i]&15) | uint64(trace)*hasTrace
		s.last[l], s.tracedAt[traced] = uint16(i), uint16(i)
		traced += uint16(trace / model.HasTraceback)
		mark |= m
	}
	s.traced, s.marks = int(traced), mark
}

// refine adds what few batches need.
func (s *scratch) refine(b *model.Batch) {
	n, all := b.Len(), s.locals+1
	mixed, source := uint16(0), b.Source[0]
	if !b.OneSource() {
		for _, src := range b.Source {
			mixed |= src ^ source
		}
	}
	s.trace, s.corr, s.spans = s.trace[:0], s.corr[:0], s.spans[:0]
	if s.traced > 0 {
		s.trace = slices.Grow(s.trace, all)[:all]
		clear(s.trace)
		for _, i := range s.tracedAt[:s.traced] {
			s.trace[s.of[i]] = i + 1
		}
	}
	if s.rows && s.marks&model.Correlated != 0 {
		s.corr = slices.Grow(s.corr, all)[:all]
		clear(s.corr)
		for i := n - 1; i >= 0; i-- {
			if b.Mark[i]&model.Correlated != 0 {
				s.corr[s.of[i]] = uint16(i) + 1
			}
		}
	}
	if mixed != 0 {
		for i, l := range s.of[:n] {
			if b.Source[i] != b.Source[s.first[l]] && l != 0 {
				s.sums[l] |= otherSource
			}
		}
	}
	if !ordered(b.Time) {
		s.spans = slices.Grow(s.spans, all)[:all]
		for l := range s.spans {
			s.spans[l] = timeSpan{model.NoTime, model.NoTime}
		}
		for i, l := range s.of[:n] {
			s.spans[l].add(b.Time[i])
		}
	}
}

// ordered reports whether there are stamps everywhere, none below the one before.
func ordered(times []int64) bool {
	before, wrong := model.NoTime+1, 0
	for _, t := range times {
		if t < before {
			wrong = 1
		}
		before = t
	}
	return wrong == 0
}

func (x *timeSpan) add(t int64) {
	if t == model.NoTime {
		return
	}
	if x.start == model.NoTime || t < x.start {
		x.start = t
	}
	x.stop = max(x.stop, t)
}

// judge tells clean from loose, now that every record has been seen.
func (s *scratch) judge(b *model.Batch) {
	words := (b.Len() + 63) / 64
	s.ends = slices.Grow(s.ends[:0], words)[:words]
	clear(s.ends)
	s.is[0] = 0
	for l := 1; l <= s.locals; l++ {
		last := s.last[l]
		m, end := b.Mark[s.first[l]], b.Mark[last]
		clean := false
		switch x := s.sums[l]; {
		case x>>48 == 1:
			clean = m.Event() == model.Whole || m.Event() == model.WholeFailed
		case uint16(x>>32) == 2 && m.Event() == model.Started && x&otherSource == 0:
			clean = isEnding(end.Event()) && ends(end.Kind(), m.Kind()) && !hearsay(end, b.Status[last])
		}
		is := uint8(isLoose)
		if clean {
			is = 0
			if m.Kind() == model.KindHTTP {
				is = isInside
			}
			s.ends.Set(int(last))
		}
		s.is[l] = is
	}
}

// collect lists what is loose and what stands inside. Which a record is would be
// guessed wrong, so each is put on the list of the loose, and stays there if it
// is one.
func (s *scratch) collect(b *model.Batch, p *Partial) {
	n, k := b.Len(), 0
	p.inside = slices.Grow(p.inside, len(s.ends))[:len(s.ends)]
	loose := s.slots[:n] // needed no more
	for w := range s.ends {
		of := s.of[w<<6 : min(w<<6+64, n)]
		marks := b.Mark[w<<6:][:len(of)]
		inside, ended := uint64(0), uint64(0)
		for i, l := range of {
			own := anonymous[marks[i]]
			if l != 0 {
				own = 0
			}
			is := uint64(s.is[l] | own)
			inside |= is / isInside & 1 << i
			ended |= is / isEnd << i
			loose[k] = uint16(w<<6 + i)
			k += int(is & isLoose)
		}
		s.ends[w] |= ended
		p.inside[w] = inside &^ s.ends[w]
	}
	p.loose = slices.Grow(p.loose, k)[:k]
	for j, i := range loose[:k] {
		p.loose[j] = item{Meta: b.Meta(int(i)), i: uint32(i)}
	}
	stampItems(b, p.loose)
}

// stampItems sets the items' now. They are in order.
func stampItems(b *model.Batch, items []item) {
	now, seen := model.NoTime, 0
	for k := range items {
		x := &items[k]
		for ; seen <= int(x.i); seen++ {
			now = max(now, b.Time[seen])
		}
		x.now = now
	}
}
