package parse

import (
	"math/rand/v2"
	"testing"
	"time"

	"ravel/model"
	"ravel/parse/lifecycle"
)

// TestWholeAccessLines shows that lifecycles find in an access line that says
// all what is taken for granted.
func TestWholeAccessLines(t *testing.T) {
	lines := []string{
		`172.100.0.19 - - [22/Feb/2026:14:30:45 +0000] "GET /api/v1/items?page=2 HTTP/1.1" 200 1234 "-" "curl/8.5.0"`,
		`10.0.0.1 - alice [22/Feb/2026:14:30:45 +0000] "POST / HTTP/2.0" 503 -`,
		`::1 - - [22/Feb/2026:14:30:45 +0000] "DELETE /x" 404 12 0.123`,
		`203.0.113.7 203.0.113.8 - - [22/Feb/2026:14:30:45 +0000] "PROPFIND /dav HTTP/1.1" 207 5 "https://example.com/?a=b" "x \" y" 12ms`,
		`203.0.113.7 id=77 - [22/Feb/2026:14:30:45 +0000] "GET /a b HTTP/1.0" 301 5 request_id=abcdefgh-12`,
	}
	rng := rand.New(rand.NewPCG(2, 2))
	r := newReader(time.UTC)
	var h head
	var hit lifecycle.Hit
	whole := 0
	for range 20_000 {
		line := []byte(lines[rng.IntN(len(lines))])
		for rng.IntN(2) == 0 {
			line[rng.IntN(len(line))] = "0 \"-[]:/.?GHTP5\\"[rng.IntN(16)]
		}
		if h.reset(); r.accessLine(line, &h) == misfit || !h.whole {
			continue
		}
		whole++
		status, dur := h.f.Status, h.f.Dur
		if mark := h.mark(&hit); mark != model.MakeMark(model.KindAccess, model.Whole) || h.f.Status != status || h.f.Dur != dur || !hit.ID.Empty() {
			t.Fatalf("%q: mark %v %v, status %d, duration %d", line, mark.Kind(), mark.Event(), h.f.Status, h.f.Dur)
		}
	}
	if whole < 1000 {
		t.Errorf("only %d lines say all", whole)
	}
}
