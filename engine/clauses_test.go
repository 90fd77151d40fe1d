package engine

import (
	"context"
	"fmt"
	"testing"
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
