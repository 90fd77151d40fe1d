package engine

import (
	"context"
	"runtime"
	"strings"
	"sync"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/store"
)

// teller decodes records for one goroutine that goes through them in order.
// What a chunk gave up is read again once, not for each record.
type teller struct {
	e    *Engine
	snap *store.Snapshot // of the moment
	rec  model.Record
	open [3]opened // used last first
	left int       // chunks that may still be gone through for what any record may tell
}

// maxThrough is how many chunks are gone through, for as many requests as are
// told at once, to find what their first and last records do not tell: an id
// that never ends reaches over all that is held, and there may be thousands.
const maxThrough = 256

// through allows going through one further chunk.
func (t *teller) through() bool {
	t.left--
	return t.left >= 0
}

// opened is a chunk with its bytes; its id is 0 where there is none.
type opened struct {
	id  uint64
	b   model.Batch
	buf []byte // b's own bytes, if they were read again
}

// at decodes a record, which is good until the next call.
func (t *teller) at(seq model.Seq) (*model.Record, bool) {
	k, i, ok := t.snap.Find(seq)
	if !ok {
		return nil, false
	}
	b, err := t.batch(k)
	if err != nil {
		unreadable(&t.rec, t.snap.Chunk(k), i, err)
	} else {
		t.e.o.Decoder.Decode(b, i, &t.rec)
	}
	return &t.rec, true
}

// columns is chunk k with its columns.
func (t *teller) columns(k int) (*model.Batch, error) {
	if c := t.snap.Chunk(k); c.HasColumns() {
		return &c.Batch, nil
	}
	return t.batch(k)
}

// batch is chunk k with its bytes and columns.
func (t *teller) batch(k int) (*model.Batch, error) {
	c := t.snap.Chunk(k)
	if c.Resident() {
		return &c.Batch, nil
	}
	n := 0
	for n < len(t.open)-1 && t.open[n].id != c.ID() {
		n++
	}
	o := t.open[n]
	copy(t.open[1:n+1], t.open[:n])
	if o.id != c.ID() || o.b.Len() != c.Len() {
		b, err := c.Load(&o.buf)
		if err != nil {
			t.open[0] = opened{}
			return nil, err
		}
		o.id, o.b = c.ID(), b
	}
	t.open[0] = o
	return &t.open[0].b, nil
}

// tellAtOnce is how many requests a goroutine describes at a time: few enough
// that those which wait for their turn take little memory.
const tellAtOnce = 1024

// telling is part of a chunk's requests on its way to be described.
type telling struct {
	id     uint64 // of the chunk
	lo, hi int
	told   chan []model.Request // of capacity 1
}

// tellerBytes is what a teller takes of what a chunk gave up: a small budget
// has few of them.
const tellerBytes = 32 << 20

// eachRequest describes the finished requests that are held now on all cores
// and gives them to yield, the one that ended last first, until it returns an
// error, which eachRequest returns, or ctx is done. What is given up meanwhile
// is passed over. yield keeps them. brief leaves out what startTells allows.
func (e *Engine) eachRequest(ctx context.Context, brief bool, yield func(*model.Request) error) error {
	inner, stop := context.WithCancel(ctx)
	workers := int(min(int64(runtime.NumCPU()), int64(runtime.GOMAXPROCS(0)), 1+e.o.Budget/tellerBytes))
	work, order := make(chan telling), make(chan telling, 2*workers)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	wg.Go(func() {
		defer close(order)
		defer close(work)
		e.deal(inner, work, order)
	})
	for range workers {
		wg.Go(func() {
			t := &teller{e: e}
			for w := range work {
				w.told <- t.tell(inner, w, brief)
			}
		})
	}
	for w := range order {
		select {
		case <-inner.Done():
			return inner.Err()
		case all := <-w.told:
			for i := len(all) - 1; i >= 0; i-- {
				if err := yield(&all[i]); err != nil {
					return err
				}
			}
		}
	}
	return ctx.Err()
}

// deal gives the requests out, newest first, and notes in which order.
func (e *Engine) deal(ctx context.Context, work, order chan<- telling) {
	ids := e.store.Snapshot().IDs()
	for n := len(ids) - 1; n >= 0; n-- {
		for hi := e.requestsOf(ids[n]); hi > 0; hi -= min(hi, tellAtOnce) {
			w := telling{ids[n], max(0, hi-tellAtOnce), hi, make(chan []model.Request, 1)}
			for _, to := range [...]chan<- telling{order, work} {
				select {
				case to <- w:
				case <-ctx.Done():
					return
				}
			}
		}
	}
}

// requestsOf is how many requests end in a chunk, 0 once it has been given up.
func (e *Engine) requestsOf(id uint64) int {
	if c, ok := e.chunk(id); ok {
		return len(c.Requests)
	}
	return 0
}

// tell describes a part; less of it once ctx is done, nothing once its chunk
// has been given up.
func (t *teller) tell(ctx context.Context, w telling, brief bool) []model.Request {
	t.snap, t.left = t.e.store.Snapshot(), maxThrough
	defer func() { t.snap = nil }()
	k, ok := t.snap.ByID(w.id)
	if !ok || len(t.snap.Chunk(k).Requests) < w.hi {
		return nil
	}
	c := t.snap.Chunk(k)
	all := make([]model.Request, 0, w.hi-w.lo)
	for j := w.lo; j < w.hi && goesOn(ctx, j); j++ {
		all = append(all, t.e.describeNew(t.snap, k, &c.Requests[j], brief, t))
	}
	return all
}

// goesOn reports, after each 64 of what is gone through, whether ctx is not done,
// and waits where what was decoded has filled the memory.
func goesOn(ctx context.Context, i int) bool {
	if i&63 != 0 {
		return true
	}
	store.AwaitMemory()
	return ctx.Err() == nil
}

// startTells reports whether a question about requests needs nothing that may
// be told later than by the first record: decoding one record of each takes
// half the time.
func startTells(q *query.Query) bool {
	text := q.String()
	return !strings.Contains(text, "correlation") && !strings.Contains(text, "client")
}

// unfinished are the requests of every kind that have not ended, newest
// first, as the tracker has them: those that run, and ids of which neither
// start nor end is known. Their strings are empty.
func (e *Engine) unfinished() (running, unmarked []model.Request) {
	e.mu.Lock()
	now := model.NoTime
	if e.o.Live {
		now = e.streamNow()
	}
	all := e.tracker.Unfinished(now, maxTableRows)
	e.mu.Unlock()
	running = all[:0] // there may be many: no second copy
	for i := range all {
		if q := &all[i]; q.Kind == model.KindGroup {
			unmarked = append(unmarked, *q)
		} else {
			running = append(running, *q)
		}
	}
	return running, unmarked
}

// eachUnfinished tells what the records of unfinished requests say and gives
// them to yield, until it returns an error, which eachUnfinished returns, or
// ctx is done.
func (e *Engine) eachUnfinished(ctx context.Context, all []model.Request, yield func(*model.Request) error) error {
	t := &teller{e: e, left: maxThrough}
	for i := range all {
		if !goesOn(ctx, i) {
			return ctx.Err()
		}
		t.snap = e.store.Snapshot()
		e.fillWhole(&all[i], t.snap, t)
		if err := yield(&all[i]); err != nil {
			return err
		}
	}
	return nil
}
