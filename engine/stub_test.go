package engine

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ravel/model"
	"ravel/parse"
	"ravel/ui"
)

// backed feeds a file's text in batches that can be read and parsed again.
func (f *fixture) backed(t *testing.T, text string) {
	t.Helper()
	for _, b := range f.fileBatches(t, text, 300<<10, f.origin(text)) {
		if err := f.Consume(b); err != nil {
			t.Fatal(err)
		}
	}
}

// origin is where text, a file's, is read and parsed again.
func (f *fixture) origin(text string) *model.Origin {
	o := &model.Origin{R: bytes.NewReader([]byte(text))}
	o.Reparse = func(stub *model.Batch) (*model.Batch, error) {
		p := parse.New(parse.Options{Names: f.o.Names, Source: f.o.Names.Sources.ID([]byte("api.log")), Domain: "api"})
		b := &model.Batch{Buf: stub.Buf, Base: stub.Base, Origin: stub.Origin}
		p.Parse(b, 0, true)
		return b, nil
	}
	return o
}

// TestFoldsWithoutColumns reads a file for whose columns there is no room: its
// requests fold, open and are found as where there is.
func TestFoldsWithoutColumns(t *testing.T) {
	text := strings.Join(generatedRecords(t, 5, 16_000), "")
	roomy, tight := newFixture(t, 1<<30), newFixture(t, 1<<20)
	roomy.backed(t, text)
	tight.backed(t, text)
	stubs := 0
	for _, c := range tight.store.Snapshot().Chunks() {
		if !c.HasColumns() && len(c.Requests) > 0 {
			stubs++
		}
	}
	if snap := tight.store.Snapshot(); stubs == 0 || snap.Evicted > 0 || snap.RequestsGone > 0 {
		t.Fatalf("%d chunks without columns, %d records and %d requests gone", stubs, snap.Evicted, snap.RequestsGone)
	}
	for _, filter := range []string{"", "level>=error", "Cache or Reading"} {
		roomy.query(t, filter)
		tight.query(t, filter)
		want, got := roomy.Rows(0, 1, 1500, false), tight.Rows(0, 1, 1500, false)
		if !slices.Equal(seqs(got), seqs(want)) {
			t.Fatalf("filter %q: rows stand at\n%v, want\n%v", filter, seqs(got), seqs(want))
		}
		for i := range want {
			if !reflect.DeepEqual(got[i].Request, want[i].Request) {
				t.Fatalf("filter %q: row %d is\n%+v, want\n%+v", filter, i, got[i].Request, want[i].Request)
			}
		}
		for _, row := range slices.DeleteFunc(want, func(r ui.Row) bool { return r.Request == nil })[:20] {
			if a, b := tight.memberSeqs(row.Seq), roomy.memberSeqs(row.Seq); !slices.Equal(a, b) {
				t.Errorf("filter %q: the members of %d are %v, want %v", filter, row.Seq, a, b)
			}
		}
	}
	count := "| requests | stats count(), max(duration) by state, status"
	want, err := roomy.Table(t.Context(), count)
	if err != nil {
		t.Fatal(err)
	}
	got, err := tight.Table(t.Context(), count)
	if err != nil || !reflect.DeepEqual(got.Rows, want.Rows) {
		t.Errorf("counted %v, want %v, %v", got.Rows, want.Rows, err)
	}
}

// TestFiguresWithoutColumns: what is counted and jumped to does not depend on
// whether there is room for the columns.
func TestFiguresWithoutColumns(t *testing.T) {
	text := strings.Join(generatedRecords(t, 6, 16_000), "")
	roomy, tight := newFixture(t, 1<<30), newFixture(t, 1<<20)
	roomy.backed(t, text)
	tight.backed(t, text)
	for _, filter := range []string{"", "level>=warning", "Cache or Reading", "level=warning domain=app", "level>=warning"} {
		roomy.query(t, filter)
		tight.query(t, filter)
		want, got := roomy.State(), tight.State()
		if got.Levels != want.Levels || got.Matched != want.Matched {
			t.Errorf("filter %q: %d by level %v, want %d %v", filter, got.Matched, got.Levels, want.Matched, want.Levels)
		}
		for _, field := range []string{"level", "domain", "source", "status", "method"} {
			a, err := roomy.Facet(t.Context(), field, 100)
			b, err2 := tight.Facet(t.Context(), field, 100)
			if err != nil || err2 != nil || !slices.Equal(a, b) {
				t.Errorf("filter %q, %s: %v, want %v; %v, %v", filter, field, b, a, err, err2)
			}
		}
		if a, b := drawn(roomy.Histogram(80)), drawn(tight.Histogram(80)); a != b {
			t.Errorf("filter %q: the histogram shows %v, want %v", filter, b, a)
		}
		last := roomy.State().Last
		for _, kind := range []ui.TargetKind{ui.NextError, ui.NextRequest, ui.SameRequest} {
			for _, from := range []model.Seq{1, last / 5, last / 3, last/2 + 1, last} {
				for _, dir := range []int{-1, +1} {
					target := ui.Target{Kind: kind, From: from}
					a, ok := roomy.Find(t.Context(), from, dir, target)
					if b, ok2 := tight.Find(t.Context(), from, dir, target); a != b || ok != ok2 {
						t.Errorf("filter %q: target %d from %d by %d is %d, want %d", filter, kind, from, dir, b, a)
					}
				}
			}
		}
		at := want.MinTime + (want.MaxTime-want.MinTime)/3
		if a, b := roomy.SeqAt(at), tight.SeqAt(at); a != b {
			t.Errorf("the record at a third of the time is %d, want %d", b, a)
		}
	}
}

// drawn is how many records of each level a histogram shows.
func drawn(h ui.Histogram) (sum [model.NumLevels]uint32) {
	for _, col := range h.Cols {
		for l, n := range col {
			sum[l] += n
		}
	}
	return sum
}
