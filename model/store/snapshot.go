package store

import (
	"sort"

	"ravel/model"
)

// Snapshot is what the store held at one moment. It is frozen (later fold bits
// may show) and keeps its chunks alive: hold it for a frame or a scan, not
// longer.
type Snapshot struct {
	Totals
	sealed []*Chunk // oldest first; later appends write behind it, evictions copy it
	tail   *Chunk   // the prefix of the growing chunk, nil if there is none
}

// Totals are sums over a snapshot, kept up with each append.
type Totals struct {
	Records  uint64 // held
	Bytes    int64  // memory held, of the budget
	Text     int64  // bytes of the held records, in memory or in files
	Levels   [model.NumLevels]uint64
	Lost     uint64    // bytes that the line cap cut, evicted records included
	Last     model.Seq // the newest record ever appended, 0 if none
	Requests uint64    // rows held

	RequestsGone uint64 // rows given up to the budget, with their records or before them

	Evicted      uint64 // records given up to the budget
	EvictedBytes uint64 // of their text
	EvictedTo    int64  // newest stamp among them, NoTime if none has one

	from, to int64 // stamps of the held records; from > to if there is none
}

var noTotals = Totals{EvictedTo: model.NoTime, from: 1<<63 - 1, to: model.NoTime}

// Len is the number of chunks.
func (s *Snapshot) Len() int {
	if s.tail != nil {
		return len(s.sealed) + 1
	}
	return len(s.sealed)
}

// Chunk is chunk k, oldest first.
func (s *Snapshot) Chunk(k int) *Chunk {
	if k == len(s.sealed) {
		return s.tail
	}
	return s.sealed[k]
}

// Chunks are all chunks, oldest first. The slice is the caller's.
func (s *Snapshot) Chunks() []*Chunk {
	all := make([]*Chunk, 0, s.Len())
	all = append(all, s.sealed...)
	if s.tail != nil {
		all = append(all, s.tail)
	}
	return all
}

// First is the oldest held record, 0 if there is none.
func (s *Snapshot) First() model.Seq {
	if s.Len() == 0 {
		return 0
	}
	return s.Chunk(0).First
}

// Find locates record seq: chunk k, record i in it. If it is not held, ok is
// false and k, i tell the first held record after it; k is Len() if there is
// none.
func (s *Snapshot) Find(seq model.Seq) (k, i int, ok bool) {
	k = sort.Search(s.Len(), func(k int) bool { return s.Chunk(k).Last() >= seq })
	if k == s.Len() {
		return k, 0, false
	}
	c := s.Chunk(k)
	if seq < c.First {
		return k, 0, false
	}
	return k, int(seq - c.First), true
}

// ByID is the place of the chunk with an ID, as a later snapshot than the one
// that told it has it: grown, lighter, or, with ok false, given up.
func (s *Snapshot) ByID(id uint64) (k int, ok bool) {
	k = sort.Search(s.Len(), func(k int) bool { return s.Chunk(k).id >= id })
	return k, k < s.Len() && s.Chunk(k).id == id
}

// IDs are those of all chunks, oldest first. What takes longer than a scan
// holds them in place of the snapshot, and looks each chunk up when its turn
// comes: so it keeps nothing alive that has been given up.
func (s *Snapshot) IDs() []uint64 {
	ids := make([]uint64, s.Len())
	for k := range ids {
		ids[k] = s.Chunk(k).id
	}
	return ids
}

// Span is the oldest and the newest stamp held; ok is false if there is none.
func (s *Snapshot) Span() (from, to int64, ok bool) { return s.from, s.to, s.from <= s.to }

// span computes the stamps held from the chunks' zone maps, the tail's
// included: where chunks were evicted.
func (s *Snapshot) span() {
	s.from, s.to = noTotals.from, noTotals.to
	for k := range s.Len() {
		z := &s.Chunk(k).Zone
		s.from, s.to = min(s.from, z.MinTime), max(s.to, z.MaxTime)
	}
}

// count adds the records of a batch that has been appended.
func (s *Snapshot) count(b *model.Batch, z *model.Zone, text, rows int) {
	s.Records += uint64(z.N)
	s.from, s.to = min(s.from, z.MinTime), max(s.to, z.MaxTime)
	s.Text += int64(text)
	for l, n := range z.Levels {
		s.Levels[l] += uint64(n)
	}
	s.Lost += b.Lost
	s.Requests += uint64(rows)
	s.Last = b.First + model.Seq(z.N) - 1
}

// foldHere takes the records of a batch that has just been appended, the first
// of which is first, into their chunk.
func (s *Snapshot) foldHere(first model.Seq, here model.Bits) {
	if k, i, ok := s.Find(first); ok {
		s.Chunk(k).folds.merge(here, i)
	}
}

// fold takes what the tracker says into the chunks that are still held.
func (s *Snapshot) fold(f *Folding) {
	s.each(f.Waiting, func(d *folds, i int) { d.wait(i, true) })
	s.each(f.Inside, (*folds).set)
	s.each(f.Released, func(d *folds, i int) { d.wait(i, false) })
	for _, j := range f.Joined {
		if k, i, ok := s.Find(j.End); ok {
			if r := s.Chunk(k).RequestAt(i); r != nil {
				r.Join(j)
			}
		}
	}
}

// each calls do for those of the records that are held.
func (s *Snapshot) each(seqs []model.Seq, do func(d *folds, i int)) {
	k := -1
	for _, seq := range seqs {
		if k < 0 || seq < s.Chunk(k).First || seq > s.Chunk(k).Last() {
			var ok bool
			if k, _, ok = s.Find(seq); !ok {
				k = -1
				continue
			}
		}
		c := s.Chunk(k)
		do(c.folds, int(seq-c.First))
	}
}

// evict takes c out of the totals.
func (s *Snapshot) evict(c *Chunk) {
	s.Records -= uint64(c.n)
	s.Bytes -= c.bytes
	s.Text -= int64(c.text)
	for l, n := range c.Zone.Levels {
		s.Levels[l] -= uint64(n)
	}
	s.Requests -= uint64(len(c.Requests))
	s.RequestsGone += uint64(len(c.Requests))
	s.Evicted += uint64(c.n)
	s.EvictedBytes += uint64(c.text)
	if c.Zone.MinTime <= c.Zone.MaxTime {
		s.EvictedTo = max(s.EvictedTo, c.Zone.MaxTime)
	}
}

// Of is a snapshot of chunks that need not be held any longer, oldest first:
// without totals.
func Of(chunks []*Chunk) *Snapshot { return &Snapshot{Totals: noTotals, sealed: chunks} }
