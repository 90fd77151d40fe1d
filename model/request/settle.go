package request

import (
	"slices"
	"sort"
	"strings"

	"ravel/model"
)

func clone(s string) string { return strings.Clone(s) }

// rehome copies the records that entries refer to out of the batch, so that
// the batch is not kept: one small batch for all of them.
func (t *Tracker) rehome(b *model.Batch) {
	if len(t.touched) == 0 {
		return
	}
	pack := new(model.Batch)
	copied := map[int32]int32{}
	move := func(r *ref) {
		if r.b != b {
			return
		}
		i, ok := copied[r.i]
		if !ok {
			i = int32(pack.Len())
			copied[r.i] = i
			m := b.Meta(int(r.i))
			m.Start = uint32(len(pack.Buf))
			pack.Buf = append(pack.Buf, b.Raw(int(r.i))...)
			m.End = uint32(len(pack.Buf))
			pack.Add(m)
		}
		*r = ref{pack, i}
	}
	for _, id := range t.touched {
		e := &t.entries[id]
		move(&e.about)
		move(&e.failed)
	}
	t.touched = t.touched[:0]
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
	t.waiting = slices.Delete(t.waiting, 0, n)
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
		t.settled = append(t.settled, t.request(e, t.now))
	}
	if e.hash != 0 {
		t.past.add(e.hash)
	}
	t.remove(id)
}

// Settled returns, in order of their ends, the requests that have ended
// Options.Settle of stream time ago and were not returned before. It is for
// Options.Rows.
func (t *Tracker) Settled() []model.Request {
	s := t.settled
	t.settled = nil
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
	rest := t.Settled()
	ended := len(rest)
	for id := t.lru.head; id != none; id = t.entries[id].next {
		rest = append(rest, t.request(&t.entries[id], now))
	}
	open := rest[ended:]
	sort.Slice(open, func(i, j int) bool {
		a, b := &open[i], &open[j]
		return a.Start < b.Start || a.Start == b.Start && a.FirstSeq < b.FirstSeq
	})
	for t.lru.head != none {
		t.remove(t.lru.head)
	}
	t.pairs = newPairing()
	return rest
}

// request is an entry in full.
func (t *Tracker) request(e *entry, now int64) model.Request {
	q := t.brief(e, now)
	d := t.describe(e)
	q.ID, q.CorrelationID = d.id, d.correlation
	q.Method, q.Path, q.Client, q.Name = d.Method, d.Path, d.Client, d.Name
	if q.Kind == model.KindJob && !e.begun {
		q.Name = "" // what its first record names is one of its tasks
	}
	if e.failed.b != nil && t.o.Decoder != nil && d.errAt != e.trace {
		d.errAt = e.trace
		var r model.Record
		t.o.Decoder.Decode(e.failed.b, int(e.failed.i), &r)
		if r.Traceback != nil {
			d.errType, d.errMsg = clone(r.Traceback.Type), clone(r.Traceback.Message)
		}
	}
	q.ErrorType, q.ErrorMessage = d.errType, d.errMsg
	if t.o.Names != nil {
		if e.sources == nil {
			q.Sources = []string{t.o.Names.Sources.Name(e.source)}
		}
		for _, s := range e.sources {
			q.Sources = append(q.Sources, t.o.Names.Sources.Name(s))
		}
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

// Pending are the unfinished HTTP requests at a time, oldest first: those in
// flight and those hung. Only the first n of each are told in full, the rest
// by times and numbers.
func (t *Tracker) Pending(now int64, n int) (inFlight, hung []model.Request) {
	now = max(now, t.now)
	var open []int32
	for id := t.lru.head; id != none; id = t.entries[id].next {
		if e := &t.entries[id]; e.kind == model.KindHTTP && e.begun && e.endSeq == 0 {
			open = append(open, id)
		}
	}
	sort.Slice(open, func(i, j int) bool {
		a, b := &t.entries[open[i]], &t.entries[open[j]]
		return a.oldest < b.oldest || a.oldest == b.oldest && a.first < b.first
	})
	for _, id := range open {
		e := &t.entries[id]
		list := &inFlight
		if t.stateAt(e, now) == model.Hung {
			list = &hung
		}
		if len(*list) < n {
			*list = append(*list, t.request(e, now))
		} else {
			*list = append(*list, t.brief(e, now))
		}
	}
	return inFlight, hung
}
