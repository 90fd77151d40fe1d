package request

import (
	"slices"
	"sync"

	"ravel/model"
)

// Partial is what one batch says about requests by itself. Most requests begin
// and end in one batch with nothing unusual in between: they are clean, and
// are finished here, by any number of goroutines at once. The records of all
// others are loose: Merge walks them in order, and takes the Partial back.
type Partial struct {
	local  []clean    // the requests of the batch; those that did not stay isEnded are loose
	ends   []uint16   // numbers of clean ones among them, in the order of their ends, and of some that are not
	inside model.Bits // records of clean requests that fold, without their ends
	loose  []uint32   // records for the state machine
	newest int64      // stamp; NoTime if none
}

// clean is a request whose records, in this batch, are one start, what lies
// between and one end, or one record that is all of it.
type clean struct {
	hash       uint64
	start      int64 // oldest stamp, NoTime if none
	stop       int64 // newest stamp
	now        int64 // newest stamp of the batch up to its end
	first, end uint32
	trace      uint32 // 1 + number of the record with its last traceback, 0 none
	corr       uint32 // 1 + number of the first record with a correlation id, 0 none
	records    uint32
	source     uint16
	kind       model.Kind
	level      model.Level
	shape      shape
	crashed    bool // a traceback or a CRITICAL
}

// shape is how far a local request has come; anything unexpected is loose.
type shape uint8

const (
	isLoose shape = iota
	isStarted
	isEnded
)

// scratch is what Split needs while it runs.
type scratch struct {
	slots  []uint16 // 1 + index into locals, by hash; 0 free
	locals []clean
	of     []uint16 // local of each record, noLocal for none
	ends   []uint16 // locals in the order of their ends
}

const noLocal = 1<<16 - 1

var (
	scratches = sync.Pool{New: func() any { return new(scratch) }}
	partials  = sync.Pool{New: func() any { return new(Partial) }}
)

// Split makes the Partial of b, which must have its final columns; First need
// not be set yet. It only reads b.
func Split(b *model.Batch) *Partial {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.reset(b.Len())
	p := partials.Get().(*Partial)
	*p = Partial{local: p.local, ends: p.ends, inside: p.inside[:0], loose: p.loose[:0], newest: model.NoTime}
	for i, hash := range b.Req {
		p.newest = max(p.newest, b.Time[i])
		s.of[i] = noLocal
		if hash != 0 {
			s.see(b, i, hash, p.newest)
		} else if b.Mark[i].Event() != model.NoEvent {
			s.anonymous(b, i, p)
		}
	}
	s.collect(b, p)
	return p
}

func (s *scratch) reset(n int) {
	size := 256
	for size < 2*n {
		size *= 2
	}
	if cap(s.slots) < size {
		s.slots = make([]uint16, size)
		s.of = make([]uint16, size/2)
	}
	s.slots, s.of = s.slots[:size], s.of[:size/2]
	clear(s.slots)
	s.locals, s.ends = s.locals[:0], s.ends[:0]
}

// see takes record i, which has an id.
func (s *scratch) see(b *model.Batch, i int, hash uint64, now int64) {
	mask := uint64(len(s.slots) - 1)
	at := hash & mask
	for s.slots[at] != 0 && s.locals[s.slots[at]-1].hash != hash {
		at = (at + 1) & mask
	}
	mark := b.Mark[i]
	if s.slots[at] == 0 {
		s.locals = append(s.locals, clean{hash: hash, first: uint32(i), start: model.NoTime, stop: model.NoTime, source: b.Source[i]})
		s.slots[at] = uint16(len(s.locals))
		l := &s.locals[len(s.locals)-1]
		l.kind = mark.Kind()
		l.add(b, i)
		switch mark.Event() {
		case model.Started:
			l.shape = isStarted
		case model.Whole, model.WholeFailed:
			s.end(len(s.locals)-1, i, now)
		}
	} else {
		local := int(s.slots[at] - 1)
		l := &s.locals[local]
		l.add(b, i)
		switch e := mark.Event(); {
		case l.shape == isLoose:
		case l.shape == isEnded, b.Source[i] != l.source:
			l.shape = isLoose
		case e == model.NoEvent || e == model.Step:
		case hearsay(b, i):
			l.shape = isLoose
		case (e == model.Ended || e == model.EndedFailed || e == model.Whole || e == model.WholeFailed) && ends(mark.Kind(), l.kind):
			s.end(local, i, now)
		default:
			l.shape = isLoose
		}
	}
	s.of[i] = s.slots[at] - 1
}

