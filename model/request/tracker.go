// Package request folds marked records into requests: it follows each id from
// its start to its end, says which records stand inside a finished request,
// and tells the state of each (rules 15 to 21).
package request

import (
	"slices"
	"time"

	"ravel/model"
)

// Options say how requests are followed. Names, Decoder and Lifecycle are
// needed for what is read out of records' text: methods, paths, names, and
// starts without an id; without them these stay empty and unpaired.
type Options struct {
	HungAfter time.Duration // an open HTTP request older than this is hung; 0: 30 s
	Settle    time.Duration // stream time after its end for which a request's row waits; 0: DefaultSettle
	// Rows keeps what Settled and Finish need to tell every request in full,
	// those without lifecycle included. The explorer leaves it off: then
	// finished requests are compact rows, which live with their batches.
	Rows    bool
	MaxOpen int // bounds the requests followed at a time; 0: 262,144 with Rows, else 65,536
	MaxPast int // how many ended ones are remembered at least, 16 bytes each; a power of two; 0: 1,048,576

	Names     *model.Names
	Decoder   model.Decoder
	Lifecycle model.Lifecycle
}

// DefaultSettle is the Settle of Options that name none.
const DefaultSettle = 5 * time.Second

// spanHungAfter is HungAfter for spans; tasks and jobs never hang (rule 16).
const spanHungAfter = int64(60 * time.Second)

// Folding is what a batch did to requests.
type Folding struct {
	// Rows are the requests that this batch's records ended, in order.
	Rows []model.RequestRow
	// Here are the records of this batch, and Inside those of this and of earlier
	// ones, that have come to stand inside a finished HTTP request and are not its end.
	Here   model.Bits
	Inside []model.Seq
	// Waiting are those of this batch that belong to an HTTP request which
	// has started and had not ended when they came, errors left out: they
	// stand for themselves no sooner than it ends (rule 22). Some may be in
	// Inside, too. It is for trackers without Options.Rows.
	Waiting []model.Seq
	// Released were Waiting and no longer are: the request has been given up,
	// and no row will ever stand for them.
	Released []model.Seq
	// Joined are this batch's records that came after the end of a request of
	// an earlier batch and count for its row; what joined one of Rows is
	// counted there. It is for trackers without Options.Rows.
	Joined []Join
}

// Tracker follows requests through batches, which it must see in order. It is
// used by one goroutine at a time. A finished request costs its 32-byte row and
// up to 16 bytes of memory that it has ended, 24 MiB at most; an open one 256
// bytes and, if its start is known or rows are wanted, a copy of the record
// that began it; there are MaxOpen of them at most.
type Tracker struct {
	o       Options
	index   index // hash -> newest entry with it
	entries []entry
	free    []int32
	begun   list // entries whose start is known, by their latest record
	silent  list // the others
	past    past
	recent  recent
	now     int64 // newest stamp so far; NoTime if none
	live    bool  // see SetLive
	batch   uint32
	touched []int32 // entries that hold references into the batch being merged

	pairs   pairing
	runners []runner // starts of HTTP requests, some of which have ended
	compact int      // length of runners at which those are dropped
	waiting []waiter // ended, in the order of their ends, until they settle
	settled []outline

	here  model.Bits // of out; the next Partial's
	out   Folding
	stats Stats
}

// Stats are counts since the start.
type Stats struct {
	Open   int    // followed now: open, or ended and not settled
	Late   uint64 // records that came for a request already settled
	Forgot uint64 // requests given up because there were too many
}

// New returns a Tracker that has seen nothing.
func New(o Options) *Tracker {
	if o.HungAfter == 0 {
		o.HungAfter = 30 * time.Second
	}
	if o.Settle == 0 {
		o.Settle = DefaultSettle
	}
	if o.MaxOpen == 0 {
		o.MaxOpen = 1 << 16
		if o.Rows {
			o.MaxOpen = 1 << 18
		}
	}
	return &Tracker{o: o, now: model.NoTime, begun: list{none, none}, silent: list{none, none}, pairs: newPairing(), past: past{most: o.MaxPast}}
}

// SetLive says whether what comes from now on is watched as it comes: what has
// been seen as a line of its own stays one when its request ends.
func (t *Tracker) SetLive(live bool) { t.live = live }

// Stats returns the counts.
func (t *Tracker) Stats() Stats {
	s := t.stats
	s.Open = len(t.entries) - len(t.free)
	return s
}

