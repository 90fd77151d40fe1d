package store

import (
	"sort"
	"sync/atomic"
	"unsafe"

	"ravel/model"
)

// Chunk is a run of records that is scanned, cached and given up as one. All
// of it is frozen but the fold bits and the rows' outcomes: what is folded stays
// so, what waits for a request's end may cease to, and a late record may join a
// request. Its batch may lack Buf, or Buf and columns, where
// a file can give them again: readers that need them call Load.
type Chunk struct {
	model.Batch
	Zone     model.Zone
	Requests []model.RequestRow // those that end here, by ascending At; nil also where they were given up

	id     uint64
	sealed bool
	n      int                     // records, also where the columns are dropped
	raw    int                     // length of Buf, also where it is dropped
	text   int                     // bytes of the records; less than raw where batches share an arena
	cold   []byte                  // Buf compressed, where that has replaced it
	warm   *atomic.Pointer[[]byte] // Buf read again by Store.Warm, where that may be; the store's account has it
	bytes  int64
	folds  *folds
	back   uint32         // how many records before First the first one of a request that ends here is
	head   *model.Meta    // of record 0, where the columns are dropped
	kept   *model.Encoded // of the columns that are dropped, those that filters ask most; nil: none
	key    int64          // sort key of record 0, where the columns are dropped
	hashes []uint64       // of Requests, where the columns are dropped
}

// Len is the number of records, dropped or not.
func (c *Chunk) Len() int { return c.n }

// Last is the Seq of the newest record.
func (c *Chunk) Last() model.Seq { return c.First + model.Seq(c.n) - 1 }

// TextLen is how many bytes the records have, in memory or not.
func (c *Chunk) TextLen() int { return c.text }

// ID identifies the chunk for as long as the program runs. A chunk that is not
// Sealed has the id of the chunk that it grows into.
func (c *Chunk) ID() uint64 { return c.id }

// Sealed reports whether the chunk will not grow in later snapshots.
func (c *Chunk) Sealed() bool { return c.sealed }

// Resident reports whether bytes and columns are in memory.
func (c *Chunk) Resident() bool { return c.Buf != nil && c.head == nil }

// HasColumns reports whether the columns are in memory.
func (c *Chunk) HasColumns() bool { return c.head == nil }

// Keeps reports whether columns that Encoded holds are in memory, as they are
// or encoded: Filterable gives them.
func (c *Chunk) Keeps() bool { return c.head == nil || c.kept != nil }

// Filterable returns a batch that has the chunk's columns in set, of those that
// are in memory: all if none have been dropped, else those that are kept encoded,
// decoded into scratch, which may be used again once the batch is done with. has
// says which the batch has.
func (c *Chunk) Filterable(set model.Columns, scratch *model.Batch) (b *model.Batch, has model.Columns) {
	if c.head == nil {
		return &c.Batch, model.AllColumns
	}
	if c.kept == nil {
		return &c.Batch, 0
	}
	set &= model.EncodedColumns
	c.kept.Decode(scratch, set)
	scratch.First, scratch.Also = c.First, c.Also
	return scratch, set
}

// RequestIndex is the number of the request that record i ended, -1 if none.
func (c *Chunk) RequestIndex(i int) int {
	j := sort.Search(len(c.Requests), func(j int) bool { return int(c.Requests[j].At) >= i })
	if j == len(c.Requests) || int(c.Requests[j].At) != i {
		return -1
	}
	return j
}

// RequestAt is the row of the request that record i ended, or nil.
func (c *Chunk) RequestAt(i int) *model.RequestRow {
	if j := c.RequestIndex(i); j >= 0 {
		return &c.Requests[j]
	}
	return nil
}

// Reach is where the first of the requests that end in the chunk begins, no later
// than with the chunk: they reach over what is from there on.
func (c *Chunk) Reach() model.Seq { return c.First - min(model.Seq(c.back), c.First) }

