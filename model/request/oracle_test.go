package request

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ravel/model"
)

// rec is one record of a generated stream.
type rec struct {
	hash   uint64
	mark   model.Mark
	time   int64
	source uint16
	status uint16
	level  model.Level
	flags  model.Flags
	dur    uint32
}

// batches cuts a stream into batches of the given sizes, repeated.
func batches(rs []rec, sizes []int) []*model.Batch {
	var bs []*model.Batch
	for at := 0; at < len(rs); {
		n := min(sizes[len(bs)%len(sizes)], len(rs)-at)
		b := &model.Batch{First: model.Seq(at + 1)}
		for _, r := range rs[at : at+n] {
			from := uint32(len(b.Buf))
			b.Buf = append(b.Buf, "x\n"...)
			b.Add(model.Meta{Start: from, End: from + 2, Time: r.time, Req: r.hash, Dur: r.dur, Source: r.source, Status: r.status, Level: r.level, Mark: r.mark, Flags: r.flags})
		}
		bs = append(bs, b)
		at += n
	}
	return bs
}

// truth is a request as the oracle sees it: all of its records.
type truth struct {
	recs      []int // numbers in the stream
	begin     int   // of the start, -1
	end       int   // -1
	late      int   // records that came after its end and count
	kind      model.Kind
	inner     int
	same      int
	tasks     int
	failed    bool
	settle    int64
	unordered bool // its start came after its end
	row       *model.RequestRow
}

// ended is a compact row with the record that it stands at.
type ended struct {
	at  model.Seq
	row *model.RequestRow
}

func (e ended) String() string {
	row := *e.row
	row.At = 0
	return fmt.Sprintf("%d %+v", e.at, row)
}

// oracle follows the rules record by record, with everything kept.
type oracle struct {
	rs   []rec
	rows []*truth
	by   map[uint64][]*truth
	late int

	compact bool    // as without Options.Rows: what has ended, and is no end without a start, is gone
	ended   []ended // compact rows, in order
	inside  []model.Seq
	waiting []model.Seq
}

func runOracle(rs []rec, settle int64, compact bool) *oracle {
	o := &oracle{rs: rs, by: map[uint64][]*truth{}, compact: compact}
	now := model.NoTime
	for i, r := range rs {
		now = max(now, r.time)
		o.take(i, r, now, settle)
	}
	return o
}

func (o *oracle) newest(hash uint64) *truth {
	all := o.by[hash]
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].end < 0 {
			return all[i]
		}
	}
	if len(all) == 0 {
		return nil
	}
	last := all[0]
	for _, t := range all {
		if t.end > last.end {
			last = t
		}
	}
	return last
}

func (o *oracle) make(hash uint64) *truth {
	t := &truth{begin: -1, end: -1}
	o.rows = append(o.rows, t)
	if hash != 0 {
		o.by[hash] = append(o.by[hash], t)
	}
	return t
}

func isWhole(m model.Mark) bool {
	return m.Event() == model.Whole || m.Event() == model.WholeFailed
}

func (o *oracle) take(i int, r rec, now, settle int64) {
	if r.hash == 0 {
		if isWhole(r.mark) {
			t := o.make(0)
			t.recs, t.end, t.kind = []int{i}, i, r.mark.Kind()
			o.close(t)
		}
		return
	}
	t := o.newest(r.hash)
	if t != nil && t.end >= 0 {
		if !o.afterEnd(t, i, r, now) {
			return
		}
		t = nil
	}
	if t == nil {
		t = o.make(r.hash)
	}
	o.running(t, i, r, now, settle)
	for _, t := range o.by[r.hash] {
		runs := t.end < 0 && t.begin >= 0 && t.kind == model.KindHTTP && t.recs[len(t.recs)-1] == i
		if runs && r.level < model.Error && r.flags&model.HasTraceback == 0 {
			o.waiting = append(o.waiting, model.Seq(i+1))
		}
	}
}

// afterEnd takes a record whose id's requests have all ended, t the last, and
// reports whether it begins another one.
func (o *oracle) afterEnd(t *truth, i int, r rec, now int64) bool {
	ev, kind := r.mark.Event(), r.mark.Kind()
	gone := o.compact && (t.begin >= 0 && !t.unordered || isWhole(o.rs[t.end].mark))
	switch {
	case gone && ev != model.Started && !(isWhole(r.mark) && t.begin < 0) && now < t.settle:
		o.join(t, i)
		return false
	case gone && (ev == model.Started || isWhole(r.mark)):
		return true
	case gone:
		o.late++
		return false
	case ev == model.Started && t.begin < 0 && !isWhole(o.rs[t.end].mark) && now < t.settle && ends(t.kind, kind) &&
		(r.source != o.source(t) || r.time <= o.span(t).stop):
		t.recs = append(t.recs, i)
		t.late++
		t.begin, t.kind, t.unordered = i, kind, true
		if o.compact {
			o.join(t, i)
		}
		return false
	case ev == model.Started, isWhole(r.mark) && (t.begin < 0 && isWhole(o.rs[t.end].mark) || now >= t.settle):
		return true
	case now >= t.settle:
		o.late++
		return false
	default:
		t.recs = append(t.recs, i)
		t.late++
		if o.compact {
			o.join(t, i)
		}
		return false
	}
}

