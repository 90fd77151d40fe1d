//go:build !purego

package parse

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"ravel/model"
)

// withoutStride runs f as on a processor without AVX2.
func withoutStride(f func()) {
	defer func(has bool) { hasStride = has }(hasStride)
	hasStride = false
	f()
}

// TestWithoutStride tests plans as other processors follow them.
func TestWithoutStride(t *testing.T) {
	if !hasStride {
		t.Skip("it is not used here anyway")
	}
	withoutStride(func() {
		for seed := range uint64(60) {
			checkPlanned(t, fmt.Sprint("seed ", seed), jsonLines(seed, 80))
		}
		TestPlannedHeads(t)
	})
}

// TestStride compares what walks over records find by AVX2 and without, also
// where a text ends anywhere.
func TestStride(t *testing.T) {
	if !hasStride {
		t.Skip("no AVX2")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	lines := 0
	for seed := range uint64(120) {
		data := jsonLines(seed, 60)
		p := New(Options{Names: model.NewNames(), Domain: "app", Zone: time.UTC})
		p.Parse(&model.Batch{Buf: data}, 0, true)
		way := p.r.plan
		if way == nil {
			continue
		}
		for at := 0; at < len(data); {
			text, most := data[:len(data)-rng.IntN(min(200, len(data)-at))], 1+rng.IntN(planLines)
			type found struct {
				lines  []walkedLine
				values []walked
			}
			walk := func() (f found) {
				n := way.walk(text, at, most)
				for _, l := range way.lines[:n] {
					for i := range l.slot { // those not seen are left over
						if l.seen&(1<<i) == 0 {
							l.slot[i] = 0
						}
					}
					f.lines, f.values = append(f.lines, l), append(f.values, way.of(&l)...)
				}
				return f
			}
			got := walk()
			var want found
			withoutStride(func() { want = walk() })
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d at %d of %q:\n%+v, want\n%+v", seed, at, text, got, want)
			}
			if n := len(got.lines); n > 0 {
				at, lines = got.lines[n-1].next, lines+n
				continue
			}
			at = nextStart(data, at+1)
		}
	}
	if lines < 2000 {
		t.Errorf("only %d lines were walked over", lines)
	}
}