// backOf is Chunk.back of rows.
func backOf(rows []model.RequestRow) (back uint32) {
	for i := range rows {
		if r := &rows[i]; r.Back > r.At {
			back = max(back, r.Back-r.At)
		}
	}
	return back
}

// RequestHash is Batch.Req of the records of request j.
func (c *Chunk) RequestHash(j int) uint64 {
	if c.hashes != nil {
		return c.hashes[j]
	}
	return c.Req[c.Requests[j].At]
}

// Folded reports whether record i stands inside a finished request and is not
// its end. Where the rows were given up none is.
func (c *Chunk) Folded(i int) bool { return c.folds.has(i) }

// Unfold takes the folded records out of bits.
func (c *Chunk) Unfold(bits model.Bits) { c.folds.clear(bits) }

// Unwait takes the records out of bits that wait for the end of a request.
func (c *Chunk) Unwait(bits model.Bits) { c.folds.clearWaiting(bits) }

// Waiting reports whether record i waits for the end of a request which has not
// ended, or stands inside one that has.
func (c *Chunk) Waiting(i int) bool {
	return c.folds != nil && c.folds.waiting[i>>6].Load()&(1<<(i&63)) != 0
}

// size is the memory that the chunk holds.
func (c *Chunk) size() int64 {
	n := c.Batch.Bytes() + int64(cap(c.cold)) + int64(unsafe.Sizeof(*c)) + c.folds.size() + c.kept.Bytes()
	return n + int64(cap(c.Requests))*int64(unsafe.Sizeof(model.RequestRow{})) + 8*int64(cap(c.hashes))
}

// folds are the folded records of a chunk, a set that only grows, and those
// that wait for a request's end. The store's writer writes them while readers
// read.
type folds struct {
	words, waiting []atomic.Uint64
}

func newFolds(n int) *folds {
	w := (n + 63) / 64
	both := make([]atomic.Uint64, 2*w)
	return &folds{words: both[:w:w], waiting: both[w:]}
}

// size is the memory that f takes. A nil f is empty and stays so.
func (f *folds) size() int64 {
	if f == nil {
		return 0
	}
	return int64(8*(cap(f.words)+cap(f.waiting))) + 48
}

func (f *folds) has(i int) bool { return f != nil && f.words[i>>6].Load()&(1<<(i&63)) != 0 }

// set adds record i.
func (f *folds) set(i int) {
	if f != nil {
		f.words[i>>6].Or(1 << (i & 63))
	}
}

// merge adds those of bits, whose first record is record at.
func (f *folds) merge(bits model.Bits, at int) {
	if f == nil {
		return
	}
	w, shift := at>>6, at&63
	for i, word := range bits {
		f.words[w+i].Or(word << shift)
		if high := word >> (64 - shift); high != 0 { // all of it shifted out: 0
			f.words[w+i+1].Or(high)
		}
	}
}

// clear takes f's records out of bits.
func (f *folds) clear(bits model.Bits) {
	if f == nil {
		return
	}
	for w := range bits {
		bits[w] &^= f.words[w].Load()
	}
}

// wait adds record i to those that wait, or takes it out.
func (f *folds) wait(i int, waits bool) {
	switch {
	case f == nil:
	case waits:
		f.waiting[i>>6].Or(1 << (i & 63))
	default:
		f.waiting[i>>6].And(^uint64(1 << (i & 63)))
	}
}

// clearWaiting takes the records that wait out of bits.
func (f *folds) clearWaiting(bits model.Bits) {
	if f == nil {
		return
	}
	for w := range bits {
		bits[w] &^= f.waiting[w].Load()
	}
}

// clip returns a copy for the first n records.
func (f *folds) clip(n int) *folds {
	c := newFolds(n)
	for w := range c.words {
		c.words[w].Store(f.words[w].Load())
		c.waiting[w].Store(f.waiting[w].Load())
	}
	return c
}
