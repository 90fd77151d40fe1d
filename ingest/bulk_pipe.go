package ingest

import (
	"errors"

	"ravel/model"
)

// ahead are a stream's blocks that workers parse while its source reads on:
// what bulk is for a file, for bytes that come in order only. While some are
// under way, the stream's parser waits at the beginning of the first.
type ahead struct {
	blocks
	current *block // that is being committed
}

// handOff gives the records in a full arena to a worker, and leaves what
// follows the last record head in it. It reports false if the arena must be
// parsed in order: the parser is not steady, or no head is found.
func (s *stream) handOff() (bool, error) {
	if !s.unread || len(s.cur.Buf)-int(s.next) < bulkBlock/2 {
		return false, nil
	}
	if len(s.ahead.queue) == 0 {
		if ok, err := s.toFirstHead(); !ok || err != nil {
			return false, err
		}
	}
	end := s.lastHead()
	if end < 0 {
		return false, nil
	}
	a := &s.ahead
	base := s.cur.Base
	k := &block{from: base, to: base + int64(end), start: base, buf: s.cur.Buf[:end:end], arrived: s.arrived}
	if s.backed.has(base, end) {
		k.o, k.start = s.backed.origin(a.seed), base+s.backed.shift
	}
	a.start(k, func(w *bulkWorker) { w.parse(k, k.buf, k.o) })
	s.cur.Buf, s.cur.Base, s.arrived, s.seen = s.cur.Buf[end:], base+int64(end), s.last, 0
	for len(a.queue) > depth() {
		if err := s.commitFirst(); err != nil {
			return false, err
		}
	}
	return true, nil
}

// toFirstHead brings the parser to a record head, with nothing held back, and
// the arena to begin there. It reports whether blocks can be parsed apart from
// there on.
func (s *stream) toFirstHead() (bool, error) {
	if _, ok := s.parser.Steady(); !ok {
		return false, nil
	}
	w := bulkWorker{p: s.parser}
	head := w.head(s.cur.Buf, max(int(s.seen), 1))
	if head < 0 || head > len(s.cur.Buf)/2 {
		return false, nil
	}
	rest := len(s.cur.Buf) - head
	s.cur.Buf = s.cur.Buf[:head]
	err := s.parse(true)
	s.cur.Buf = s.cur.Buf[:len(s.cur.Buf)+rest] // the arena goes on behind it
	s.unread = true
	if err == nil {
		err = s.cut()
	}
	state, ok := s.parser.Steady()
	if err != nil || !ok || state != s.parser.State() || s.next != 0 {
		return false, err
	}
	s.ahead.p, s.ahead.prepare = s.parser, s.in.o.Prepare
	s.ahead.begin()
	return true, nil
}

// lastHead is the offset of a record head near the end of the arena, -1 if
// there is none.
func (s *stream) lastHead() int {
	w := bulkWorker{p: s.parser}
	n := len(s.cur.Buf)
	for look := bulkLook; ; look *= 4 {
		if h := w.head(s.cur.Buf, max(n-look, 1)); h > 0 || look >= n {
			return h
		}
	}
}

// commitFirst hands on the records of the first block under way. If it cannot
// be taken as it was parsed, all blocks are parsed again in order.
func (s *stream) commitFirst() error {
	a := &s.ahead
	a.emit = s.pushAhead
	a.current = a.first()
	more, err := a.commit(a.current)
	if err == nil && !more {
		err = s.inOrder()
	}
	if err != nil {
		s.abandon()
	}
	s.parser = a.p
	s.backed.note(s.parser)
	return err
}

// inOrder parses what is under way again, one block after the other: from the
// current one on if that failed, else from the one after it.
func (s *stream) inOrder() error {
	a := &s.ahead
	if a.current.err != nil {
		if err := s.again(); err != nil {
			return err
		}
	}
	for len(a.queue) > 0 {
		a.current = a.first()
		if err := s.again(); err != nil {
			return err
		}
	}
	return nil
}

// again parses the current block with the stream's own parser.
func (s *stream) again() error {
	a := &s.ahead
	k := a.current
	k.batches, k.err, k.after = nil, nil, nil
	if k.o != nil {
		k.o = s.backed.o // not in the state that was assumed: its columns cannot be made again
	}
	lines := a.p.Lines()
	w := bulkWorker{p: a.p}
	w.parse(k, k.buf, k.o)
	a.p.SetLines(lines)
	_, err := a.commit(k)
	if err == nil && k.err != nil {
		err = errors.New("the parser made no record of what it was given")
	}
	return err
}

// pushAhead sends a batch of the current block to the merger.
func (s *stream) pushAhead(b *model.Batch) error { return s.push(b, s.ahead.current.arrived, 0) }

// drain hands on the records of all blocks under way.
func (s *stream) drain() error {
	for len(s.ahead.queue) > 0 {
		if err := s.commitFirst(); err != nil {
			return err
		}
	}
	return nil
}

// abandon waits for the workers and drops what they made.
func (s *stream) abandon() {
	s.ahead.wg.Wait()
	s.ahead.queue = nil
}
