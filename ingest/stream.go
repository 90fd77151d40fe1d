package ingest

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"ravel/model"
	"ravel/parse"
	"ravel/sources"
)

// parcel is a finished batch on its way to the merger.
type parcel struct {
	b       *model.Batch
	arrived time.Time // of its first bytes
	heard   int64     // as the stream's, when it was made, if the newest bytes are in it; else 0
}

// stream is one stream's bytes on their way through its parser. One goroutine
// of its source calls it; its timer is the only other user.
//
// Bytes stand in an arena of one block, from which batches are carved off one
// after the other: what the parser holds back is where the next batch begins,
// and is only moved when the arena is full.
type stream struct {
	in    *Ingest
	key   string // name at Open
	info  sources.Info
	order int
	live  bool
	group int         // files paired off against each other; 0: none
	out   chan parcel // closed by Close

	lines  uint32 // that it has had, once closed
	closed atomic.Bool
	caught atomic.Bool  // what there was has been read: the merge does not wait for more
	heard  atomic.Int64 // ns, when the newest bytes came that no batch has been made of; 0: none

	mu      sync.Mutex // held while parsing and while blocked on out, never while reading
	parser  *parse.Parser
	cur     model.Batch // columns under construction (reused) over the arena's filled part
	next    uint32      // where what the parser holds back begins in cur.Buf
	unread  bool        // bytes have come since the last parse
	arena   int         // bytes of the last arena
	arrived time.Time   // of the first bytes of cur
	last    time.Time   // of the newest bytes
	timer   *time.Timer
	armed   bool
	sorted  sortKeys
	backed  backing   // what of it a file can give again
	ahead   ahead     // what workers parse
	seen    uint32    // bytes of cur.Buf that the parser has been shown
	skipped uint64    // records before the next that nobody wants
	strict  bool      // a sieve has given up: every line is looked at
	past    int64     // offset in the file before which all that is wanted has been handed on
	tail    *tailRing // of --tail, until the backlog is read
	err     error
}

var _ sources.Stream = (*stream)(nil)

// newStream returns a stream. A live one that gets no bytes is caught up after
// a silence.
func newStream(in *Ingest, info sources.Info, p *parse.Parser) *stream {
	s := &stream{
		in: in, key: info.Name, info: info, order: info.Order, live: info.Live, parser: p,
		out: make(chan parcel, queueBatches),
	}
	if in.o.Tail != 0 && !info.Fresh {
		s.tail = &tailRing{keep: max(in.o.Tail, 0)}
	}
	s.sorted.last = model.NoTime
	s.last = time.Now()
	s.timer = time.AfterFunc(time.Hour, s.tick)
	s.timer.Reset(silence) // now that tick can see it; not armed: the first bytes set it anew
	return s
}

func (s *stream) isClosed() bool { return s.closed.Load() }

// Write takes the next bytes; see sources.Stream.
func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.write(p)
}

func (s *stream) write(p []byte) (int, error) {
	for n := 0; n < len(p); {
		room, err := s.room()
		if err != nil {
			return n, err
		}
		k := copy(room, p[n:])
		n += k
		if err := s.filled(k); err != nil {
			return n, err
		}
	}
	return len(p), s.err
}

// ReadFrom reads r to its end, into the arena; see sources.Stream.
func (s *stream) ReadFrom(r io.Reader) (int64, error) {
	var total int64
	for {
		s.mu.Lock()
		room, err := s.room()
		s.mu.Unlock()
		if err != nil {
			return total, err
		}
		n, rerr := r.Read(room) // without the lock: it may block for hours
		s.mu.Lock()
		err = s.landed(room[:n])
		s.mu.Unlock()
		total += int64(n)
		switch {
		case err != nil:
			return total, err
		case rerr == io.EOF:
			return total, nil
		case rerr != nil:
			return total, rerr
		}
	}
}

// landed takes bytes that were read into what room returned. Meanwhile the
// timer may have carved batches off the arena: the bytes still stand right
// behind cur, unless the arena has been left.
func (s *stream) landed(p []byte) error {
	if len(p) == 0 {
		return s.err
	}
	n := len(s.cur.Buf)
	if free := s.cur.Buf[n:cap(s.cur.Buf)]; len(free) >= len(p) && &free[0] == &p[0] {
		return s.filled(len(p))
	}
	_, err := s.write(p)
	return err
}

// room returns the free part of the arena, never empty.
func (s *stream) room() ([]byte, error) {
	if s.err == nil {
		select {
		case <-s.in.done:
			s.err = sources.ErrStopped
		default:
		}
	}
	if s.err != nil {
		return nil, s.err
	}
	if s.closed.Load() { // by its supervisor, under a read that nothing could end
		return nil, sources.ErrStopped
	}
	if len(s.cur.Buf) == cap(s.cur.Buf) {
		done, err := s.handOff()
		if err == nil && !done {
			if err = s.parse(false); err == nil {
				err = s.cut()
			}
		}
		if err != nil {
			return nil, err
		}
		s.renew()
	}
	return s.cur.Buf[len(s.cur.Buf):cap(s.cur.Buf)], nil
}

// renew moves to a fresh arena with what the parser holds back at its front.
// Arenas grow with what the stream has: there may be thousands of small files.
// A record that fills an arena gets a larger one.
func (s *stream) renew() {
	s.arena = min(max(4*s.arena, firstArena), s.in.block())
	size := s.arena
	for size < 2*len(s.cur.Buf) {
		size *= 2
	}
	if s.in.o.Await != nil {
		s.in.o.Await()
	}
	arena := make([]byte, len(s.cur.Buf), size)
	copy(arena, s.cur.Buf)
	s.cur.Buf = arena
}

