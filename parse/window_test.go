package parse

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"ravel/model"
)

// windows looks all of b from offset at on through and gives what is found.
func windows(b []byte, at int) (ends []int, odd oddities) {
	var lines [quickRows + 64]uint32
	for at < len(b) {
		n, stop, o := scanLines(&lines, b, at)
		for _, e := range lines[:n] {
			ends = append(ends, int(e))
		}
		at, odd = stop, odd|o
	}
	return ends, odd
}

// TestScanLines compares with a look at each byte, for each beginning and length
// around the steps of the scan, for lines of all lengths.
func TestScanLines(t *testing.T) {
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 1))
		b := bytes.Repeat([]byte("\x0b"), rng.IntN(700)+rng.IntN(2)*40_000)
		often := 1 + rng.IntN(130)
		for i := range b {
			switch {
			case rng.IntN(often) == 0:
				b[i] = '\n'
			case seed%3 == 0 && rng.IntN(len(b)) == 0:
				b[i] = "\\\x1b"[rng.IntN(2)]
			}
		}
		at := rng.IntN(len(b) + 1)
		got, odd := windows(b, at)
		var want []int
		for i := at; i < len(b); i++ {
			if b[i] == '\n' {
				want = append(want, i)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: %d line feeds, want %d", seed, len(got), len(want))
		}
		if got, want := odd&oddEscape != 0, bytes.IndexByte(b[at:], escape) >= 0; got != want {
			t.Fatalf("seed %d: an escape is there: %v, want %v", seed, got, want)
		}
		if got, want := odd&oddBackslash != 0, bytes.IndexByte(b[at:], '\\') >= 0; got != want {
			t.Fatalf("seed %d: a backslash is there: %v, want %v", seed, got, want)
		}
	}
}

// TestBackslashes: a record is flagged wherever its backslash stands, however the
// bytes come, held back or not.
func TestBackslashes(t *testing.T) {
	lines := []string{
		"2025-03-20T13:24:26.000 [d669b032f7eeb4b5b17e6deb4288af45][-] INFO --- app --- Started GET /api/v1/jobs/49577 HTTP/1.1 from 127.0.0.1\n",
		"2025-03-20T13:24:26.000 [d669b032f7eeb4b5b17e6deb4288af45][-] INFO --- app --- C:\\temp\n",
		"Traceback (most recent call last):\n", "  File \"a.py\", line 3, in f\n", "    g(\"\\n\")\n", "ValueError: \\\n", "\\\n", "\n",
		`{"level": "info", "message": "a\nb"}` + "\n", `{"level": "info", "message": "a"}` + "\n",
	}
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 2))
		var data []byte
		for range 1 + rng.IntN(1200) {
			k := rng.IntN(len(lines))
			if rng.IntN(8) > 0 {
				k = int(seed) % 2
			}
			data = append(data, lines[k]...)
		}
		p, b, from := New(Options{Names: model.NewNames(), Domain: "app"}), &model.Batch{}, uint32(0)
		for end := 0; end < len(data); {
			end = min(len(data), end+1+rng.IntN(1<<(4+seed%13)))
			b.Buf = data[:end]
			from = p.Parse(b, from, end == len(data))
		}
		if len(p.slashed) != 0 {
			t.Fatalf("seed %d: %d windows are kept behind the end", seed, len(p.slashed))
		}
		for i := range b.Len() {
			if got, want := b.Flags[i]&model.HasEscape != 0, bytes.IndexByte(b.Raw(i), '\\') >= 0; got != want {
				t.Fatalf("seed %d, record %d %q: flagged %v", seed, i, b.Raw(i), got)
			}
		}
	}
}
