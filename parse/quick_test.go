package parse

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"ravel/model"
)

// quickSamples are lines of format ids and what may stand between them.
var quickSamples = []string{
	"2025-03-20T13:24:26.000 [d669b032f7eeb4b5b17e6deb4288af45][-] INFO --- app --- Started GET /api/v1/jobs/49577 HTTP/1.1 from 127.0.0.1",
	"2025-03-20T13:24:26.008 [1516adbc3ef7d22a7fe4211bd5594586][-] INFO --- app --- Completed 200 OK in 168ms",
	"2025-03-20 13:24:59,999 [1516adbc3ef7d22a7fe4211bd5594586][abcdef] ERROR --- db --- Query failed: {\"a\": 1}",
	"2025-03-20T13:24:26.013 [27e5709d853308415bb0bc26774c4de1][-] WARNING --- db --- Slow statement, rows examined: 1100",
	"2025-03-20T13:25:26.013 [-][-] INFO --- db --- Connection pool size 80",
	"2025-03-20T13:25:26.013 [-][1516adbc3ef7d22a7fe4211bd5594586] INFO --- db --- Connection pool size 80",
	"2025-03-20T13:24:26.013 [27e5709d853308415bb0bc26774c4de1][1516adbc3ef7d22a7fe4211bd5594586] INFO --- db --- Query returned rows: 4865",
	"2025-03-20T13:24:26.013 [27e5709d853308415bb0bc26774c4de1][0000-0000] TRACE --- longer.than.eight --- Completed 200 OK in 38ms",
	"2025-03-20T13:25:26.013 [-][-] INFO --- db --- request_id=abcdefgh-77 done",
	"2025-03-20T13:25:26 [27e5709d853308415bb0bc26774c4de1][-] INFO --- db --- no fraction",
	"2025-03-20T13:24:26.013Z [27e5709d853308415bb0bc26774c4de1][-] INFO --- db --- a zone",
	"2025-03-30T02:30:26.013 [00000000000000000000000000000000][-] DEBUG --- db --- none",
	"2025-03-30T02:30:60.013 [abcdefabcdefabcdefabcdefabcdef12][-] DEBUG --- x --- leap, scoped",
	"2025-03-30T02:30:60.013 [abcdefabcdefabcdefabcdefabcdef12][-] CRITICAL --- --- empty",
	"2025-03-20T13:24:26.013 [27e5709d853308415bb0bc26774c4de1][-] INFO --- two words --- text",
	"2025-03-20T13:24:26.013 [27e5709d853308415bb0bc26774c4de1][-] INFO --- w ---",
	"Traceback (most recent call last):", "  File \"a.py\", line 3, in f", "    g()", "ValueError: no",
	"", "   indented", "{\"timestamp\": \"2025-03-20T13:24:26.000Z\", \"level\": \"INFO\", \"message\": \"x\"}", "{", "}",
	"2025-03-20T13:24:26.013 [27e5709d853308415bb0bc26774c4de1][-] INFO --- \x1b[1mapp\x1b[0m --- Finished task in 3s",
	"2025-03-20 13:24:26,013 - agents - INFO - another format", "api-1  | 2025-03-20T13:24:26.000 [-][-] INFO --- db --- carried",
}

// quickLog makes a log of n lines, most of them of the format.
func quickLog(rng *rand.Rand, n int) []byte {
	var b bytes.Buffer
	for range n {
		line := []byte(quickSamples[rng.IntN(3)])
		if rng.IntN(3) == 0 {
			line = []byte(quickSamples[rng.IntN(len(quickSamples)-rng.IntN(2))])
		}
		for rng.IntN(4) == 0 && len(line) > 0 { // something is not as it should be
			line[rng.IntN(len(line))] = "0 9-]:,.T[m\r\x1b"[rng.IntN(13)]
		}
		b.Write(line)
		b.WriteString([]string{"\n", "\n", "\n", "\r\n"}[rng.IntN(4)])
	}
	return b.Bytes()
}

// parseIn parses data in pieces as chosen by rng, with the quick way or
// without.
func parseIn(o Options, data []byte, rng *rand.Rand, quick bool) (*model.Batch, State) {
	p := New(o)
	if !quick {
		p.ids.format = noFormat
	}
	b := &model.Batch{}
	next := uint32(0)
	for end := 0; end < len(data); {
		end = min(len(data), end+1+rng.IntN(600))
		b.Buf = data[:end]
		if next = p.Parse(b, next, false); rng.IntN(8) == 0 {
			next = p.Idle(b, next)
		}
	}
	p.Parse(b, next, true)
	return b, p.State()
}

func TestQuickWayIsTheGeneralOne(t *testing.T) {
	zones := []*time.Location{time.UTC, time.FixedZone("odd", 3600+1800+7)}
	if rome, err := time.LoadLocation("Europe/Rome"); err == nil {
		zones = append(zones, rome)
	}
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 5))
		data := quickLog(rng, 60)
		o := Options{Names: model.NewNames(), Domain: "app", Zone: zones[seed%uint64(len(zones))], Source: uint16(seed % 3), Live: true}
		if seed%7 == 0 {
			o.MaxRecord = 200
		}
		got, after := parseIn(o, data, rand.New(rand.NewPCG(seed, 6)), true)
		want, wantAfter := parseIn(o, data, rand.New(rand.NewPCG(seed, 6)), false)
		if after != wantAfter {
			t.Fatalf("seed %d: state %+v, want %+v", seed, after, wantAfter)
		}
		if !reflect.DeepEqual(got, want) {
			for i := range min(got.Len(), want.Len()) {
				if got.Meta(i) != want.Meta(i) {
					t.Fatalf("seed %d, record %d %q:\n%+v, want\n%+v", seed, i, want.Raw(i), got.Meta(i), want.Meta(i))
				}
			}
			t.Fatalf("seed %d: %d records, want %d", seed, got.Len(), want.Len())
		}
	}
}

// TestQuickWayIsTaken guards against a condition that turns every line away.
func TestQuickWayIsTaken(t *testing.T) {
	p := New(Options{Names: model.NewNames(), Domain: "app"})
	b := &model.Batch{Buf: []byte(strings.Repeat(quickSamples[0]+"\n", 3))}
	p.Parse(b, 0, false)
	p.attach(b, uint32(len(b.Buf)))
	b.Buf = append(b.Buf, quickSamples[1]+"\n"...)
	if p.quick([]byte(quickSamples[1]+"\n"), true) == 0 {
		t.Error("a line of the format goes the general way")
	}
}

// TestQuickLevels: each level has a slot of its own.
func TestQuickLevels(t *testing.T) {
	q := newQuickIDs(Builtin())
	n := 0
	for _, l := range q.levels {
		if l.next > 0 {
			n++
		}
	}
	if n != 7 {
		t.Errorf("%d levels have a slot, want 7", n)
	}
}
