// Package engine answers what the screen asks (it implements ui.Engine): it
// feeds the store and the request tracker from ingest, runs the current query
// over the chunks, newest first, keeps its results while records come and go,
// and walks rows around a position. One goroutine consumes batches; Run is the
// one that scans; everything else may be called from anywhere.
package engine

import (
	"context"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/request"
	"ravel/model/store"
	"ravel/sources"
	"ravel/ui"
)

// Options wire an Engine.
type Options struct {
	Names   *model.Names
	Decoder model.Decoder
	Budget  int64            // bytes, of --buffer
	Zone    *time.Location   // the shown one; nil: UTC
	Request request.Options  // --hung-after and what else the tracker is told
	Now     func() time.Time // nil: time.Now
	Live    bool             // sources are followed: clocks run
	Loaded  func() bool      // reports whether the backlog has been read; nil: Loaded says so
	Backlog func() int64     // bytes that there are to load; nil: unknown
}

// Engine is the store, the tracker and the current query behind one interface.
type Engine struct {
	o       Options
	store   *store.Store
	bell    chan struct{} // capacity 1: something changed for the screen
	work    chan struct{} // capacity 1: something changed for the scanner
	current atomic.Pointer[run]
	ahead   atomic.Pointer[preview] // of what is being loaded; nil: none
	keeper  *keeper
	seam    seam         // of the goroutine that consumes
	finding atomic.Int32 // how much of what it may look at a search has seen, in percent; 0: none runs

	censuses censuses  // of chunks without columns
	backlog  time.Time // when the scanner learnt that the backlog had been read; its own

	mu        sync.Mutex // guards what follows
	tracker   *request.Tracker
	health    map[string]*ui.SourceState
	over      []string // sources that have ended
	order     []string
	notes     []string
	arrived   time.Time // of the newest record
	rate      meter
	merges    uint64 // of batches into the tracker; mu guards it
	unended   unended
	told      told
	decoded   decoded
	figures   figures
	loaded    bool  // every source has read its backlog
	bytes     int64 // consumed
	states    [model.NumStates]uint64
	asked     []asked // oldest first
	straddles straddles
}

var _ ui.Engine = (*Engine)(nil)

// New returns an engine that holds no record and filters nothing.
func New(o Options) *Engine {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Request.Settle == 0 {
		o.Request.Settle = request.DefaultSettle
	}
	share := o.share()
	kept := o.Budget / keptShare
	e := &Engine{
		o: o, store: store.New(store.Options{Budget: o.Budget - share - kept, Compress: true}), keeper: newKeeper(kept),
		bell: make(chan struct{}, 1), work: make(chan struct{}, 1),
		tracker: request.New(o.Request), health: map[string]*ui.SourceState{},
	}
	e.current.Store(newRun(context.Background(), nil, &query.Query{}))
	return e
}

// The tracker gets one part in trackerShare of the budget, and no more than it
// can use; half of that is for ended requests, half for open ones.
const (
	trackerShare = 8
	maxTracker   = 32 << 20
	maxPast      = 1 << 18
	bytesPast    = 80  // in a block and in the table
	bytesOpen    = 256 // and a copy of the record that began it
)

// share sets the tracker's bounds by the budget and returns what of that is
// not the store's.
func (o *Options) share() int64 {
	if o.Budget <= 0 {
		o.Budget = store.DefaultBudget
	}
	share := min(o.Budget/trackerShare, maxTracker)
	o.Request.MaxPast = min(1<<(bits.Len64(uint64(share/2/bytesPast))-1), maxPast)
	o.Request.MaxOpen = int(min(max(share/2/bytesOpen, 1<<10), 1<<16))
	return share
}

// Changed is the screen's doorbell.
func (e *Engine) Changed() <-chan struct{} { return e.bell }

// ring tells the screen and the scanner that something changed.
func (e *Engine) ring() {
	ringOne(e.bell)
	ringOne(e.work)
}

func ringOne(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default: // rung already: the newest state will be seen
	}
}

