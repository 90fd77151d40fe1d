package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"ravel/model"
	"ravel/parse"
)

// requestLog writes n bytes or a little more of interleaved requests: lines of
// differing lengths, tracebacks, blank lines, CR LF.
func requestLog(r *rand.Rand, n int) []byte {
	var b bytes.Buffer
	at := time.Date(2025, 3, 20, 13, 24, 26, 0, time.UTC)
	for b.Len() < n {
		at = at.Add(time.Duration(r.IntN(int(20 * time.Millisecond))))
		stamp := at.Format("2006-01-02T15:04:05.000")
		id := fmt.Sprintf("%032x", r.IntN(64))
		eol := "\n"
		if r.IntN(50) == 0 {
			eol = "\r\n"
		}
		switch r.IntN(12) {
		case 0:
			fmt.Fprintf(&b, "%s [%s][-] INFO --- app --- Started GET /api/v1/items/%d HTTP/1.1 from 172.100.0.19%s", stamp, id, r.IntN(999), eol)
		case 1:
			fmt.Fprintf(&b, "%s [%s][-] INFO --- app --- Completed %d OK in %dms%s", stamp, id, 200+r.IntN(300), r.IntN(5000), eol)
		case 2:
			if r.IntN(8) == 0 {
				fmt.Fprintf(&b, "%s [%s][-] ERROR --- app --- it broke%sTraceback (most recent call last):\n", stamp, id, eol)
				for range r.IntN(30) {
					fmt.Fprintf(&b, "  File \"/srv/app/views.py\", line %d, in get\n    return self.%s()\n", r.IntN(500), id[20:])
				}
				b.WriteString("ValueError: no such item\n")
			}
		case 3:
			if r.IntN(20) == 0 {
				b.WriteString("\n\n")
			}
		default:
			fmt.Fprintf(&b, "%s [%s][%s] %s --- orm.query --- took %d us for %d rows%s", stamp, id, id[:8],
				[]string{"DEBUG", "INFO", "WARNING"}[r.IntN(3)], r.IntN(1e6), r.IntN(1e3), eol)
		}
	}
	return b.Bytes()
}

// flat is a record as compared: its columns without offsets, and its bytes.
type flat struct {
	m   model.Meta
	raw string
}

// sequential parses all of file in order.
func sequential(p *parse.Parser, file []byte) []flat {
	var got []flat
	for buf := file; ; {
		b := &model.Batch{Buf: buf}
		next := p.Parse(b, 0, true)
		got = appendFlat(got, b, nil)
		if b.Len() == 0 {
			return got
		}
		buf = buf[next:]
	}
}

// appendFlat appends b's records; file, if not nil, is where its Base points.
func appendFlat(got []flat, b *model.Batch, file []byte) []flat {
	for i := range b.Len() {
		if _, scattered := b.Extra[i]; file != nil && !scattered && !bytes.Equal(file[b.Base+int64(b.Start[i]):b.Base+int64(b.End[i])], b.Raw(i)) {
			panic(fmt.Sprintf("record at line %d does not stand at its offset", b.LineAt(i)))
		}
		m := b.Meta(i)
		m.Start, m.End = 0, 0
		got = append(got, flat{m, string(b.Raw(i))})
	}
	return got
}

// steadyParser returns a parser that has read the beginning of file up to a
// record head, the records, and that head's offset. It skips the test if the
// parser is not steady by then.
func steadyParser(t testing.TB, o parse.Options, file []byte) (*parse.Parser, []flat, int64) {
	t.Helper()
	scout := parse.New(o) // only a parser that knows the format knows a head
	scout.Parse(&model.Batch{Buf: file[:min(len(file), 32<<10)]}, 0, false)
	w := bulkWorker{p: scout}
	h := w.head(file[:min(len(file), 64<<10)], 32<<10)
	if h < 0 {
		t.Fatal("no record head in the first 64 KiB")
	}
	p := parse.New(o)
	b := &model.Batch{Buf: file[:h:h]}
	p.Parse(b, 0, true)
	if state, ok := p.Steady(); !ok || state != p.State() {
		t.Fatal("the parser is not steady after 32 KiB")
	}
	return p, appendFlat(nil, b, nil), int64(h)
}

func options() parse.Options { return parse.Options{Names: model.NewNames(), Source: 1, Domain: "app"} }

// newBulk reads blocks of size bytes of r with clones of p.
func newBulk(p *parse.Parser, r io.ReaderAt, size int, emit func(*model.Batch) error) *bulk {
	return &bulk{blocks: blocks{p: p, emit: emit}, o: &model.Origin{R: r}, size: size}
}

// compare fails the test at the first record that differs.
func compare(t *testing.T, got, want []flat) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("record %d of %d\n got %+v\nwant %+v", i, len(want), got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d", len(got), len(want))
	}
}

