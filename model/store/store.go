// Package store keeps records in memory within a budget: a ring of frozen
// chunks that one goroutine appends to and any number of goroutines read
// through snapshots, without locks. It scans chunks in parallel, newest first,
// and caches what scans found. It knows no query language and no source: a
// predicate is whatever narrows a set of records of a batch, and bytes that a
// file can give again are read through their batch's Origin.
package store

import (
	"slices"
	"sync/atomic"

	"ravel/model"
)

// Options say how much a Store may hold.
type Options struct {
	// Budget bounds what the store's memory takes, in bytes: arenas, columns,
	// fold bits, request rows and cached results by their capacity. 0 means
	// DefaultBudget.
	Budget int64
	// Compress keeps the older records that no file can give again compressed
	// once the store is full: it holds nearly twice as many, and a search
	// through their bytes takes about twice as long.
	Compress bool
}

// DefaultBudget is the budget of a store whose Options name none.
const DefaultBudget = 1 << 30

// Store is the ring of chunks. Append, Fold and Seal belong to one goroutine, the
// writer; all other methods are safe for concurrent use.
type Store struct {
	o         Options
	limit     int64 // of chunks: the budget less the cache's share and slack
	tailBytes int
	results   *Results
	opened    opened
	current   atomic.Pointer[Snapshot]
	warmth    warmth

	// Owned by the writer.
	tail       *tail
	filled     int    // records of the last tail, 0 if it was sealed before it was full
	ids        uint64 // the newest chunk's
	next       model.Seq
	columnless uint64 // chunks up to this id have given their columns up, if they could
	keptless   uint64 // and these what was kept of them
	kept       int64  // bytes of that
	rowless    uint64 // and these their requests
	frozen     uint64 // and these are compressed, if that pays
	hot        int64  // bytes of those that could be
	scratch    []byte
}

// New returns an empty store.
func New(o Options) *Store {
	if o.Budget <= 0 {
		o.Budget = DefaultBudget
	}
	s := &Store{o: o, next: 1, results: NewResults(o.Budget / cacheShare)}
	s.limit = o.Budget - max(o.Budget/slackShare, min(o.Budget/mostSlack, minSlack)) - o.Budget/cacheShare
	s.tailBytes = int(min(max(o.Budget/tailShare, minTailBytes), maxTailBytes))
	s.opened.keep = int(min(max(o.Budget/openedShare>>20, minOpened), maxOpened))
	s.current.Store(&Snapshot{Totals: noTotals})
	return s
}

// Of the budget, one part in slackShare is left for what is being built and
// for the collector: with the memory limit at the budget, a fuller heap would
// be collected all the time. What comes while it is collected does not depend on
// the budget: that is minSlack at least, unless it were more than one part in
// mostSlack. One in cacheShare is for cached results.
const (
	slackShare = 10
	mostSlack  = 6
	minSlack   = 16 << 20
	cacheShare = 50
)

// keptShare of the limit is what columns that are kept encoded take at most while
// there are requests to be given up. Without these columns a filter by level
// parses a file again, at a second a gigabyte.
const keptShare = 4

// Results is the store's cache of scan results; what it holds of a chunk goes
// when the chunk is evicted.
func (s *Store) Results() *Results { return s.results }

// Snapshot is the store as of the last Append: cheap, and frozen but for the
// fold bits.
func (s *Store) Snapshot() *Snapshot { return s.current.Load() }

// Folding is what the request tracker says of a batch.
type Folding struct {
	// Rows are the requests that end in the batch, by ascending At. They are the
	// store's once appended.
	Rows []model.RequestRow
	// Here are the records of the batch, nil for none, and Inside those of it or
	// earlier ones that now stand
	// inside a finished request without being its end.
	Here   model.Bits
	Inside []model.Seq
	// Waiting are those that now wait for a request's end, Released those
	// that no longer do without standing inside one.
	Waiting, Released []model.Seq
	// Joined are the records that count for rows of earlier batches.
	Joined []model.Join
}

// Append takes ownership of a batch of records and publishes a snapshot that
// holds them. A batch of at least bigBatch bytes, or whose maker wants them back, becomes a chunk as
// it is; smaller ones are copied into the tail chunk. Whole chunks are given up first
// where there is no room. Records without a Seq are numbered. Bytes that their
// maker wants back and a file can give again are not kept: see Warm.
func (s *Store) Append(b *model.Batch, f Folding) {
	if b.Len() == 0 {
		s.Fold(f)
		return
	}
	if b.First == 0 {
		b.First = s.next
	}
	z, text := b.Zone(), textLen(b)
	next := *s.current.Load()
	if lo, hi := window(b); b.Release != nil || int(hi-lo) >= min(bigBatch, s.tailBytes) || b.Len() > maxTailRecords/2 {
		s.seal(&next)
		s.appendChunk(&next, b, &z, text, f.Rows)
	} else {
		s.appendTail(&next, b, &z, text, f.Rows)
	}
	s.next = b.First + model.Seq(b.Len())
	next.count(b, &z, text, len(f.Rows))
	next.foldHere(b.First, f.Here)
	next.fold(&f)
	s.current.Store(&next)
}

// Fold marks records that now stand inside a finished request, or wait for the
// end of one. Snapshots taken earlier may show it too.
func (s *Store) Fold(f Folding) { s.current.Load().fold(&f) }

// Seal ends the chunk that grows: results of it can be cached, and it takes no
// more than its size. It is for the writer, when no more input is expected
// soon.
func (s *Store) Seal() {
	next := *s.current.Load()
	s.seal(&next)
	s.current.Store(&next)
}

// bigBatch is the size in bytes from which copying a batch into the tail costs
// more than a chunk that is smaller than usual.
const bigBatch = 256 << 10

// appendChunk makes b a sealed chunk.
func (s *Store) appendChunk(next *Snapshot, b *model.Batch, z *model.Zone, text int, rows []model.RequestRow) {
	if cap(rows) > len(rows)+len(rows)/8 {
		rows = slices.Clone(rows)
	}
	c := s.newChunk(*b, z, text, rows)
	if b.Release != nil && c.reopenable() {
		c = c.withoutRaw()
		c.warm = new(atomic.Pointer[[]byte])
		b.Release()
	}
	s.makeRoom(next, c.bytes)
	next.sealed = append(next.sealed, c)
	next.Bytes += c.bytes
	s.hot += hotBytes(c)
}

// newChunk wraps a batch that is complete. Slack of more than an eighth is
// given back: columns that grew, and an arena that further batches share.
func (s *Store) newChunk(b model.Batch, z *model.Zone, text int, rows []model.RequestRow) *Chunk {
	s.ids++
	lo, hi := window(&b)
	if need := int64(hi-lo) + columnBytes*int64(b.Len()); b.Bytes() > need+need/8 {
		b.Pack()
		if int(hi-lo) < cap(b.Buf)-cap(b.Buf)/16 {
			cutWindow(&b, lo, hi)
		}
	}
	if b.Origin != nil && int(hi-lo) < len(b.Buf) {
		cutWindow(&b, lo, hi) // what is read again must be these records and no other
	}
	c := &Chunk{Batch: b, Zone: *z, Requests: rows, id: s.ids, sealed: true, n: b.Len(), raw: len(b.Buf), text: text}
	c.folds, c.back = newFolds(c.n), backOf(rows)
	c.bytes = c.size()
	return c
}

// columnBytes is what the columns take per record at most, Sort left out.
const columnBytes = 42
