package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"ravel/model"
)

// liveBatch is a batch of n lines of 126 bytes, the length of format 1's.
func liveBatch(r *rand.Rand, n int) *model.Batch {
	b := &model.Batch{}
	for i := range n {
		start := uint32(len(b.Buf))
		b.Buf = fmt.Appendf(b.Buf, "2025-03-20T13:24:26.898 [%032x][-] INFO --- app --- %057d\n", r.Uint64(), i)
		level := model.Info
		if r.IntN(20) == 0 {
			level = model.Error
		}
		b.Add(model.Meta{Start: start, End: uint32(len(b.Buf)), Time: int64(i), Req: r.Uint64(), Dur: model.NoDur,
			Line: uint32(i), Level: level, Domain: uint16(r.IntN(8))})
	}
	return b
}

// BenchmarkAppend appends batches as a live source makes them, and as bulk
// reading does; each Append publishes a snapshot.
func BenchmarkAppend(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 256, 8322} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) {
			batch := liveBatch(r, n)
			s := New(Options{Budget: 256 << 20})
			b.SetBytes(int64(len(batch.Buf)))
			b.ReportAllocs()
			for b.Loop() {
				next := *batch
				next.First = 0
				s.Append(&next, Folding{})
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrecords/s")
		})
	}
}

// eightMillion is a store of 8 M records in chunks of 1 MiB, whose bytes are
// shared: the columns are what a level filter reads.
func eightMillion(b *testing.B) *Snapshot {
	b.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	batch := liveBatch(r, 8322)
	s := New(Options{Budget: 4 << 30})
	for range 961 {
		next := *batch
		next.Pack()
		next.First = 0
		s.Append(&next, Folding{})
	}
	return s.Snapshot()
}

