package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ravel/model"
	"ravel/model/query"
	"ravel/parse"
)

// oddJSON are lines of which some say how long something took, where it is not
// looked for first.
var oddJSON = []string{
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "\u0064uration_ms": 9000}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "Completed 200 OK in 9000ms"}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m duration_ms=9000"}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "elapsed": "9s"}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "latency_ms": 9000}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "event": "Completed 200 OK in 9000ms"}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "ctx": {"duration_ms": 9000}}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "deep": {"er": {"duration_ms": 9000}}}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "duration_ms": "9000"}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "duration_ms": 9e3}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "duration_ms": 1999.9999999999999999}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "duration_ms": null}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "duration_ms": [1, 9000]}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "duration_ms": 1, "duration_ms": 9000}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "duration_ms" : 9000, "user": "bob"}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "user=bob"}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "loud", "message": "m", "duration_ms": 9000}`,
	`{"timestamp": "March", "level": "INFO", "message": "m", "elapsed_ms": 9000}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "duration_ms": 9000`,
	`{"broken": }`, `{`, `  "duration_ms": 9000`, `}`, ``, `plain text took 9000ms`, `    at x.y(Z.java:1)`,
	`2025-03-20 13:24:26,013 - agents - INFO - Completed 200 OK in 9000ms`,
	`[{"timestamp": "2025-03-20T13:24:26Z", "message": "m", "duration_ms": 9000}]`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m"}{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "n", "took": "9s"}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "GET \/x 200 in 9000ms"}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "sent_200-in 9000ms\nand more"}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "res": {"responseTime": 9000.5}}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "\u0043ompleted 200 OK in 9000ms"}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", 'elapsed_ms': 9000, 'message': 'm'}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "duration_ms":9000}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "duration_ms": 0002001}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "duration_ms": 99999999999}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "duration_ms": 1, "x": "duration_ms", "y": "duration_ms: 9000"}`,
	`{"timestamp": "2025-03-20T13:24:26Z", "level": "INFO", "message": "m", "stack_trace": "at a.b(C.java:1)", "elapsed_ms": 9000}`,
}

// jsonLog is n bytes of JSON records with odd lines between.
func jsonLog(r *rand.Rand, n, every int, odd []string) []byte {
	var b bytes.Buffer
	at := time.Date(2025, 3, 20, 13, 24, 26, 0, time.UTC)
	for b.Len() < n {
		at = at.Add(time.Duration(r.IntN(int(200 * time.Millisecond))))
		fmt.Fprintf(&b, `{"timestamp": "%s", "level": "INFO", "logger": "app", `, at.Format("2006-01-02T15:04:05.000Z"))
		switch r.IntN(4) {
		case 0:
			fmt.Fprintf(&b, `"message": "request_complete", "status": 200, "duration_ms": %d, "user": "u%d"}`, r.IntN(2010), r.IntN(99))
		case 1:
			fmt.Fprintf(&b, `"message": "request_start", "path": "/api/%d", "request_id": "%032x"}`, r.IntN(999), r.Uint64())
		default:
			fmt.Fprintf(&b, `"message": "pool size %d"}`, r.IntN(9999))
		}
		b.WriteByte('\n')
		if b.Len() > 64<<10 && r.IntN(every) == 0 {
			b.WriteString(odd[r.IntN(len(odd))] + "\n")
		}
	}
	return b.Bytes()
}

// wanted tells by sequence which records of file a filter takes.
func wanted(t *testing.T, o parse.Options, file []byte, p *query.Predicate) (records []flat, takes []bool) {
	t.Helper()
	for parser, buf := parse.New(o), file; ; {
		b := &model.Batch{Buf: buf, First: model.Seq(len(records) + 1)}
		next := parser.Parse(b, 0, true)
		if b.Len() == 0 {
			return records, takes
		}
		bits := model.NewBits(b.Len())
		p.Narrow(b, bits)
		for i := range b.Len() {
			takes = append(takes, bits.Has(i))
		}
		records = appendFlat(records, b, nil)
		buf = buf[next:]
	}
}

// TestSkimmedJSON reads blocks with what filters require, and checks that what
// is left out is nothing that they take.
func TestSkimmedJSON(t *testing.T) {
	passed := 0
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 33))
		odd := oddJSON
		if seed < 4 { // those that leave the stream what it is
			odd = slices.DeleteFunc(slices.Clone(odd), func(s string) bool { return !strings.HasPrefix(s, `{"`) || !json.Valid([]byte(s)) })
		}
		file := jsonLog(r, 300_000, []int{15, 150, 3000}[seed%3], odd)
		o := options()
		dec := parse.NewDecoder(nil, o.Names, nil)
		for _, text := range []string{"duration_ms>2000", "duration_ms>=1500 level=info", "user=bob", "user~/^u7/", "exists(user)", "timeout", "request_start"} {
			q, err := query.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			p, err := q.Compile(query.Env{Decoder: dec, Names: o.Names})
			if err != nil {
				t.Fatal(err)
			}
			need := p.Required()
			if need == nil {
				t.Fatalf("%s requires nothing", text)
			}
			n := &Need{Begin: need.Begin, JSON: need.Key != ""}
			if need.Duration {
				n.Duration = need.Key
			}
			want, takes := wanted(t, o, file, p)
			got, left := skimmed(t, o, file, n, []int{20_000, 100_000}[seed%2])
			passed += left
			for i, w := range want {
				g, ok := got[model.Seq(i+1)]
				switch {
				case ok && g != w:
					t.Fatalf("%s: record %d\n got %+v\nwant %+v", text, i+1, g, w)
				case !ok && takes[i]:
					t.Fatalf("%s: record %d is left out: %+v", text, i+1, w)
				}
			}
		}
	}
	if passed < 15_000 {
		t.Errorf("only %d records were passed over", passed)
	}
}

// skimmed reads file with blocks of size bytes, and returns the records that
// came by number, and how many were left out.
func skimmed(t *testing.T, o parse.Options, file []byte, need *Need, size int) (got map[model.Seq]flat, left int) {
	t.Helper()
	p, begun, off := steadyParser(t, o, file)
	got = map[model.Seq]flat{}
	seq := model.Seq(0)
	take := func(records []flat) {
		for _, f := range records {
			seq++
			got[seq] = f
		}
	}
	take(begun)
	b := newBulk(p, bytes.NewReader(file), size, func(b *model.Batch) error {
		seq += model.Seq(b.Skipped)
		left += int(b.Skipped)
		take(appendFlat(nil, b, file))
		return nil
	})
	b.need, b.leave = need, func(n uint64) { seq += model.Seq(n); left += int(n) }
	end, err := b.run(off, int64(len(file))-off)
	if err != nil {
		t.Fatal(err)
	}
	take(sequential(b.p, file[end:]))
	return got, left
}
