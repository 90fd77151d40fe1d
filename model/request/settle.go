package request

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"ravel/model"
)

// maxCopy is the size, in bytes, from which the record that describes a request
// is decoded at once instead of being copied.
const maxCopy = 4096

// rehome copies the records that entries refer to out of the batch, so that
// the batch is not kept. What has ended shares one small batch and what runs
// another: those that never end would keep the copies for all others alive.
func (t *Tracker) rehome(b *model.Batch) {
	var ended, open copies
	for _, id := range t.touched {
		switch e := &t.entries[id]; {
		case e.endSeq != 0:
			ended.room++
		case e.begun || t.o.Rows:
			open.room++
		}
	}
	for _, id := range t.touched {
		e := &t.entries[id]
		if !t.o.Rows && !e.begun {
			e.about, e.failed = ref{}, ref{} // such a one is never told
			continue
		}
		if e.corr == e.about {
			e.corr = ref{} // what describes it tells
		}
		if t.isLarge(b, e.about) || t.isLarge(b, e.corr) {
			t.describe(e).correlate(t.o, e.corr)
			e.about, e.corr = ref{}, ref{}
		}
		to := &open
		if e.endSeq != 0 {
			to = &ended
		}
		e.about.move(b, to)
		e.corr.move(b, to)
		e.failed.move(b, to)
	}
	t.touched = t.touched[:0]
}

// isLarge reports whether r is into b, and its record larger than maxCopy.
func (t *Tracker) isLarge(b *model.Batch, r ref) bool {
	return r.b == b && b.End[r.i]-b.Start[r.i] > maxCopy
}

// copies is a batch of copied records.
type copies struct {
	b    *model.Batch // nil: none so far
	room int          // about how many there will be
}

// move makes a reference into b one into a copy of the record at the end of to.
func (r *ref) move(b *model.Batch, to *copies) {
	if r.b != b {
		return
	}
	if to.b == nil {
		to.b = &model.Batch{Buf: make([]byte, 0, to.room*(1+len(b.Buf)/b.Len()))}
		to.b.Extend(to.room)
		to.b.Truncate(0)
	}
	p := to.b
	m := b.Meta(int(r.i))
	m.Start = uint32(len(p.Buf))
	p.Buf = append(p.Buf, b.Raw(int(r.i))...)
	m.End = uint32(len(p.Buf))
	*r = ref{p, int32(p.Len())}
	p.Add(m)
}

// settle takes the requests whose time has come out of the waiting line.
func (t *Tracker) settle() {
	n := 0
	for _, w := range t.waiting {
		e := &t.entries[w.id]
		if e.endSeq != w.end {
			n++ // given up early
			continue
		}
		if !t.due(e, len(t.waiting)-n) {
			break
		}
		t.close(w.id)
		n++
	}
	t.waiting = t.waiting[n:] // append moves what is left when the array is used up
}

// never is when a request settles that ended before any record had a stamp.
const never = 1<<63 - 1

// maxStampless bounds the ended requests that wait in a stream without stamps.
const maxStampless = 8192

// due reports whether an entry that has ended settles now, n waiting.
func (t *Tracker) due(e *entry, n int) bool {
	if e.settleAt == never {
		return t.now != model.NoTime || n > maxStampless
	}
	return t.now >= e.settleAt
}

// close settles an entry that has ended.
func (t *Tracker) close(id int32) {
	e := &t.entries[id]
	if t.o.Rows {
		t.settled = append(t.settled, t.outline(e, t.now))
	}
	if e.hash != 0 {
		t.past.put(e.hash, finish{settleAt: model.NoTime}, t.now) // has settled
	}
	t.remove(id)
}

// Settled returns, in order of their ends, the requests that have ended
// Options.Settle of stream time ago and were not returned before. It is for
// Options.Rows. Their records are decoded on all cores; the call returns when
// all are.
func (t *Tracker) Settled() []model.Request {
	s := t.tell(t.settled)
	t.settled = t.settled[:0]
	return s
}

