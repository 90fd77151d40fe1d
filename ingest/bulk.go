package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"ravel/model"
	"ravel/model/work"
	"ravel/parse"
)

// bulk reads a range of a file with all cores. Workers read blocks, cut them at
// record heads, and parse them with clones of a parser that is steady: each
// record head finds it in the same state, whatever came before. One goroutine
// commits the blocks in order and checks that: the first block that ends in
// another state is the last that is committed, and reading goes on from there
// in order.
type bulk struct {
	blocks
	o    *model.Origin
	size int   // of a block, in bytes
	need *Need // nil: every record is wanted
}

// blocks are parts of a stream that are parsed at the same time and committed
// in order. All but the workers is one goroutine's.
type blocks struct {
	p       *parse.Parser // stands where the last committed block ends; becomes the one to go on with
	state   parse.State   // that each block is assumed to begin with
	seed    *parse.Parser // in that state: workers clone it
	emit    func(*model.Batch) error
	leave   func(records uint64)   // nil: none is left out
	prepare func(*model.Batch) any // Options.Prepare

	queue  []*block // in order, begun and not committed
	idle   []*bulkWorker
	lender lender
	wg     sync.WaitGroup
}

// block is a part of the range: the records whose heads are the first at or
// after offset from, up to the first at or after offset to.
type block struct {
	from, to int64
	sure     bool   // a record begins at from
	buf      []byte // its bytes, if they came through a pipe
	o        *model.Origin

	start, end int64 // what was cut
	batches    []*model.Batch
	lines      uint32
	unsure     bool          // its records may not be what they are in the stream
	left       uint64        // records behind the last batch that nobody wants
	after      *parse.Parser // if it did not end in the assumed state
	err        error
	arrived    time.Time // of bytes that came through a pipe
	worker     *bulkWorker
	done       chan struct{} // closed once the above is set
}

// Bounds of parallel reading.
const (
	bulkBlock  = 1 << 20  // bytes that a worker takes at a time
	bulkLook   = 8 << 10  // bytes read behind a block at first to find the next head
	bulkSearch = 4 << 20  // bytes behind a block in which a head must be
	bulkAhead  = 2        // blocks that each worker may be ahead of the commit
	bulkWarm   = 64 << 10 // bytes that a parser sees before it is asked whether it is steady
	bulkMin    = 4 * bulkBlock
)

// errNoHead says that no record head was found where one was looked for.
var errNoHead = errors.New("no record begins here")

// run parses the n bytes at off, the first of which begins a record, as far as
// the last record head that it finds, and returns the offset of that: b.p
// stands there, holding nothing back. It also stops, without an error, where
// the format changes or no head is found. An error of emit or of reading is
// returned once all before it has been emitted.
func (b *bulk) run(off, n int64) (end int64, err error) {
	b.begin()
	defer b.wg.Wait()
	next, end, limit := off, off, off+n
	for {
		next = b.readAhead(b.o, next, off, limit, b.size, func(w *bulkWorker, k *block, buf []byte) {
			if !b.skim(w, k, buf) {
				w.parse(k, buf, b.o)
			}
		})
		if len(b.queue) == 0 {
			return end, nil
		}
		k := b.first()
		if k.err == nil && k.start != end {
			return end, nil // the workers differ on where the record begins
		}
		more, err := b.commit(k)
		if k.err == nil {
			end = k.end
		}
		if err != nil || !more {
			return end, err
		}
	}
}

// readAhead begins blocks of size bytes of o, as many as may be under way, from
// offset next on up to limit; do gets the bytes of each. A record begins at off.
// It returns where the block after them begins.
func (b *blocks) readAhead(o *model.Origin, next, off, limit int64, size int, do func(*bulkWorker, *block, []byte)) int64 {
	for len(b.queue) < depth() && next+int64(size+bulkLook) <= limit {
		k := &block{from: next, to: next + int64(size), sure: next == off}
		next = k.to
		b.start(k, func(w *bulkWorker) {
			buf, err := w.read(k, o, limit)
			if k.err = err; err == nil {
				do(w, k, buf)
			}
		})
	}
	return next
}

// depth is how many blocks are under way at once: one for each core, and one
// for each that waits for its turn.
func depth() int { return bulkAhead * runtime.NumCPU() }

// begin takes the state in which p stands as the one that each block begins
// with.
func (b *blocks) begin() {
	if state := b.p.State(); state != b.state || b.seed == nil {
		b.state, b.seed, b.idle = state, b.p.Clone(), nil
	}
}

// start begins a block: do runs in a goroutine of its own.
func (b *blocks) start(k *block, do func(*bulkWorker)) {
	k.done, k.worker = make(chan struct{}), &bulkWorker{prepare: b.prepare, lender: &b.lender}
	if n := len(b.idle); n > 0 {
		k.worker, b.idle = b.idle[n-1], b.idle[:n-1]
	}
	if k.worker.p == nil {
		k.worker.p = b.seed.Clone()
	}
	b.queue = append(b.queue, k)
	b.wg.Go(func() {
		defer close(k.done)
		defer func() {
			if r := recover(); r != nil {
				k.err = fmt.Errorf("parse bytes %d to %d: %v", k.from, k.to, r)
			}
		}()
		work.Do(func() { do(k.worker) })
	})
}

