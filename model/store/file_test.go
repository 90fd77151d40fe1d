package store

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"ravel/model"
)

// lent is b with bytes that are written over once they are given back.
func lent(b *model.Batch) *model.Batch {
	buf := b.Buf
	b.Release = func() {
		for i := range buf {
			buf[i] = '#'
		}
	}
	return b
}

func TestLoadTellsWhatHappenedToTheFile(t *testing.T) {
	errReplaced := errors.New("app.log was replaced")
	for _, c := range []struct {
		name    string
		stub    bool // the columns are dropped too
		spoil   func(sc *script, o *model.Origin)
		message string
	}{
		{"replaced", false, func(_ *script, o *model.Origin) {
			o.Check = func() error { return errReplaced }
		}, "app.log was replaced"},
		{"cut short", false, func(sc *script, _ *model.Origin) {
			sc.file = sc.file[:100]
		}, "read the file's bytes 0 to "},
		{"written over", true, func(sc *script, _ *model.Origin) {
			copy(sc.file, bytes.ReplaceAll(sc.file, []byte("\n"), []byte(" ")))
			sc.file[len(sc.file)-1] = '\n'
		}, "parse the file's bytes 0 to "},
	} {
		t.Run(c.name, func(t *testing.T) {
			sc := &script{r: rand.New(rand.NewPCG(1, 1))}
			origin := &model.Origin{R: sc, Reparse: reparse}
			s := New(Options{})
			s.Append(lent(sc.batch(100, true, origin)), Folding{})
			chunk := s.Snapshot().Chunk(0)
			if c.stub {
				chunk = chunk.withoutColumns()
			}
			if chunk.Resident() || chunk.Len() != 100 {
				t.Fatalf("the chunk has %d records, resident %v", chunk.Len(), chunk.Resident())
			}
			if _, err := chunk.Load(nil); err != nil {
				t.Fatal(err)
			}
			c.spoil(sc, origin)
			_, err := chunk.Load(nil)
			if err == nil || !strings.Contains(err.Error(), c.message) {
				t.Errorf("Load: %v", err)
			}
			if _, err := s.Open(chunk); err == nil {
				t.Error("Open: no error")
			}
			hits := make([]Hits, 1)
			var told error
			if err := Scan(t.Context(), []*Chunk{chunk}, word("x"), hits, func(_ int, err error) { told = err }); err != nil || told == nil || hits[0].N != 0 {
				t.Errorf("Scan: %v, told %v, %d hits", err, told, hits[0].N)
			}
		})
	}
}

func TestOpenKeepsWhatWasReadLast(t *testing.T) {
	sc := &script{r: rand.New(rand.NewPCG(1, 1))}
	origin := &model.Origin{R: sc}
	s := New(Options{Budget: 1 << 20})
	for range 4 {
		s.Append(lent(sc.batch(100, true, origin)), Folding{})
	}
	chunks := s.Snapshot().Chunks()
	first, err := s.Open(chunks[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		chunk int
		same  bool
	}{{1, true}, {0, true}, {2, true}, {0, true}, {1, true}, {3, false}} {
		if _, err := s.Open(chunks[c.chunk]); err != nil {
			t.Fatal(err)
		}
		if c.same {
			continue
		}
		if again, _ := s.Open(chunks[0]); again == first {
			t.Error("a chunk that was not looked at lately is still open")
		}
	}
}

// both is a predicate over a column and bytes.
type both struct {
	levelAtLeast
	word
	more bool
}

func (p both) Prune(z *model.Zone) model.Verdict { return model.Maybe }

func (p both) Columns() model.Columns { return model.LevelColumn }

func (p both) NarrowColumns(b *model.Batch, _ *model.Zone, _ model.Columns, bits model.Bits) bool {
	p.levelAtLeast.Narrow(b, bits)
	return p.more
}

func (p both) Narrow(b *model.Batch, bits model.Bits) {
	p.levelAtLeast.Narrow(b, bits)
	p.word.Narrow(b, bits)
}

func (p both) String() string { return p.levelAtLeast.String() + " " + string(p.word) }

// counted counts reads.
type counted struct {
	io.ReaderAt
	n atomic.Int64
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	c.n.Add(1)
	return c.ReaderAt.ReadAt(p, off)
}

// TestColumnsReadsNothing: bytes that only the file has stay there, until the
// columns are gone, too.
func TestColumnsReadsNothing(t *testing.T) {
	sc := &script{r: rand.New(rand.NewPCG(4, 4))}
	file := &counted{ReaderAt: sc}
	s := New(Options{})
	s.Append(lent(sc.batch(100, true, &model.Origin{R: file, Reparse: reparse})), Folding{})
	chunk := s.Snapshot().Chunk(0)
	want := append([]uint64(nil), chunk.Req...)
	for _, c := range []struct {
		chunk *Chunk
		reads int64
	}{{chunk, 0}, {chunk.withoutColumns(), 1}} {
		b, err := s.Columns(c.chunk)
		if err != nil || !slices.Equal(b.Req, want) || file.n.Load() != c.reads {
			t.Errorf("%v, %d reads, want %d", err, file.n.Load(), c.reads)
		}
	}
}

func TestScanReadsOnlyWhatColumnsDoNotTell(t *testing.T) {
	sc := &script{r: rand.New(rand.NewPCG(4, 4))}
	file := &counted{ReaderAt: sc}
	origin := &model.Origin{R: file, Reparse: reparse}
	s := New(Options{})
	for range 10 {
		s.Append(lent(sc.batch(100, true, origin)), Folding{})
	}
	for _, state := range []struct {
		name  string
		of    func(*Chunk) *Chunk
		knows bool // levels
	}{
		{"with columns", func(c *Chunk) *Chunk { return c }, true},
		{"with kept columns", (*Chunk).withoutColumns, true},
		{"without columns", func(c *Chunk) *Chunk { return c.withoutColumns().withoutKept() }, false},
	} {
		var chunks []*Chunk
		for _, c := range s.Snapshot().Chunks() {
			chunks = append(chunks, state.of(c))
		}
		for _, c := range []struct {
			p     both
			reads int64 // where levels are known, else 10
		}{
			{both{levelAtLeast(model.Error), "x", false}, 0},
			{both{levelAtLeast(model.NumLevels), "x", true}, 0}, // nothing is left to look at
			{both{levelAtLeast(model.Error), "x", true}, 10},
		} {
			file.n.Store(0)
			hits := make([]Hits, len(chunks))
			if err := Scan(t.Context(), chunks, c.p, hits, nil); err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, h := range hits {
				n += h.N
			}
			want := 0
			for _, r := range sc.all {
				if r.level >= model.Level(c.p.levelAtLeast) {
					want++
				}
			}
			if !state.knows {
				c.reads = 10
			}
			if n != want || file.n.Load() != c.reads {
				t.Errorf("%s: %s: %d hits, want %d; %d reads, want %d", state.name, c.p, n, want, file.n.Load(), c.reads)
			}
		}
	}
}