func (s *scratch) end(local, i int, now int64) {
	l := &s.locals[local]
	l.shape, l.end, l.now = isEnded, uint32(i), now
	s.ends = append(s.ends, uint16(local))
}

// add counts record i.
func (l *clean) add(b *model.Batch, i int) {
	l.records++
	l.level = max(l.level, b.Level[i])
	if t := b.Time[i]; t != model.NoTime {
		if l.start == model.NoTime || t < l.start {
			l.start = t
		}
		l.stop = max(l.stop, t)
	}
	if b.Flags[i]&model.HasTraceback != 0 {
		l.trace = uint32(i) + 1
		l.crashed = true
	}
	if b.Mark[i]&model.Correlated != 0 && l.corr == 0 {
		l.corr = uint32(i) + 1
	}
	l.crashed = l.crashed || b.Level[i] >= model.Critical
}

// anonymous takes record i, which has a mark and no id: an access line is
// finished, starts and ends have to be paired off by what they say.
func (s *scratch) anonymous(b *model.Batch, i int, p *Partial) {
	switch b.Mark[i].Event() {
	case model.Whole, model.WholeFailed:
		s.locals = append(s.locals, clean{first: uint32(i), start: model.NoTime, stop: model.NoTime, source: b.Source[i], kind: b.Mark[i].Kind()})
		s.locals[len(s.locals)-1].add(b, i)
		s.end(len(s.locals)-1, i, p.newest)
		s.of[i] = uint16(len(s.locals) - 1)
	case model.Started, model.Ended, model.EndedFailed:
		s.locals = append(s.locals, clean{}) // loose
		s.of[i] = uint16(len(s.locals) - 1)
	}
}

// collect tells clean from loose, now that every record has been seen. Which a
// record is would be guessed wrong, so each is put on the list of the loose, and
// stays there if it is one.
func (s *scratch) collect(b *model.Batch, p *Partial) {
	n := b.Len()
	p.loose, p.inside = slices.Grow(p.loose, n)[:n], slices.Grow(p.inside, (n+63)/64)
	loose, word := 0, uint64(0)
	s.locals = append(s.locals, clean{shape: isEnded}) // whose the records of no request are
	for i, local := range s.of[:n] {
		l := &s.locals[min(int(local), len(s.locals)-1)]
		p.loose[loose] = uint32(i)
		if l.shape != isEnded {
			loose++
		}
		bit := uint64(1)
		if l.shape != isEnded || l.kind != model.KindHTTP || l.end == uint32(i) {
			bit = 0
		}
		if word |= bit << (i & 63); i&63 == 63 || i == n-1 {
			p.inside = append(p.inside, word)
			word = 0
		}
	}
	p.loose = p.loose[:loose]
	p.local, s.locals = s.locals, p.local
	p.ends, s.ends = s.ends, p.ends
}

// ends reports whether an end of kind k may close what a start of kind of
// began: an access line closes an HTTP request.
func ends(k, of model.Kind) bool {
	return k == of || of == model.KindHTTP && k == model.KindAccess
}

// finished is the state of a request that has ended (rule 17).
func finished(status uint16, e model.Event, crashed bool) model.State {
	failed := status >= 500
	if status == 0 {
		failed = crashed || e == model.EndedFailed || e == model.WholeFailed
	}
	if failed {
		return model.Failed
	}
	return model.Complete
}
