package parse

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"ravel/model"
	"ravel/testdata/gen/logs"
)

// benchInput is about 4 MiB of lines that line makes from their number.
func benchInput(line func(b *bytes.Buffer, i int)) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < 4<<20; i++ {
		line(&b, i)
	}
	return b.Bytes()
}

func idsLine(b *bytes.Buffer, i int) {
	id := fmt.Sprintf("%016x%016x", uint64(i/2)*0x9e3779b97f4a7c15, uint64(i/2)*0xbf58476d1ce4e5b9)
	ms := i % 1000
	sec := i / 1000 % 60
	if i%2 == 0 {
		fmt.Fprintf(b, "2025-03-20T13:%02d:%02d.%03d [%s][-] INFO --- app --- Started GET /api/v1/catalogs/%d HTTP/1.1 from 172.100.0.19\n", i/60000%60, sec, ms, id, i%977)
		return
	}
	fmt.Fprintf(b, "2025-03-20T13:%02d:%02d.%03d [%s][-] INFO --- app --- Completed 200 OK in %dms\n", i/60000%60, sec, ms, id, i%2000)
}

func jsonLogLine(b *bytes.Buffer, i int) {
	fmt.Fprintf(b, `{"timestamp":"2024-01-15T10:%02d:%02d.%03dZ","level":"INFO","logger":"talk2me","message":"request_complete","request_id":"1234567890-%06x","method":"POST","path":"/transcribe","status":200,"duration_ms":%d,"content_length":4096,"ip":"192.168.1.%d"}`+"\n",
		i/60000%60, i/1000%60, i%1000, i, i%3000, i%255)
}

func stampedLine(b *bytes.Buffer, i int) {
	fmt.Fprintf(b, "2026-02-22 14:%02d:%02d,%03d - agents - INFO - Contribution %d validated by rule set %d\n", i/60000%60, i/1000%60, i%1000, i, i%17)
}

func mixedLine(b *bytes.Buffer, i int) {
	switch i % 5 {
	case 0:
		jsonLogLine(b, i)
	case 1:
		b.WriteString("INFO:     127.0.0.1:43210 - \"GET /health HTTP/1.1\" 200 OK\n")
	case 2:
		stampedLine(b, i)
	case 3:
		fmt.Fprintf(b, "time=2026-02-22T14:30:45Z level=info msg=\"done\" n=%d\n", i)
	default:
		idsLine(b, i)
	}
}

func levelLine(b *bytes.Buffer, i int) {
	fmt.Fprintf(b, "INFO:     127.0.0.1:%d - \"GET /health HTTP/1.1\" 200 OK\n", 1024+i%50000)
}

func logfmtLine(b *bytes.Buffer, i int) {
	fmt.Fprintf(b, "time=2026-02-22T14:%02d:%02d.%03dZ level=info msg=\"request done\" request_id=1234567890-%06x method=GET path=/api/v1/items status=200 duration_ms=%d\n",
		i/60000%60, i/1000%60, i%1000, i, i%3000)
}

func accessLine(b *bytes.Buffer, i int) {
	fmt.Fprintf(b, "192.168.%d.%d - - [22/Feb/2026:14:%02d:%02d +0000] \"GET /api/v1/items/%d?page=%d HTTP/1.1\" 200 %d \"https://example.com/\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n",
		i%7, i%255, i/60%60, i%60, i, i%9, i%5000)
}

func composeLine(b *bytes.Buffer, i int) {
	fmt.Fprintf(b, "web-%d  | ", i%3+1)
	stampedLine(b, i)
}

var benchLines = map[string]func(*bytes.Buffer, int){
	"ids": idsLine, "json": jsonLogLine, "stamped": stampedLine, "mixed": mixedLine, "compose": composeLine,
	"level": levelLine, "logfmt": logfmtLine, "access": accessLine,
}

// generated is a log of the generator's, whose lines come in no order that a
// processor could learn; nil if it has none of that name.
func generated(b *testing.B, format string) []byte {
	if !slices.Contains(logs.Formats(), format) {
		return nil
	}
	var buf bytes.Buffer
	if _, err := logs.Write(logs.Options{Seed: 1, Lines: 60_000, Format: format}, func(string) (io.Writer, error) { return &buf, nil }); err != nil {
		b.Fatal(err)
	}
	return buf.Bytes()
}

func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"ids", "json", "stamped", "level", "logfmt", "access", "mixed", "compose", "aindo"} {
		input := generated(b, name)
		if line := benchLines[name]; line != nil {
			input = benchInput(line)
		}
		b.Run(name, func(b *testing.B) { benchParse(b, input) })
	}
}

// benchParse parses input a block at a time.
func benchParse(b *testing.B, input []byte) {
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	names := model.NewNames()
	records := 0
	var cols model.Batch
	for b.Loop() {
		p := New(Options{Names: names, Domain: "app"})
		records = 0
		for rest := input; len(rest) > 0; {
			chunk := min(len(rest), 1<<20)
			batch := cols
			batch.Buf = rest[:chunk]
			n := p.Parse(&batch, 0, chunk == len(rest))
			records += batch.Len()
			cols = empty(&batch)
			if n == 0 {
				b.Fatal("no progress")
			}
			rest = rest[n:]
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(records), "ns/record")
}

// empty gives a batch's columns to be used again: the benchmark measures
// parsing, not the growth of slices.
func empty(b *model.Batch) model.Batch {
	return model.Batch{
		Start: b.Start[:0], End: b.End[:0], Time: b.Time[:0], Req: b.Req[:0], Dur: b.Dur[:0], Line: b.Line[:0], Domain: b.Domain[:0],
		Source: b.Source[:0], Status: b.Status[:0], Level: b.Level[:0], Mark: b.Mark[:0], Format: b.Format[:0], Flags: b.Flags[:0],
	}
}

// BenchmarkDetection shows what recognising costs when the stream's format is
// known (sticky) and when every record is detected anew (cold): the difference
// is detection's share of a stream whose records are all of different formats.
func BenchmarkDetection(b *testing.B) {
	set := Builtin()
	for _, name := range []string{"ids", "json", "stamped", "level", "logfmt", "access"} {
		var line bytes.Buffer
		benchLines[name](&line, 7)
		text := trimEOL(line.Bytes())
		r := newReader(time.UTC)
		var h head
		n, f := set.recognise(&r, text, &h, noFormat, nil)
		if f < medium {
			b.Fatalf("%s is not recognised", name)
		}
		for _, c := range []struct {
			name   string
			sticky uint8
		}{{"sticky", n}, {"cold", noFormat}} {
			b.Run(name+"/"+c.name, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					set.recognise(&r, text, &h, c.sticky, nil)
				}
			})
		}
	}
	text := []byte("this line is of no format at all, and says so in words")
	b.Run("text/cold", func(b *testing.B) {
		r := newReader(time.UTC)
		var h head
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			set.recognise(&r, text, &h, noFormat, nil)
		}
	})
}
