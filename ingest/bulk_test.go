package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ravel/model"
	"ravel/parse"
	"ravel/sources"
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
		if file != nil && !bytes.Equal(file[b.Base+int64(b.Start[i]):b.Base+int64(b.End[i])], b.Raw(i)) {
			panic(fmt.Sprintf("record at line %d does not stand at its offset", b.Line[i]))
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
		if left := int64(len(file)) - end; left > int64(size+2*bulkLook) {
			t.Errorf("blocks of %d: %d bytes are left to be read in order", size, left)
		}
		rest := &model.Batch{Buf: file[end:]}
		b.p.Parse(rest, 0, true)
		compare(t, appendFlat(got, rest, nil), want)
	}
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

// again parses a batch again from its bytes and its first record's columns.
func again(t *testing.T, b *model.Batch) {
	t.Helper()
	if b.Origin.Reparse == nil {
		t.Fatalf("the batch at %d cannot be parsed again", b.Base)
	}
	stub := &model.Batch{Buf: b.Buf, Base: b.Base, Origin: b.Origin}
	stub.Add(b.Meta(0))
	got, err := b.Origin.Reparse(stub)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, appendFlat(nil, got, nil), appendFlat(nil, b, nil))
}

// TestBulkThroughAStream reads a file as its source does: every batch can be
// read again, and the records are those of reading in order.
func TestBulkThroughAStream(t *testing.T) {
	file := requestLog(rand.New(rand.NewPCG(1, 8)), 6<<20)
	o := options()
	want := sequential(parse.New(o), file)
	in := New(Options{Names: o.Names, Zone: time.UTC})
	var got []flat
	src := funcSource(func(s sources.Stream) error {
		n, err := s.Bulk(&model.Origin{R: bytes.NewReader(file)}, 0, int64(len(file)))
		if err == nil && n != int64(len(file)) {
			err = fmt.Errorf("Bulk took %d of %d bytes", n, len(file))
		}
		return err
	})
	err := in.Run(t.Context(), []sources.Source{src}, func(b *model.Batch) error {
		if b.Origin == nil || b.First != model.Seq(len(got)+1) {
			t.Errorf("batch at %d: seq %d, origin %v", b.Base, b.First, b.Origin)
		}
		again(t, b)
		got = appendFlat(got, b, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, got, want)
}

// mixedLog is a log whose format changes twice, with lines of no format
// between.
func mixedLog(r *rand.Rand, n int) []byte {
	var b bytes.Buffer
	b.Write(requestLog(r, n/3))
	for b.Len() < 2*n/3 {
		fmt.Fprintf(&b, "{\"timestamp\":\"2025-03-20T13:24:26.%03dZ\",\"level\":\"info\",\"message\":\"took %d us\",\"request_id\":\"%032x\"}\n",
			r.IntN(1000), r.IntN(1e6), r.IntN(64))
		if r.IntN(1000) == 0 {
			b.WriteString("  a line that continues\n\nor not\n")
		}
	}
	b.Write(requestLog(r, n/6))
	b.WriteString("2025-03-20T13:24:26.898 [ca0c][-] INFO --- app --- a line longer than a block " + strings.Repeat("x\r", 1<<20) + "\n\n\n")
	b.Write(requestLog(r, n/6))
	b.WriteString("2025-03-20T13:24:26.898 [ca0c][-] INFO --- app --- no line end")
	return b.Bytes()
}

// pieces reads r in pieces of random length.
type pieces struct {
	r   io.Reader
	rng *rand.Rand
}

func (p pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(len(b), 1+p.rng.IntN(128<<10))]) }

