//go:build !race

package parse

import (
	"testing"

	"ravel/model"
)

// TestParserAllocatesNothingPerRecord holds the ceiling of allocation. Under
// the race detector pools forget what they hold, at random.
func TestParserAllocatesNothingPerRecord(t *testing.T) {
	for _, name := range []string{"ids", "json", "stamped", "level", "logfmt", "access", "mixed"} {
		input := benchInput(benchLines[name])
		input = input[:nextStart(input, 200_000)]
		p := New(Options{Names: model.NewNames(), Domain: "x"})
		var cols model.Batch
		run := func() {
			b := cols
			b.Buf = input
			p.Parse(&b, 0, true)
			cols = empty(&b)
		}
		run()
		if n := testing.AllocsPerRun(3, run); n > 3 {
			t.Errorf("%s: %v allocations for 200 KB", name, n)
		}
	}
}