// tellsEnd reports whether r is another line about an HTTP request's end.
func (o *oracle) tellsEnd(r rec) bool {
	ev, kind := r.mark.Event(), r.mark.Kind()
	http := kind == model.KindHTTP || kind == model.KindAccess
	hearsay := ev == model.EndedFailed && kind == model.KindHTTP && r.status == 0
	return http && !hearsay && (ev == model.Ended || ev == model.EndedFailed || isWhole(r.mark))
}

// join counts record i for the row of t.
func (o *oracle) join(t *truth, i int) {
	begins := t.begin == i
	t.row.Join(model.Join{Level: o.rs[i].level, Begins: begins, State: o.state(t, 0)})
	if t.kind == model.KindHTTP && (begins || o.tellsEnd(o.rs[i])) && (o.rs[i].level < model.Error || o.state(t, 0) == model.Failed) {
		o.inside = append(o.inside, model.Seq(i+1))
	}
}

// running takes a record of a request that has not ended.
func (o *oracle) running(t *truth, i int, r rec, now, settle int64) {
	ev, kind := r.mark.Event(), r.mark.Kind()
	if ev == model.Started {
		switch {
		case t.begin < 0:
			t.begin, t.kind = i, kind
		case kind != t.kind:
			t.inner++
		case r.source != o.source(t):
			t.same++
		default:
			t = o.make(r.hash)
			t.begin, t.kind = i, kind
		}
		t.recs = append(t.recs, i)
		return
	}
	t.recs = append(t.recs, i)
	switch ev {
	case model.Ended, model.EndedFailed, model.Whole, model.WholeFailed:
		hearsay := ev == model.EndedFailed && kind == model.KindHTTP && r.status == 0
		switch {
		case hearsay && (t.begin < 0 || t.kind != model.KindHTTP):
			return
		case t.begin < 0:
			t.kind = kind
		case ends(kind, t.kind):
			if r.source != o.source(t) && t.same > 0 {
				t.same--
				return
			}
		default:
			if t.inner > 0 {
				t.inner--
			}
			return
		}
		t.end, t.settle = i, now+settle
		o.close(t)
	case model.StepStarted:
		t.inner++
		t.job()
	case model.StepEnded, model.StepFailed:
		t.inner = max(0, t.inner-1)
		t.tasks++
		t.failed = ev == model.StepFailed
		t.job()
	default:
		if t.kind == model.KindGroup {
			t.kind = kind
		}
	}
}

func (t *truth) job() {
	if t.kind == model.KindGroup {
		t.kind = model.KindJob
	}
}

// close notes the compact row of a request that has just ended and what folds.
func (o *oracle) close(t *truth) {
	x := o.span(t)
	row := model.RequestRow{
		Start: x.start, Back: uint32(t.end - t.recs[0]), Records: uint32(len(t.recs)), Dur: model.NoDur,
		Outcome: model.MakeOutcome(x.level, o.state(t, 0), t.kind),
	}
	if x.trace >= 0 {
		row.Trace = uint32(1 + t.end - x.trace)
	}
	t.row = &row
	o.ended = append(o.ended, ended{model.Seq(t.end + 1), &row})
	if t.kind != model.KindHTTP || o.rs[t.end].hash == 0 {
		return
	}
	n := 0
	for _, i := range t.recs {
		if n < maxBefore || t.begin >= 0 && i >= t.begin {
			n++
			if i != t.end {
				o.inside = append(o.inside, model.Seq(i+1))
			}
		}
	}
}

// source is where the start stands, else the first record.
func (o *oracle) source(t *truth) uint16 {
	if t.begin >= 0 {
		return o.rs[t.begin].source
	}
	return o.rs[t.recs[0]].source
}

type extent struct {
	start, stop int64
	level       model.Level
	crashed     bool // before or at its end
	trace       int  // last record with a traceback, -1
}

func (o *oracle) span(t *truth) extent {
	x := extent{start: model.NoTime, stop: model.NoTime, trace: -1}
	for _, i := range t.recs {
		r := o.rs[i]
		if r.time != model.NoTime && (x.start == model.NoTime || r.time < x.start) {
			x.start = r.time
		}
		x.stop = max(x.stop, r.time)
		x.level = max(x.level, r.level)
		if r.flags&model.HasTraceback != 0 {
			x.trace = i
		}
		if t.end < 0 || i <= t.end {
			x.crashed = x.crashed || r.flags&model.HasTraceback != 0 || r.level >= model.Critical
		}
	}
	return x
}

