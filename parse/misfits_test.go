package parse

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"ravel/model"
)

// TestMisfitsChangeNothing: what is remembered of lines that fit no format changes
// no record.
func TestMisfitsChangeNothing(t *testing.T) {
	lines := append([]string{
		"Exception in thread \"main\" java.lang.IllegalStateException: no", "\tat com.example.Main.run(Main.java:7)", "Caused by: java.io.IOException: closed", "\t... 3 more",
		"panic: no", "goroutine 1 [running]:", "main.main()", "\t/src/main.go:3 +0x1d", "short", strings.Repeat("long ", 30), strings.Repeat("y", 118), strings.Repeat("y", 119),
		"2025/03/20 13:24:26 plain", "13:24:26 INFO plain", "level=info msg=x",
	}, append(quickSamples, stampedSamples...)...)
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 3))
		few := lines[rng.IntN(len(lines)-8):][:8]
		remembering, forgetful := New(Options{Names: model.NewNames(), Domain: "app"}), New(Options{Names: model.NewNames(), Domain: "app"})
		got, want := &model.Batch{}, &model.Batch{}
		from, wantFrom := uint32(0), uint32(0)
		var data []byte
		for range 100 {
			data = append(append(data, few[rng.IntN(len(few))]...), '\n')
			got.Buf, want.Buf = data, data
			forgetful.misfits = nil
			from, wantFrom = remembering.Parse(got, from, false), forgetful.Parse(want, wantFrom, false)
			if from != wantFrom {
				t.Fatalf("seed %d: held back from %d, want %d", seed, from, wantFrom)
			}
		}
		remembering.Parse(got, from, true)
		forgetful.Parse(want, from, true)
		if remembering.State() != forgetful.State() || !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: other records of\n%s", seed, data)
		}
	}
}

// TestMisfitsAreRemembered guards against a place that no line finds again.
func TestMisfitsAreRemembered(t *testing.T) {
	m := new(misfits)
	for n := minMisfit; n <= maxMisfit; n++ {
		line := []byte(strings.Repeat("z", n))
		if m.has(line) {
			t.Errorf("%d bytes are known beforehand", n)
		}
		if m.add(line); !m.has(line) {
			t.Errorf("%d bytes are forgotten", n)
		}
	}
}
