package trace

import (
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
)

// TestMemo: what is remembered is what decoding gives, whatever came before, to
// several who ask at a time.
func TestMemo(t *testing.T) {
	var m memo
	var wg sync.WaitGroup
	for seed := range uint64(4) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, 1))
			for range 3000 {
				body, before := "", "oops"
				for body, before = range within {
					break // any of them
				}
				l := []lang{python, golang, ruby, at}[r.IntN(4)]
				if r.IntN(2) == 0 {
					body += string(rune('a' + r.IntN(20)))
				}
				got, text := m.decode(l, []byte(body), []byte(before))
				if want := decode(l, body, before); text != body || !reflect.DeepEqual(got, *want) {
					t.Errorf("%d %q %q: %+v, want %+v", l, body, before, got, *want)
					return
				}
				got.Frames = append(got.Frames, got.Frames...) // which is its own
			}
		})
	}
	wg.Wait()
}
