package engine

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"ravel/model"
)

// TestForgetsWhatIsGoneFromTheMiddle evicts chunks between others: those of a
// file stay as stubs while whole chunks around them go.
func TestForgetsWhatIsGoneFromTheMiddle(t *testing.T) {
	f := newFixture(t, 2<<20)
	file := &model.Origin{Reparse: func(*model.Batch) (*model.Batch, error) { return nil, fmt.Errorf("gone") }}
	n := 0
	for k := range 40 {
		var sb strings.Builder
		for range 2000 {
			n++
			sb.WriteString(line(n, "-", "INFO", "app", strings.Repeat("x", 100)))
		}
		b := &model.Batch{Buf: []byte(sb.String())}
		f.p.Parse(b, 0, true)
		if k%2 == 0 {
			b.Origin, file.R = file, bytes.NewReader(b.Buf)
		}
		if err := f.Consume(b); err != nil {
			t.Fatal(err)
		}
		f.query(t, "level=info")
	}
	r, snap := f.current.Load(), f.store.Snapshot()
	r.catchUp(context.Background(), f.Engine, func() {})
	r.forget(snap)
	if len(r.found) > snap.Len() {
		t.Errorf("%d results for %d chunks", len(r.found), snap.Len())
	}
	var walked sums
	for k := range snap.Len() {
		walked.count(r.found[snap.Chunk(k).ID()], 1)
	}
	if got := r.sums(snap); got != r.total || got != walked || got.scanned != snap.Records {
		t.Errorf("got %+v of %d records, by chunk %+v, in total %+v", got, snap.Records, walked, r.total)
	}
	holes := 0
	for k := 1; k < snap.Len(); k++ {
		if snap.Chunk(k).First != snap.Chunk(k-1).Last()+1 {
			holes++
		}
	}
	if holes == 0 {
		t.Error("nothing was evicted between other chunks: the test shows nothing")
	}
}

// TestHistogramCountsAll compares the ways in which a histogram is counted:
// whole chunks, runs of records, and hit by hit.
func TestHistogramCountsAll(t *testing.T) {
	f := newFixture(t, 0)
	rnd := rand.New(rand.NewPCG(1, 2))
	n := 0
	for range 8 {
		var sb strings.Builder
		for range 2000 {
			if n += rnd.IntN(40); rnd.IntN(50) == 0 {
				n -= rnd.IntN(min(n, 4000)) // out of order
			}
			sb.WriteString(line(n, "-", []string{"INFO", "ERROR", "DEBUG"}[rnd.IntN(3)], "app", "text"))
		}
		f.feed(t, sb.String())
	}
	for _, cols := range []int{1, 7, 140, 1000} {
		f.query(t, "")
		all := f.Histogram(cols)
		f.query(t, "level=info") // hit by hit
		info := f.Histogram(cols)
		f.query(t, "-level=info")
		rest := f.Histogram(cols)
		for i := range all.Cols {
			for l := range all.Cols[i] {
				if got, want := all.Cols[i][l], info.Cols[i][l]+rest.Cols[i][l]; got != want {
					t.Fatalf("%d columns: column %d has %d records of level %d, want %d", cols, i, got, l, want)
				}
			}
		}
		if got := f.State().Records; got != 16000 {
			t.Fatalf("%d records", got)
		}
	}
}