// first takes the first block off the queue and waits for it.
func (b *blocks) first() *block {
	k := b.queue[0]
	b.queue = b.queue[1:]
	<-k.done
	switch {
	case k.err != nil:
		k.worker.p = nil // it may have stopped anywhere
	case k.worker.p.State() != b.state:
		k.after, k.worker.p = k.worker.p, nil
	}
	b.idle = append(b.idle, k.worker)
	return k
}

// commit emits a block's records. more is false if the next block was parsed
// under a wrong assumption, or could not be.
func (b *blocks) commit(k *block) (more bool, err error) {
	if k.err != nil {
		if errors.Is(k.err, errNoHead) {
			return false, nil
		}
		return false, k.err
	}
	base := b.p.Lines()
	for _, batch := range k.batches {
		batch.ShiftLines(base)
		if err := b.emit(batch); err != nil {
			return false, err
		}
	}
	if k.left > 0 {
		b.leave(k.left)
	}
	if k.after != nil {
		b.p = k.after
	}
	b.p.SetLines(base + k.lines)
	return k.after == nil, nil
}

// bulkWorker is what is used again from block to block.
type bulkWorker struct {
	p       *parse.Parser // in the assumed state
	columns model.Batch
	prepare func(*model.Batch) any // nil: nothing
	memory  []byte                 // of the block at hand, of lender; nil: another's
	lender  *lender
	vain    int // grows with each block that was skimmed in vain
	whole   int // blocks to be parsed without a try
}

// read reads the block's records from o, which is to be read up to limit, and
// sets where they begin and end.
func (w *bulkWorker) read(k *block, o *model.Origin, limit int64) ([]byte, error) {
	at := k.from // of buf[0]
	if !k.sure {
		at-- // is there a line end right before?
	}
	buf := w.lender.take(int(k.to-at) + bulkLook)
	if err := fill(o, buf, at, 0); err != nil {
		return nil, err
	}
	first := 0
	if !k.sure {
		first = w.head(buf, 1)
	}
	last := w.head(buf, int(k.to-at))
	for ; last < 0; last = w.head(buf, int(k.to-at)) {
		had := len(buf)
		more := min(int64(had)-(k.to-at), limit-at-int64(had))
		if had > int(k.to-at)+bulkSearch || more <= 0 {
			return nil, errNoHead
		}
		buf = append(buf, make([]byte, more)...)
		if err := fill(o, buf, at, had); err != nil {
			return nil, err
		}
		if first < 0 {
			first = w.head(buf, 1)
		}
	}
	if first < 0 || first > last {
		return nil, errNoHead
	}
	k.start, k.end, w.memory = at+int64(first), at+int64(last), buf
	return buf[first:last:last], nil
}

// fill reads buf[had:], buf[0] standing at offset at of o.
func fill(o *model.Origin, buf []byte, at int64, had int) error {
	n, err := o.R.ReadAt(buf[had:], at+int64(had))
	if n == len(buf)-had {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return errNoHead // the file has been cut short: reading in order will tell
	}
	return fmt.Errorf("read at byte %d: %w", at+int64(had+n), err)
}

// head finds the first record head at or after offset from > 0 of buf, which
// ends anywhere: only whole lines count.
func (w *bulkWorker) head(buf []byte, from int) int {
	nl := bytes.IndexByte(buf[from-1:], '\n')
	if nl < 0 {
		return -1
	}
	line := from + nl
	end := bytes.LastIndexByte(buf, '\n') + 1
	if line >= end {
		return -1
	}
	h := w.p.Head(buf[line:end])
	if h < 0 {
		return -1
	}
	return line + h
}

// parse makes the batches of a block's records, whose bytes are buf. o is
// where they can be read again, nil if nowhere.
func (w *bulkWorker) parse(k *block, buf []byte, o *model.Origin) {
	w.p.SetLines(0)
	c := &w.columns
	for base := k.start; len(buf) > 0; {
		reset(c)
		c.Buf, c.Base, c.Origin = buf, base, o
		next := w.p.Parse(c, 0, true)
		if c.Len() == 0 {
			k.err = errNoHead
			return
		}
		b := *c
		if b.Buf = buf[:next:next]; b.Extra != nil {
			b.Buf = buf // a record's lines may stand behind what is held back
		}
		b.Pack()
		b.Measure()
		if w.prepare != nil {
			b.Prepared = w.prepare(&b)
		}
		k.batches = append(k.batches, &b)
		buf, base = buf[next:], base+int64(next)
	}
	if w.memory != nil {
		w.lender.lend(w.memory, k.batches)
		w.memory = nil
	}
	k.lines = w.p.Lines()
	c.Buf, c.Origin = nil, nil
}

// reset empties a batch that has been packed and keeps its columns' room.
func reset(b *model.Batch) {
	*b = model.Batch{
		Start: b.Start[:0], End: b.End[:0], Time: b.Time[:0], Req: b.Req[:0], Dur: b.Dur[:0], Line: b.Line[:0],
		Domain: b.Domain[:0], Source: b.Source[:0], Status: b.Status[:0], Level: b.Level[:0], Mark: b.Mark[:0],
		Format: b.Format[:0], Flags: b.Flags[:0],
	}
}
