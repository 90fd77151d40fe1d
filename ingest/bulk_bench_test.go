package ingest

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ravel/model"
	"ravel/model/store"
	"ravel/parse"
	"ravel/sources"
)

// benchFile writes a log of n bytes and returns it, open.
func benchFile(b *testing.B, n int) *os.File {
	b.Helper()
	part := requestLog(rand.New(rand.NewPCG(21, 22)), 8<<20)
	f, err := os.Create(filepath.Join(b.TempDir(), "bench.log"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	for at := 0; at < n; at += len(part) {
		if _, err := f.Write(part); err != nil {
			b.Fatal(err)
		}
	}
	return f
}

// warm returns a parser that stands at the first record head after 32 KiB of
// f, that offset, and the file's size.
func warm(b *testing.B, f *os.File) (p *parse.Parser, off, size int64) {
	b.Helper()
	head := make([]byte, 64<<10)
	if _, err := f.ReadAt(head, 0); err != nil {
		b.Fatal(err)
	}
	p, _, off = steadyParser(b, options(), head)
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	return p, off, info.Size()
}

// BenchmarkParseOneCore is the parser alone, over memory: what bulk reading is
// measured against.
func BenchmarkParseOneCore(b *testing.B) {
	data := requestLog(rand.New(rand.NewPCG(21, 22)), 4<<20)
	p := parse.New(options())
	var c model.Batch
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		for buf := data; len(buf) > 0; {
			reset(&c)
			c.Buf = buf
			buf = buf[p.Parse(&c, 0, true):]
		}
	}
}

func BenchmarkBulk(b *testing.B) {
	f := benchFile(b, 128<<20)
	for _, c := range []struct {
		name string
		o    *store.Options // nil: each batch is dropped
	}{
		{"dropped", nil},
		{"memory", &store.Options{Budget: 4 << 30}},
		{"file-backed", &store.Options{Budget: 4 << 30}},
		{"ring", &store.Options{Budget: 64 << 20}},
	} {
		b.Run(c.name, func(b *testing.B) {
			p, off, size := warm(b, f)
			b.SetBytes(size - off)
			b.ReportAllocs()
			for b.Loop() {
				emit := func(*model.Batch) error { return nil }
				if c.o != nil {
					s := store.New(*c.o)
					emit = func(b *model.Batch) error {
						if c.name != "file-backed" {
							b.Origin = nil
						}
						s.Append(b, store.Folding{})
						return nil
					}
				}
				k := newBulk(p.Clone(), f, bulkBlock, emit)
				if end, err := k.run(off, size-off); err != nil || size-end > 2*bulkBlock {
					b.Fatalf("read up to %d of %d: %v", end, size, err)
				}
			}
		})
	}
}

// BenchmarkStream reads the file the way that a source does, from a stream's
// Open to its Close.
func BenchmarkStream(b *testing.B) {
	f := benchFile(b, 128<<20)
	data, err := os.ReadFile(f.Name())
	if err != nil {
		b.Fatal(err)
	}
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			readAll(b, func(s *stream) error { _, err := s.ReadFrom(bytes.NewReader(data)); return err })
		}
	})
	b.Run("bulk", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			readAll(b, func(s *stream) error { _, err := s.Bulk(&model.Origin{R: f}, 0, int64(len(data))); return err })
		}
	})
}

// readAll runs an Ingest over one stream that read fills.
func readAll(b *testing.B, read func(*stream) error) {
	b.Helper()
	in := New(Options{Names: model.NewNames(), Zone: time.UTC})
	src := funcSource(func(s sources.Stream) error { return read(s.(*stream)) })
	if err := in.Run(b.Context(), []sources.Source{src}, func(*model.Batch) error { return nil }); err != nil {
		b.Fatal(err)
	}
}

// funcSource is a source of one stream.
type funcSource func(sources.Stream) error

func (funcSource) Name() string { return "bench.log" }

func (f funcSource) Run(_ context.Context, sink sources.Sink) error {
	s := sink.Open(sources.Info{Name: "bench.log", Domain: "app"})
	sink.Ready()
	defer s.Close()
	return f(s)
}
