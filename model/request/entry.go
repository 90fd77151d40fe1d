package request

import (
	"slices"

	"ravel/model"
)

// entry is a request that is followed.
type entry struct {
	hash           uint64
	first, last    model.Seq
	endSeq         model.Seq // 0 while it runs
	trace          model.Seq // its last record with a traceback, 0 none
	oldest, newest int64     // stamps of its records, NoTime if none
	settleAt       int64     // stream time from which it is settled
	records        uint32
	dur            uint32 // logged by its end
	status         uint16
	source         uint16 // of its start, else of its first record
	kind           model.Kind
	state          model.State // once it has ended
	ending         model.Event // that ended it
	level          model.Level
	begun          bool // its start is known
	whole          bool // ended by a record that tells all
	crashed        bool // a traceback or a CRITICAL
	inner, same    uint16
	// inner counts open tasks inside an HTTP request, or the open tasks of a
	// job; same counts starts of its own kind in other sources.
	tasks, failedTasks uint16 // of a job: ended ones, and whether the last one failed

	older int32 // entry with the same hash below this one

	about   ref // the record that describes it
	corr    ref // the first record with a correlation id, for Options.Rows
	failed  ref // the record of trace
	batch   uint32
	facts   *described
	members []model.Seq // its records while it runs, for folding
	shown   []model.Seq // of these, what has had lines of its own: errors, and what came before its start
	sources []uint16    // where its records stand, if in more than one source
}

// ref points to a record: of the batch being merged, or of a copy that
// belongs to the tracker.
type ref struct {
	b *model.Batch
	i int32
}

// ref points to record r.
func (t *Tracker) ref(r *item) ref { return ref{t.b, int32(r.i)} }

// seq is the number in the stream of record i of the batch being merged.
func (t *Tracker) seq(i uint32) model.Seq { return t.b.First + model.Seq(i) }

// maxMembers bounds the records of one open request that are remembered for
// folding; what is beyond stays a line. An id that has no start yet is
// allowed few, because most such ids never get one.
const (
	maxMembers = 4096
	maxBefore  = 32
)

// maxShown bounds the records of one request that keep their lines.
const maxShown = 256

// open makes an entry for hash on top of those that it has, whose first record
// has number i.
func (t *Tracker) open(hash uint64, source uint16, i uint32) int32 {
	t.makeRoom()
	var id int32
	if n := len(t.free); n > 0 {
		id, t.free = t.free[n-1], t.free[:n-1]
	} else {
		t.entries, t.links = append(t.entries, entry{}), append(t.links, link{})
		id = int32(len(t.entries) - 1)
	}
	seq := t.seq(i)
	e := &t.entries[id]
	members, shown := e.members[:0], e.shown[:0]
	*e = entry{
		hash: hash, first: seq, last: seq, oldest: model.NoTime, newest: model.NoTime, dur: model.NoDur, source: source,
		older: none, batch: t.batch, about: ref{t.b, int32(i)}, members: members, shown: shown,
	}
	t.touched = append(t.touched, id)
	if hash != 0 {
		e.older = t.index.get(hash)
		t.index.put(hash, id)
	}
	t.silent.push(t.links, id)
	return id
}

// add counts record r for an entry.
func (t *Tracker) add(id int32, r *item) {
	e := &t.entries[id]
	e.last = t.seq(r.i)
	e.records++
	e.level = max(e.level, r.Level)
	if ts := r.Time; ts != model.NoTime {
		if e.oldest == model.NoTime || ts < e.oldest {
			e.oldest = ts
		}
		e.newest = max(e.newest, ts)
	}
	if r.Flags&model.HasTraceback != 0 {
		e.trace, e.failed = e.last, t.ref(r)
	}
	if r.Mark&model.Correlated != 0 && e.corr.b == nil && t.o.Rows {
		e.corr = t.ref(r)
	}
	if e.endSeq == 0 {
		e.crashed = e.crashed || r.Flags&model.HasTraceback != 0 || r.Level >= model.Critical
	}
	if src := r.Source; src != e.source || e.sources != nil {
		if e.sources == nil {
			e.sources = append(e.sources, e.source)
		}
		if !slices.Contains(e.sources, src) {
			e.sources = append(e.sources, src)
		}
	}
	if !t.o.Rows && e.endSeq == 0 && (e.begun && len(e.members) < maxMembers || len(e.members) < maxBefore) {
		e.members = append(e.members, e.last)
	}
	if e.batch != t.batch {
		e.batch = t.batch
		t.touched = append(t.touched, id)
	}
	t.listOf(e).touch(t.links, id)
}

// start says that record r, counted already, begins the request.
func (t *Tracker) start(id int32, r *item) {
	e := &t.entries[id]
	t.setBegun(id, true)
	e.kind, e.source = r.Mark.Kind(), r.Source
	t.retell(e, t.ref(r))
	if e.kind == model.KindHTTP && !t.o.Rows {
		t.runners = append(t.runners, runner{id, e.first})
		if len(t.runners) >= t.compact {
			t.stillRunning()
		}
	}
}

