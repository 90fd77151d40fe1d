package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ravel/model"
	"ravel/parse"
	"ravel/sources"
)

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
