package parse

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ravel/model"
)

// collected is what a stream came to, whatever way it was cut.
type collected struct {
	records []string // columns and bytes of each
	lines   map[uint32][]byte
	order   []uint32
}

// collect parses input in the pieces that next gives, moving what is held back
// to a new batch now and then, as ingest does.
func collect(t testing.TB, input []byte, o Options, next func(left int) int) collected {
	t.Helper()
	if o.Names == nil {
		o.Names = model.NewNames()
	}
	p := New(o)
	d := NewDecoder(o.Formats, o.Names, nil)
	c := collected{lines: map[uint32][]byte{}}
	b := &model.Batch{}
	from, taken := uint32(0), 0
	for {
		n := min(next(len(input)), len(input))
		b.Buf = append(b.Buf, input[:n]...)
		input = input[n:]
		eof := len(input) == 0
		from = p.Parse(b, from, eof)
		if int(from) > len(b.Buf) {
			t.Fatalf("Parse returned %d of %d bytes", from, len(b.Buf))
		}
		full := b.Len() >= MaxRecords-2
		if done := eof && int(from) == len(b.Buf); done || full || n%3 == 0 {
			c.add(t, b, d, &taken)
			b = &model.Batch{Buf: append([]byte(nil), b.Buf[from:]...)}
			from = 0
			if done {
				return c
			}
		}
		if eof && !full && n == 0 && int(from) != len(b.Buf) {
			t.Fatalf("Parse holds back %d bytes at the end", len(b.Buf)-int(from))
		}
	}
}

// add notes the records of a batch.
func (c *collected) add(t testing.TB, b *model.Batch, d *Decoder, taken *int) {
	t.Helper()
	for i := range b.Len() {
		m := b.Meta(i)
		m.Start, m.End, m.Format = 0, 0, 0
		raw := b.Raw(i)
		var r model.Record
		d.Decode(b, i, &r)
		c.records = append(c.records, fmt.Sprintf("%+v %q %q %q %s %v", m, raw, r.Message, r.RequestID, r.Domain, r.Traceback != nil))
		ext, ok := b.Extra[i]
		if !ok {
			ext = []model.Extent{{Start: b.Start[i], End: b.End[i], Line: b.Line[i]}}
		}
		for _, e := range ext {
			rest, n := b.Buf[e.Start:e.End], e.Line
			for len(rest) > 0 {
				k := bytes.IndexByte(rest, '\n') + 1
				if k == 0 {
					k = len(rest)
				}
				if _, seen := c.lines[n]; !seen {
					c.order = append(c.order, n)
				}
				c.lines[n] = append(c.lines[n], rest[:k]...)
				rest = rest[k:]
				n++
			}
		}
		*taken++
	}
}

// whole puts the physical lines of all records together again.
func (c *collected) whole() []byte {
	var all []byte
	for n := uint32(1); int(n) <= len(c.lines); n++ {
		all = append(all, c.lines[n]...)
	}
	return all
}

// checkLossless is the property of every input: its records hold its lines,
// each once, and are the same however it is cut.
func checkLossless(t testing.TB, input []byte, o Options, seed uint64) {
	t.Helper()
	want := collect(t, input, o, func(left int) int { return left })
	if got := want.whole(); !bytes.Equal(got, input) {
		at := 0
		for at < min(len(got), len(input)) && got[at] == input[at] {
			at++
		}
		t.Fatalf("records hold %d bytes, the input has %d; they differ at %d: %q", len(got), len(input), at, clip(input[at:]))
	}
	rnd := rand.New(rand.NewPCG(seed, 1))
	for _, most := range []int{1, 7, 200, 5000} {
		if most == 1 && len(input) > 6000 {
			continue
		}
		got := collect(t, input, o, func(int) int { return rnd.IntN(most) + 1 })
		for i := range max(len(got.records), len(want.records)) {
			if i >= len(got.records) || i >= len(want.records) || got.records[i] != want.records[i] {
				t.Fatalf("record %d differs in pieces of up to %d bytes:\n in one: %s\nin more: %s", i, most, at(want.records, i), at(got.records, i))
			}
		}
	}
}

func at(s []string, i int) string {
	if i < len(s) {
		return s[i]
	}
	return "none"
}

func clip(b []byte) []byte { return b[:min(len(b), 80)] }

