package ingest

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ravel/model"
	"ravel/model/query"
	"ravel/parse"
)

// filter compiles a query against what o parses.
func filter(t testing.TB, o parse.Options, text string) *query.Predicate {
	t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := q.Compile(query.Env{Decoder: parse.NewDecoder(nil, o.Names, nil), Names: o.Names})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// taken appends the records of b that p takes, without their numbers.
func taken(got []flat, p *query.Predicate, b *model.Batch) []flat {
	if b.Len() == 0 {
		return got
	}
	bits := model.NewBits(b.Len())
	p.Narrow(b, bits)
	for i, f := range appendFlat(nil, b, nil) {
		if f.m.Line = 0; bits.Has(i) {
			got = append(got, f)
		}
	}
	return got
}

// plain are the records of file that p takes, read in order by parser.
func plain(p *query.Predicate, parser *parse.Parser, file []byte) (got []flat) {
	for buf := file; ; {
		b := &model.Batch{Buf: buf}
		next := parser.Parse(b, 0, true)
		if got = taken(got, p, b); b.Len() == 0 {
			return got
		}
		buf = buf[next:]
	}
}

// sifted are the records of file that p takes, read by a sieve as far as that
// goes, and whether it was sure to the end.
func sifted(t *testing.T, o parse.Options, file []byte, p *query.Predicate, size int) (got []flat, sure bool) {
	t.Helper()
	need := p.Required()
	if need == nil {
		t.Fatal("the filter requires nothing")
	}
	parser, _, off := steadyParser(t, o, file)
	got = plain(p, parse.New(o), file[:off])
	near := (&Need{Near: need.Near, Spelled: need.Spelled, Open: need.Open, Duration: need.Key}).near(parser)
	if near == nil || !parser.Parts() {
		return append(got, plain(p, parser, file[off:])...), false
	}
	v := sieve{o: &model.Origin{R: bytes.NewReader(file)}, size: size, near: near}
	v.p, v.emit = parser, func(b *model.Batch) error {
		got = taken(got, p, b)
		return nil
	}
	end, sure, err := v.run(off, int64(len(file))-off)
	if err != nil {
		t.Fatal(err)
	}
	if sure {
		return append(got, plain(p, parser, file[end:])...), true
	}
	s := &stream{past: end}
	for base := off; ; {
		b := &model.Batch{Buf: file[base:], Base: base}
		next := parser.Parse(b, 0, true)
		if b.Len() == 0 {
			return got, false
		}
		base += int64(next)
		if b = s.unseen(b); b != nil {
			got = taken(got, p, b)
		}
	}
}

// siftedLogs are the logs that sieves are tried on, by the odd lines in them.
var siftedLogs = []struct {
	name    string
	log     func(r *rand.Rand, every int, odd []string) []byte
	odd     []string
	queries []string
}{
	{"ids", oddIDs, oddLines, []string{"item", "nowhere", "Completed level>=info", "/rows\\W*$/", "it broke", "ValueError", "views.py", "took 77 -domain=db", "aA0", "C:"}},
	{"ids and traces", oddIDs, tracedLines, []string{"item", "panic", "main.go", "ValueError", "goroutine", "Traceback", "exception"}},
	{"ids and other stamps", oddIDs, stampedLines, []string{"item", "agents", "worker", "nowhere"}},
	{"json", oddObjects, oddJSON, []string{"request_start", "user=bob", "pool size 77", "9000", "stack_trace", "nowhere", "aA0", "duration_ms>2000", "duration_ms>1990 -user=u7", "ctx~/x/", "exists(latency_ms)", "elapsed_ms>=9000", "deep.er.duration_ms>5"}},
	{"stamped", oddStamped, stampedLines, []string{"item", "agents", "validated 77", "nowhere", "ValueError"}},
	{"access", oddAccess, append(append([]string{}, oddLines...), stampedLines...), []string{"item", "/api/7", "curl", "nowhere"}},
}

// tracedLines are what runtimes print when they crash, and what looks like it.
var tracedLines = []string{
	"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    panic()\nValueError: no\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"b.py\", line 2, in g\nKeyError: 'item'\n",
	"panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/main.go:1 +0x1\nexit status 2\n",
	"Exception in thread \"main\" java.lang.IllegalStateException: no item\n\tat a.b.C.main(C.java:1)\nCaused by: java.io.IOException: x\n\t... 3 more\n",
	"Traceback (most recent call last):\nERROR:root:item\nINFO: 7 item\nlevel=info msg=item\n2025/03/20 13:24:26 item\n127.0.0.1 - - [20/Mar/2025:13:24:26 +0000] \"GET /item HTTP/1.1\" 200 1\nValueError: no\n",
}

// stampedLines are records of other formats.
var stampedLines = []string{
	"2025-03-20 13:24:26,013 - agents - INFO - of another format, an item\n", "2025-03-20T13:24:26.013 [x] worker: an item\n",
	"2025-03-20T13:24:26.013Z INFO worker an item\n", "Mar 20 13:24:26 host sshd[7]: an item\n", "I0320 13:24:26.013000   1 server.go:12] an item\n",
	"127.0.0.1 - - [20/Mar/2025:13:24:26 +0000] \"GET /item HTTP/1.1\" 200 12 \"-\" \"curl\"\n", "time=2025-03-20T13:24:26Z level=info msg=\"an item\"\n",
	"web-1  | an item of compose\n", "2025-03-20T13:24:26.013000000Z stdout P an item\n2025-03-20T13:24:26.014000000Z stdout F  of two parts\n",
	"[\n", "{\"timestamp\":\"2025-03-20T13:24:26Z\",\"level\":\"INFO\",\"message\":\"item\"},\n", "]\n", "{\"events\": [\n", "}\n", "{\n  \"level\": \"INFO\",\n  \"message\": \"item\"\n}\n",
}

// mix puts odd lines between those of a log.
func mix(r *rand.Rand, log []byte, every int, odd []string) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(log) {
		if b.Write(line); b.Len() > 64<<10 && r.IntN(every) == 0 {
			s := odd[r.IntN(len(odd))]
			if b.WriteString(s); !strings.HasSuffix(s, "\n") {
				b.WriteByte('\n')
			}
		}
	}
	return b.Bytes()
}