func TestBulkIsSequential(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, size := range []int{200, 5_000, 64 << 10} {
		file := requestLog(r, 600_000)
		o := options()
		want := sequential(parse.New(o), file)
		got, left := inBlocks(t, o, file, size)
		if left > size+2*bulkLook {
			t.Errorf("blocks of %d: %d bytes are left to be read in order", size, left)
		}
		compare(t, got, want)
	}
}

// inBlocks parses file in blocks of size bytes, and in order what they leave.
func inBlocks(t *testing.T, o parse.Options, file []byte, size int) (got []flat, left int) {
	t.Helper()
	p, got, off := steadyParser(t, o, file)
	b := newBulk(p, bytes.NewReader(file), size, func(b *model.Batch) error {
		if b.Origin == nil {
			t.Error("a batch without its origin")
		}
		got = appendFlat(got, b, file)
		return nil
	})
	end, err := b.run(off, int64(len(file))-off)
	if err != nil {
		t.Fatal(err)
	}
	return append(got, sequential(b.p, file[end:])...), len(file) - int(end)
}

// FuzzBulkIsSequential puts anything into a log that is parsed in blocks: no
// record head may be seen where reading in order sees none.
func FuzzBulkIsSequential(f *testing.F) {
	f.Add([]byte("  continued\n{\"message\":\"json\"}\n"), uint16(300), true)
	f.Add([]byte("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: no\n"), uint16(100), false)
	f.Add([]byte("panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:1 +0x1\n"), uint16(50), true)
	f.Add([]byte("{\n  \"timestamp\": \"2025-03-20T13:24:26Z\",\n  \"message\": \"pretty\"\n}\n"), uint16(70), true)
	f.Add([]byte("web-1  | 2025-03-20T13:24:26.898 [a][-] INFO --- app --- in compose\n"), uint16(500), false)
	text := requestLog(rand.New(rand.NewPCG(1, 15)), 70<<10)
	json := mixedLog(rand.New(rand.NewPCG(1, 16)), 240<<10)[90<<10 : 160<<10] // of its middle part
	json = json[bytes.IndexByte(json, '\n')+1:]
	f.Fuzz(func(t *testing.T, data []byte, size uint16, inJSON bool) {
		log := text
		if inJSON {
			log = json
		}
		var file []byte
		file = append(file, log...)
		for k := range 12 {
			file = append(file, data...)
			file = append(file, log[41_000+k:41_001+100*k]...) // begins and ends anywhere
		}
		o := options()
		want := sequential(parse.New(o), file)
		got, _ := inBlocks(t, o, file, 64+int(size))
		compare(t, got, want)
	})
}

func TestBulkOfACutFile(t *testing.T) {
	file := requestLog(rand.New(rand.NewPCG(1, 5)), 300_000)
	p, got, off := steadyParser(t, options(), file)
	cut := file[:200_000]
	b := newBulk(p, bytes.NewReader(cut), 20_000, func(b *model.Batch) error {
		got = appendFlat(got, b, cut)
		return nil
	})
	end, err := b.run(off, int64(len(file))-off)
	if err != nil || end > int64(len(cut)) {
		t.Fatalf("run = %d, %v", end, err)
	}
	compare(t, got, sequential(parse.New(options()), cut[:end]))
}

// failing fails to read past an offset.
type failing struct {
	io.ReaderAt
	from int64
}

var errDisk = errors.New("disk on fire")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from {
		return 0, errDisk
	}
	return f.ReaderAt.ReadAt(p, off)
}

func TestBulkErrorsComeAfterWhatWasRead(t *testing.T) {
	file := requestLog(rand.New(rand.NewPCG(1, 6)), 300_000)
	p, got, off := steadyParser(t, options(), file)
	b := newBulk(p, failing{bytes.NewReader(file), 150_000}, 10_000, func(b *model.Batch) error {
		got = appendFlat(got, b, file)
		return nil
	})
	end, err := b.run(off, int64(len(file))-off)
	if !errors.Is(err, errDisk) || end < 120_000 {
		t.Fatalf("run = %d, %v", end, err)
	}
	compare(t, got, sequential(parse.New(options()), file[:end]))
}

func TestBulkStopsAtItsConsumersError(t *testing.T) {
	file := requestLog(rand.New(rand.NewPCG(1, 7)), 300_000)
	p, _, off := steadyParser(t, options(), file)
	n := 0
	b := newBulk(p, bytes.NewReader(file), 10_000, func(*model.Batch) error {
		n++
		if n == 3 {
			return io.ErrClosedPipe
		}
		return nil
	})
	if _, err := b.run(off, int64(len(file))-off); !errors.Is(err, io.ErrClosedPipe) || n != 3 {
		t.Fatalf("run: %v after %d batches", err, n)
	}
}
