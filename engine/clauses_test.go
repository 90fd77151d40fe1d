package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ravel/model"
	"ravel/ui"
)

// TestRule2BlankRecord: neither filters nor tables find the blank lines before a
// source's first record.
func TestRule2BlankRecord(t *testing.T) {
	f := newFixture(t, 0)
	f.feed(t, "\n\n"+line(1, "-", "INFO", "app", "a")+line(2, "-", "INFO", "app", "b"))
	for text, want := range map[string]uint64{"level=none": 0, "-zzz": 2, "lines>=2": 0, `message=""`: 0} {
		f.query(t, text)
		if got := f.State().Matched; got != want {
			t.Errorf("%s: %d records, want %d", text, got, want)
		}
	}
	f.query(t, "")
	tab, err := f.Table(context.Background(), "| stats count()")
	if err != nil || fmt.Sprint(tab.Rows) != "[[2]]" {
		t.Errorf("counted %v, %v", tab.Rows, err)
	}
}

// TestSearchOverManyChunks goes from match to match through more chunks than are
// looked at together, forwards and backwards, twice: what has been found before
// is known.
func TestSearchOverManyChunks(t *testing.T) {
	f := newFixture(t, 0)
	var want []model.Seq
	seq := model.Seq(0)
	for chunk := range 300 {
		var sb strings.Builder
		for i := range 5 {
			seq++
			text := "nothing"
			if n := chunk*5 + i; n == 0 || n == 1499 || n%397 == 3 || n%398 == 3 {
				text = "needle"
				want = append(want, seq)
			}
			sb.WriteString(line(int(seq), "-", "INFO", "app", text))
		}
		f.feed(t, sb.String())
		f.store.Seal()
	}
	back := slices.Clone(want)
	slices.Reverse(back)
	for range 2 {
		for dir, want := range map[int][]model.Seq{+1: want, -1: back} {
			from := model.Seq(0)
			if dir < 0 {
				from = seq + 1
			}
			var got []model.Seq
			for {
				at, ok := f.Find(t.Context(), from, dir, ui.Target{Kind: ui.NextMatch, Text: "needle"})
				if !ok {
					break
				}
				got, from = append(got, at), at
			}
			if !slices.Equal(got, want) {
				t.Errorf("in direction %d: %v, want %v", dir, got, want)
			}
		}
	}
	if pct := f.State().FindPct; pct != 0 {
		t.Errorf("a search that has ended is at %d %%", pct)
	}
}

// TestWordsOfChunksWithoutColumns looks for words, plain ones, escaped ones and
// those that are in no record, in a file for whose columns there is no room: it
// finds what it finds where there is.
func TestWordsOfChunksWithoutColumns(t *testing.T) {
	var sb strings.Builder
	for i := range 40_000 {
		switch {
		case i%997 == 5:
			fmt.Fprintf(&sb, `{"ts":"2025-03-20T13:00:00Z","level":"INFO","message":"caf\\u00e9 number %d","path":"\\/a\\/b"}`+"\n", i)
		case i%501 == 5:
			fmt.Fprintf(&sb, `{"ts":"2025-03-20T13:00:00Z","level":"ERROR","message":"say \\"hi\\" to %d","user":"Bob"}`+"\n", i)
		default:
			fmt.Fprintf(&sb, `{"ts":"2025-03-20T13:00:00Z","level":"INFO","message":"request %d is done, and nothing else was said","user":"eve"}`+"\n", i)
		}
	}
	roomy, tight := newFixture(t, 1<<30), newFixture(t, 1<<20)
	roomy.backed(t, sb.String())
	tight.backed(t, sb.String())
	if c := tight.store.Snapshot().Chunk(0); c.HasColumns() {
		t.Fatal("there is room for columns: the test shows nothing")
	}
	for _, text := range []string{
		"café", "Café", `"say \"hi\""`, "/a/b", "user=Bob", "user=bob", "user:bob", "bob", "zzqqxx", "-zzqqxx", "zzqqxx or café", "/19\\d98/", `message~"caf. n"`, "request 19", "level=error 13",
	} {
		roomy.query(t, text)
		tight.query(t, text)
		if got, want := tight.State().Matched, roomy.State().Matched; got != want {
			t.Errorf("%s: %d records, want %d", text, got, want)
		}
	}
}

// TestCompletionKnowsWhatIsHidden: the values offered are those seen so far, by
// how often, though what has been typed is the filter already and finds none.
func TestCompletionKnowsWhatIsHidden(t *testing.T) {
	f := newFixture(t, 0)
	f.feed(t, line(1, "-", "INFO", "app", "a")+line(2, "-", "INFO", "db", "b")+line(3, "-", "INFO", "db", "c"))
	for text, want := range map[string]string{
		"domain=":  "domain=db domain=app domain=none",
		"domain=a": "domain=app",
	} {
		f.query(t, text)
		if got := strings.Join(f.Complete(text, len(text)), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