func oddIDs(r *rand.Rand, every int, odd []string) []byte {
	return mix(r, requestLog(r, 200_000), every, odd)
}

func oddObjects(r *rand.Rand, every int, odd []string) []byte {
	return jsonLog(r, 200_000, every, odd)
}

func oddStamped(r *rand.Rand, every int, odd []string) []byte {
	return mix(r, lines(200_000, func(at time.Time) string {
		return fmt.Sprintf("%s - %s - INFO - Contribution validated %d\n", at.Format("2006-01-02 15:04:05,000"), []string{"agents", "worker"}[r.IntN(2)], r.IntN(999))
	}), every, odd)
}

func oddAccess(r *rand.Rand, every int, odd []string) []byte {
	return mix(r, lines(200_000, func(at time.Time) string {
		return fmt.Sprintf("10.0.0.%d - - [%s] \"GET /api/%d HTTP/1.1\" 200 %d \"-\" \"curl/8\"\n", r.IntN(9), at.Format("02/Jan/2006:15:04:05 -0700"), r.IntN(999), r.IntN(9999))
	}), every, odd)
}

// lines are n bytes of lines of growing stamps.
func lines(n int, line func(time.Time) string) []byte {
	var b bytes.Buffer
	for at := time.Date(2025, 3, 20, 13, 24, 26, 0, time.UTC); b.Len() < n; at = at.Add(37 * time.Millisecond) {
		b.WriteString(line(at))
	}
	return b.Bytes()
}

// TestSieve holds what a sieve and what comes after it find against reading in
// order.
func TestSieve(t *testing.T) {
	for _, l := range siftedLogs {
		t.Run(l.name, func(t *testing.T) {
			gaveUp, sureOf := 0, 0
			for seed := range uint64(6) {
				r := rand.New(rand.NewPCG(seed, 41))
				file := l.log(r, []int{30, 300, 3000}[seed%3], l.odd)
				for k, text := range l.queries {
					o := options()
					p := filter(t, o, text)
					want := plain(p, parse.New(o), file)
					got, sure := sifted(t, o, file, p, []int{900, 5_000, 30_000}[(int(seed)+k)%3])
					if sure {
						sureOf++
					} else {
						gaveUp++
					}
					for i := range min(len(got), len(want)) {
						if got[i] != want[i] {
							t.Fatalf("seed %d, %s, sure %v: record %d\n got %+v\nwant %+v", seed, text, sure, i, got[i], want[i])
						}
					}
					if len(got) != len(want) {
						t.Fatalf("seed %d, %s, sure %v: %d records, want %d", seed, text, sure, len(got), len(want))
					}
				}
			}
			t.Logf("sure %d times, gave up %d times", sureOf, gaveUp)
			if sureOf == 0 {
				t.Error("a sieve was never sure")
			}
		})
	}
}

