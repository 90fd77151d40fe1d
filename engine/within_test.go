package engine

import (
	"fmt"
	"strings"
	"testing"

	"ravel/model/store"
)

// TestTypingStartsFromWhatWasFound types filters and compares each count with
// that of an engine that was asked nothing else.
func TestTypingStartsFromWhatWasFound(t *testing.T) {
	var text strings.Builder
	for i := range 6_000 {
		level := []string{"INFO", "WARNING", "ERROR"}[i%3]
		text.WriteString(line(i, "-", level, "app", fmt.Sprintf("Completed %d in %d ms", 200+i%7*50, i%1000)))
	}
	feed := func() *fixture {
		f := newFixture(t, 64<<20)
		for part := range 6 {
			n := text.Len() / 6
			f.feed(t, text.String()[part*n:(part+1)*n])
			f.store.Seal()
		}
		return f
	}
	f := feed()
	for i, filter := range []string{
		"c", "co", "completed", "completed 20", "completed 200", "completed 200 level>=error", "level>=error completed 2", "Completed 200",
		"completed 250 or completed 300", "-completed", "-completed 200", "completed nothing", "completed nothing 200",
	} {
		f.query(t, filter)
		alone := feed()
		alone.query(t, filter)
		if got, want := f.State(), alone.State(); got.Matched != want.Matched || got.Levels != want.Levels {
			t.Errorf("%s: %d records %v, want %d %v", filter, got.Matched, got.Levels, want.Matched, want.Levels)
		}
		if got, want := len(f.current.Load().parents) > 0, i > 0 && i != 8 && i != 9; got != want {
			t.Errorf("%s: started from a parent: %v, want %v", filter, got, want)
		}
	}
}

// TestParentsSpareTheScan takes what a parent found for granted, true or not.
func TestParentsSpareTheScan(t *testing.T) {
	f := newFixture(t, 64<<20)
	f.feed(t, strings.Repeat(line(1, "-", "INFO", "app", "Completed 200"), 500))
	f.store.Seal()
	f.query(t, "completed")
	cache, c := f.store.Results(), f.store.Snapshot().Chunk(0)
	cache.Drop(c.ID())
	cache.Put("completed", c, store.Hits{})
	f.query(t, "completed 200")
	if n := f.State().Matched; n != 0 {
		t.Errorf("%d records match, though the parent knew of none", n)
	}
}