func BenchmarkScanLevel8M(b *testing.B) {
	snap := eightMillion(b)
	hits := make([]Hits, snap.Len())
	b.SetBytes(int64(snap.Records))
	b.ReportAllocs()
	for b.Loop() {
		if err := Scan(b.Context(), snap.Chunks(), levelAtLeast(model.Warning), hits, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScanOverhead8M is what a scan costs beside its predicate.
func BenchmarkScanOverhead8M(b *testing.B) {
	snap := eightMillion(b)
	hits := make([]Hits, snap.Len())
	b.ReportAllocs()
	for b.Loop() {
		if err := Scan(b.Context(), snap.Chunks(), noop{}, hits, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// noop matches everything without saying so.
type noop struct{ word }

func (noop) Narrow(*model.Batch, model.Bits) {}

func BenchmarkFind(b *testing.B) {
	snap := eightMillion(b)
	r := rand.New(rand.NewPCG(5, 6))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := snap.Find(model.Seq(1 + r.Uint64N(snap.Records))); !ok {
			b.Fatal("not found")
		}
	}
}

func TestSnapshotAndFindAllocateNothing(t *testing.T) {
	s := filled(20)
	if n := testing.AllocsPerRun(100, func() {
		snap := s.Snapshot()
		if _, _, ok := snap.Find(1234); !ok {
			t.Fatal("not found")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAppendAllocatesPerBatchOnly(t *testing.T) {
	batch := liveBatch(rand.New(rand.NewPCG(1, 2)), 100)
	s := New(Options{Budget: 16 << 20})
	n := testing.AllocsPerRun(1000, func() {
		next := *batch
		next.First = 0
		s.Append(&next, Folding{})
	})
	if n > 8 { // the batch's copy, the snapshot, the tail's view; a share of growing and sealing
		t.Errorf("%v allocations for a batch of 100 records, want at most 8", n)
	}
}

// realistic is a batch of lines that compress about as logs do.
func realistic(r *rand.Rand, bytes int) *model.Batch {
	domains := []string{"app", "app.auth", "app.catalog", "worker", "db"}
	what := []string{"Started GET /api/v1/catalogs/%d HTTP/1.1 from 172.100.0.19", "Completed 200 OK in %dms", "query took %d us", "cache miss for item %d"}
	b := &model.Batch{}
	ids := make([]uint64, 32)
	for i := range ids {
		ids[i] = r.Uint64()
	}
	for i := 0; len(b.Buf) < bytes; i++ {
		start := uint32(len(b.Buf))
		id := &ids[r.IntN(len(ids))]
		if r.IntN(5) == 0 {
			*id = r.Uint64()
		}
		b.Buf = fmt.Appendf(b.Buf, "2025-03-20T13:24:%02d.%03d [%016x%016x][-] INFO --- %s --- ", i/1000%60, i%1000, *id, *id^0x9e3779b97f4a7c15, domains[r.IntN(len(domains))])
		b.Buf = fmt.Appendf(b.Buf, what[r.IntN(len(what))]+"\n", r.IntN(5000))
		b.Add(model.Meta{Start: start, End: uint32(len(b.Buf)), Time: int64(i), Req: *id, Dur: model.NoDur, Line: uint32(i), Level: model.Info})
	}
	return b
}

// BenchmarkCompress appends to a full store: what keeping the older part
// compressed costs, and by how much more it holds.
func BenchmarkCompress(b *testing.B) {
	batch := realistic(rand.New(rand.NewPCG(1, 2)), 1<<20)
	for _, on := range []bool{false, true} {
		b.Run(fmt.Sprintf("compress=%v", on), func(b *testing.B) {
			s := New(Options{Budget: 32 << 20, Compress: on})
			b.SetBytes(int64(len(batch.Buf)))
			for b.Loop() {
				next := *batch
				next.First = 0
				s.Append(&next, Folding{})
			}
			b.ReportMetric(float64(s.Snapshot().Text)/float64(s.o.Budget), "text/budget")
		})
	}
}

// BenchmarkThaw is what a scan pays per byte of a compressed chunk.
func BenchmarkThaw(b *testing.B) {
	s := New(Options{})
	s.Append(realistic(rand.New(rand.NewPCG(1, 2)), 1<<20), Folding{})
	c := s.compress(s.Snapshot().Chunk(0))
	b.SetBytes(int64(c.raw))
	var buf []byte
	for b.Loop() {
		if _, err := c.Load(&buf); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(c.raw)/float64(len(c.cold)), "ratio")
}

// arenaWord finds a word in whole arenas, as a query does.
type arenaWord string

func (arenaWord) Prune(*model.Zone) model.Verdict { return model.Maybe }

func (p arenaWord) Narrow(b *model.Batch, bits model.Bits) {
	clear(bits)
	for at := 0; ; {
		k := bytes.Index(b.Buf[at:], []byte(p))
		if k < 0 {
			return
		}
		i := b.At(uint32(at + k))
		bits.Set(i)
		at = int(b.End[i])
	}
}

func (p arenaWord) String() string { return string(p) }

// file128 is a file of a batch's bytes, 128 times.
func file128(b *testing.B, batch *model.Batch) *os.File {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "word.log"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	for range 128 {
		if _, err := f.Write(batch.Buf); err != nil {
			b.Fatal(err)
		}
	}
	return f
}

// BenchmarkScanWord searches 128 MiB for a word of which there is none: in
// memory, through a file in the page cache, and compressed.
func BenchmarkScanWord(b *testing.B) {
	batch := realistic(rand.New(rand.NewPCG(7, 8)), 1<<20)
	f := file128(b, batch)
	origin := &model.Origin{R: f}
	for _, name := range []string{"memory", "file", "compressed"} {
		b.Run(name, func(b *testing.B) {
			s := New(Options{})
			for k := range 128 {
				next := *batch
				next.First, next.Buf = 0, bytes.Clone(batch.Buf)
				if name == "file" {
					next.Origin, next.Base, next.Release = origin, int64(k*len(batch.Buf)), func() {}
				}
				s.Append(&next, Folding{})
			}
			chunks := s.Snapshot().Chunks()
			if name == "compressed" {
				for k, c := range chunks {
					chunks[k] = s.compress(c)
				}
			}
			hits := make([]Hits, len(chunks))
			b.SetBytes(int64(128 * len(batch.Buf)))
			b.ReportAllocs()
			for b.Loop() {
				if err := Scan(b.Context(), chunks, arenaWord("needle-7f3a"), hits, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
