package parse

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ravel/parse/stamp"
)

// TestMinute holds what is remembered of a minute against package stamp.
func TestMinute(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	zones := []*time.Location{time.UTC, time.FixedZone("odd", 7)}
	for _, name := range []string{"Europe/Rome", "America/St_Johns", "Africa/Monrovia"} {
		if loc, err := time.LoadLocation(name); err == nil {
			zones = append(zones, loc)
		}
	}
	begins := []string{"2025-03-30T01:59", "2025-03-30T02:00", "2025-03-30 02:30", "2025-10-26T02:59", "2025-02-30T00:00", "1972-01-07T00:44", "2025-12-31T23:59"}
	tails := []string{".000Z", ".000", ",123", ".1", ".123456789", ".1234567890", ".123+01:00", ".123-0330", ".123 +0100", ".123+1", ".5.5", ".", "", ".12 PM", ".1Zx", ".123CET"}
	for _, loc := range zones {
		var m minute
		read := 0
		for range 3000 {
			text := fmt.Sprintf("%s:%02d%s", begins[rng.IntN(len(begins))], rng.IntN(62), tails[rng.IntN(len(tails))])
			if rng.IntN(20) == 0 {
				b := []byte(text)
				b[rng.IntN(len(b))] = "x:T 9"[rng.IntN(5)]
				text = string(b)
			}
			got, ok := m.stamp([]byte(text), loc)
			if !ok {
				continue
			}
			read++
			if want, ok := stamp.ISO.At([]byte(text), loc); !ok || got != want {
				t.Fatalf("%q in %s is %+v, want %+v, %v", text, loc, got, want, ok)
			}
		}
		if read < 500 {
			t.Errorf("%s: only %d stamps were read", loc, read)
		}
	}
}
