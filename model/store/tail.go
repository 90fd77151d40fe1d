package store

import (
	"maps"
	"slices"

	"ravel/model"
)

// tail is the chunk that grows. Only the writer sees it; readers see frozen
// prefixes of it, which a later append cannot change: it writes behind them, or
// into a larger copy.
type tail struct {
	b     model.Batch
	rows  []model.RequestRow
	zone  model.Zone
	folds *folds
	id    uint64
	back  uint32 // Chunk.back of rows
	text  int    // bytes of the records
	bytes int64  // memory, as counted in the snapshot
}

// Bounds of the tail: it is sealed when the next batch would pass one of them.
// Scattered records are few: each publication copies the maps that hold them.
const (
	maxTailBytes     = 1 << 20
	minTailBytes     = 32 << 10
	tailShare        = 32 // of a small budget, the tail takes so much at most: it cannot be evicted
	maxTailRecords   = model.MaxRecords
	maxTailScattered = 512
)

// fits reports whether b may join the tail.
func (t *tail) fits(b *model.Batch, limit int) bool {
	lo, hi := window(b)
	return t.b.First+model.Seq(t.b.Len()) == b.First &&
		len(t.b.Buf)+int(hi-lo) <= limit && t.b.Len()+b.Len() <= maxTailRecords &&
		(len(b.Extra) == 0 || len(t.b.Extra)+len(b.Extra) <= maxTailScattered) &&
		(len(b.Also) == 0 || len(t.b.Also)+len(b.Also) <= maxTailScattered)
}

// appendTail copies b behind the tail's records and publishes the longer tail.
func (s *Store) appendTail(next *Snapshot, b *model.Batch, z *model.Zone, text int, rows []model.RequestRow) {
	if s.tail != nil && !s.tail.fits(b, s.tailBytes) {
		s.seal(next)
	}
	if s.tail == nil {
		s.tail = s.newTail(b.First)
	}
	t := s.tail
	s.makeRoom(next, t.growth(b))
	t.add(b, rows)
	t.zone.Merge(z)
	t.text += text
	next.tail = t.publish()
	next.Bytes += next.tail.bytes - t.bytes
	t.bytes = next.tail.bytes
	s.makeRoom(next, 0) // what append rounded up
}

// newTail returns an empty tail. If the last one was full this one will be:
// it gets as much room at once instead of growing by copying.
func (s *Store) newTail(first model.Seq) *tail {
	s.ids++
	t := &tail{id: s.ids, zone: model.NewZone(), folds: newFolds(maxTailRecords)}
	t.b.First = first
	if s.filled > 0 {
		reserve(&t.b, s.tailBytes, min(s.filled+s.filled/8, maxTailRecords))
	}
	return t
}

// reserve gives an empty batch room for n records of so many bytes.
func reserve(b *model.Batch, bytes, n int) {
	b.Buf = make([]byte, 0, bytes)
	b.Start, b.End, b.Dur, b.Line = make([]uint32, 0, n), make([]uint32, 0, n), make([]uint32, 0, n), make([]uint32, 0, n)
	b.Time, b.Req = make([]int64, 0, n), make([]uint64, 0, n)
	b.Domain, b.Source, b.Status = make([]uint16, 0, n), make([]uint16, 0, n), make([]uint16, 0, n)
	b.Level, b.Mark, b.Format, b.Flags = make([]model.Level, 0, n), make([]model.Mark, 0, n), make([]uint8, 0, n), make([]model.Flags, 0, n)
}

// growth is at least about how much memory adding b will take: append doubles what is
// full, and the old arrays are garbage only later.
func (t *tail) growth(b *model.Batch) int64 {
	lo, hi := window(b)
	n := int64(hi-lo) + columnBytes*int64(b.Len())
	if cap(t.b.Buf)-len(t.b.Buf) < int(hi-lo) {
		n += int64(cap(t.b.Buf))
	}
	if cap(t.b.Start)-len(t.b.Start) < b.Len() {
		n += columnBytes * int64(cap(t.b.Start))
	}
	return n
}

