package engine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ravel/model"
	"ravel/model/request"
	"ravel/parse"
	"ravel/parse/lifecycle"
	"ravel/ui"
)

// fixture is an engine over text of format 1, and what it was made of.
type fixture struct {
	*Engine
	p   *parse.Parser
	now time.Time
}

// newFixture returns an engine that holds no record, its clock stopped.
func newFixture(t *testing.T, budget int64) *fixture {
	t.Helper()
	names := model.NewNames()
	dec := parse.NewDecoder(nil, names, nil)
	f := startFixture(t, Options{
		Names: names, Decoder: dec, Budget: budget,
		Request: request.Options{Names: names, Decoder: dec, Lifecycle: lifecycle.Builtin()},
	})
	f.p = parse.New(parse.Options{Names: names, Source: names.Sources.ID([]byte("api.log")), Domain: "api"})
	return f
}

// startFixture runs an engine of one's own options.
func startFixture(t *testing.T, o Options) *fixture {
	t.Helper()
	f := &fixture{now: time.Date(2025, 3, 20, 14, 0, 0, 0, time.UTC)}
	o.Now = func() time.Time { return f.now }
	f.Engine = New(o)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); f.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return f
}

// feed parses text as the stream's next bytes and consumes it.
func (f *fixture) feed(t *testing.T, text string) {
	t.Helper()
	b := &model.Batch{Buf: []byte(text)}
	f.p.Parse(b, 0, true)
	if err := f.Consume(b); err != nil {
		t.Fatal(err)
	}
}

// query sets the filter and waits for its scan.
func (f *fixture) query(t *testing.T, text string) {
	t.Helper()
	if err := f.SetQuery(text); err != nil {
		t.Fatal(err)
	}
	f.settle(t)
}

// settle waits until the scan has seen every record.
func (f *fixture) settle(t *testing.T) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for f.State().Scanning {
		select {
		case <-f.Changed():
		case <-deadline:
			t.Fatal("the scan does not end")
		}
	}
}

// line is a line of format 1.
func line(ms int, id, level, domain, message string) string {
	at := time.Date(2025, 3, 20, 13, 0, 0, 0, time.UTC).Add(time.Duration(ms) * time.Millisecond)
	return fmt.Sprintf("%s [%s][-] %s --- %s --- %s\n", at.Format("2006-01-02T15:04:05.000"), id, level, domain, message)
}

