package query

import (
	"math/rand/v2"
	"testing"
)

// TestPairIndex compares the search for two bytes with a look at each place, at
// any length and any alignment, with few places and with many: as it runs here, and
// as it does where there are no instructions for it.
func TestPairIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for range 20_000 {
		alphabet := 2 + r.IntN(40)
		buf := make([]byte, r.IntN(200))
		for i := range buf {
			buf[i] = byte('A' + r.IntN(alphabet))
			if r.IntN(50) == 0 {
				buf[i] = byte(r.Uint32())
			}
		}
		fold := func() byte {
			if r.IntN(2) == 0 {
				return 'a' - 'A'
			}
			return 0
		}
		caseA, caseB := fold(), fold()
		a, b := byte('A'+r.IntN(alphabet))|caseA, byte('A'+r.IntN(alphabet))|caseB
		p := newPair(a, caseA, b, caseB)
		apart := r.IntN(min(len(buf), 40) + 1)
		x, y := buf[:len(buf)-apart], buf[apart:]
		want := -1
		for i := range x {
			if x[i]|caseA == a && y[i]|caseB == b {
				want = i
				break
			}
		}
		if got := p.index(x, y); got != want {
			t.Fatalf("%q and %q, %d apart, in %q: %d, want %d", a, b, apart, buf, got, want)
		}
		if got := p.indexFrom(x, y, 0); got != want {
			t.Fatalf("%q and %q, %d apart, in %q, in Go: %d, want %d", a, b, apart, buf, got, want)
		}
	}
}

func BenchmarkPairIndex(b *testing.B) {
	buf := make([]byte, 1<<20)
	for i := range buf {
		buf[i] = "0123456789abcdef :-[]"[i*7919%21]
	}
	p := newPair('z', 0, 'q', 0)
	b.SetBytes(int64(len(buf)))
	for b.Loop() {
		p.index(buf[:len(buf)-3], buf[3:])
	}
}