// Consume takes a batch from ingest; it is an ingest.Consumer.
func (e *Engine) Consume(b *model.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	if b.First == 0 {
		b.First = e.store.Snapshot().Last + 1
	} else {
		b.First += e.seam.shift
	}
	if p := e.ahead.Load(); p != nil && p != e.seam.done {
		if i := e.seam.find(p, b); i > 0 {
			before := b.Slice(0, i)
			e.take(&before)
			rest := b.Slice(i, b.Len())
			b = &rest
		}
		e.seam.cross(p, b)
	}
	e.take(b)
	return nil
}

// prepared is what a batch says by itself.
type prepared struct {
	partial *request.Partial
	raised  []raised
}

// Prepare is ingest's Options.Prepare: it finds the requests that lie in one
// batch, and the exceptions.
func (e *Engine) Prepare(b *model.Batch) any {
	return &prepared{request.Split(b, false), raisedIn(b, e.o.Decoder)}
}

// take appends a batch that has its First.
func (e *Engine) take(b *model.Batch) {
	p, ok := b.Prepared.(*prepared)
	if !ok {
		p = e.Prepare(b).(*prepared)
	}
	b.Prepared = nil
	e.mu.Lock()
	e.tracker.SetLive(e.o.Live && e.isLoaded())
	f := e.tracker.Merge(b, p.partial)
	e.merges++
	for i := range f.Rows {
		r := &f.Rows[i]
		e.states[r.State()]++
	}
	for _, j := range f.Joined {
		if j.Begins {
			e.states[model.NoStart]--
			e.states[j.State]++
		}
	}
	now := e.o.Now()
	e.arrived = now
	e.rate.add(now, b.Len())
	e.bytes += int64(len(b.Buf))
	e.countSources(b)
	e.figures.add(b, f.Rows, p.raised)
	e.straddles.add(b, f.Rows)
	e.mu.Unlock()
	before := e.store.Snapshot()
	e.store.Append(b, store.Folding{Rows: f.Rows, Here: f.Here, Inside: f.Inside, Waiting: f.Waiting, Released: f.Released, Joined: f.Joined})
	e.keeper.take(before, e.store.Snapshot())
	e.ring()
}

// countSources adds a batch's records to their sources. The caller holds mu.
func (e *Engine) countSources(b *model.Batch) {
	for lo := 0; lo < b.Len(); {
		hi := lo + 1
		if b.OneSource() {
			hi = b.Len()
		}
		for hi < b.Len() && b.Source[hi] == b.Source[lo] {
			hi++
		}
		s := e.source(e.o.Names.Sources.Name(b.Source[lo]))
		s.Records += uint64(hi - lo)
		s.Err = "" // it was tried again
		lo = hi
	}
}

// source finds or adds a source's health. The caller holds mu.
func (e *Engine) source(name string) *ui.SourceState {
	s := e.health[name]
	if s == nil {
		e.order = slices.DeleteFunc(e.order, func(of string) bool { // told only as long as none of its streams was
			rest, below := strings.CutPrefix(name, of)
			return below && strings.HasPrefix(rest, "/") && e.isOver(of) && e.health[of].Records == 0
		})
		s = &ui.SourceState{Name: name, Live: e.o.Live, Ended: e.isOver(name)}
		e.health[name] = s
		e.order = append(e.order, name)
	}
	return s
}

// Report notes a source's health; it is ingest's Report.
func (e *Engine) Report(ev sources.Event) {
	e.mu.Lock()
	switch ev.Kind {
	case sources.Note:
		e.note(ev.Source + ": " + ev.Text)
	case sources.Ended:
		e.ended(ev.Source)
	case sources.State:
		e.source(ev.Source).State = ev.Text
	case sources.Retrying, sources.Failed, sources.Skipped:
		text := ev.Err.Error()
		e.source(ev.Source).Err = text
		if !strings.HasPrefix(text, ev.Source) { // most name it
			text = ev.Source + ": " + text
		}
		e.note(text)
	}
	e.mu.Unlock()
	e.ring()
}

// ended notes that a source, or all streams of it, have been read to their
// ends. The caller holds mu.
func (e *Engine) ended(name string) {
	e.over = append(e.over, name)
	known := false
	for of, s := range e.health {
		if e.isOver(of) {
			s.Ended, known = true, known || of == name || strings.HasPrefix(of, name+"/")
		}
	}
	if !known {
		e.source(name)
	}
}