const (
	idA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	idB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// twoRequests is a failed request and a good one, interleaved, with lines of
// neither around them.
func twoRequests() string {
	return line(0, "-", "INFO", "app", "before") +
		line(1, idA, "INFO", "app", "Started POST /catalogs HTTP/1.1 from 127.0.0.1") +
		line(2, idB, "INFO", "app", "Started GET /health HTTP/1.1 from 127.0.0.1") +
		line(3, idA, "ERROR", "app", "Generic exception") +
		"Traceback (most recent call last):\n  File \"/app/features.py\", line 18, in _enabled\n    feature = 1\nAttributeError: no attribute\n" +
		line(4, idB, "INFO", "app", "Completed 200 OK in 2ms") +
		line(5, idA, "INFO", "app", "Completed 500 Internal Server Error in 38ms") +
		line(6, "-", "WARNING", "auth", "after")
}

// seqs are the rows' records.
func seqs(rows []ui.Row) []model.Seq {
	var out []model.Seq
	for _, r := range rows {
		out = append(out, r.Seq)
	}
	return out
}

func TestRowsFold(t *testing.T) {
	f := newFixture(t, 0)
	f.feed(t, twoRequests())
	rows := f.Rows(0, 1, 10, false)
	if got, want := seqs(rows), []model.Seq{1, 5, 6, 7}; !slices.Equal(got, want) {
		t.Fatalf("rows stand at %v, want %v", got, want)
	}
	failed := rows[2].Request
	if failed == nil {
		t.Fatal("the failed request is no fold")
	}
	if failed.State != model.Failed || failed.Status != 500 || failed.Method != "POST" || failed.Path != "/catalogs" ||
		failed.Duration != 38e6 || failed.Records != 3 || failed.ErrorType != "AttributeError" || failed.ID != idA {
		t.Errorf("failed request = %+v", *failed)
	}
	if back := seqs(f.Rows(^model.Seq(0), -1, 10, false)); !slices.Equal(back, []model.Seq{7, 6, 5, 1}) {
		t.Errorf("walked back: %v", back)
	}
	if flat := seqs(f.Rows(0, 1, 10, true)); len(flat) != 7 {
		t.Errorf("flat: %v", flat)
	}
	var members []model.Seq
	for _, r := range f.Members(6, 10) {
		members = append(members, r.Seq)
	}
	if !slices.Equal(members, []model.Seq{2, 4, 6}) {
		t.Errorf("members = %v", members)
	}
}

func TestRowsFoldUnderFilter(t *testing.T) {
	f := newFixture(t, 0)
	f.feed(t, twoRequests())
	for _, c := range []struct {
		query string
		rows  []model.Seq
		count uint64
	}{
		{"level>=error", []model.Seq{6}, 1},  // the fold stands for its error
		{"Generic", []model.Seq{6}, 1},       // and for any record in it
		{"level=warning", []model.Seq{7}, 1}, // plain records stand alone
		{"request(status=500)", []model.Seq{6}, 3},
		{"request(level>=error) or before", []model.Seq{1, 6}, 4},
		{"nothing-like-this", nil, 0},
		{"", []model.Seq{1, 5, 6, 7}, 7},
	} {
		f.query(t, c.query)
		if got := seqs(f.Rows(0, 1, 10, false)); !slices.Equal(got, c.rows) {
			t.Errorf("%q: rows %v, want %v", c.query, got, c.rows)
		}
		if got := f.State().Matched; got != c.count {
			t.Errorf("%q: %d match, want %d", c.query, got, c.count)
		}
	}
	if err := f.SetQuery("level>="); err == nil {
		t.Error("a comparison without a value was taken")
	}
}

func TestFind(t *testing.T) {
	f := newFixture(t, 0)
	f.feed(t, twoRequests())
	ctx := context.Background()
	for _, c := range []struct {
		name   string
		from   model.Seq
		dir    int
		target ui.Target
		want   model.Seq
	}{
		{"newest error", ^model.Seq(0), -1, ui.Target{Kind: ui.NextError}, 6},
		{"next error, flat", 1, 1, ui.Target{Kind: ui.NextError, Flat: true}, 4},
		{"no error after", 6, 1, ui.Target{Kind: ui.NextError}, 0},
		{"text in a fold", 1, 1, ui.Target{Kind: ui.NextMatch, Text: "generic"}, 6},
		{"text, flat", 1, 1, ui.Target{Kind: ui.NextMatch, Text: "generic", Flat: true}, 4},
		{"regexp back", 7, -1, ui.Target{Kind: ui.NextMatch, Text: "bef..e", Regexp: true}, 1},
		{"same request", 2, 1, ui.Target{Kind: ui.SameRequest, From: 2}, 4},
		{"next fold", 5, 1, ui.Target{Kind: ui.NextRequest}, 6},
	} {
		if got, ok := f.Find(ctx, c.from, c.dir, c.target); got != c.want || ok != (c.want != 0) {
			t.Errorf("%s: %d %v, want %d", c.name, got, ok, c.want)
		}
	}
	at := time.Date(2025, 3, 20, 13, 0, 0, 5e6, time.UTC).UnixNano()
	if got := f.SeqAt(at); got != 6 {
		t.Errorf("SeqAt = %d, want 6", got)
	}
}

// TestFacetsEndWithTheirQuery: what counts under a query that nobody asks any
// more stands in the way of the next one's answer.
func TestFacetsEndWithTheirQuery(t *testing.T) {
	f := newFixture(t, 0)
	f.feed(t, twoRequests())
	f.query(t, "level=error")
	f.current.Load().cancel()
	if got, err := f.Facet(t.Context(), "domain", 9); err == nil {
		t.Errorf("counted %v under a query that had been replaced", got)
	}
	f.query(t, "level>=error")
	if got, err := f.Facet(t.Context(), "domain", 9); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestFacetsLeaveTheirOwnClauseOut(t *testing.T) {
	f := newFixture(t, 0)
	f.feed(t, twoRequests())
	f.query(t, "level=error domain=app")
	ctx := context.Background()
	levels, err := f.Facet(ctx, "level", 10)
	if err != nil {
		t.Fatal(err)
	}
	if want := []ui.Count{{Value: "INFO", N: 5}, {Value: "ERROR", N: 1}}; !slices.Equal(levels, want) {
		t.Errorf("levels = %v, want %v", levels, want)
	}
	methods, err := f.Facet(ctx, "method", 10)
	if err != nil {
		t.Fatal(err)
	}
	if want := []ui.Count{{Value: "none", N: 1}}; !slices.Equal(methods, want) {
		t.Errorf("methods = %v, want %v", methods, want)
	}
}

// TestFacetsAreWhatATableCounts: a facet remembers what it counted in chunks that
// are full; a table counts all anew. With a small budget some chunks keep their
// columns encoded.
func TestFacetsAreWhatATableCounts(t *testing.T) {
	recs := generatedRecords(t, 9, 12_000)
	var chunks [2]int
	for _, budget := range []int64{1 << 30, 1 << 20} {
		f := newFixture(t, budget)
		for k := 0; k < len(recs); k += 3_000 {
			f.backed(t, strings.Join(recs[k:min(k+3_000, len(recs))], ""))
			for _, filter := range []string{"", "level>=warning", "domain=db,auth", "queued"} {
				f.query(t, filter)
				for _, field := range []string{"level", "domain", "status"} {
					if strings.HasPrefix(filter, field) {
						continue // a facet leaves its own clause out
					}
					tab, err := f.Table(t.Context(), filter+" | stats count() as n by "+field)
					if err != nil {
						t.Fatal(err)
					}
					want := map[string]string{}
					for _, row := range tab.Rows {
						want[cmp.Or(row[0], "none")] = row[1]
					}
					counts, err := f.Facet(t.Context(), field, 100)
					if err != nil {
						t.Fatal(err)
					}
					got := map[string]string{}
					for _, c := range counts {
						got[c.Value] = strconv.FormatUint(c.N, 10)
					}
					if !maps.Equal(got, want) {
						t.Errorf("budget %d, %d records, %q by %s: %v, want %v", budget, k+3_000, filter, field, got, want)
					}
				}
			}
		}
		for _, c := range f.store.Snapshot().Chunks() {
			if c.HasColumns() {
				chunks[0]++
			} else if c.Keeps() {
				chunks[1]++
			}
		}
	}
	if slices.Contains(chunks[:], 0) {
		t.Errorf("%v chunks with columns and with kept ones: not each was tested", chunks)
	}
}

func TestTable(t *testing.T) {
	f := newFixture(t, 0)
	f.feed(t, twoRequests())
	tab, err := f.Table(context.Background(), "| stats count() as n by level | sort n desc")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(tab.Columns, tab.Rows); got != "[level n] [[INFO 5] [ERROR 1] [WARNING 1]]" {
		t.Errorf("table = %s", got)
	}
	for _, pipe := range []string{"status=500 | requests", "| filter status=500 | requests"} {
		tab, err = f.Table(context.Background(), pipe)
		if err != nil {
			t.Fatal(err)
		}
		if len(tab.Rows) != 1 || tab.Rows[0][4] != "/catalogs" || !strings.Contains(tab.Open[0], idA) {
			t.Errorf("%s: requests = %v %v", pipe, tab.Rows, tab.Open)
		}
	}
}

// TestGrowingAndEvictedRecords compares rows and counts with a naive slice
// while batches of any size come and old chunks go.
func TestGrowingAndEvictedRecords(t *testing.T) {
	f := newFixture(t, 4<<20)
	f.query(t, "needle or level>=error")
	rng := rand.New(rand.NewPCG(1, 2))
	var wanted []model.Seq
	n := 0
	for n < 60_000 {
		var sb strings.Builder
		for range 1 + rng.IntN(4000) {
			n++
			level, message := "INFO", fmt.Sprintf("record %d %s", n, strings.Repeat("x", rng.IntN(200)))
			if rng.IntN(50) == 0 {
				message += " needle"
			}
			if rng.IntN(100) == 0 {
				level = "ERROR"
			}
			if level == "ERROR" || strings.HasSuffix(message, "needle") {
				wanted = append(wanted, model.Seq(n))
			}
			sb.WriteString(line(n, "-", level, "app", message))
		}
		f.feed(t, sb.String())
		if rng.IntN(3) == 0 {
			f.check(t, wanted)
		}
	}
	f.check(t, wanted)
	if s := f.State(); s.Evicted == 0 || s.Evicted+s.Records != uint64(n) {
		t.Errorf("%d held and %d evicted of %d", s.Records, s.Evicted, n)
	}
}

// check compares what matches among the held records.
func (f *fixture) check(t *testing.T, wanted []model.Seq) {
	t.Helper()
	f.settle(t)
	s := f.State()
	k, _ := slices.BinarySearch(wanted, s.First)
	held := wanted[k:]
	if s.Matched != uint64(len(held)) {
		t.Fatalf("%d match, want %d", s.Matched, len(held))
	}
	if got := seqs(f.Rows(0, 1, len(held)+1, false)); !slices.Equal(got, held) {
		t.Fatalf("%d rows, want %d", len(got), len(held))
	}
	sum := uint32(0)
	for _, col := range f.Histogram(37).Cols {
		for _, n := range col {
			sum += n
		}
	}
	if int(sum) != len(held) {
		t.Fatalf("the histogram counts %d of %d", sum, len(held))
	}
}

// TestUnfinishedRequestsWait feeds a request record by record: until it ends
// only its error is a line, then its row stands at its end, and no row moves.
func TestUnfinishedRequestsWait(t *testing.T) {
	f := newFixture(t, 0)
	steps := []struct {
		text string
		rows []model.Seq
	}{
		{line(0, "-", "INFO", "app", "before"), []model.Seq{1}},
		{line(1, idA, "INFO", "app", "Started POST /catalogs HTTP/1.1 from 127.0.0.1"), []model.Seq{1}},
		{line(2, idA, "INFO", "app", "working"), []model.Seq{1}},
		{line(3, idA, "ERROR", "app", "no feature"), []model.Seq{1, 4}},
		{line(1500, "-", "INFO", "app", "other"), []model.Seq{1, 4, 5}},
		{line(1600, idA, "INFO", "app", "Completed 500 Internal Server Error in 1599ms"), []model.Seq{1, 5, 6}},
		{line(1700, idB, "INFO", "app", "Started GET /health HTTP/1.1 from 127.0.0.1"), []model.Seq{1, 5, 6}},
	}
	for i, s := range steps {
		f.feed(t, s.text)
		if got := seqs(f.Rows(0, 1, 20, false)); !slices.Equal(got, s.rows) {
			t.Errorf("after record %d: rows %v, want %v", i+1, got, s.rows)
		}
	}
	if flat := f.Rows(0, 1, 20, true); len(flat) != len(steps) {
		t.Errorf("flat: %d rows, want %d", len(flat), len(steps))
	}
	f.query(t, "request_id="+idB)
	if got := seqs(f.Rows(0, 1, 20, false)); !slices.Equal(got, []model.Seq{7}) {
		t.Errorf("what a filter looks for in an unfinished request: rows %v, want [7]", got)
	}
	if m := f.Members(7, 10); len(m) != 1 || m[0].Seq != 7 {
		t.Errorf("members of the unfinished request: %v", m)
	}
	if flying, hung := f.Pending(8); len(flying)+len(hung) != 1 {
		t.Errorf("%d in flight, %d hung, want one of them", len(flying), len(hung))
	}
}

func TestFigures(t *testing.T) {
	f := newFixture(t, 0)
	f.feed(t, line(-600_000, "-", "INFO", "app", "long before")+twoRequests())
	f.query(t, "level>=info -before domain=app")
	deadline := time.After(10 * time.Second)
	for f.State().Hidden == nil {
		select {
		case <-f.Changed():
		case <-deadline:
			t.Fatal("nothing tells what the clauses hide")
		}
	}
	s := f.State()
	if want := []ui.Hidden{{Clause: "-before", N: 2}, {Clause: "domain=app", N: 1}, {Clause: "level>=info", N: 0}}; !slices.Equal(s.Hidden, want) {
		t.Errorf("hidden = %v, want %v", s.Hidden, want)
	}
	if len(s.New) != 1 || s.New[0].Name != "AttributeError" || s.New[0].N != 1 {
		t.Errorf("new = %v", s.New)
	}
	f.SetBaseline(s.Last)
	if fresh := f.State().New; len(fresh) != 0 {
		t.Errorf("new since the last record: %v", fresh)
	}
	if s.P95 < 37*time.Millisecond || s.P95 > 39*time.Millisecond {
		t.Errorf("p95 = %v, want 38 ms within 1.6 %%", s.P95)
	}
}

// TestTableOfManyRequests compares the order and the number of requests, told
// by several goroutines out of chunks that gave their bytes up, with the
// stream that they were made of.
func TestTableOfManyRequests(t *testing.T) {
	f := newFixture(t, 0)
	var want []string
	for k := range 6 {
		var sb strings.Builder
		for i := range 1500 {
			n := k*1500 + i
			path := fmt.Sprintf("/items/%d", n)
			sb.WriteString(line(2*n, fmt.Sprintf("%032x", n+1), "INFO", "app", "Started GET "+path+" HTTP/1.1 from 127.0.0.1"))
			sb.WriteString(line(2*n+1, fmt.Sprintf("%032x", n+1), "INFO", "app", "Completed 200 OK in 1ms"))
			want = append(want, path)
		}
		f.feed(t, sb.String())
	}
	slices.Reverse(want)
	tab, err := f.Table(context.Background(), "| requests")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range tab.Rows {
		got = append(got, row[4])
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d requests, the first %.3q, want %d, the first %.3q", len(got), got, len(want), want)
	}
	tab, err = f.Table(context.Background(), "| requests | filter exists(duration) | stats count() as n by method, path_template")
	if err != nil || fmt.Sprint(tab.Rows) != "[[GET /items/:id 9000]]" {
		t.Errorf("by template: %v %v", tab.Rows, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := f.Table(ctx, "| requests | sort duration desc"); err == nil {
		t.Error("a cancelled question was answered")
	}
}

// TestTableTellsUnfinished: what runs comes first, an id of which neither start
// nor end is known last, each with the path that its first record tells.
func TestTableTellsUnfinished(t *testing.T) {
	f := newFixture(t, 0)
	f.feed(t, twoRequests()+
		line(10, strings.Repeat("c", 32), "INFO", "app", "neither start nor end")+
		line(11, strings.Repeat("d", 32), "INFO", "app", "Started GET /slow HTTP/1.1 from 127.0.0.1"))
	tab, err := f.Table(context.Background(), "| requests")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range tab.Rows {
		got = append(got, row[1]+" "+row[4])
	}
	if want := []string{"in_flight /slow", "failed /catalogs", "complete /health", "unmarked "}; !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	if !strings.Contains(tab.Open[0], strings.Repeat("d", 32)) {
		t.Errorf("the running request opens %q", tab.Open[0])
	}
}

// Rule 26: end-… counts from the newest record, also where the filter was there
// before the records, as --since is.
func TestRule26EndCountsFromTheNewestRecordRead(t *testing.T) {
	f := newFixture(t, 1<<20)
	f.query(t, "ts>=end-10s started")
	for i := range 3 {
		f.feed(t, line(i*8000, fmt.Sprintf("aaaabbbbcccc%04d", i), "INFO", "app", "Started GET /"))
	}
	f.Loaded()
	deadline := time.After(10 * time.Second)
	for {
		if s := f.State(); !s.Scanning && s.Matched == 2 {
			return
		}
		select {
		case <-f.Changed():
		case <-deadline:
			t.Fatalf("%d records match, want 2", f.State().Matched)
		}
	}
}