func (o *oracle) state(t *truth, now int64) model.State {
	x := o.span(t)
	switch {
	case t.end >= 0 && t.begin < 0 && !isWhole(o.rs[t.end].mark):
		return model.NoStart
	case t.end >= 0:
		return finished(o.rs[t.end].status, o.rs[t.end].mark.Event(), x.crashed)
	case t.begin >= 0 && t.kind == model.KindHTTP && now-x.start >= int64(30*time.Second),
		t.begin >= 0 && t.kind == model.KindSpan && now-x.start >= int64(60*time.Second):
		return model.Hung
	case t.begin >= 0, t.inner > 0:
		return model.InFlight
	case t.tasks > 0 && t.failed:
		return model.Failed
	case t.tasks > 0:
		return model.Complete
	}
	return model.Unmarked
}

// describe is what a full row must tell of t.
func (o *oracle) describe(t *truth, now int64) string {
	x := o.span(t)
	end := model.Seq(0)
	status := 0
	if t.end >= 0 {
		end, status = model.Seq(t.end+1), int(o.rs[t.end].status)
	}
	kind := t.kind
	state := o.state(t, now)
	if state == model.Unmarked {
		kind = model.KindGroup
	}
	return fmt.Sprintf("first %d end %d %v %v status %d level %v records %d from %d to %d", t.recs[0]+1, end, kind, state, status, x.level, len(t.recs), x.start, x.stop)
}

func describeRow(q *model.Request) string {
	return fmt.Sprintf("first %d end %d %v %v status %d level %v records %d from %d to %d", q.FirstSeq, q.EndSeq, q.Kind, q.State, q.Status, q.Level, q.Records, q.Start, q.End)
}

var someMarks = []model.Mark{
	0, 0, 0, 0, 0,
	model.MakeMark(model.KindHTTP, model.Started), model.MakeMark(model.KindHTTP, model.Started), model.MakeMark(model.KindHTTP, model.Started),
	model.MakeMark(model.KindHTTP, model.Ended), model.MakeMark(model.KindHTTP, model.Ended), model.MakeMark(model.KindHTTP, model.Ended),
	model.MakeMark(model.KindHTTP, model.EndedFailed), model.MakeMark(model.KindHTTP, model.Whole), model.MakeMark(model.KindHTTP, model.Step),
	model.MakeMark(model.KindAccess, model.Whole), model.MakeMark(model.KindAccess, model.WholeFailed),
	model.MakeMark(model.KindTask, model.Started), model.MakeMark(model.KindTask, model.Ended), model.MakeMark(model.KindTask, model.EndedFailed),
	model.MakeMark(model.KindSpan, model.Started), model.MakeMark(model.KindSpan, model.Ended),
	model.MakeMark(model.KindJob, model.StepStarted), model.MakeMark(model.KindJob, model.StepEnded), model.MakeMark(model.KindJob, model.StepFailed),
}

// randomStream makes a stream of n records in which few ids do everything that
// ids do.
func randomStream(r *rand.Rand, n int) []rec {
	ids, sources := 1+r.IntN(1+n/4), 1+r.IntN(3)
	rs := make([]rec, n)
	now := int64(1_700_000_000e9)
	for i := range rs {
		now += [...]int64{0, 1, 5, 400, 4000, 20_000}[r.IntN(6)] * 1e6
		x := rec{
			hash: model.HashID(fmt.Sprint(r.IntN(ids)), 0), mark: someMarks[r.IntN(len(someMarks))], time: now,
			source: uint16(1 + r.IntN(sources)), level: model.Info, dur: model.NoDur,
		}
		switch r.IntN(20) {
		case 0:
			x.time -= 7e9 // a clock that is behind
		case 1:
			x.time = model.NoTime
		case 2:
			x.flags, x.level = model.HasTraceback, model.Error
		case 3:
			x.level = model.Critical
		case 4, 5, 6:
			x.status = [...]uint16{200, 404, 500}[r.IntN(3)]
		case 7:
			x.hash = 0
		}
		rs[i] = x
	}
	if rs[0].time == model.NoTime {
		rs[0].time = 1_600_000_000e9 // what has no stream time at all is another test's
	}
	return rs
}

func (r rec) String() string {
	return fmt.Sprintf("\n%x %v/%d src %d t %.3f status %d level %v flags %d", r.hash>>48, r.mark.Kind(), r.mark.Event(), r.source, float64(r.time-1_700_000_000e9)/1e9, r.status, r.level, r.flags)
}

