package engine

import (
	"slices"
	"strings"
	"sync"

	"ravel/model"
	"ravel/model/store"
)

// told keeps requests that have been described, by the record that ended
// them: a screenful is drawn again and again.
type told struct {
	mu   sync.Mutex
	rows map[model.Seq]model.Request
}

// maxTold bounds told; beyond it, it begins anew.
const maxTold = 8192

// get returns a description of a request of so many records, making it if it
// is new.
func (t *told) get(end model.Seq, records int, describe func() model.Request) model.Request {
	t.mu.Lock()
	q, ok := t.rows[end]
	t.mu.Unlock()
	if ok && q.Records == records {
		return q
	}
	q = describe()
	t.mu.Lock()
	if t.rows == nil || len(t.rows) >= maxTold {
		t.rows = map[model.Seq]model.Request{}
	}
	t.rows[end] = q
	t.mu.Unlock()
	return q
}

// describe is a compact row in full: what its first record says of the
// request, and its last traceback. Where that record has been given up, the
// record that ended it speaks, and Evicted tells.
func (e *Engine) describe(snap *store.Snapshot, c *store.Chunk, r *model.RequestRow) model.Request {
	end := c.First + model.Seq(r.At)
	return e.told.get(end, int(r.Records)+r.Joined(), func() model.Request {
		k, _, _ := snap.Find(end)
		return e.describeNew(snap, k, r, false, looker{e, snap})
	})
}

// records gives what describing a request looks at.
type records interface {
	// at decodes a record, which is used until the next call.
	at(model.Seq) (*model.Record, bool)
	// columns is chunk k with its columns; its bytes may not be there.
	columns(k int) (*model.Batch, error)
	// through reports whether a further chunk may be gone through.
	through() bool
}

// looker gives single records of a snapshot.
type looker struct {
	e    *Engine
	snap *store.Snapshot
}

func (l looker) at(seq model.Seq) (*model.Record, bool) {
	k, i, ok := l.snap.Find(seq)
	if !ok {
		return nil, false
	}
	return l.e.decode(l.snap.Chunk(k), i), true
}

func (l looker) through() bool { return true }

func (l looker) columns(k int) (*model.Batch, error) { return l.e.store.Columns(l.snap.Chunk(k)) }

// describeNew is describe of what has not been described, a row of chunk k.
// brief leaves all but the first record alone if that tells id, method and path.
func (e *Engine) describeNew(snap *store.Snapshot, k int, r *model.RequestRow, brief bool, from records) model.Request {
	q, start := e.columnsTell(snap, k, r, from)
	if b, err := from.columns(k); err == nil {
		q.Sources = withSource(q.Sources, e.o.Names.Sources.Name(b.Source[r.At]))
	}
	whole := false
	if brief && q.FirstSeq != q.EndSeq {
		if first, ok := from.at(q.FirstSeq); ok {
			e.fill(&q, first)
			whole = q.ID != "" && q.Method != "" && q.Path != ""
		}
	}
	if !whole {
		e.fillWhole(&q, snap, from)
	} else if e.several() && q.Records > 2 && q.Hash != 0 {
		e.fillBetween(&q, snap, from)
	}
	if first, ok := from.at(start); ok && start > 0 {
		e.fill(&q, first)
	}
	if first := snap.First(); q.FirstSeq < first {
		q.Evicted = int(min(first-q.FirstSeq, model.Seq(q.Records)))
	}
	if r.Trace > 0 {
		if rec, ok := from.at(q.EndSeq - model.Seq(r.Trace-1)); ok && rec.Traceback != nil {
			q.ErrorType, q.ErrorMessage = strings.Clone(rec.Traceback.Type), strings.Clone(rec.Traceback.Message)
		}
	}
	return q
}

// columnsTell is what a row of chunk k and the columns of the request's records
// tell, and the start that came after the end, 0 if none did.
func (e *Engine) columnsTell(snap *store.Snapshot, k int, r *model.RequestRow, from records) (q model.Request, start model.Seq) {
	c := snap.Chunk(k)
	end := c.First + model.Seq(r.At)
	q = model.Request{
		Kind: r.Kind(), State: r.State(), Start: r.Start, End: model.NoTime, Duration: -1,
		Level: r.Level(), Records: int(r.Records) + r.Joined(),
		FirstSeq: end - min(model.Seq(r.Back), end-1), LastSeq: end, EndSeq: end,
	}
	e.endTells(&q, c, k, r, from)
	start = e.lateTell(&q, snap, r)
	switch {
	case r.Dur != model.NoDur:
		q.Duration = int64(r.Dur) * 1000
	case q.Records > 1 && q.Start != model.NoTime && q.End != model.NoTime && q.State != model.NoStart:
		q.Duration = q.End - q.Start
	}
	return q, start
}

// endTells takes what the columns of the record tell that ended a request.
func (e *Engine) endTells(q *model.Request, c *store.Chunk, k int, r *model.RequestRow, from records) {
	i := int(r.At)
	if b, err := from.columns(k); err == nil {
		q.Hash, q.End, q.Status = b.Req[i], b.Time[i], int(b.Status[i])
	} else {
		q.Hash = c.RequestHash(c.RequestIndex(i))
	}
}

// lateTell takes what the columns of the records tell that joined a request
// after its end, and returns its start if that is one of them, else 0.
func (e *Engine) lateTell(q *model.Request, snap *store.Snapshot, r *model.RequestRow) (start model.Seq) {
	n := r.Joined()
	if n == 0 {
		return 0
	}
	e.late(snap, &standing{hash: q.Hash, end: q.EndSeq, row: r}, func(c *store.Chunk, i int) bool {
		n--
		q.LastSeq = c.First + model.Seq(i)
		b, err := e.store.Columns(c)
		if err != nil {
			return n != 0
		}
		if b.Mark[i].Event() == model.Started {
			start = q.LastSeq
		}
		if at := b.Time[i]; at != model.NoTime && q.Start != model.NoTime {
			q.Start, q.End = min(q.Start, at), max(q.End, at)
		}
		q.Sources = withSource(q.Sources, e.o.Names.Sources.Name(b.Source[i]))
		return n != 0
	})
	return start
}