// Add is Merge with the Partial that the batch was Prepared with, or with one
// made now.
func (t *Tracker) Add(b *model.Batch) Folding {
	p, ok := b.Prepared.(*Partial)
	if !ok {
		p = Split(b)
	}
	b.Prepared = nil
	return t.Merge(b, p)
}

// Merge takes the next batch, which has its First, and its Partial, which may
// not be used afterwards. The Folding's slices are the Tracker's and hold until
// the next call; the batch is not kept.
func (t *Tracker) Merge(b *model.Batch, p *Partial) Folding {
	t.out = Folding{Rows: t.out.Rows[:0], Inside: t.out.Inside[:0], Waiting: t.out.Waiting[:0], Released: t.out.Released[:0], Joined: t.out.Joined[:0]}
	before := t.now
	t.spoil(b, p)
	t.here, p.inside = p.inside, t.here
	t.out.Here = t.here
	t.walk(b, p, before)
	t.now = max(before, p.newest)
	t.rehome(b)
	t.settle()
	t.batch++
	partials.Put(p)
	return t.out
}

// spoil makes those of p's requests loose whose id is known already, from
// earlier batches.
func (t *Tracker) spoil(b *model.Batch, p *Partial) {
	before := len(p.loose)
	for _, k := range p.ends {
		c := &p.local[k]
		if c.shape != isEnded || c.hash == 0 || t.index.get(c.hash) == none {
			continue
		}
		c.shape = isLoose
		p.loose = append(p.loose, c.first)
		p.inside.Clear(int(c.first))
		for k := c.first + 1; k <= c.end && c.records > 1; k++ {
			if b.Req[k] == c.hash {
				p.loose = append(p.loose, k)
				p.inside.Clear(int(k))
			}
		}
	}
	if len(p.loose) > before {
		slices.Sort(p.loose)
	}
}

// walk takes clean requests and loose records in the order of the stream: a
// clean request counts where it ends.
func (t *Tracker) walk(b *model.Batch, p *Partial, before int64) {
	loose := p.loose
	seen := 0 // records whose stamps are in t.now
	for _, k := range p.ends {
		c := &p.local[k]
		if c.shape != isEnded {
			continue
		}
		for len(loose) > 0 && loose[0] < c.end {
			seen = t.advance(b, seen, loose[0])
			t.step(b, int(loose[0]))
			loose = loose[1:]
		}
		t.clean(b, c, max(before, c.now))
	}
	for _, i := range loose {
		seen = t.advance(b, seen, i)
		t.step(b, int(i))
	}
}

// advance moves t.now over the records up to i.
func (t *Tracker) advance(b *model.Batch, seen int, i uint32) int {
	for ; seen <= int(i); seen++ {
		t.now = max(t.now, b.Time[seen])
	}
	return seen
}

// clean takes a request that Split has finished.
func (t *Tracker) clean(b *model.Batch, c *clean, now int64) {
	if c.first == c.end && c.hash != 0 && t.rejoins(b, int(c.end), now) {
		return
	}
	state := finished(b.Status[c.end], b.Mark[c.end].Event(), c.crashed)
	row := model.RequestRow{
		Start: c.start, At: c.end, Back: c.end - c.first, Records: c.records, Dur: b.Dur[c.end],
		Outcome: model.MakeOutcome(c.level, state, c.kind),
	}
	if c.trace > 0 {
		row.Trace = 1 + c.end - (c.trace - 1)
	}
	t.out.Rows = append(t.out.Rows, row)
	if !t.o.Rows {
		if c.hash != 0 {
			t.over(finish{
				hash: c.hash, end: b.First + model.Seq(c.end), settleAt: t.settles(now),
				whole: c.first == c.end, folds: c.kind == model.KindHTTP, failed: state == model.Failed,
			})
		}
		return
	}
	id := t.open(c.hash, b, int(c.first))
	e := &t.entries[id]
	e.kind, e.state, e.level, e.records = c.kind, state, c.level, c.records
	e.oldest, e.newest = c.start, c.stop
	t.setBegun(id, b.Mark[c.first].Event() == model.Started)
	end := b.Mark[c.end].Event()
	e.whole = end == model.Whole || end == model.WholeFailed
	if c.trace > 0 {
		e.trace = b.First + model.Seq(c.trace-1)
		e.failed = ref{b, int32(c.trace - 1)}
	}
	e.about = ref{b, int32(c.first)}
	if c.corr > 0 {
		e.corr = ref{b, int32(c.corr - 1)}
	}
	t.end(id, b, int(c.end), now)
}
