package ingest

import (
	"testing"
	"time"
)

// TestNewest asks for the bound of stamps of files with odd times of change.
func TestNewest(t *testing.T) {
	before := time.Now()
	old := before.AddDate(-1, 0, 0)
	if got := newest(old); got != old.UnixNano() {
		t.Errorf("a file of last year bounds its stamps by %v", time.Unix(0, got))
	}
	for _, at := range []time.Time{{}, time.Unix(0, 0), before.AddDate(1, 0, 0)} {
		if got := newest(at); got < before.UnixNano() || got > time.Now().UnixNano() {
			t.Errorf("changed at %v bounds stamps by %v, not by now", at, time.Unix(0, got))
		}
	}
}
