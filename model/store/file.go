package store

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"

	"ravel/model"
)

// Load returns the chunk's batch with bytes and columns. Bytes that are not in
// memory are read again from its file into buf, which grows as needed and may
// be used for the next Load once the batch is done with; nil: into memory of
// their own. The error says that the file no longer holds what was read.
func (c *Chunk) Load(buf *[]byte) (model.Batch, error) {
	if c.Resident() {
		return c.Batch, nil
	}
	raw, err := c.load(buf)
	if err != nil {
		return model.Batch{}, err
	}
	return c.whole(raw)
}

// load is the chunk's bytes, as Load gets them.
func (c *Chunk) load(buf *[]byte) ([]byte, error) {
	if raw := c.inMemory(); raw != nil {
		return raw, nil
	}
	if buf == nil {
		buf = new([]byte)
	}
	var err error
	*buf, err = c.read(*buf)
	return *buf, err
}

// whole is the chunk's batch of its bytes.
func (c *Chunk) whole(raw []byte) (model.Batch, error) {
	b := c.Batch
	b.Buf = raw
	if c.head == nil {
		return b, nil
	}
	b.Add(*c.head)
	full, err := c.Origin.Reparse(&b)
	if err != nil {
		return model.Batch{}, fmt.Errorf("parse the file's bytes %d to %d again: %w", c.Base, c.Base+int64(c.raw), err)
	}
	if full.Len() != c.n {
		return model.Batch{}, fmt.Errorf("parse the file's bytes %d to %d again: %d records, they were %d: the file was changed in place", c.Base, c.Base+int64(c.raw), full.Len(), c.n)
	}
	full.First, full.Also = c.First, c.Also
	sortFrom(full, c.key)
	return *full, nil
}

// sortFrom gives b the sort keys of its stampless records, which parsing alone
// does not: their predecessor's, key for the first.
func sortFrom(b *model.Batch, key int64) {
	if b.Sort != nil || !slices.Contains(b.Time, model.NoTime) {
		return
	}
	b.Sort = make([]int64, b.Len())
	for i, t := range b.Time {
		if t != model.NoTime {
			key = t
		}
		b.Sort[i] = key
	}
}

// inMemory is the chunk's bytes if they are in memory as they were read.
func (c *Chunk) inMemory() []byte {
	if c.Buf == nil && c.warm != nil {
		if w := c.warm.Load(); w != nil {
			return *w
		}
	}
	return c.Buf
}