// fillWhole takes what the last and the first record of a request tell, and of
// those between their sources and the correlation id that any of them has.
func (e *Engine) fillWhole(q *model.Request, snap *store.Snapshot, from records) {
	last := q.EndSeq
	if last == 0 {
		last = q.LastSeq
	}
	for _, seq := range [...]model.Seq{last, q.FirstSeq} {
		if r, ok := from.at(seq); ok {
			e.fill(q, r)
		}
	}
	if q.Hash != 0 && q.Records > 2 && (q.CorrelationID == "" || e.several()) {
		e.fillBetween(q, snap, from)
	}
}

// fillBetween goes through a request's records for its sources and, if it is not
// known, its correlation id.
func (e *Engine) fillBetween(q *model.Request, snap *store.Snapshot, from records) {
	last := uint16(0) // source
	k, _, _ := snap.Find(q.FirstSeq)
	for first := k; k < snap.Len() && snap.Chunk(k).First <= q.LastSeq && (k == first || from.through()); k++ {
		c := snap.Chunk(k)
		b, err := from.columns(k)
		if err != nil {
			return
		}
		lo := int(max(q.FirstSeq, c.First) - c.First)
		for i := lo; i < c.Len() && c.First+model.Seq(i) <= q.LastSeq; i++ {
			if b.Req[i] != q.Hash {
				continue
			}
			if src := b.Source[i]; src != last {
				last = src
				q.Sources = withSource(q.Sources, e.o.Names.Sources.Name(src))
			}
			if q.CorrelationID != "" || b.Mark[i]&model.Correlated == 0 {
				continue
			}
			if r, ok := from.at(c.First + model.Seq(i)); ok {
				q.CorrelationID = strings.Clone(r.CorrelationID)
				if !e.several() {
					return
				}
			}
		}
	}
}

// several reports whether there is more than one source: the dictionary has ""
// beside theirs.
func (e *Engine) several() bool { return e.o.Names.Sources.Len() > 2 }

// withSource is all with name, once.
func withSource(all []string, name string) []string {
	if name == "" || slices.Contains(all, name) {
		return all
	}
	return append(all, strings.Clone(name))
}

// fill takes from a record what a request shows of itself; what an earlier
// record said goes before what a later one does.
func (e *Engine) fill(q *model.Request, r *model.Record) {
	take := func(into *string, s string) {
		if s != "" {
			*into = strings.Clone(s)
		}
	}
	take(&q.ID, r.RequestID)
	take(&q.CorrelationID, r.CorrelationID)
	if e.o.Request.Lifecycle != nil {
		f := e.o.Request.Lifecycle.Facts(r)
		take(&q.Method, f.Method)
		take(&q.Path, f.Path)
		take(&q.Client, f.Client)
		if names(q.Kind, r.Mark.Event()) {
			take(&q.Name, f.Name)
		}
	}
	if r.Source != "" && !slices.Contains(q.Sources, r.Source) {
		q.Sources = slices.Insert(q.Sources, 0, strings.Clone(r.Source))
	}
}

// names reports whether a record of an event tells the name of a request of a
// kind (rule 18): not of one that has a path, and of a job not if it tells of
// one of its tasks.
func names(k model.Kind, e model.Event) bool {
	switch k {
	case model.KindJob:
		return e != model.StepStarted && e != model.StepEnded && e != model.StepFailed
	case model.KindHTTP, model.KindAccess:
		return false
	}
	return true
}

// Pending are the unfinished HTTP requests older than a second; see ui.Engine.
func (e *Engine) Pending(n int) (inFlight, hung []model.Request) {
	if p := e.ahead.Load(); p != nil {
		return p.eng.Pending(n)
	}
	inFlight, hung, now := e.pending(n)
	for i := range inFlight { // oldest first: what is younger than a second stands at the end
		if now != model.NoTime && now-inFlight[i].Start < 1e9 {
			inFlight = inFlight[:i]
			break
		}
	}
	return inFlight, hung
}

// pending are the unfinished HTTP requests at a time, NoTime where no clock
// runs: at most n of those in flight and of those hung are told in full. They are
// shared: read only.
func (e *Engine) pending(n int) (inFlight, hung []model.Request, now int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now = model.NoTime
	if e.o.Live {
		now = e.streamNow()
	}
	if u := &e.unended; u.merges != e.merges || u.n != n || now < u.now || now-u.now > pendingFor {
		*u = unended{merges: e.merges, n: n, now: now}
		u.inFlight, u.hung = e.tracker.Pending(now, n)
	}
	return e.unended.inFlight, e.unended.hung, now
}

// unended is what pending found last: a frame asks more than once, and there may be
// thousands that hang.
type unended struct {
	merges         uint64 // the engine's by then, 0 if nothing has been asked
	n              int
	now            int64
	inFlight, hung []model.Request
}

// pendingFor is for how long, in ns, it is good while nothing comes: only what
// hangs from then on changes.
const pendingFor = 50e6

// streamNow is the newest stamp plus, while more may come, the time since it
// arrived (rule 16). The caller holds mu.
func (e *Engine) streamNow() int64 {
	_, to, ok := e.store.Snapshot().Span()
	if !ok {
		return model.NoTime
	}
	if !e.runs() {
		return to
	}
	return to + max(0, e.o.Now().Sub(e.arrived).Nanoseconds())
}
