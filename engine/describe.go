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
	// batch is chunk k with its bytes and columns.
	batch(k int) (*model.Batch, error)
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

func (l looker) batch(k int) (*model.Batch, error) { return l.e.store.Open(l.snap.Chunk(k)) }

// describeNew is describe of what has not been described, a row of chunk k.
// brief leaves all but the first record alone if that tells id, method and path.
func (e *Engine) describeNew(snap *store.Snapshot, k int, r *model.RequestRow, brief bool, from records) model.Request {
	c := snap.Chunk(k)
	end := c.First + model.Seq(r.At)
	q := model.Request{
		Kind: r.Kind(), State: r.State(), Start: r.Start, End: model.NoTime, Duration: -1,
		Level: r.Level(), Records: int(r.Records) + r.Joined(),
		FirstSeq: end - min(model.Seq(r.Back), end-1), LastSeq: end, EndSeq: end,
	}
	e.endTells(&q, c, k, r, from)
	if n := r.Joined(); n > 0 {
		e.late(snap, &standing{hash: q.Hash, end: end}, func(c *store.Chunk, i int) bool {
			n--
			q.LastSeq = c.First + model.Seq(i)
			return n != 0
		})
	}
	whole := false
	if brief && q.FirstSeq != end {
		if first, ok := from.at(q.FirstSeq); ok {
			e.fill(&q, first)
			whole = q.ID != "" && q.Method != "" && q.Path != ""
		}
	}
	if !whole {
		e.fillWhole(&q, snap, from)
	}
	if first := snap.First(); q.FirstSeq < first {
		q.Evicted = int(min(first-q.FirstSeq, model.Seq(q.Records)))
	}
	if r.Trace > 0 {
		if rec, ok := from.at(end - model.Seq(r.Trace-1)); ok && rec.Traceback != nil {
			q.ErrorType, q.ErrorMessage = strings.Clone(rec.Traceback.Type), strings.Clone(rec.Traceback.Message)
		}
	}
	return q
}

// endTells takes what the columns of the record tell that ended a request, and
// how long that took.
func (e *Engine) endTells(q *model.Request, c *store.Chunk, k int, r *model.RequestRow, from records) {
	i := int(r.At)
	if b, err := from.batch(k); err == nil {
		q.Hash, q.End, q.Status = b.Req[i], b.Time[i], int(b.Status[i])
		q.Sources = append(q.Sources, e.o.Names.Sources.Name(b.Source[i]))
	} else {
		q.Hash = c.RequestHash(c.RequestIndex(i))
	}
	switch {
	case r.Dur != model.NoDur:
		q.Duration = int64(r.Dur) * 1000
	case r.Records > 1 && q.Start != model.NoTime && q.End != model.NoTime && q.State != model.NoStart:
		q.Duration = q.End - q.Start
	}
}

// fillWhole takes what the last and the first record of a request tell, and the
// correlation id that any of its records has.
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
	if q.CorrelationID != "" || q.Hash == 0 || q.Records <= 2 {
		return
	}
	k, _, _ := snap.Find(q.FirstSeq)
	for first := k; k < snap.Len() && snap.Chunk(k).First <= q.LastSeq && (k == first || from.through()); k++ {
		c := snap.Chunk(k)
		b, err := from.batch(k)
		if err != nil {
			return
		}
		lo := int(max(q.FirstSeq, c.First) - c.First)
		for i := lo; i < c.Len() && c.First+model.Seq(i) <= q.LastSeq; i++ {
			if b.Mark[i]&model.Correlated == 0 || b.Req[i] != q.Hash {
				continue
			}
			if r, ok := from.at(c.First + model.Seq(i)); ok {
				q.CorrelationID = strings.Clone(r.CorrelationID)
				return
			}
		}
	}
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
		take(&q.Name, f.Name)
	}
	if r.Source != "" && !slices.Contains(q.Sources, r.Source) {
		q.Sources = append(q.Sources, strings.Clone(r.Source))
	}
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
// runs: at most n of those in flight and of those hung are told in full.
func (e *Engine) pending(n int) (inFlight, hung []model.Request, now int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now = model.NoTime
	if e.o.Live {
		now = e.streamNow()
	}
	inFlight, hung = e.tracker.Pending(now, n)
	return inFlight, hung, now
}

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