// lines that mean something to some part of the parser.
var telling = []string{
	"2025-03-20T13:24:26.898 [ca0c88f4f627937033181aeae24a5282][-] INFO --- app --- Started GET /api/v1/catalogs HTTP/1.1 from 172.100.0.19",
	"2025-03-20T13:24:27.080 [ca0c88f4f627937033181aeae24a5282][-] INFO --- app --- Completed 200 OK in 182ms",
	"Traceback (most recent call last):", `  File "/app/x.py", line 3, in f`, "    raise ValueError(1)", "ValueError: 1", "plain", "  indented", "", "", "\t",
	`{"timestamp":"2026-02-09T21:19:24.061270Z","level":"INFO","message":"m"}`, "{", `  "level": "INFO",`, `  "message": "pretty"`, "}", "},", "[", "]",
	`{"a":1}`, `{"broken":`, "web-1  | 2026-01-01 10:00:00 INFO hi", "web-1  | more", "db-1  | 2026-01-01 10:00:00 ERROR no", "db-1  | ", "  File \"x\"",
	"2026-01-01T10:00:00.123456789Z stdout F 2026-01-01 10:00:00,123 INFO a", "2026-01-01T10:00:00.123456789Z stdout P part", "2026-01-01T10:00:00.123456789Z stderr F err",
	"2026-01-01T10:00:01.123456789Z stdout F rest", "2026-01-01T10:00:09.123456789Z stderr P left open",
	`{"log":"2026-01-01 10:00:00 INFO x\n","stream":"stdout","time":"2026-01-01T10:00:00.1Z"}`, `{"log":"cut","stream":"stderr","time":"2026-01-01T10:00:00.1Z"}`,
	"Nov 20 15:12:43 web1 app[42]: hello", "Nov 20 15:12:43 web1 app[42]: Traceback (most recent call last):", "level=info msg=hi", "INFO:     started", "panic: boom",
	"goroutine 1 [running]:", "main.main()", "Nov 20, 2026 3:18:59 PM com.example.X handle", "SEVERE: bad", "\x1b[32m2026-01-01 10:00:00 INFO colour\x1b[0m", "\xff\xfe\x00",
}

func TestRecordsHoldEveryLineHoweverCut(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	for round := range 150 {
		var input []byte
		for range rnd.IntN(60) {
			input = append(input, telling[rnd.IntN(len(telling))]...)
			input = append(input, []string{"\n", "\n", "\n", "\r\n"}[rnd.IntN(4)]...)
		}
		if rnd.IntN(3) == 0 {
			input = append(input, telling[rnd.IntN(len(telling))]...)
		}
		o := Options{Domain: "x"}
		if round%3 == 0 {
			o.MaxRecord, o.MaxLines = 150, 4
		}
		checkLossless(t, input, o, uint64(round))
	}
}

func TestCorpusIsLossless(t *testing.T) {
	dir := os.Getenv("RAVEL_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "corpus")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
	more, _ := filepath.Glob(filepath.Join(dir, "*", "*", "*"))
	files = append(files, more...)
	if len(files) == 0 {
		t.Skip("no corpus: set RAVEL_CORPUS to its folder")
	}
	for i, name := range files {
		data, err := os.ReadFile(name)
		if err != nil || filepath.Base(filepath.Dir(name)) == "truth" {
			continue
		}
		if len(data) > 20_000 {
			data = data[:20_000]
		}
		t.Run(filepath.Base(name), func(t *testing.T) { checkLossless(t, data, Options{Domain: "x"}, uint64(i)) })
	}
}

func FuzzRecords(f *testing.F) {
	for _, l := range telling {
		f.Add([]byte(l + "\n" + l))
	}
	for _, format := range Builtin().formats {
		for _, s := range format.about().Samples {
			f.Add([]byte(s.Line + "\n"))
		}
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		if len(input) > 3000 {
			return
		}
		checkLossless(t, input, Options{Domain: "x", MaxRecord: 400, MaxLines: 9}, 3)
	})
}

// FuzzFormats gives each line to every format, whether its first byte allows it
// or not.
func FuzzFormats(f *testing.F) {
	for _, l := range telling {
		f.Add([]byte(l))
	}
	for _, format := range Builtin().formats {
		for _, s := range format.about().Samples {
			f.Add([]byte(s.Line))
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if len(line) == 0 || bytes.IndexByte(line, '\n') >= 0 {
			return
		}
		r := newReader(time.UTC)
		h := head{caps: &captures{}}
		for _, format := range Builtin().formats {
			h.reset()
			if format.try(&r, line, &h) != misfit && len(h.msg) > 2*len(line)+64 {
				t.Errorf("%s: a message of %d bytes from a line of %d", format.Name, len(h.msg), len(line))
			}
		}
	})
}