// TestFormatsThatChange reads a file and a pipe on all cores and compares with
// reading in order.
func TestFormatsThatChange(t *testing.T) {
	file := mixedLog(rand.New(rand.NewPCG(1, 9)), 6<<20)
	for _, c := range []struct {
		name string
		read func(sources.Stream) error
	}{
		{"file", func(s sources.Stream) error {
			_, err := s.Bulk(&model.Origin{R: bytes.NewReader(file)}, 0, int64(len(file)))
			return err
		}},
		{"pipe", func(s sources.Stream) error {
			_, err := s.ReadFrom(pieces{bytes.NewReader(file), rand.New(rand.NewPCG(1, 10))})
			return err
		}},
		{"pipe at full speed", func(s sources.Stream) error {
			_, err := s.ReadFrom(bytes.NewReader(file))
			return err
		}},
		{"written", func(s sources.Stream) error {
			for rest := file; len(rest) > 0; {
				n, err := s.Write(rest[:min(len(rest), 100_000)])
				if err != nil {
					return err
				}
				rest = rest[n:]
			}
			return nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options()
			want := sequential(parse.New(o), file)
			in := New(Options{Names: o.Names, Zone: time.UTC})
			var got []flat
			err := in.Run(t.Context(), []sources.Source{funcSource(c.read)}, func(b *model.Batch) error {
				got = appendFlat(got, b, nil)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, got, want)
		})
	}
}

// TestConsumersErrorEndsThePipe leaves blocks under way when reading stops.
func TestConsumersErrorEndsThePipe(t *testing.T) {
	file := requestLog(rand.New(rand.NewPCG(1, 11)), 4<<20)
	in := New(Options{Names: model.NewNames(), Zone: time.UTC})
	read := make(chan error, 1)
	src := funcSource(func(s sources.Stream) error {
		_, err := s.ReadFrom(io.MultiReader(bytes.NewReader(file), bytes.NewReader(file), bytes.NewReader(file), bytes.NewReader(file)))
		read <- err
		return err
	})
	n := 0
	err := in.Run(t.Context(), []sources.Source{src}, func(*model.Batch) error {
		n++
		if n == 2 {
			return io.ErrClosedPipe
		}
		return nil
	})
	if !errors.Is(err, io.ErrClosedPipe) || n != 2 {
		t.Errorf("Run: %v after %d batches", err, n)
	}
	if err := <-read; !errors.Is(err, sources.ErrStopped) {
		t.Errorf("ReadFrom: %v", err)
	}
}

// TestTailOfALargeFile passes over what is not wanted of it.
func TestTailOfALargeFile(t *testing.T) {
	file := requestLog(rand.New(rand.NewPCG(1, 12)), 6<<20)
	o := options()
	want := sequential(parse.New(o), file)
	for _, c := range []struct{ tail, kept int }{{1, 1}, {7, 7}, {5000, 5000}, {30_000, 30_000}, {1 << 20, len(want)}, {-1, 0}} {
		in := New(Options{Names: o.Names, Zone: time.UTC, Tail: c.tail})
		var got []flat
		err := in.Run(t.Context(), []sources.Source{funcSource(func(s sources.Stream) error {
			_, err := s.Bulk(&model.Origin{R: bytes.NewReader(file)}, 0, int64(len(file)))
			return err
		})}, func(b *model.Batch) error {
			got = appendFlat(got, b, nil)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		compare(t, got, want[len(want)-c.kept:])
	}
}

// halting reads in pieces and falls silent now and then.
type halting struct{ pieces }

func (h halting) Read(b []byte) (int, error) {
	if h.rng.IntN(8) == 0 {
		time.Sleep(time.Duration(h.rng.IntN(int(2 * silence))))
	}
	return h.pieces.Read(b)
}

// TestPipeThatHalts lets the timer hand records on between the blocks that
// workers parse.
func TestPipeThatHalts(t *testing.T) {
	file := mixedLog(rand.New(rand.NewPCG(1, 13)), 6<<20)
	o := options()
	want := sequential(parse.New(o), file)
	synctest.Test(t, func(t *testing.T) {
		in := New(Options{Names: o.Names, Zone: time.UTC})
		var got []flat
		src := funcSource(func(s sources.Stream) error {
			_, err := s.ReadFrom(halting{pieces{bytes.NewReader(file), rand.New(rand.NewPCG(1, 14))}})
			return err
		})
		if err := in.Run(t.Context(), []sources.Source{src}, func(b *model.Batch) error {
			got = appendFlat(got, b, nil)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		compare(t, got, want)
	})
}