// TestSieveGivesUp has a case for each reason to give up, in a stream that is
// otherwise sure, and one beside it that looks alike and is none.
func TestSieveGivesUp(t *testing.T) {
	ids, objects := requestLog(rand.New(rand.NewPCG(1, 42)), 200_000), jsonLog(rand.New(rand.NewPCG(1, 43)), 200_000, 1<<30, nil)
	const head = "2025-03-20T13:24:26.013 [27e5709d853308415bb0bc26774c4de1][-] INFO --- db --- found\n"
	for _, c := range []struct {
		name  string
		log   []byte
		lines string // put between others
		after []byte // from there on, instead of the rest
		query string
		sure  bool
	}{
		{"nothing odd", ids, head, nil, "found", true},
		{"a trace", ids, head + "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: lost\n", nil, "lost", true},
		{"indented lines, a blank one", ids, head + "\n  lost\n", nil, "lost", true},
		{"an escape that may hide it", objects, "{\"timestamp\": \"2025-03-20T13:24:26Z\", \"level\": \"INFO\", \"message\": \"l\\u006fst\"}\n", nil, "lost", true},
		{"an odd line that nobody asks for", ids, "2025-03-20 13:24:26,013 - agents - INFO - x\nweb-1  | y\n", nil, "found", true},
		{"another format fits surely", ids, "2025-03-20 13:24:26,013 - agents - INFO - lost\n", nil, "lost", false},
		{"a format that a trace may hold", ids, head + tracedLines[3], nil, "root", false},
		{"a carrier", ids, "2025-03-20T13:24:26.013000000Z stdout F " + head, nil, "found", false},
		{"a prefix that may be known", ids, head + "web-1 lost\n", nil, "lost", true},
		{"an object over several lines", objects, "{\n  \"lost\": 1\n}\n", nil, "lost", false},
		{"an array", objects, "[\n{\"message\": \"lost\", \"level\": \"INFO\"},\n]\n", nil, "lost", false},
		{"a year is not known", ids, head + "Mar 20 13:24:26 host app: lost\n", nil, "lost", false},
		{"no head any more", ids, "", objects, "found", false},
		{"a head that is none at the end", ids, "", []byte("2025-03-20 13:24:26,013 - agents - INFO - lost\n"), "lost", false},
	} {
		at := len(c.log)*3/4 + bytes.IndexByte(c.log[len(c.log)*3/4:], '\n') + 1
		for !bytes.HasPrefix(c.log[at:], []byte("2025-")) && c.log[at] != '{' {
			at += bytes.IndexByte(c.log[at:], '\n') + 1
		}
		after := c.log[at:]
		if c.after != nil {
			after = c.after
		}
		file := slices.Concat(c.log[:at], []byte(c.lines), after)
		o := options()
		p := filter(t, o, c.query)
		got, sure := sifted(t, o, file, p, 5_000)
		if want := plain(p, parse.New(o), file); !slices.Equal(got, want) || len(want) == 0 && c.query == "lost" {
			t.Errorf("%s: got %+v\nwant %+v", c.name, got, want)
		}
		if sure != c.sure {
			t.Errorf("%s: sure = %v", c.name, sure)
		}
	}
}

// TestSieveMeetsAnError reads a file that is cut short, or fails, under it.
func TestSieveMeetsAnError(t *testing.T) {
	file := requestLog(rand.New(rand.NewPCG(1, 44)), 200_000)
	o := options()
	p := filter(t, o, "item")
	for name, r := range map[string]io.ReaderAt{"short": bytes.NewReader(file[:150_000]), "failing": failing{bytes.NewReader(file), 150_000}} {
		parser, _, off := steadyParser(t, o, file)
		v := sieve{o: &model.Origin{R: r}, size: 5_000, near: func(_ *bulkWorker, buf []byte) Search { return p.Required().Near(buf) }}
		v.p, v.emit = parser, func(*model.Batch) error { return nil }
		if end, sure, err := v.run(off, int64(len(file))-off); sure || err != nil || end < 100_000 || end > 150_000 {
			t.Errorf("%s: run = %d, %v, %v", name, end, sure, err)
		}
	}
}