// eachStream runs a test on random streams, short ones first, cut at random.
func eachStream(t *testing.T, test func(t *testing.T, rs []rec, sizes []int)) {
	t.Helper()
	for seed := range uint64(1600) {
		r := rand.New(rand.NewPCG(seed, 1))
		rs := randomStream(r, 1+int(seed)/10)
		sizes := make([]int, 1+r.IntN(4))
		for i := range sizes {
			sizes[i] = 1 + r.IntN(60)
		}
		if test(t, rs, sizes); t.Failed() {
			t.Fatalf("seed %d, sizes %v: %v", seed, sizes, rs)
		}
	}
}

// newestOf is the stream's newest stamp.
func newestOf(rs []rec) int64 {
	now := model.NoTime
	for _, r := range rs {
		now = max(now, r.time)
	}
	return now
}

func TestRowsAgreeWithOracle(t *testing.T) {
	eachStream(t, func(t *testing.T, rs []rec, sizes []int) {
		o := runOracle(rs, 5e9, false)
		tr := New(Options{Rows: true})
		var got []string
		lastEnd := model.Seq(0)
		for _, b := range batches(rs, sizes) {
			tr.Add(b)
			for _, q := range tr.Settled() {
				if q.EndSeq <= lastEnd {
					t.Errorf("settled out of order: %s after %d", describeRow(&q), lastEnd)
				}
				lastEnd = q.EndSeq
				got = append(got, describeRow(&q))
			}
		}
		for _, q := range tr.Finish(0) {
			got = append(got, describeRow(&q))
		}
		var want []string
		for _, row := range o.rows {
			want = append(want, o.describe(row, newestOf(rs)))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("\n got %q\nwant %q", got, want)
		}
		if int(tr.Stats().Late) != o.late || tr.Stats().Open != 0 {
			t.Errorf("stats %+v, %d late", tr.Stats(), o.late)
		}
	})
}

func TestFoldingAgreesWithOracle(t *testing.T) {
	eachStream(t, func(t *testing.T, rs []rec, sizes []int) {
		o := runOracle(rs, 5e9, true)
		tr := New(Options{})
		tr.past.least = 1 + len(rs)%3*5
		var rows []ended
		byEnd := map[model.Seq]*model.RequestRow{}
		var inside, waiting []model.Seq
		for _, b := range batches(rs, sizes) {
			f := tr.Add(b)
			for _, row := range f.Rows {
				end := b.First + model.Seq(row.At)
				rows, byEnd[end] = append(rows, ended{end, &row}), &row
			}
			for _, j := range f.Joined {
				byEnd[j.End].Join(j)
			}
			inside = append(inside, f.Inside...)
			for i := range b.Len() {
				if f.Here.Has(i) {
					inside = append(inside, b.First+model.Seq(i))
				}
			}
			waiting = append(waiting, f.Waiting...)
			if len(f.Released) > 0 {
				t.Errorf("released %v, though nothing was given up", f.Released)
			}
		}
		if got, want := fmt.Sprint(rows), fmt.Sprint(o.ended); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
		slices.Sort(inside)
		slices.Sort(o.inside)
		if !slices.Equal(inside, o.inside) {
			t.Errorf("inside\n got %v\nwant %v", inside, o.inside)
		}
		clean := map[model.Seq]bool{} // of requests within one batch nobody waits for the end
		for _, seq := range o.inside {
			clean[seq] = true
		}
		got := map[model.Seq]bool{}
		for _, seq := range waiting {
			got[seq] = true
		}
		for _, seq := range o.waiting {
			if !got[seq] && !clean[seq] {
				t.Errorf("%d does not wait", seq)
			}
			delete(got, seq)
		}
		if len(got) > 0 {
			t.Errorf("%v wait without need", got)
		}
	})
}

// TestGivenUp checks that each request is still told once when there are more
// than may be followed.
func TestGivenUp(t *testing.T) {
	eachStream(t, func(t *testing.T, rs []rec, sizes []int) {
		for i := range rs {
			rs[i].hash = model.HashID(fmt.Sprint(i/2), 0) // pairs: no id comes back after it was given up
		}
		tr := New(Options{Rows: true, MaxOpen: 3})
		records, most := 0, 0
		for _, b := range batches(rs, sizes) {
			tr.Add(b)
			most = max(most, tr.Stats().Open)
			for _, q := range tr.Settled() {
				records += q.Records
			}
		}
		for _, q := range tr.Finish(0) {
			records += q.Records
		}
		if records+int(tr.Stats().Late) != len(rs) || most > 3 {
			t.Errorf("%d of %d records told, %d open at most, %+v", records, len(rs), most, tr.Stats())
		}
	})
}
