package engine

import (
	"context"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/store"
	"ravel/ui"
)

// run is one query and what it has found so far. Its results grow with the
// scan and with the records that come; nothing else about it changes, so that
// a new query is a new run.
type run struct {
	ctx       context.Context
	cancel    context.CancelFunc
	q         *query.Query
	text      string           // canonical
	key       string           // of cached results: the text, and what its times came to
	all       *censuses        // of chunks without columns, the engine's
	pred      *query.Predicate // nil: every record matches
	parents   []parent         // what it starts from
	now       int64            // ns: the moment that -15m counts from
	newest    int64            // ns: the newest stamp when it was compiled, which end-15m counts from; 0: none yet
	at        time.Time        // when it was compiled
	kept      bool             // its times have been settled; the scanner's own
	straddles uint64           // of the engine's, that it has seen; the engine's mu guards it

	failed   atomic.Uint64               // chunks whose bytes could not be read again
	hidden   atomic.Pointer[[]ui.Hidden] // what each clause hides; nil: not known yet
	changing sync.Mutex                  // held by who brings a run up to date that speaks of requests
	prefixes []*run                      // of the filter's first clauses; the scanner's own
	mu       sync.RWMutex
	found    map[uint64]found // by chunk id
	puts     uint64           // how often found has changed
	total    sums             // of found
	last     model.Seq        // no chunk of found has a later record
	lost     uint64           // snapshot's count of evicted records when found was last swept

	read      atomic.Int32 // rows of readRows
	marks     marks
	promising promising
}

// found is what a run found in a chunk's first n records.
type found struct {
	n      int
	hits   store.Hits
	levels [model.NumLevels]uint32
}

// Scans of chunks that lack bytes or columns ask these first.
var _ store.Columnar = (*query.Predicate)(nil)

// newRun returns a run that has scanned nothing.
func newRun(ctx context.Context, pred *query.Predicate, q *query.Query) *run {
	ctx, cancel := context.WithCancel(ctx)
	return &run{ctx: ctx, cancel: cancel, q: q, text: q.String(), pred: pred, found: map[uint64]found{}}
}

// SetQuery makes text the current query.
func (e *Engine) SetQuery(text string) error {
	q, err := query.Parse(text)
	if err != nil {
		return err
	}
	r, err := e.compile(q)
	if err != nil {
		return err
	}
	e.remember(r)
	e.current.Swap(r).cancel()
	e.ring()
	return nil
}

// compile makes a run of q's filter; its stages are for Table.
func (e *Engine) compile(q *query.Query) (*run, error) { return e.compileFor(q, e.env()) }

// compileFor is compile against an environment.
func (e *Engine) compileFor(q *query.Query, env query.Env) (*run, error) {
	filter := &query.Query{Filter: q.Filter}
	var pred *query.Predicate
	key := ""
	if q.Filter != nil {
		var err error
		if pred, err = filter.Compile(env); err != nil {
			return nil, err
		}
		key = pred.String()
	}
	r := newRun(context.Background(), pred, q)
	if pred != nil {
		r.parents = e.parents(q.Filter, pred, env)
	}
	r.key, r.all, r.now, r.newest, r.at = key, &e.censuses, env.Now, env.Newest, e.o.Now()
	e.mu.Lock()
	r.straddles = e.straddles.upTo(e.store.Snapshot().Last)
	e.mu.Unlock()
	return r, nil
}

// lateBacklog is how long after the backlog was read its last records may come:
// live sources hold records back to put them in order.
const lateBacklog = time.Second