// retell makes about the record that describes an entry. A correlation id that
// the one before told is kept.
func (t *Tracker) retell(e *entry, about ref) {
	if old := e.about; e.corr.b == nil && old.b != nil && old.b.Mark[old.i]&model.Correlated != 0 && t.o.Rows {
		e.corr = old
	}
	known := e.facts
	e.about, e.facts = about, nil
	if known != nil && known.CorrelationID != "" && t.describe(e).CorrelationID == "" {
		e.facts.CorrelationID = known.CorrelationID
	}
}

// finish ends the request at record r, counted already.
func (t *Tracker) finish(id int32, r *item) {
	e := &t.entries[id]
	event := r.Mark.Event()
	e.whole = event == model.Whole || event == model.WholeFailed
	e.ending = event
	e.state = finished(r.Status, event, e.crashed)
	if !e.begun {
		e.kind = r.Mark.Kind()
		t.retell(e, t.ref(r))
		if !e.whole {
			e.state = model.NoStart
		}
	}
	t.row(e, r)
	t.end(id, r, t.now)
}

// row hands on the compact row of a request that ends at record r, and which
// records fold into it.
func (t *Tracker) row(e *entry, r *item) {
	end := t.seq(r.i)
	row := model.RequestRow{
		Start: e.oldest, At: r.i, Back: uint32(min(end-e.first, 1<<32-1)), Records: e.records, Dur: r.Dur,
		Outcome: model.MakeOutcome(e.level, e.state, e.kind),
	}
	if e.trace > 0 && e.trace <= end && end-e.trace < 1<<32-1 {
		row.Trace = 1 + uint32(end-e.trace)
	}
	t.rows = append(t.rows, row)
	if e.kind == model.KindHTTP {
		for _, m := range e.members {
			if m != end && (m >= t.b.First || !t.live || !slices.Contains(e.shown, m)) {
				t.out.Inside = append(t.out.Inside, m)
			}
		}
	}
}

// end closes an entry whose state is known. Where rows are wanted it waits for
// its settling; else only one without a start does, for its start may be late.
func (t *Tracker) end(id int32, r *item, now int64) {
	e := &t.entries[id]
	e.endSeq, e.status, e.dur = t.seq(r.i), r.Status, r.Dur
	e.last = max(e.last, e.endSeq)
	e.members = e.members[:0]
	if !t.o.Rows && (e.begun || e.whole) {
		hash, f := e.hash, makeFinish(e.endSeq, t.settles(now), e.isWhole(), e.kind, e.state)
		t.remove(id)
		if hash == 0 {
			return
		}
		t.past.put(hash, f, now)
		if old := t.current(hash); old != none && t.entries[old].endSeq != 0 {
			t.remove(old) // a start that comes now begins another request, not that one
		}
		return
	}
	e.settleAt = t.settles(now)
	t.waiting = append(t.waiting, waiter{id, e.endSeq})
}

// settles is the stream time from which a request is settled that ends at now.
func (t *Tracker) settles(now int64) int64 {
	if now == model.NoTime {
		return never
	}
	return now + int64(t.o.Settle)
}

// remove forgets an entry.
func (t *Tracker) remove(id int32) {
	e := &t.entries[id]
	if e.hash != 0 {
		t.unlink(e.hash, id)
	}
	t.listOf(e).drop(t.links, id)
	if e.members = e.members[:0]; cap(e.members) > maxBefore {
		e.members = nil
	}
	if e.shown = e.shown[:0]; cap(e.shown) > maxBefore {
		e.shown = nil
	}
	e.about, e.corr, e.failed, e.facts, e.sources, e.hash, e.endSeq, e.begun = ref{}, ref{}, ref{}, nil, nil, 0, 0, false
	t.free = append(t.free, id)
}

// unlink takes an entry out of the chain of its hash.
func (t *Tracker) unlink(hash uint64, id int32) {
	top := t.index.get(hash)
	switch below := t.entries[id].older; {
	case top != id:
		for at := top; at != none; at = t.entries[at].older {
			if t.entries[at].older == id {
				t.entries[at].older = below
				return
			}
		}
	case below == none:
		t.index.del(hash)
	default:
		t.index.put(hash, below)
	}
}

// runner is an entry whose HTTP request has started; if the entry has another
// first record by now, or has ended, that one is over.
type runner struct {
	id    int32
	first model.Seq
}

// stillRunning drops those that are over from t.runners.
func (t *Tracker) stillRunning() {
	t.runners = slices.DeleteFunc(t.runners, func(r runner) bool {
		e := &t.entries[r.id]
		return e.first != r.first || e.endSeq != 0 || !e.begun
	})
	t.compact = max(1024, 2*len(t.runners))
}

// waiter is an entry that waits for its settling; if the entry has another end
// by then it has been given to another request.
type waiter struct {
	id  int32
	end model.Seq
}
