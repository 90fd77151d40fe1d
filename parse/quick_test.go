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

// stampedSamples are the same for the format stamped.
var stampedSamples = []string{
	"2026-02-22 14:30:45,123 - agents - INFO - Contribution 7 validated by rule set 3",
	"2026-02-22 14:30:45,124 - agents.worker - WARNING - Contribution 8 refused",
	"2026-02-22 14:30:46,000 - agents - ERROR - Rule set 9 is gone",
	"2026-02-22 14:30:47 - agents - INFO - no fraction", "2026-02-22T14:31:01.5 - agents - INFO - one digit",
	"2026-02-22T14:31:01.123456Z - agents - INFO - a zone", "2026-02-22T14:31:01.123+01:00 - agents - INFO - an offset",
	"2026-02-22T14:31:01+0100 - agents - INFO - another offset", "2026-02-22 14:31:01 PM - agents - INFO - half a day",
	"2026-02-22 14:31:02,123 - agents - INFO - request_id=abcdefgh-12 is known", "2026-02-22 14:31:02,123 - agents - INFO - ends with {\"task_id\": \"x-12345678\"}",
	"2026-02-22 14:31:02,123 - agents - INFO - correlation_id=abcdefgh-12 seen", "2026-02-22 14:31:02,123 - agents - INFO - trace_id=0123456789abcdef0123456789abcdef n=3", "2026-02-22 14:31:02,123 - agents - INFO - n=3 {\"a\": 1}",
	"2026-02-22 14:31:02,123 - agents - INFO - GET /orders/7 200 12ms", "2026-02-22 14:31:02,123 - agents - INFO - Task started",
	"2026-02-22 14:31:02,123 - agents - INFO - tasks.add[3e4b5f6a-0000-4000-8000-1234567890ab]: Task received",
	"2026-02-22 14:31:02,123 - agents - INFO -  two blanks", "2026-02-22 14:31:02,123 - agents - INFO - ", "2026-02-22 14:31:02,123 - agents - INFO",
	"2026-02-22 14:31:02,123 - agents - INFO - - a dash", "2026-02-22 14:31:02,123 INFO  com.example.Main: no dashes", "2026-02-22 14:31:62,123 - agents - INFO - no second",
	"2026-02-22 14:31:02,123 - agents - INFO - abcdefghabcdefghabcdefghabcdefghabcdefgh",
	"Traceback (most recent call last):", "  File \"a.py\", line 3, in f", "    g()", "ValueError: no", "", "   indented", "{\"a\": 1}", "web-1  | carried",
	"2026-02-22T14:31:01.123456789Z stdout F 2026-02-22 14:31:02,123 - agents - INFO - carried",
}

// quickLog makes a log of n lines, most of them of the format.
func quickLog(rng *rand.Rand, n int, samples []string) []byte {
	var b bytes.Buffer
	for range n {
		line := []byte(samples[rng.IntN(3)])
		if rng.IntN(3) == 0 {
			line = []byte(samples[rng.IntN(len(samples)-rng.IntN(2))])
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
		p.ids.format, p.stamped = noFormat, noFormat
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
	for seed := range uint64(600) {
		rng := rand.New(rand.NewPCG(seed, 5))
		data := quickLog(rng, 60, [][]string{quickSamples, stampedSamples}[seed%2])
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
	for _, line := range []string{quickSamples[0], quickSamples[1], stampedSamples[0], stampedSamples[1]} {
		p := New(Options{Names: model.NewNames(), Domain: "app"})
		b := &model.Batch{Buf: []byte(strings.Repeat(line+"\n", 3))}
		next := p.Parse(b, 0, false)
		b.Buf = append(b.Buf, line+"\n"...)
		p.attach(b, next)
		if p.quick(b.Buf[len(b.Buf)-len(line)-1:]) == 0 {
			t.Errorf("%q goes the general way", line)
		}
	}
}
