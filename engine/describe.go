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

// get returns a description, making it if it is new.
func (t *told) get(end model.Seq, describe func() model.Request) model.Request {
	t.mu.Lock()
	q, ok := t.rows[end]
	t.mu.Unlock()
	if ok {
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
	return e.told.get(end, func() model.Request { return e.describeNew(snap, c, r, false, e.Record) })
}

// describeNew is describe of what has not been described; at decodes a record,
// which is used until the next call. brief leaves the record that ended it
// alone if the first one tells id, method and path.
func (e *Engine) describeNew(snap *store.Snapshot, c *store.Chunk, r *model.RequestRow, brief bool, at func(model.Seq) (*model.Record, bool)) model.Request {
	i, end := int(r.At), c.First+model.Seq(r.At)
	q := model.Request{
		Kind: r.Kind, State: r.State, Start: r.Start, End: c.Time[i], Duration: -1, Status: int(c.Status[i]),
		Level: r.Level, Records: int(r.Records), Hash: c.Req[i],
		FirstSeq: end - min(model.Seq(r.Back), end-1), LastSeq: end, EndSeq: end,
	}
	switch {
	case r.Dur != model.NoDur:
		q.Duration = int64(r.Dur) * 1000
	case r.Records > 1 && q.Start != model.NoTime && q.End != model.NoTime && r.State != model.NoStart:
		q.Duration = q.End - q.Start
	}
	whole := false
	if brief && q.FirstSeq != end {
		if first, ok := at(q.FirstSeq); ok {
			e.fill(&q, first)
			whole = q.ID != "" && q.Method != "" && q.Path != ""
		}
	}
	if !whole {
		e.fillWhole(&q, at)
	} else if s := e.o.Names.Sources.Name(c.Source[i]); !slices.Contains(q.Sources, s) {
		q.Sources = append(q.Sources, s)
	}
	if first := snap.First(); q.FirstSeq < first {
		q.Evicted = int(min(first-q.FirstSeq, model.Seq(q.Records)))
	}
	if r.Trace > 0 {
		if rec, ok := at(end - model.Seq(r.Trace-1)); ok && rec.Traceback != nil {
			q.ErrorType, q.ErrorMessage = strings.Clone(rec.Traceback.Type), strings.Clone(rec.Traceback.Message)
		}
	}
	return q
}

// fillWhole takes what the last and the first record of a request tell.
func (e *Engine) fillWhole(q *model.Request, at func(model.Seq) (*model.Record, bool)) {
	if last, ok := at(q.LastSeq); ok {
		e.fill(q, last)
	}
	if q.FirstSeq != q.LastSeq {
		if first, ok := at(q.FirstSeq); ok {
			e.fill(q, first)
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

// Pending are the unfinished HTTP requests older than a second.
func (e *Engine) Pending() (inFlight, hung []model.Request) {
	if p := e.ahead.Load(); p != nil {
		return p.eng.Pending()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	now := model.NoTime
	if e.o.Live {
		now = e.streamNow()
	}
	inFlight, hung = e.tracker.Pending(now, pendingRows)
	for i := range inFlight { // oldest first: what is younger than a second stands at the end
		if now != model.NoTime && now-inFlight[i].Start < 1e9 {
			inFlight = inFlight[:i]
			break
		}
	}
	return inFlight, hung
}

// pendingRows is how many unfinished requests are told in full: the strip
// names the oldest of each kind.
const pendingRows = 8

// streamNow is the newest stamp plus the time since it arrived (rule 16). The
// caller holds mu.
func (e *Engine) streamNow() int64 {
	_, to, ok := e.store.Snapshot().Span()
	if !ok {
		return model.NoTime
	}
	return to + max(0, e.o.Now().Sub(e.arrived).Nanoseconds())
}
