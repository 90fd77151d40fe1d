package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"weak"

	"ravel/model"
	"ravel/model/store"
)

// turn feeds requests until what the engine held has been given up.
func (f *fixture) turn(t *testing.T) {
	t.Helper()
	for had := f.store.Snapshot().Last; f.store.Snapshot().First() <= had; {
		f.feedRequests(t, 500)
	}
	f.summedUp(t)
}

// feedRequests feeds n finished requests.
func (f *fixture) feedRequests(t *testing.T, n int) {
	t.Helper()
	var sb strings.Builder
	for k := range n {
		id := fmt.Sprintf("%032x", int(f.store.Snapshot().Last)+k+1<<20)
		sb.WriteString(line(k, id, "INFO", "app", "Started GET /things HTTP/1.1 from 127.0.0.1"))
		sb.WriteString(line(k, id, "ERROR", "app", strings.Repeat("x", 100)))
		sb.WriteString(line(k, id, "INFO", "app", "Completed 200 OK in 2ms"))
	}
	f.feed(t, sb.String())
}

// oldest is the oldest chunk held, and does not hold it.
func (f *fixture) oldest() weak.Pointer[store.Chunk] { return weak.Make(f.store.Snapshot().Chunk(0)) }

// gone fails the test unless the collector takes the chunk.
func gone(t *testing.T, c weak.Pointer[store.Chunk], holder string) {
	t.Helper()
	runtime.GC()
	if c.Value() != nil {
		t.Errorf("%s keeps a chunk alive that was given up", holder)
	}
}

// TestLongWorkHoldsNoChunk turns the ring over in the middle of what takes
// long: it must not keep what is given up in memory beside what came.
func TestLongWorkHoldsNoChunk(t *testing.T) {
	f := newFixture(t, 2<<20)
	f.feedRequests(t, 500)
	f.turn(t)
	enough := errors.New("enough")

	if n := f.store.Snapshot().Len(); n < 10 {
		t.Fatalf("%d chunks: all of them are asked for at once, and the test shows nothing", n)
	}
	oldest, n := f.oldest(), 0
	err := f.eachRequest(context.Background(), true, func(*model.Request) error {
		if n++; n == 1 {
			f.turn(t)
			gone(t, oldest, "listing requests")
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Errorf("got %v after %d requests", err, n)
	}

	oldest = f.oldest()
	f.query(t, "request(level>=error)")
	if got := f.State().Matched; got == 0 {
		t.Fatal("no request has an error: the test shows nothing")
	}
	f.turn(t)
	f.settle(t)
	gone(t, oldest, "a filter by request")

	f.query(t, "level=error")
	oldest = f.oldest()
	if len(f.Rows(0, 1, 50, false)) != 50 {
		t.Fatal("no rows: the test shows nothing")
	}
	f.turn(t)
	gone(t, oldest, "a filter whose rows have been drawn")

	f.query(t, "")
	oldest = f.oldest()
	if _, err := f.Table(context.Background(), "| stats count() by domain"); err != nil {
		t.Fatal(err)
	}
	f.turn(t)
	gone(t, oldest, "a table that is done")
}

// idle reports whether nothing waits for its summary.
func (k *keeper) idle() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.queue) == 0 && !k.busy
}
