package engine

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"ravel/model"
	"ravel/model/stats"
	"ravel/model/store"
	"ravel/ui"
)

// figures are what is summed up of each batch as it comes, beside the store's
// totals. The engine's mu guards them.
type figures struct {
	latency  stats.Histogram // ms of the HTTP requests that have ended, evicted ones included
	millis   [1024]uint64    // of those that took that many whole ms, and are not in latency yet
	whole    bool            // there are some
	failures map[string]*failure
	baseline model.Seq // what came after it is new; 0: after the first tenth of the held span
}

// failure is one type of exception.
type failure struct {
	first model.Seq // the record where it was seen first
	since int64     // that record's sort key
	n     uint64
}

// maxFailures bounds the types that are told apart.
const maxFailures = 1000

// raised is a type of exception in a batch.
type raised struct {
	name  string
	first int // number of the record where it is seen first
	n     uint64
}

// raisedIn finds the exceptions of a batch, in the order in which they are seen
// first.
func raisedIn(b *model.Batch, dec model.Decoder) []raised {
	var all []raised
	for i, flags := range b.Flags {
		if flags&model.HasTraceback == 0 {
			continue
		}
		name := exceptionIn(b, i, dec)
		if name == "" {
			continue
		}
		k := slices.IndexFunc(all, func(r raised) bool { return r.name == name })
		if k < 0 {
			if len(all) >= maxFailures {
				continue
			}
			k = len(all)
			all = append(all, raised{name: strings.Clone(name), first: i})
		}
		all[k].n++
	}
	return all
}

// exceptionIn is the type of the exception in record i, "" if it has none.
func exceptionIn(b *model.Batch, i int, dec model.Decoder) string {
	if r, ok := dec.(model.Raiser); ok {
		if name, known := r.Raised(b, i); known {
			return name
		}
	}
	var rec model.Record
	if dec.Decode(b, i, &rec); rec.Traceback == nil {
		return ""
	}
	return rec.Traceback.Type
}

// add sums up a batch, what was raised in it and the requests that it ended.
func (f *figures) add(b *model.Batch, rows []model.RequestRow, all []raised) {
	for i := range rows {
		r := &rows[i]
		if r.Kind() != model.KindHTTP || r.Dur == model.NoDur {
			continue
		}
		if ms := r.Dur / 1000; ms < uint32(len(f.millis)) && ms*1000 == r.Dur {
			f.millis[ms]++
			f.whole = true
		} else {
			f.latency.Add(float64(r.Dur) / 1000)
		}
	}
	for _, r := range all {
		known := f.failures[r.name]
		if known == nil {
			if len(f.failures) >= maxFailures {
				continue
			}
			if f.failures == nil {
				f.failures = map[string]*failure{}
			}
			known = &failure{first: b.First + model.Seq(r.first), since: b.SortKey(r.first)}
			f.failures[r.name] = known
		}
		known.n += r.n
	}
}

// p95 is the 95th percentile of the requests' durations, 0 if there is none.
func (f *figures) p95() time.Duration {
	if f.whole {
		for ms, n := range f.millis {
			f.latency.AddN(float64(ms), n)
		}
		clear(f.millis[:])
		f.whole = false
	}
	if f.latency.Count() == 0 {
		return 0
	}
	return time.Duration(f.latency.Quantile(0.95) * float64(time.Millisecond))
}

// fresh are the exceptions that were not seen before the baseline, most
// frequent first.
func (f *figures) fresh(snap *store.Snapshot) []ui.Fresh {
	from, to, ok := snap.Span()
	if !ok || len(f.failures) == 0 {
		return nil
	}
	since := from + (to-from)/10
	var out []ui.Fresh
	for name, x := range f.failures {
		if f.baseline != 0 && x.first > f.baseline || f.baseline == 0 && x.since > since {
			out = append(out, ui.Fresh{Name: name, N: x.n, Since: x.since})
		}
	}
	slices.SortFunc(out, func(a, b ui.Fresh) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return out
}

var _ ui.Baseliner = (*Engine)(nil)

// SetBaseline makes exceptions first seen after record seq new.
func (e *Engine) SetBaseline(seq model.Seq) {
	e.mu.Lock()
	e.figures.baseline = seq
	e.mu.Unlock()
	ringOne(e.bell)
}