// filled says that n more bytes stand in the arena.
func (s *stream) filled(n int) error {
	now := time.Now()
	if len(s.cur.Buf) == 0 || s.arrived.IsZero() {
		s.arrived = now
	}
	s.last, s.unread = now, true
	s.heard.Store(now.UnixNano())
	if s.live && !s.sorted.stamped {
		s.sorted.came.note(s.read(), s.in.moments.at(now))
	}
	s.cur.Buf = s.cur.Buf[:len(s.cur.Buf)+n]
	if !s.armed {
		s.arm(flushEvery)
	}
	return s.err
}

// push sends a batch to the merger, and waits while it is behind. heard is the
// parcel's.
func (s *stream) push(b *model.Batch, arrived time.Time, heard int64) error {
	b.Skipped, s.skipped = b.Skipped+s.skipped, 0
	if s.past > 0 {
		if b = s.unseen(b); b == nil {
			return nil
		}
	}
	s.sorted.fill(b, s.live && s.caught.Load(), arrived)
	if s.tail != nil {
		s.tail.add(parcel{b, arrived, heard})
		return nil
	}
	return s.send(parcel{b, arrived, heard})
}

func (s *stream) send(p parcel) error {
	select {
	case s.out <- p:
		s.in.ring()
		return nil
	default:
	}
	select {
	case s.out <- p:
		s.in.ring()
		return nil
	case <-s.in.done:
		s.err = sources.ErrStopped
		return s.err
	}
}

// Bulk takes n bytes of a file; see sources.Stream.
func (s *stream) Bulk(origin *model.Origin, off, n int64) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	s.in.backlog.Add(n)
	s.past = 0 // of another file, or passed
	if n >= blockBytes {
		s.arena = blockBytes
	}
	from := s.read()
	s.backed.extend(origin, from, off, n)
	taken, err := s.bulk(origin, off, n)
	if err == nil {
		err = s.readAt(origin.R, off+taken, n-taken)
	}
	s.backed.to = s.read()
	return s.read() - from, err
}

// read is how many bytes the stream has taken.
func (s *stream) read() int64 { return s.cur.Base + int64(len(s.cur.Buf)) }

// readAt reads n bytes in order: the way for what is too little to be worth
// workers, and for what they cannot cut.
func (s *stream) readAt(r io.ReaderAt, off, n int64) error {
	for n > 0 {
		room, err := s.room()
		if err != nil {
			return err
		}
		k, err := r.ReadAt(room[:min(int64(len(room)), n)], off)
		if k == 0 && err != nil {
			return fmt.Errorf("read at byte %d: %w", off, err)
		}
		off, n = off+int64(k), n-int64(k)
		if err := s.filled(k); err != nil {
			return err
		}
	}
	return nil
}

// Next goes on with another physical file; see sources.Stream.
func (s *stream) Next(info sources.Info) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish()
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	s.info = info
	s.parser = s.in.newParser(info)
}

// finish closes what waits: the physical file has ended. An error stays in
// s.err.
func (s *stream) finish() {
	if s.parse(true) == nil {
		_ = s.cut()
	}
	s.cur.Base += int64(len(s.cur.Buf))
	s.next, s.cur.Buf = 0, s.cur.Buf[len(s.cur.Buf):]
	s.heard.Store(0)
}

// Idle says that what there was has been read; see sources.Stream.
func (s *stream) Idle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushTail()
	if !s.caught.Swap(true) {
		s.in.ring()
	}
}

// Close ends the stream; see sources.Stream.
func (s *stream) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() {
		return
	}
	s.timer.Stop()
	s.finish()
	s.flushTail()
	s.lines = s.parser.Lines()
	s.closed.Store(true)
	s.cur, s.parser, s.backed = model.Batch{}, nil, backing{} // thousands may wait for their turn in the merge
	close(s.out)
	s.in.forget()
}

// Mark puts a record of ravel's own into the stream; see sources.Stream.
func (s *stream) Mark(t time.Time, level model.Level, text string, fields []model.Field) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() || s.err != nil {
		return
	}
	s.closeRecord()
	if b := s.in.marker(s.info, t, level, text, fields); b != nil {
		_ = s.push(b, time.Now(), 0) // an error stays in s.err
	}
}

// closeRecord hands on all that has come, the last record without waiting for
// its continuation.
func (s *stream) closeRecord() {
	if s.parse(false) != nil {
		return
	}
	s.next = s.parser.Idle(&s.cur, s.next)
	_ = s.cutAll() // an error stays in s.err
}

// arm sets the timer.
func (s *stream) arm(d time.Duration) {
	s.armed = true
	s.timer.Reset(d)
}

// tick hands finished records on while bytes come, and closes the last record
// of a live stream that has fallen silent.
func (s *stream) tick() {
	if !s.mu.TryLock() { // being written to
		s.timer.Reset(flushEvery)
		return
	}
	defer s.mu.Unlock()
	s.armed = false
	if s.closed.Load() || s.err != nil {
		return
	}
	if len(s.out) == cap(s.out) { // the merger is behind: batches may as well grow
		s.arm(flushEvery)
		return
	}
	left := silence - time.Since(s.last)
	switch {
	case s.live && left <= 0:
		s.closeRecord()
		s.flushTail()
		s.caught.Store(true)
		s.in.ring()
	case s.parse(false) != nil: // it stays in s.err
	case s.live:
		_ = s.cutAll()
	default:
		_ = s.cut()
	}
	if left > 0 {
		s.arm(min(left, flushEvery))
	}
}
