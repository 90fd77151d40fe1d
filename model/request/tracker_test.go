package request

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	"unsafe"

	"ravel/model"
)

// phrases is a decoder and a lifecycle over records whose bytes are written
// for them: `name kind=value …`.
type phrases struct{}

func (phrases) Decode(b *model.Batch, i int, r *model.Record) {
	*r = model.Record{Message: string(b.Raw(i)), Level: b.Level[i]}
}

var pairBits = map[string]uint64{"task": 1, "validation": 2, "received": 4}

func (phrases) Facts(r *model.Record) model.Facts {
	var f model.Facts
	var word, id string
	n, _ := fmt.Sscanf(r.Message, "%s %s %s", &word, &f.Name, &id)
	if n < 2 || f.Name == "-" {
		f.Name = ""
	}
	if n == 3 {
		f.IDs = []model.Field{{Name: "contribution_id", Value: model.StringValue(id)}}
	}
	for pair, bit := range pairBits {
		if word == pair+".start" {
			f.Opens = bit
		}
		if word == pair+".end" {
			f.Closes = bit
		}
	}
	if word == "validation.end" {
		f.Closes |= pairBits["received"]
	}
	return f
}

// say makes a batch of records, a second apart: their text, and a mark by it.
func say(first model.Seq, domain uint16, texts ...string) *model.Batch {
	b := &model.Batch{First: first}
	for i, text := range texts {
		m := model.Meta{Start: uint32(len(b.Buf)), Time: int64(first+model.Seq(i)) * 1e9, Dur: model.NoDur, Source: 1, Domain: domain, Level: model.Info}
		var word string
		fmt.Sscan(text, &word)
		switch {
		case len(word) > 6 && word[len(word)-6:] == ".start":
			m.Mark = model.MakeMark(model.KindTask, model.Started)
		case len(word) > 4 && word[len(word)-4:] == ".end":
			m.Mark = model.MakeMark(model.KindTask, model.Ended)
		}
		if word == "received.start" {
			m.Mark = model.MakeMark(model.KindHTTP, model.Started)
		}
		b.Buf = append(append(b.Buf, text...), '\n')
		m.End = uint32(len(b.Buf))
		b.Add(m)
	}
	return b
}

// TestPairsWithoutID is rule 21.
func TestPairsWithoutID(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
		want  []string // first-end state, in the order told
	}{
		{"one open", []string{"task.start", "between", "task.end"}, []string{"1-3 complete"}},
		{"an end without a start is no request", []string{"task.end"}, nil},
		{"one after the other", []string{"task.start", "task.end", "task.start", "task.end"}, []string{"1-2 complete", "3-4 complete"}},
		{"two open cannot be told apart", []string{"task.start", "task.start", "task.end", "task.end"}, []string{"1-0 unmarked", "2-0 unmarked"}},
		{"a third one afterwards can", []string{"task.start", "task.start", "task.end", "task.start", "task.end"}, []string{"4-5 complete", "1-0 unmarked", "2-0 unmarked"}},
		{"the one whose task matches", []string{"task.start docs", "task.start mail", "task.end mail", "task.end docs"}, []string{"2-3 complete", "1-4 complete"}},
		{"a name on one side only does not help", []string{"task.start docs", "task.start mail", "task.end"}, []string{"1-0 unmarked", "2-0 unmarked"}},
		{"another task's end", []string{"task.start docs", "task.end mail"}, []string{"1-0 in_flight"}},
		{"an id that both have", []string{"validation.start - a1", "validation.start - a2", "validation.end - a1", "validation.end - a2"}, []string{"1-3 complete", "2-4 complete"}},
		{"another phrase's end", []string{"task.start", "validation.end"}, []string{"1-0 in_flight"}},
		{"a phrase that ends two", []string{"received.start - a1", "validation.end - a1"}, []string{"1-2 complete"}},
	} {
		for _, size := range []int{1, 2, 100} {
			tr := New(Options{Rows: true, Decoder: phrases{}, Lifecycle: phrases{}})
			for at := 0; at < len(c.texts); at += size {
				tr.Add(say(model.Seq(at+1), 1, c.texts[at:min(at+size, len(c.texts))]...))
			}
			var got []string
			for _, q := range tr.Finish(0) {
				got = append(got, fmt.Sprintf("%d-%d %v", q.FirstSeq, q.EndSeq, q.State))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s, in batches of %d: %q, want %q", c.name, size, got, c.want)
			}
		}
	}
}

