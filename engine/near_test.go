package engine

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"ravel/model"
	"ravel/ui"
)

// chunked reads text as a file's, in chunks of about so many bytes.
func (f *fixture) chunked(t *testing.T, text string, size int) {
	t.Helper()
	for _, b := range f.fileBatches(t, text, size, f.origin(text)) {
		b.Release = func() {} // a chunk of its own, as in a large file
		if err := f.Consume(b); err != nil {
			t.Fatal(err)
		}
	}
}

// everywhere is the rows of v of all chunks, whether they promise any or not.
func everywhere(v *view) (rows []ui.Row) {
	for k := range v.snap.Len() {
		c := v.snap.Chunk(k)
		for s, i := v.shown(k, c), 0; ; i++ {
			if i = s.step(i, 1); i < 0 {
				break
			}
			rows = append(rows, v.row(c, i))
		}
	}
	return rows
}

// TestRowsUnderARareFilter: only chunks near a match are looked at, and what a
// chunk told once is remembered: the rows are those of all chunks, with columns
// and without, at once and again, from both ends.
func TestRowsUnderARareFilter(t *testing.T) {
	text := strings.Join(generatedRecords(t, 7, 20_000), "")
	roomy, tight := newFixture(t, 1<<30), newFixture(t, 1<<20)
	roomy.chunked(t, text, 8<<10)
	tight.chunked(t, text, 8<<10)
	snap := tight.store.Snapshot()
	if c := snap.Chunk(0); snap.Len() < 100 || c.HasColumns() || snap.Evicted > 0 || snap.RequestsGone > 0 {
		t.Fatalf("%d chunks, the first with columns %v, %d records and %d requests gone", snap.Len(), c.HasColumns(), snap.Evicted, snap.RequestsGone)
	}
	spare := 0
	for _, filter := range []string{"needle-7f3a", "zzqqxx", "Traceback", "level>=error", "duration>2s", "Überlauf", "nothing-of-that-kind", "status=503 GET"} {
		roomy.query(t, filter)
		tight.query(t, filter)
		v := roomy.view(false)
		want := everywhere(&v)
		for range 2 {
			for _, f := range []*fixture{roomy, tight} {
				got := f.Rows(0, 1, 10_000, false)
				if !slices.Equal(seqs(got), seqs(want)) {
					t.Fatalf("filter %q: rows stand at\n%v, want\n%v", filter, seqs(got), seqs(want))
				}
				for i := range got {
					if !reflect.DeepEqual(got[i].Request, want[i].Request) || got[i].Record.Message != want[i].Record.Message || string(got[i].Record.Raw) != string(want[i].Record.Raw) {
						t.Fatalf("filter %q: row %d is\n%+v, want\n%+v", filter, i, got[i], want[i])
					}
				}
				back := seqs(f.Rows(^model.Seq(0), -1, 10_000, false))
				if slices.Reverse(back); !slices.Equal(back, seqs(want)) {
					t.Fatalf("filter %q: from the end rows stand at\n%v, want\n%v", filter, back, seqs(want))
				}
			}
		}
		v = tight.view(false)
		if v.next(0, 1); len(v.promising) < snap.Len()/2 {
			spare++
		}
	}
	if spare < 3 {
		t.Errorf("only %d filters spared half of the chunks: nothing is shown", spare)
	}
}
