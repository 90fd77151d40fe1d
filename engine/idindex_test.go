package engine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"ravel/model"
)

// TestIDIndex compares what indexes find with what going through all rows does:
// few ids that come again and again, in many chunks, ids that end late, that
// never end, and access lines without one.
func TestIDIndex(t *testing.T) {
	f := newFixture(t, 0)
	r := rand.New(rand.NewPCG(1, 2))
	ms := 0
	for range 40 {
		var lines []string
		for range 200 {
			ms += r.IntN(200)
			id := fmt.Sprintf("%032x", 1+r.IntN(300))
			lines = append(lines, line(ms, id, "INFO", "app", [...]string{
				"Started GET /orders/7 HTTP/1.1 from 127.0.0.1", "Completed 200 OK in 3ms", "reading", "Completed 500 Internal Server Error in 3ms",
			}[r.IntN(4)]))
			if r.IntN(10) == 0 {
				lines = append(lines, line(ms, "-", "INFO", "uvicorn.access", `127.0.0.1:59834 - "GET /health HTTP/1.1" 200`))
			}
		}
		f.feed(t, strings.Join(lines, ""))
		f.store.Seal()
	}
	snap := f.store.Snapshot()
	if snap.Len() < 40 {
		t.Fatalf("%d chunks", snap.Len())
	}
	for _, budget := range []int64{1 << 30, 6 * 4096 * indexShare} {
		ids := newIDIndexes(budget)
		found := 0
		for k := snap.Len() - 1; k >= 0; k-- {
			c := snap.Chunk(k)
			ids.add(c)
			for i := range c.Len() {
				seq, hash := c.First+model.Seq(i), c.Req[i]
				s, ok := finished(snap, seq, hash, ids)
				want, is := finished(snap, seq, hash, nil)
				if ok != is || ok && s != want {
					t.Fatalf("record %d is in %+v, %v, want %+v, %v", seq, s, ok, want, is)
				}
				s, late := f.joined(snap, seq, hash, ids)
				if want, is := f.joined(snap, seq, hash, nil); late != is || late && s != want {
					t.Fatalf("record %d joined %+v, %v, want %+v, %v", seq, s, late, want, is)
				}
				if ok {
					found++
				}
			}
		}
		if found == 0 || budget < 1<<30 && (ids.bytes > ids.limit || len(ids.of) < 2) {
			t.Errorf("%d found, %d indexes of %d bytes", found, len(ids.of), ids.bytes)
		}
	}
}
