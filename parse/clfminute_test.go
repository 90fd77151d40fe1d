package parse

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ravel/parse/stamp"
)

// TestSameMinute: a stamp is read alike whatever stood in the lines before.
func TestSameMinute(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		rome = time.FixedZone("R", 3600)
	}
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 4))
		r := newReader(rome)
		for range 60 {
			b := fmt.Appendf(nil, "%02d/%s/2026:%02d:%02d:%02d +0%d00] \"GET / HTTP/1.1\" 200 5", 28+rng.IntN(2), []string{"Feb", "Mar"}[rng.IntN(2)], rng.IntN(2), 58+rng.IntN(2), rng.IntN(64), rng.IntN(2))
			if rng.IntN(4) == 0 {
				b[rng.IntN(27)] = "0 9]/:+-."[rng.IntN(9)]
			}
			got, ok := r.accessStamp(b)
			want, wantOK := stamp.At(b, rome)
			if wantOK = wantOK && want.Date; ok != wantOK || ok && got != want {
				t.Fatalf("seed %d, %q: %+v %v, want %+v %v", seed, b, got, ok, want, wantOK)
			}
		}
	}
}

func TestQuoteEnd(t *testing.T) {
	for b, want := range map[string]int{`"`: -1, `""`: 1, `"a" "b"`: 2, `"a\"b" c`: 5, `"a\\" "b"`: 4, `"a\"`: -1, `"abc`: -1, `"a" \ "`: 2} {
		if got := quoteEnd([]byte(b)); got != want {
			t.Errorf("%s: %d, want %d", b, got, want)
		}
	}
}