// reanchored is r, or in its place a run of the same query with times that
// count from the newest record there is now: `end-15m` was compiled before the
// backlog had been read. Until that is done it is asked once a second; then
// times stay what they are. Only the scanner calls it.
func (e *Engine) reanchored(r *run) *run {
	if r.kept || !strings.Contains(r.key, " @") {
		return r
	}
	e.mu.Lock()
	loaded := e.isLoaded()
	e.mu.Unlock()
	now, env := e.o.Now(), e.env()
	if loaded && e.backlog.IsZero() {
		e.backlog = now
	}
	switch {
	case env.Newest == r.newest:
		return r
	case loaded && r.newest != 0 && now.Sub(e.backlog) > lateBacklog:
		r.kept = true
		return r
	case !loaded && r.newest != 0 && now.Sub(r.at) < time.Second:
		return r
	}
	env.Now = r.now
	fresh, err := e.compileFor(r.q, env)
	if err != nil {
		return r // it compiled before
	}
	if fresh.key == r.key { // its times count from elsewhere
		r.newest, r.at = fresh.newest, fresh.at
		fresh.cancel()
		return r
	}
	if !e.current.CompareAndSwap(r, fresh) {
		fresh.cancel()
		return e.current.Load()
	}
	r.cancel()
	return fresh
}

// roomShare is the part of the budget that a table may keep of rows and groups
// while it is made.
const roomShare = 16

// env is what queries are compiled against at this moment.
func (e *Engine) env() query.Env {
	env := query.Env{Decoder: e.o.Decoder, Names: e.o.Names, Now: e.o.Now().UnixNano(), Zone: e.o.Zone, Room: e.o.Budget / roomShare}
	if _, to, ok := e.store.Snapshot().Span(); ok {
		env.Newest = to
	}
	env.Requests = e.membership
	return env
}

// Run scans for the current query until ctx is done: newest chunks first,
// again whenever the query changes or records have come. While there is nothing
// to scan it reads into memory what files have.
func (e *Engine) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { e.keep(ctx) })
	cold := true
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.work:
			cold = true
		case <-e.leisure(cold):
			cold = e.Warm()
			continue
		}
		r := e.reanchored(e.current.Load())
		if p := e.ahead.Load(); p != nil {
			p.follow(ctx, r)
			ringOne(e.bell)
		}
		was := e.store.Snapshot().Totals
		if r.pred != nil {
			r.scan(ctx, e)
			ringOne(e.bell)
		}
		if e.current.Load() == r {
			e.retire(&was) // what it shows is known by now
		}
	}
}

// Warm reads the bytes of one chunk into memory that only a file has, and
// reports whether there may be more. It is what Run does while nobody asks for
// anything, and must not be called beside it.
func (e *Engine) Warm() bool { return e.store.Warm() }

// leisure is ready once the backlog has been read, if there may be chunks whose
// bytes only a file has.
func (e *Engine) leisure(cold bool) <-chan struct{} {
	if !cold {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.isLoaded() {
		return nil
	}
	return always
}

var always = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// scan is catchUp until ctx is done or the run is.
func (r *run) scan(ctx context.Context, e *Engine) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(r.ctx, stop)()
	r.catchUp(ctx, e, func() { ringOne(e.bell) })
	if ctx.Err() == nil {
		ringOne(e.bell)
		r.explain(ctx, e)
	}
}

// catchUp scans the records that are held and that the run has not seen.
func (r *run) catchUp(ctx context.Context, e *Engine, progress func()) {
	snap, cache := e.store.Snapshot(), e.store.Results()
	if r.pred != nil && r.pred.UsesRequests() {
		r.changing.Lock() // what has been found may change: one at a time
		defer r.changing.Unlock()
		r.reask(e, snap)
	}
	fresh := r.unseen(snap, cache)
	size := min(max(len(fresh)/scanParts, minScan), maxScan)
	for hi := len(fresh); hi > 0 && ctx.Err() == nil; hi -= size {
		lo := max(hi-size, 0)
		chunks := e.chunks(fresh[lo:hi])
		hits := make([]store.Hits, len(chunks))
		within := func(k int) (store.Hits, store.Narrower) {
			from, p := r.within(chunks[k], cache)
			if !chunks[k].Keeps() {
				p = counting{p, r.all, r.key, chunks[k].ID()}
			}
			return from, p
		}
		_ = store.ScanWithin(ctx, chunks, within, hits, func(k int, err error) {
			if e.current.Load() == r {
				r.readRows(e, chunks[k], hits[k])
			}
			r.put(chunks[k], hits[k])
			if err != nil {
				r.failed.Add(1)
			} else if !r.pred.UsesRequests() { // what it finds may be another answer by and by
				cache.Put(r.key, chunks[k], hits[k])
			}
			progress()
		}) // the only error is ctx's: somebody asks something else
	}
}