func TestPairsStayInTheirDomain(t *testing.T) {
	tr := New(Options{Rows: true, Decoder: phrases{}, Lifecycle: phrases{}})
	tr.Add(say(1, 1, "task.start"))
	tr.Add(say(2, 2, "task.start"))
	tr.Add(say(3, 1, "task.end"))
	rows := tr.Finish(0)
	if len(rows) != 2 || rows[0].FirstSeq != 1 || rows[0].State != model.Complete || rows[1].State != model.InFlight {
		t.Errorf("%+v", rows)
	}
}

// TestHung is rule 16: HTTP by --hung-after, spans after 60 s, tasks and jobs
// never.
func TestHung(t *testing.T) {
	started := func(k model.Kind) *model.Batch {
		b := &model.Batch{First: 1, Buf: []byte("x\n")}
		b.Add(model.Meta{End: 2, Time: 0, Req: 7, Dur: model.NoDur, Mark: model.MakeMark(k, model.Started)})
		return b
	}
	for _, c := range []struct {
		kind  model.Kind
		after time.Duration
		age   time.Duration
		want  model.State
	}{
		{model.KindHTTP, 0, 30*time.Second - 1, model.InFlight}, {model.KindHTTP, 0, 30 * time.Second, model.Hung},
		{model.KindHTTP, time.Minute, 59 * time.Second, model.InFlight}, {model.KindHTTP, time.Minute, time.Minute, model.Hung},
		{model.KindSpan, 0, 59 * time.Second, model.InFlight}, {model.KindSpan, 0, time.Minute, model.Hung},
		{model.KindTask, 0, time.Hour, model.InFlight}, {model.KindJob, 0, time.Hour, model.InFlight},
	} {
		tr := New(Options{HungAfter: c.after})
		tr.Add(started(c.kind))
		inFlight, hung := tr.Pending(int64(c.age), 10)
		if c.kind == model.KindHTTP && (len(hung) == 1) != (c.want == model.Hung) || c.kind != model.KindHTTP && len(inFlight)+len(hung) != 0 {
			t.Errorf("%v after %v: %d in flight, %d hung", c.kind, c.age, len(inFlight), len(hung))
		}
		if rows := tr.Finish(int64(c.age)); len(rows) != 1 || rows[0].State != c.want || rows[0].Duration != -1 {
			t.Errorf("%v after %v: %+v", c.kind, c.age, rows)
		}
	}
}

func TestPendingTellsTheOldest(t *testing.T) {
	tr := New(Options{Names: model.NewNames()})
	b := &model.Batch{First: 1}
	for i := range 100 {
		b.Buf = append(b.Buf, "x\n"...)
		b.Add(model.Meta{Start: uint32(2 * i), End: uint32(2*i + 2), Time: int64(100-i) * 1e9, Req: uint64(i + 1), Dur: model.NoDur, Mark: model.MakeMark(model.KindHTTP, model.Started)})
	}
	tr.Add(b)
	inFlight, hung := tr.Pending(100e9, 2)
	if len(inFlight) != 29+1 || len(hung) != 70 || hung[0].Start != 1e9 || hung[69].Start != 70e9 || inFlight[0].Start != 71e9 {
		t.Errorf("%d in flight, %d hung", len(inFlight), len(hung))
	}
	if len(hung[1].Sources) != 1 || hung[2].Sources != nil {
		t.Error("other than the two oldest are told in full")
	}
	if q, ok := tr.Find(1); !ok || q.FirstSeq != 1 {
		t.Errorf("%+v %v", q, ok)
	}
	if _, ok := tr.Find(999); ok {
		t.Error("found what is not there")
	}
}

// TestBatchesAreNotKept checks that what the tracker keeps of a batch is a
// copy.
func TestBatchesAreNotKept(t *testing.T) {
	tr := New(Options{Rows: true, Decoder: phrases{}, Lifecycle: phrases{}})
	b := say(1, 1, "task.start docs")
	tr.Add(b)
	for i := range b.Buf {
		b.Buf[i] = '?'
	}
	if rows := tr.Finish(0); len(rows) != 1 || rows[0].Name != "docs" {
		t.Errorf("%+v", rows)
	}
}