// Finish returns what is left at the end of the input: those that have ended,
// in order of their ends, then the open ones by their start, in the state that
// they have now, a time of the stream in ns.
func (t *Tracker) Finish(now int64) []model.Request {
	now = max(now, t.now)
	for _, w := range t.waiting {
		if t.entries[w.id].endSeq == w.end {
			t.close(w.id)
		}
	}
	t.waiting = nil
	ended := len(t.settled)
	for _, l := range [...]list{t.begun, t.silent} {
		for id := l.head; id != none; id = t.links[id].next {
			t.settled = append(t.settled, t.outline(&t.entries[id], now))
		}
	}
	open := t.settled[ended:]
	slices.SortFunc(open, func(a, b outline) int {
		return cmp.Or(cmp.Compare(a.q.Start, b.q.Start), cmp.Compare(a.q.FirstSeq, b.q.FirstSeq))
	})
	for t.begun.head != none {
		t.remove(t.begun.head)
	}
	for t.silent.head != none {
		t.remove(t.silent.head)
	}
	t.pairs = newPairing()
	return t.Settled()
}

// outline is a request whose records have not been decoded yet.
type outline struct {
	q             model.Request
	about, failed ref
	corr          ref
	known         *described // nil if about is to be decoded
	begun         bool
	source        uint16
	sources       []uint16
}

func (t *Tracker) outline(e *entry, now int64) outline {
	return outline{q: t.brief(e, now), about: e.about, corr: e.corr, failed: e.failed, known: e.facts, begun: e.begun, source: e.source, sources: e.sources}
}

// perTeller is how many requests are worth a goroutine.
const perTeller = 64

// tell decodes what outlines need, on all cores if they are many.
func (t *Tracker) tell(all []outline) []model.Request {
	if len(all) == 0 {
		return nil
	}
	told := make([]model.Request, len(all))
	tellers := max(1, min(runtime.NumCPU(), runtime.GOMAXPROCS(0), len(all)/perTeller))
	var wg sync.WaitGroup
	for w := range tellers {
		from, to := len(all)*w/tellers, len(all)*(w+1)/tellers
		some := func() {
			for i := from; i < to; i++ {
				told[i] = t.full(&all[i])
			}
		}
		if w == tellers-1 {
			some()
		} else {
			wg.Go(some)
		}
	}
	wg.Wait()
	return told
}

// full decodes what an outline needs. It reads the tracker's options only.
func (t *Tracker) full(o *outline) model.Request {
	q := o.q
	if o.known == nil {
		o.known = describe(t.o, o.about)
	}
	o.known.correlate(t.o, o.corr)
	q.ID, q.CorrelationID = o.known.RequestID, o.known.CorrelationID
	q.Method, q.Path, q.Client, q.Name = o.known.Method, o.known.Path, o.known.Client, o.known.Name
	if q.Kind == model.KindJob && !o.begun {
		q.Name = "" // what its first record names is one of its tasks
	}
	if o.failed.b != nil && t.o.Decoder != nil {
		var r model.Record
		t.o.Decoder.Decode(o.failed.b, int(o.failed.i), &r)
		if r.Traceback != nil {
			q.ErrorType, q.ErrorMessage = strings.Clone(r.Traceback.Type), strings.Clone(r.Traceback.Message)
		}
	}
	if t.o.Names == nil {
		return q
	}
	if o.sources == nil {
		q.Sources = []string{t.o.Names.Sources.Name(o.source)}
	}
	for _, s := range o.sources {
		q.Sources = append(q.Sources, t.o.Names.Sources.Name(s))
	}
	return q
}