// A scan keeps chunks from being given up: of many a part at a time, so that
// what comes meanwhile does not stand in memory beside all that was there.
const (
	scanParts = 16
	minScan   = 8 // chunks
	maxScan   = 64
)

// unseen brings what has grown or been asked before up to date, and returns the
// chunks that are to be scanned.
func (r *run) unseen(snap *store.Snapshot, cache *store.Results) []uint64 {
	r.forget(snap)
	var fresh []uint64
	for k := range snap.Len() {
		c := snap.Chunk(k)
		f := r.get(c)
		switch {
		case f.n >= c.Len():
		case f.n > 0:
			r.extend(c, f)
		default:
			if h, ok := cache.Get(r.key, c); ok && r.countable(c, h) {
				r.put(c, h)
				continue
			}
			fresh = append(fresh, c.ID())
		}
	}
	return fresh
}

// extend scans the records that came to a chunk since it was scanned.
func (r *run) extend(c *store.Chunk, f found) {
	b, err := c.Load(nil)
	if err != nil {
		r.failed.Add(1)
		return
	}
	part := b.Slice(f.n, c.Len())
	more := model.NewBits(part.Len())
	r.pred.Narrow(&part, more)
	all := f.hits.Set(nil, f.n)
	all = append(all, make(model.Bits, (c.Len()+63)/64-len(all))...)
	for i := more.Next(0); i >= 0; i = more.Next(i + 1) {
		all.Set(f.n + i)
	}
	r.put(c, store.Hits{N: f.hits.N + more.Count(), Bits: all})
}

// get is what is known of a chunk.
func (r *run) get(c *store.Chunk) found {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.found[c.ID()]
}

// put notes what was found in a chunk, in place of what was known of it.
func (r *run) put(c *store.Chunk, h store.Hits) { r.putSeen(c, c.Len(), h) }

// putSeen is put for what was found in the chunk's first n records.
func (r *run) putSeen(c *store.Chunk, n int, h store.Hits) {
	f := found{n: n, hits: h}
	switch {
	case h.N == c.Len():
		f.levels = c.Zone.Levels
	case h.N > 0 && c.Keeps():
		f.levels = levelsOf(c, h.Bits)
	case h.N > 0:
		if all := r.all.get(r.key, c.ID()); all != nil {
			f.levels = all.levels
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total.count(r.found[c.ID()], -1)
	r.total.count(f, 1)
	r.found[c.ID()] = f
	r.puts++
}

// forget drops what was found in chunks that are gone. They are not the oldest
// ones only: the store keeps stubs of file-backed chunks longer than whole
// chunks that nothing can give again.
func (r *run) forget(snap *store.Snapshot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = max(r.last, snap.Last)
	if snap.Evicted == r.lost {
		return
	}
	r.lost = snap.Evicted
	held := make(map[uint64]bool, snap.Len())
	for k := range snap.Len() {
		held[snap.Chunk(k).ID()] = true
	}
	maps.DeleteFunc(r.found, func(id uint64, f found) bool {
		if !held[id] {
			r.total.count(f, -1)
		}
		return !held[id]
	})
}

// hits is what matches in a chunk as far as it has been scanned.
func (r *run) hits(c *store.Chunk) store.Hits {
	if r.pred == nil {
		return store.Hits{N: c.Len()}
	}
	f := r.get(c)
	if f.n < c.Len() && f.hits.N > 0 && f.hits.Bits == nil {
		return store.Hits{N: f.n, Bits: f.hits.Set(make(model.Bits, (c.Len()+63)/64), f.n)[:(c.Len()+63)/64]}
	}
	if f.hits.Bits != nil && len(f.hits.Bits) < (c.Len()+63)/64 {
		wide := make(model.Bits, (c.Len()+63)/64)
		copy(wide, f.hits.Bits)
		f.hits.Bits = wide
	}
	return f.hits
}
