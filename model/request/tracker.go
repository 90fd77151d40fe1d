// Package request folds marked records into requests: it follows each id from
// its start to its end, says which records stand inside a finished request,
// and tells the state of each (rules 15 to 21).
package request

import (
	"cmp"
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
	MaxPast int // about how many ended ones are remembered, up to 40 bytes each; a power of two; 0: 1,048,576

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
	// Rows are the requests that this batch's records ended, in order. They are
	// the caller's to keep.
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
	Joined []model.Join
}

// Tracker follows requests through batches, which it must see in order. It is
// used by one goroutine at a time. A finished request costs its 32-byte row and
// up to 40 bytes of memory that it has ended, of MaxPast of them; an open one 256
// bytes and, if its start is known or rows are wanted, a copy of the record
// that began it; there are MaxOpen of them at most.
type Tracker struct {
	o       Options
	index   index // hash -> newest entry with it
	entries []entry
	links   []link // of entries
	free    []int32
	begun   list // entries whose start is known, by their latest record
	silent  list // the others
	past    past
	now     int64              // newest stamp so far; NoTime if none
	live    bool               // see SetLive
	b       *model.Batch       // the one being merged
	rows    []model.RequestRow // that the state machine has made of it
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
	return &Tracker{o: o, now: model.NoTime, begun: list{none, none}, silent: list{none, none}, pairs: newPairing(), past: past{most: o.MaxPast, least: minBlock}}
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

// Add is Merge with a Partial made now.
func (t *Tracker) Add(b *model.Batch) Folding { return t.Merge(b, Split(b, t.o.Rows)) }

// Merge takes the next batch, which has its First, and its Partial, which may
// not be used afterwards. The Folding's Rows are the caller's; its other slices
// are the Tracker's and hold until the next call. The batch is not kept.
func (t *Tracker) Merge(b *model.Batch, p *Partial) Folding {
	t.out = Folding{Inside: t.out.Inside[:0], Waiting: t.out.Waiting[:0], Released: t.out.Released[:0], Joined: t.out.Joined[:0]}
	t.b, t.rows = b, t.rows[:0]
	before := t.now
	p.ends.first, p.ends.before, p.ends.settle = b.First, before, int64(t.o.Settle)
	t.spoil(p)
	t.here, p.inside = p.inside, t.here
	t.out.Here = t.here
	t.walk(p, before)
	t.out.Rows = p.merge(t.rows)
	t.now = max(before, p.newest)
	t.rehome(b)
	t.settle()
	t.batch++
	t.b = nil
	if t.o.Rows {
		blocks.Put(p.ends)
	} else {
		t.past.keep(p.ends, t.now)
	}
	p.ends = nil
	partials.Put(p)
	return t.out
}

// spoil makes those of p's requests loose whose id is known already, from
// earlier batches.
func (t *Tracker) spoil(p *Partial) {
	before := len(p.loose)
	for k, hash := range p.ends.hash {
		if !t.index.may(hash) || hash == 0 || t.index.get(hash) == none {
			continue
		}
		p.ends.hash[k] = 0
		p.dropped = true
		row := &p.rows[k]
		for i := row.At - row.Back; i <= row.At; i++ {
			if t.b.Req[i] == hash {
				p.loose = append(p.loose, item{Meta: t.b.Meta(int(i)), i: i})
				p.inside.Clear(int(i))
			}
		}
		row.Records = 0
	}
	if len(p.loose) > before {
		slices.SortFunc(p.loose, func(a, b item) int { return cmp.Compare(a.i, b.i) })
		stampItems(t.b, p.loose)
	}
}

// walk takes clean requests and loose records in the order of the stream: a
// clean request counts where it ends.
func (t *Tracker) walk(p *Partial, before int64) {
	loose := p.loose
	for k := range p.rows {
		row := &p.rows[k]
		if row.Records == 0 {
			continue // spoilt
		}
		for len(loose) > 0 && loose[0].i < row.At {
			t.now = max(before, loose[0].now)
			t.step(&loose[0])
			loose = loose[1:]
		}
		if now := max(before, p.ends.now[k]); t.o.Rows {
			t.enter(p, k, now)
		} else if hash := p.ends.hash[k]; row.Back == 0 && hash != 0 && t.single(hash, row, now) {
			p.ends.hash[k], row.Records, p.dropped = 0, 0, true
		}
	}
	for k := range loose {
		t.now = max(before, loose[k].now)
		t.step(&loose[k])
	}
}

// single takes a request that is one record, and reports whether that joins
// another one and is none itself.
func (t *Tracker) single(hash uint64, row *model.RequestRow, now int64) bool {
	if _, ok, _ := t.past.find(hash, now); !ok {
		return false
	}
	joined, _ := t.rejoins(&item{Meta: t.b.Meta(int(row.At)), i: row.At}, now)
	return joined
}

// enter makes an entry of p's request k, which waits for its settling.
func (t *Tracker) enter(p *Partial, k int, now int64) {
	b, row, more := t.b, &p.rows[k], &p.more[k]
	first := row.At - row.Back
	id := t.open(p.ends.hash[k], b.Source[first], first)
	e := &t.entries[id]
	e.kind, e.state, e.level, e.records = row.Kind(), row.State(), row.Level(), row.Records
	e.oldest, e.newest = row.Start, more.stop
	t.setBegun(id, b.Mark[first].Event() == model.Started)
	end := b.Mark[row.At].Event()
	e.whole = end == model.Whole || end == model.WholeFailed
	if row.Trace > 0 {
		at := row.At - (row.Trace - 1)
		e.trace, e.failed = t.seq(at), ref{b, int32(at)}
	}
	if more.corr > 0 {
		e.corr = ref{b, int32(more.corr - 1)}
	}
	t.end(id, &item{Meta: model.Meta{Dur: row.Dur, Status: b.Status[row.At]}, i: row.At}, now)
}

// merge puts further rows among p's, and drops those that are no more; p gives
// them away.
func (p *Partial) merge(more []model.RequestRow) []model.RequestRow {
	rows := p.rows
	p.rows = nil
	if p.dropped {
		rows = slices.DeleteFunc(rows, func(r model.RequestRow) bool { return r.Records == 0 })
	}
	n := len(rows)
	rows = append(rows, more...)
	for at := len(rows); len(more) > 0; {
		last := more[len(more)-1]
		k := n
		for k > 0 && rows[k-1].At > last.At {
			k--
		}
		at -= n - k
		copy(rows[at:], rows[k:n])
		n = k
		at--
		rows[at], more = last, more[:len(more)-1]
	}
	return rows
}
