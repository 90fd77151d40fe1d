//go:build !race

package query

import (
	"testing"

	"ravel/model"
)

// scratchAllocations bounds what making a scan's scratch anew costs, as happens
// after a collection and at random under the race detector.
const scratchAllocations = 250

// TestNarrowAllocates holds the ceiling of allocation: nothing is allocated for
// a record. Under the race detector pools forget what they hold, at random.
func TestNarrowAllocates(t *testing.T) {
	text, js := benchLog(false, 1<<20), benchLog(true, 1<<20)
	for _, c := range []struct {
		log   *testLog
		query string
	}{
		{text, "level>=warning"}, {text, "domain=auth -source=x"}, {text, "status>=500 or duration>2s"}, {text, "ts>=2024-01-15T09:01"},
		{text, "Completed"}, {text, "completed"}, {text, "-needle-7f3a level=info"}, {text, "/[0-9]{4}ms/"}, {js, "user.id=-1"}, {js, "nosuch=1"},
	} {
		p, err := mustParse(t, c.query).Compile(c.log.env())
		if err != nil {
			t.Fatal(err)
		}
		bits := model.NewBits(c.log.batch.Len())
		run := func() {
			bits.Fill(c.log.batch.Len())
			p.Narrow(&c.log.batch, bits)
		}
		run()
		if n := testing.AllocsPerRun(5, run); n > scratchAllocations {
			t.Errorf("%s: %.0f allocations for %d records", c.query, n, c.log.batch.Len())
		}
	}
}