// read gets the chunk's bytes again, into buf or a larger buffer. The check comes after the read too: a
// file may be cut short or replaced meanwhile.
func (c *Chunk) read(buf []byte) ([]byte, error) {
	if c.cold != nil {
		return c.thaw(buf)
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	if cap(buf) < c.raw {
		buf = make([]byte, c.raw)
	}
	buf = buf[:c.raw]
	if n, err := c.Origin.R.ReadAt(buf, c.Base); n < c.raw {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("read the file's bytes %d to %d again: %w", c.Base, c.Base+int64(c.raw), err)
	}
	return buf, c.check()
}

// check asks whether the file still holds what was read of it.
func (c *Chunk) check() error {
	if c.Origin.Check == nil {
		return nil
	}
	return c.Origin.Check()
}

// withoutRaw is the chunk without its bytes.
func (c *Chunk) withoutRaw() *Chunk {
	d := *c
	d.Buf = nil
	d.bytes = d.size()
	return &d
}

// withoutColumns is the chunk without its bytes and columns: its zone map, its
// first record's columns and its requests stay, and what filters ask most,
// encoded.
func (c *Chunk) withoutColumns() *Chunk {
	head := c.Meta(0)
	d := *c
	d.Batch = model.Batch{First: c.First, Base: c.Base, Origin: c.Origin, Also: c.Also, Lost: c.Lost}
	d.head, d.key, d.kept = &head, c.SortKey(0), model.Encode(&c.Batch)
	if len(c.Requests) > 0 {
		d.hashes = make([]uint64, len(c.Requests))
		for j := range d.hashes {
			d.hashes[j] = c.RequestHash(j)
		}
	}
	d.bytes = d.size()
	return &d
}

// withoutKept is the chunk without what withoutColumns kept.
func (c *Chunk) withoutKept() *Chunk {
	d := *c
	d.kept = nil
	d.bytes = d.size()
	return &d
}

// withoutRows is the chunk without its requests and what they fold: nothing may
// be hidden that no row stands for.
func (c *Chunk) withoutRows() *Chunk {
	d := *c
	d.Requests, d.hashes, d.folds = nil, nil, nil
	d.bytes = d.size()
	return &d
}

// reopenable reports whether the chunk's bytes can be read again as they were
// parsed: records copied together from several streams have no one place.
func (c *Chunk) reopenable() bool { return c.Origin != nil }

// makeRoom gives memory up until need more bytes fit the limit: first the
// bytes that a file can give again, then what compressing saves, then file-backed
// chunks' columns, then what of these was kept encoded beyond keptShare, then whole
// chunks, the requests of those without columns before these and what was kept
// of these columns; each time the oldest first.
func (s *Store) makeRoom(next *Snapshot, need int64) {
	w := &s.warmth
	w.mu.Lock()
	defer w.mu.Unlock()
	if next.Bytes+w.bytes+need <= s.limit {
		return
	}
	r := relief{s: s, next: next, room: s.limit - need, list: append([]*Chunk(nil), next.sealed...)}
	r.each(&w.gone, func(c *Chunk) *Chunk {
		w.drop(c)
		if c.Buf == nil || !c.reopenable() {
			return c
		}
		return c.withoutRaw()
	}, nil)
	if s.o.Compress {
		r.freeze()
	}
	r.each(&s.columnless, func(c *Chunk) *Chunk {
		if !c.HasColumns() || !c.reopenable() || c.Origin.Reparse == nil {
			return c
		}
		d := c.withoutColumns()
		s.kept += d.kept.Bytes()
		return d
	}, nil)
	unkeep := func(c *Chunk) *Chunk {
		if c.kept == nil {
			return c
		}
		s.kept -= c.kept.Bytes()
		return c.withoutKept()
	}
	r.each(&s.keptless, unkeep, func() bool { return s.kept > s.limit/keptShare })
	r.evict(false)
	r.each(&s.rowless, func(c *Chunk) *Chunk {
		if c.HasColumns() {
			return c
		}
		return c.withoutRows()
	}, nil)
	r.each(&s.keptless, unkeep, nil)
	r.evict(true) // a stub frees next to nothing: last
	next.sealed = r.list
	if r.evicted {
		next.span()
	}
}

// relief is one call of makeRoom. It works on a copy of the chunk list:
// earlier snapshots keep theirs.
type relief struct {
	s    *Store
	next *Snapshot
	room int64 // what next may hold
	list []*Chunk

	evicted bool
}

// enough reports whether there is room.
func (r *relief) enough() bool { return r.next.Bytes+r.s.warmth.bytes <= r.room }

// each replaces chunks after the one with id *done, oldest first, until there
// is room or more, if not nil, says no, and moves *done on.
func (r *relief) each(done *uint64, lighter func(*Chunk) *Chunk, more func() bool) {
	k := sort.Search(len(r.list), func(k int) bool { return r.list[k].id > *done })
	for ; k < len(r.list) && !r.enough() && (more == nil || more()); k++ {
		c := r.list[k]
		d := lighter(c)
		r.next.Bytes += d.bytes - c.bytes
		gone := uint64(len(c.Requests) - len(d.Requests))
		r.next.Requests -= gone
		r.next.RequestsGone += gone
		r.list[k] = d
		*done = c.id
	}
}

// evict gives whole chunks up, oldest first, until there is room; those
// without columns only if told.
func (r *relief) evict(stubs bool) {
	kept := r.list[:0]
	for k, c := range r.list {
		if r.enough() {
			kept = append(kept, r.list[k:]...)
			break
		}
		if !stubs && !c.HasColumns() {
			kept = append(kept, c)
			continue
		}
		r.next.evict(c)
		r.s.warmth.drop(c)
		r.evicted = true
		if c.Buf != nil && c.id > r.s.frozen {
			r.s.hot -= hotBytes(c)
		}
		r.s.kept -= c.kept.Bytes()
		r.s.results.Drop(c.id)
	}
	clear(r.list[len(kept):])
	r.list = kept
}