// brief is what an entry tells without decoding a record.
func (t *Tracker) brief(e *entry, now int64) model.Request {
	q := model.Request{
		Kind: e.kind, State: t.stateAt(e, now), Start: e.oldest, End: e.newest, Duration: -1, Status: int(e.status), Level: e.level,
		Records: int(e.records), Hash: e.hash, FirstSeq: e.first, LastSeq: e.last, EndSeq: e.endSeq,
	}
	if q.State == model.Unmarked && e.hash != 0 {
		q.Kind = model.KindGroup
	}
	q.Duration = duration(&q, e)
	return q
}

// duration is the logged one, else end minus start; a request of one record
// has none but the logged one, an open one has none yet.
func duration(q *model.Request, e *entry) int64 {
	switch {
	case e.endSeq != 0 && e.dur != model.NoDur:
		return int64(e.dur) * 1000
	case q.State == model.InFlight || q.State == model.Hung || q.Start == model.NoTime || q.End == model.NoTime:
		return -1
	case e.records == 1 && q.State != model.Unmarked, q.State == model.NoStart:
		return -1
	}
	return q.End - q.Start
}

// Find tells of the newest request with a hash that is followed: one that runs,
// or has no end. Its strings are empty.
func (t *Tracker) Find(hash uint64) (model.Request, bool) {
	if id := t.current(hash); hash != 0 && id != none && t.entries[id].endSeq == 0 {
		return t.brief(&t.entries[id], t.now), true
	}
	return model.Request{}, false
}

// Unpaired tells of the start without an id at record first that has no end.
// Its strings are empty.
func (t *Tracker) Unpaired(first model.Seq) (model.Request, bool) {
	for _, l := range [...]list{t.begun, t.silent} {
		for id := l.head; id != none; id = t.links[id].next {
			if e := &t.entries[id]; e.hash == 0 && e.first == first && e.endSeq == 0 {
				return t.brief(e, t.now), true
			}
		}
	}
	return model.Request{}, false
}

// Pending are the unfinished HTTP requests at a time, oldest first: those in
// flight and those hung. Only the first n of each are told in full, the rest
// by times and numbers. It is for trackers without Options.Rows.
func (t *Tracker) Pending(now int64, n int) (inFlight, hung []model.Request) {
	now = max(now, t.now)
	t.stillRunning()
	open := slices.Clone(t.runners)
	slices.SortFunc(open, func(a, b runner) int {
		return cmp.Or(cmp.Compare(t.entries[a.id].oldest, t.entries[b.id].oldest), cmp.Compare(a.first, b.first))
	})
	late := 0
	for _, r := range open {
		if t.stateAt(&t.entries[r.id], now) == model.Hung {
			late++
		}
	}
	inFlight, hung = make([]model.Request, 0, len(open)-late), make([]model.Request, 0, late)
	for _, r := range open {
		e := &t.entries[r.id]
		list := &inFlight
		if t.stateAt(e, now) == model.Hung {
			list = &hung
		}
		if len(*list) < n {
			t.describe(e)
			o := t.outline(e, now)
			*list = append(*list, t.full(&o))
		} else {
			*list = append(*list, t.brief(e, now))
		}
	}
	return inFlight, hung
}

// Unfinished are the requests of every kind that have not ended, ids without
// start and end among them: at most n whose start is known and n others, those
// with the newest records, by their start, newest first. Their strings are
// empty. It is for trackers without Options.Rows.
func (t *Tracker) Unfinished(now int64, n int) []model.Request {
	now = max(now, t.now)
	var all []model.Request
	for _, l := range [...]list{t.begun, t.silent} {
		left := n
		for id := l.head; id != none && left > 0; id = t.links[id].next {
			if e := &t.entries[id]; e.endSeq == 0 {
				all = append(all, t.brief(e, now))
				left--
			}
		}
	}
	slices.SortFunc(all, func(a, b model.Request) int {
		return cmp.Or(cmp.Compare(b.Start, a.Start), cmp.Compare(b.FirstSeq, a.FirstSeq))
	})
	return all
}