// add copies b's records behind the tail's.
func (t *tail) add(b *model.Batch, rows []model.RequestRow) {
	lo, hi := window(b)
	at, had := uint32(len(t.b.Buf))-lo, t.b.Len() // modulo 2^32
	d := &t.b
	if base := b.Base + int64(lo); had == 0 {
		d.Origin, d.Base = b.Origin, base
	} else if d.Origin != b.Origin || d.Base+int64(len(d.Buf)) != base {
		d.Origin = nil // no longer one run of one file's bytes
	}
	d.Buf = append(d.Buf, b.Buf[lo:hi]...)
	d.Start, d.End = appendMoved(d.Start, b.Start, at), appendMoved(d.End, b.End, at)
	t.addSort(b)
	d.Time, d.Req, d.Dur, d.Line = append(d.Time, b.Time...), append(d.Req, b.Req...), append(d.Dur, b.Dur...), b.AppendLines(d.Line, 0, b.Len())
	d.Domain, d.Source, d.Status = append(d.Domain, b.Domain...), append(d.Source, b.Source...), append(d.Status, b.Status...)
	d.Level, d.Mark = append(d.Level, b.Level...), append(d.Mark, b.Mark...)
	d.Format, d.Flags = append(d.Format, b.Format...), append(d.Flags, b.Flags...)
	d.Lost += b.Lost
	t.addScattered(b, had, at)
	for _, r := range rows {
		r.At += uint32(had)
		t.rows = append(t.rows, r)
	}
	t.back = max(t.back, backOf(t.rows[len(t.rows)-len(rows):]))
}

// addSort keeps the sort keys: a column of its own only from the first record
// on whose key is not its time.
func (t *tail) addSort(b *model.Batch) {
	d := &t.b
	if d.Sort == nil && b.Sort == nil {
		return
	}
	if d.Sort == nil {
		d.Sort = slices.Clone(d.Time)
	}
	if b.Sort != nil {
		d.Sort = append(d.Sort, b.Sort...)
	} else {
		d.Sort = append(d.Sort, b.Time...)
	}
}

// addScattered adds b's entries of Extra and Also to fresh maps: readers hold
// the old ones.
func (t *tail) addScattered(b *model.Batch, had int, at uint32) {
	t.b.Extra = moveExtra(t.b.Extra, b.Extra, had, at)
	if len(b.Also) > 0 {
		m := make(map[int][]uint16, len(t.b.Also)+len(b.Also))
		maps.Copy(m, t.b.Also)
		for i, also := range b.Also {
			m[had+i] = also
		}
		t.b.Also = m
	}
}

// publish freezes what the tail holds now.
func (t *tail) publish() *Chunk {
	n := t.b.Len()
	c := &Chunk{
		Batch: t.b.Freeze(n), Zone: t.zone, Requests: t.rows[:len(t.rows):len(t.rows)],
		id: t.id, n: n, raw: len(t.b.Buf), text: t.text, folds: t.folds, back: t.back,
	}
	held := Chunk{Batch: t.b, Requests: t.rows, folds: t.folds} // by capacity, which Freeze clips
	c.bytes = held.size()
	return c
}

// seal makes the tail a chunk of exactly its size.
func (s *Store) seal(next *Snapshot) {
	t := s.tail
	if t == nil {
		return
	}
	b, zone := t.b, t.zone
	b.SetZone(&zone)
	b.Pack()
	if cap(b.Buf) > len(b.Buf)+len(b.Buf)/16 {
		b.Buf = slices.Clone(b.Buf)
	}
	n := b.Len()
	s.filled = 0
	if len(b.Buf) > s.tailBytes/2 {
		s.filled = n
	}
	c := &Chunk{
		Batch: b, Zone: zone, Requests: slices.Clone(t.rows),
		id: t.id, sealed: true, n: n, raw: len(b.Buf), text: t.text, folds: t.folds.clip(n), back: t.back,
	}
	c.bytes = c.size()
	next.sealed = append(next.sealed, c)
	s.hot += hotBytes(c)
	next.tail = nil
	next.Bytes += c.bytes - t.bytes
	s.tail = nil
}
