package ingest

import (
	"strings"
	"sync/atomic"
	"testing"

	"ravel/sources"
)

// TestAwait looks that one is asked before each piece of memory that a stream
// reads into, and that what is read is the same.
func TestAwait(t *testing.T) {
	text := strings.Repeat("2025-03-20T13:24:26.898 [-][-] INFO --- app --- a line like any other\n", 100_000)
	var asked atomic.Int64
	src := &textSource{info: sources.Info{Name: "stdin"}, text: text}
	rows := collect(t, Options{Await: func() { asked.Add(1) }}, src)
	if len(rows) != 100_000 {
		t.Errorf("%d records, want 100,000", len(rows))
	}
	if n, least := asked.Load(), int64(len(text)/blockBytes); n < least || n > 3*least+10 {
		t.Errorf("asked for memory %d times for %d blocks", n, least)
	}
}
