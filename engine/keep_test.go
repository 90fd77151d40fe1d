package engine

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/request"
)

// listed are the requests that `| requests` tells, by the records that began
// them.
func (f *fixture) listed(t *testing.T, filter string) (rows map[model.Seq]model.Request, order []model.Seq) {
	t.Helper()
	q, err := query.Parse(filter + " | requests")
	if err != nil {
		t.Fatal(err)
	}
	rows = map[model.Seq]model.Request{}
	p, err := query.NewPipeline(q.Stages, f.env(), func(row *query.Row) error {
		if _, twice := rows[row.Request.FirstSeq]; twice {
			t.Errorf("request %d is told twice", row.Request.FirstSeq)
		}
		rows[row.Request.FirstSeq] = *row.Request
		order = append(order, row.Request.FirstSeq)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Engine.feedRequests(t.Context(), q, p); err != nil {
		t.Fatal(err)
	}
	return rows, order
}

// summedUp waits until nothing waits for its summary.
func (f *fixture) summedUp(t *testing.T) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for !f.keeper.idle() {
		select {
		case <-f.Changed():
		case <-time.After(time.Millisecond):
		case <-deadline:
			t.Fatal("summaries are not made")
		}
	}
}

// TestSummariesAreKept feeds far more records than the budget holds: the
// requests that they were stay, as they were told when their records were held.
func TestSummariesAreKept(t *testing.T) {
	f := newFixture(t, 4<<20)
	recs := generatedRecords(t, 3, 60_000)
	want := map[model.Seq]model.Request{}
	tr := request.New(request.Options{Rows: true, Names: f.o.Names, Decoder: f.o.Decoder, Lifecycle: f.o.Request.Lifecycle})
	for at := 0; at < len(recs); at += 500 {
		text := strings.Join(recs[at:min(at+500, len(recs))], "")
		b := &model.Batch{Buf: []byte(text)}
		f.p.Parse(b, 0, true)
		b.First = f.store.Snapshot().Last + 1
		copied := b.Slice(0, b.Len())
		tr.Add(&copied)
		for _, q := range tr.Settled() {
			want[q.FirstSeq] = q
		}
		if err := f.Consume(b); err != nil {
			t.Fatal(err)
		}
		f.summedUp(t)
	}
	for _, q := range tr.Finish(0) {
		if q.EndSeq != 0 {
			want[q.FirstSeq] = q
		}
	}
	snap := f.store.Snapshot()
	held, gone, bytes := f.keeper.kept.Stats()
	if snap.Evicted == 0 || held == 0 || held+gone != snap.RequestsGone {
		t.Fatalf("%d records evicted, %d requests gone, %d summaries kept and %d not", snap.Evicted, snap.RequestsGone, held, gone)
	}
	if each := bytes / int64(held); each > 160 {
		t.Errorf("a summary takes %d bytes", each)
	}
	rows, order := f.listed(t, "")
	old, whole := 0, 0
	for _, first := range order {
		got, w := rows[first], want[first]
		if got.EndSeq == 0 || got.Evicted == 0 {
			continue
		}
		old++
		if got.Method == "" {
			continue // its start was gone before its end was
		}
		whole++
		if a, b := brief(&got), brief(&w); a != b {
			t.Fatalf("request %d is told\n%s, was\n%s", first, a, b)
		}
	}
	if old < int(held) || whole < old*9/10 {
		t.Errorf("%d of %d summaries told, %d with their starts", old, held, whole)
	}
	table, err := f.Table(t.Context(), "| requests | stats count()")
	if err != nil || table.Rows[0][0] != strconv.Itoa(len(rows)) || !strings.Contains(table.Note, strconv.FormatUint(held, 10)+" of evicted records") {
		t.Errorf("counted %v with the note %q, want %d, %v", table.Rows, table.Note, len(rows), err)
	}
	failed, _ := f.listed(t, "status>=500")
	for first, q := range rows {
		if _, is := failed[first]; is != (q.Status >= 500) {
			t.Fatalf("status>=500 says %v of %+v", is, q)
		}
	}
	table, err = f.Table(t.Context(), "status<500 -exists(exception) | requests")
	if err != nil || !strings.Contains(table.Note, "not asked") {
		t.Errorf("a filter on records says %q, %v", table.Note, err)
	}
}

// brief is what a summary must tell.
func brief(q *model.Request) string {
	return fmt.Sprint(q.ID, q.Kind, q.State, q.Start, q.Duration, q.Method, q.Path, q.Client, q.Status, q.Level, q.Records, q.Sources, q.ErrorType, q.ErrorMessage)
}