// TestHungOutlivesIDs floods the tracker with ids that never start.
func TestHungOutlivesIDs(t *testing.T) {
	tr := New(Options{MaxOpen: 100})
	for i := range 1000 {
		b := &model.Batch{First: model.Seq(i + 1), Buf: []byte("x\n")}
		m := model.Meta{End: 2, Time: int64(i) * 1e9, Req: uint64(i + 1), Dur: model.NoDur}
		if i == 0 {
			m.Mark = model.MakeMark(model.KindHTTP, model.Started)
		}
		b.Add(m)
		tr.Add(b)
	}
	if _, hung := tr.Pending(0, 1); len(hung) != 1 || hung[0].FirstSeq != 1 || tr.Stats().Forgot != 900 {
		t.Errorf("hung %+v, %+v", hung, tr.Stats())
	}
}

func TestStreamWithoutStamps(t *testing.T) {
	tr := New(Options{Rows: true})
	told := 0
	for i := range 20_000 {
		b := &model.Batch{First: model.Seq(i + 1), Buf: []byte("x\n")}
		b.Add(model.Meta{End: 2, Time: model.NoTime, Req: uint64(i + 1), Dur: model.NoDur, Mark: model.MakeMark(model.KindHTTP, model.Whole)})
		tr.Add(b)
		told += len(tr.Settled())
	}
	if told < 20_000-maxStampless-1 || tr.Stats().Open > maxStampless+1 {
		t.Errorf("%d told before the end, %+v", told, tr.Stats())
	}
	if told += len(tr.Finish(0)); told != 20_000 {
		t.Errorf("%d told", told)
	}
}

func TestEntrySize(t *testing.T) {
	if n := unsafe.Sizeof(entry{}); n > 256 {
		t.Errorf("an open request costs %d bytes", n)
	}
}

func TestIndexAgainstMap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var x index
	m := map[uint64]int32{}
	for range 200_000 {
		k := 1 + r.Uint64N(3000)*2048 // many share a home
		switch r.IntN(3) {
		case 0:
			v := int32(r.IntN(1000))
			x.put(k, v)
			m[k] = v
		case 1:
			x.del(k)
			delete(m, k)
		default:
			want, ok := m[k]
			if !ok {
				want = none
			}
			if got := x.get(k); got != want {
				t.Fatalf("get %d: %d, want %d", k, got, want)
			}
		}
	}
	if x.n != len(m) {
		t.Errorf("%d keys, want %d", x.n, len(m))
	}
}

// TestGivenUpRequestsLetTheirRecordsGo checks that what waits for the end of a
// request which is given up is shown again.
func TestGivenUpRequestsLetTheirRecordsGo(t *testing.T) {
	var rs []rec
	for i := range 5 {
		hash := model.HashID(string(rune('a'+i)), 0)
		rs = append(rs,
			rec{hash: hash, mark: model.MakeMark(model.KindHTTP, model.Started), time: int64(i), source: 1, level: model.Info},
			rec{hash: hash, time: int64(i), source: 1, level: model.Info},
			rec{hash: hash, time: int64(i), source: 1, level: model.Error})
	}
	tr := New(Options{MaxOpen: 2})
	shown := map[model.Seq]bool{}
	for _, b := range batches(rs, []int{4}) {
		f := tr.Add(b)
		for i := range b.Len() {
			shown[b.First+model.Seq(i)] = true
		}
		for _, seq := range f.Waiting {
			shown[seq] = false
		}
		for _, seq := range f.Released {
			shown[seq] = true
		}
	}
	for i := range rs {
		if want := i < 9 || i%3 == 2; shown[model.Seq(i+1)] != want {
			t.Errorf("record %d shown: %v, want %v", i+1, !want, want)
		}
	}
}

// TestUnfinishedAgreeWithOracle compares what has no end at the end of a stream.
func TestUnfinishedAgreeWithOracle(t *testing.T) {
	eachStream(t, func(t *testing.T, rs []rec, sizes []int) {
		for i := range rs {
			rs[i].time = int64(i) // no clock runs
		}
		o := runOracle(rs, 5e9, true)
		tr := New(Options{})
		for _, b := range batches(rs, sizes) {
			tr.Add(b)
		}
		var got, want []string
		for _, q := range tr.Unfinished(0, 1<<20) {
			got = append(got, describeRow(&q))
		}
		for _, row := range o.rows {
			if row.end < 0 {
				want = append(want, o.describe(row, newestOf(rs)))
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("\n got %q\nwant %q", got, want)
		}
	})
}