// isOver reports whether a source, or the one that a stream belongs to, has
// ended. Its last records may come later than that.
func (e *Engine) isOver(name string) bool {
	return slices.ContainsFunc(e.over, func(over string) bool { return name == over || strings.HasPrefix(name, over+"/") })
}

// runs reports whether more may come: some source is live and has not ended.
// The caller holds mu.
func (e *Engine) runs() bool {
	for _, s := range e.health {
		if !s.Ended {
			return e.o.Live
		}
	}
	return e.o.Live && len(e.health) == 0
}

// note keeps the newest messages. The caller holds mu.
func (e *Engine) note(text string) {
	const kept = 20
	e.notes = append(e.notes, text)
	if len(e.notes) > kept {
		e.notes = append(e.notes[:0], e.notes[len(e.notes)-kept:]...)
	}
}

// Loaded says that the backlog has been read: what comes now is new.
func (e *Engine) Loaded() {
	e.mu.Lock()
	e.loaded = true
	e.mu.Unlock()
	e.ring()
}

// isLoaded reports whether the backlog has been read. The caller holds mu.
func (e *Engine) isLoaded() bool {
	if e.o.Loaded != nil && !e.loaded {
		if e.loaded = e.o.Loaded(); e.loaded {
			ringOne(e.work) // a preview may go
		}
	}
	return e.loaded
}

// loadedPct is how much of the backlog has been read: -1 where that is unknown,
// as of a pipe, and where more has come than there was, as of a compressed
// file. The caller holds mu.
func (e *Engine) loadedPct() int {
	if e.o.Backlog == nil {
		return -1
	}
	all := e.o.Backlog()
	if all <= 0 || e.bytes > all {
		return -1
	}
	return int(min(99, 100*e.bytes/all))
}

// State is the current figures.
func (e *Engine) State() ui.State {
	snap, r := e.store.Snapshot(), e.current.Load()
	s := ui.State{
		Records: snap.Records, First: snap.First(), Last: snap.Last,
		Evicted: snap.Evicted, EvictedTo: snap.EvictedTo, Lost: snap.Lost,
		MinTime: model.NoTime, MaxTime: model.NoTime, Query: r.text,
	}
	if from, to, ok := snap.Span(); ok {
		s.MinTime, s.MaxTime = from, to
	}
	sum := r.sums(snap)
	s.Matched, s.Levels, s.ScanPct = sum.matched, sum.levels, 100
	s.FindPct = int(e.finding.Load())
	if s.Scanning = sum.scanned < snap.Records; s.Scanning {
		s.ScanPct = int(100 * sum.scanned / snap.Records)
	}
	if p := e.ahead.Load(); p != nil {
		p.state(&s)
	}
	if h := r.hidden.Load(); h != nil && !s.Scanning {
		s.Hidden = *h
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, name := range e.order {
		s.Sources = append(s.Sources, *e.health[name])
	}
	s.Notes = append(s.Notes, e.notes...)
	s.States = e.states
	s.P95, s.New = e.figures.p95(), e.figures.fresh(snap)
	s.Loading = !e.isLoaded()
	if s.Loading {
		s.LoadedPct = e.loadedPct()
	}
	if e.o.Live && !e.arrived.IsZero() {
		now := e.o.Now()
		s.Rate = e.rate.perSecond(now)
		s.Quiet = now.Sub(e.arrived)
		if s.MaxTime != model.NoTime {
			s.Lag = max(0, now.Sub(time.Unix(0, s.MaxTime)))
		}
	}
	return s
}

// meter measures a rate over the last seconds.
type meter struct {
	second [4]int64
	count  [4]int
}

// add counts n records at a moment.
func (m *meter) add(now time.Time, n int) {
	s := now.Unix()
	k := s % int64(len(m.second))
	if m.second[k] != s {
		m.second[k], m.count[k] = s, 0
	}
	m.count[k] += n
}

// perSecond is the mean of the whole seconds before now that the meter holds.
func (m *meter) perSecond(now time.Time) float64 {
	sum, s := 0, now.Unix()
	for k, at := range m.second {
		if at < s && at >= s-int64(len(m.second))+1 {
			sum += m.count[k]
		}
	}
	return float64(sum) / float64(len(m.second)-1)
}
