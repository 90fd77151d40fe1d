package engine

import (
	"context"
	"io"
	"slices"
	"time"

	"ravel/model"
	"ravel/model/store"
	"ravel/ui"
)

// preview is the end of a huge file, shown while the rest is being read: an
// engine of its own over the last records. They have the Seqs that they will
// keep: a gap is left for those that are still to be read, and when reading
// comes to the first of them by its offset, numbering goes on behind the gap.
// So a position on them stays good.
type preview struct {
	eng         *Engine
	first, last model.Seq
	from        int64       // oldest stamp, NoTime if there is none
	r           io.ReaderAt // the file
	off         int64       // of the first record

	still store.Totals // what was held when loading seemed to have ended; of the scanner
	since time.Time    // when that was
}

// The memory that a preview may take, and how many times more records than
// its own mean size promises the rest of the file may have before numbers run
// out. Then, and where parsing from the beginning cuts records differently,
// positions are lost and nothing else.
const (
	previewBudget = 64 << 20
	previewSlack  = 4
	maxGap        = 1 << 31 // a request's row reaches back less than 1<<32 records
)

// Preview takes the end of a backlog of n bytes; it is ingest's Preview. A
// second one is for the next file of a rotated set: it counts once reading has
// come to the end of the first.
func (e *Engine) Preview(end []*model.Batch, n int64) {
	if old := e.ahead.Load(); old != nil || len(end) == 0 || end[0].Origin == nil {
		return
	}
	o := e.o
	o.Budget, o.Loaded, o.Backlog = previewBudget, func() bool { return true }, nil
	p := &preview{eng: New(o), r: end[0].Origin.R, off: end[0].Base + int64(end[0].Start[0])}
	records, bytes := 0, 1
	for _, b := range end {
		records += b.Len()
		bytes += int(b.End[b.Len()-1] - b.Start[0])
	}
	gap := min(previewSlack*uint64(n)/uint64(bytes)*uint64(records)+1<<20, maxGap)
	p.first = e.store.Snapshot().Last + model.Seq(gap)
	p.last = p.first + model.Seq(records) - 1
	for next := p.first; len(end) > 0; end = end[1:] {
		end[0].First = next
		next += model.Seq(end[0].Len())
		p.eng.take(end[0])
	}
	var ok bool
	if p.from, _, ok = p.eng.store.Snapshot().Span(); !ok {
		p.from = 1<<63 - 1 // no time is looked for here
	}
	p.follow(context.Background(), e.current.Load())
	e.ahead.Store(p)
	e.ring()
}

// follow makes the preview's query that of r, and finds what matches: its
// records are few.
func (p *preview) follow(ctx context.Context, r *run) {
	if p.eng.current.Load().text != r.text {
		_ = p.eng.SetQuery(r.text) // it has been read before
	}
	if own := p.eng.current.Load(); own.pred != nil {
		own.scan(ctx, p.eng)
	}
}

// previewAt is the preview if it answers for what is at seq, else nil.
func (e *Engine) previewAt(seq model.Seq) *preview {
	if p := e.ahead.Load(); p != nil && seq >= p.first {
		return p
	}
	return nil
}

// retire lets the preview go once what it stands for is held, or will never
// be, as where the file was cut short: nothing has come for a while although
// all has been read. What has been read may still be on its way here, and
// whoever stood on a record of the preview would be left without it.
func (e *Engine) retire(was *store.Totals) {
	p := e.ahead.Load()
	if p == nil {
		return
	}
	e.mu.Lock()
	loaded := e.isLoaded()
	e.mu.Unlock()
	if was.Last < p.last {
		if !loaded || *was != e.store.Snapshot().Totals {
			return
		}
		if p.since.IsZero() || p.still != *was {
			p.still, p.since = *was, time.Now()
		}
		if left := lateBacklog - time.Since(p.since); left > 0 {
			time.AfterFunc(left, func() { ringOne(e.work) })
			return
		}
	}
	e.ahead.Store(nil)
	ringOne(e.bell)
}

// state tells of the newest records what the preview knows.
func (p *preview) state(s *ui.State) {
	own := p.eng.store.Snapshot()
	s.Last = max(s.Last, own.Last)
	from, to, ok := own.Span()
	if !ok {
		return
	}
	if s.MinTime == model.NoTime {
		s.MinTime = from
	}
	s.MinTime, s.MaxTime = min(s.MinTime, from), max(s.MaxTime, to)
}

// seam is where numbering jumps to a preview's.
type seam struct {
	done  *preview // that has been come to, or will not be
	shift model.Seq
}

// find is the record of b that is the preview's first, 0 also where b has none.
func (s *seam) find(p *preview, b *model.Batch) int {
	if b.Origin == nil || b.Origin.R != p.r {
		return 0
	}
	i, ok := slices.BinarySearchFunc(b.Start, p.off-b.Base, func(start uint32, off int64) int { return int(int64(start) - off) })
	if !ok {
		return 0
	}
	return i
}

// cross numbers b on from the preview's first record if that is where b begins.
func (s *seam) cross(p *preview, b *model.Batch) {
	here := b.Origin != nil && b.Origin.R == p.r
	switch {
	case b.First >= p.first:
		s.done = p // more records than there was room for
	case here && b.Base+int64(b.Start[0]) == p.off:
		s.shift += p.first - b.First
		b.First, s.done = p.first, p
	case here && b.Base+int64(b.Start[0]) > p.off:
		s.done = p
	}
}
