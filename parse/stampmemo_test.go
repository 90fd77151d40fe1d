package parse

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestStampMemo: a stamp at the beginning of a line is read alike whatever stood in
// the lines before.
func TestStampMemo(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		rome = time.FixedZone("R", 3600)
	}
	fractions := []string{"", "", ".123", ",5", ".123456789", ".1234567891", ":123", ":1234"}
	tails := []string{
		" INFO text", " ERROR text", "Z INFO text", "+01:00 INFO text", "+0100 INFO text", " +0100 INFO text", " UTC text to read", " ESTIMATE", " EST text to read", " CET+1 text",
		" PM text", " am, text to read", "PM text to read", " Europe/Rome text", " Europe/Nowhere", " Europa is one", " Etc/GMT+3 text", " - logger - x", " [main] text", ": text to read", " +1 text to read", " -0 - text", "", " ", " x", "\u202fPM text", "\x00\x00\x00\x00\x00\x00\x00\x00x",
		" America/New_York x", " americas are", " a message here", " pm2 is a program", "Zulu is text", " Z text to read", "] text to read",
	}
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 7))
		zone := []*time.Location{time.UTC, rome}[seed%2]
		r, forgetful := newReader(zone), newReader(zone)
		few := []string{tails[rng.IntN(len(tails))], tails[rng.IntN(len(tails))], tails[rng.IntN(len(tails))], tails[0]}
		for range 80 {
			b := fmt.Appendf(nil, "2026-%s%c%02d:%02d:%02d%s%s", []string{"03-29", "07-01"}[rng.IntN(2)], "T "[rng.IntN(2)], []int{1, 11, 13, 0}[rng.IntN(4)], 58+rng.IntN(2), rng.IntN(62),
				fractions[rng.IntN(len(fractions))], few[rng.IntN(len(few))])
			if rng.IntN(6) == 0 {
				b[rng.IntN(len(b))] = "0 9]/:+-.APMZ"[rng.IntN(13)]
			}
			forgetful.layout, forgetful.lead = r.layout, stampMemo{}
			got, ok := r.stampAt(b)
			want, wantOK := forgetful.stampAt(b)
			if ok != wantOK || ok && got != want {
				t.Fatalf("seed %d, %q: %+v %v, want %+v %v", seed, b, got, ok, want, wantOK)
			}
		}
	}
}
