package ingest

import (
	"fmt"
	"time"

	"ravel/model"
	"ravel/parse"
)

// bulk reads n bytes at off of o into the stream with all cores as far as that
// goes, and returns how many it has taken; the caller reads the others in
// order. The caller holds s.mu.
func (s *stream) bulk(o *model.Origin, off, n int64) (taken int64, err error) {
	if s.parser.Lines() == 0 && len(s.cur.Buf) == 0 {
		s.backed.begun = s.parser.Clone()
	}
	step := int64(bulkWarm) // read in order before the next try
	shown := false          // its end
	for n-taken >= bulkMin && s.in.block() >= bulkBlock {
		if err := s.readAt(o.R, off+taken, step); err != nil {
			return taken, err
		}
		taken += step
		if err := s.parse(false); err != nil {
			return taken, err
		}
		if step < bulkBlock {
			step *= 2
		}
		if _, steady := s.parser.Steady(); !steady {
			continue
		}
		k, found, err := s.toHead(o, off+taken, n-taken)
		taken += k
		if err != nil {
			return taken, err
		}
		state, steady := s.parser.Steady()
		steady = steady && found && state == s.parser.State()
		if steady && !shown { // before the file's first records are handed on: they would be seen for a blink
			s.preview(o, off+taken, n-taken)
			shown = true
		}
		if err := s.cut(); err != nil {
			return taken, err
		}
		if !steady {
			continue
		}
		if s.tail != nil {
			if k, err = s.jump(o, off+taken, n-taken); err != nil {
				return taken, err
			}
			taken += k
		}
		k, err = s.parallel(o, off+taken, n-taken)
		taken += k
		if err != nil {
			return taken, err
		}
		if k < bulkMin {
			step = min(2*step, 16*bulkBlock) // it does not pay: try more rarely
		}
	}
	return taken, nil
}

// toHead reads in order up to the next record head, closing the record before
// it, and hands nothing on. It returns how many bytes that took, and whether a head is near.
func (s *stream) toHead(o *model.Origin, off, n int64) (k int64, found bool, err error) {
	buf := make([]byte, 1+min(n, bulkWarm))
	if k, err := o.R.ReadAt(buf, off-1); k < len(buf) {
		return 0, false, fmt.Errorf("read at byte %d: %w", off-1+int64(k), err)
	}
	w := bulkWorker{p: s.parser}
	h := w.head(buf, 1)
	if h < 0 {
		return 0, false, nil
	}
	k = int64(h - 1)
	if err := s.readAt(o.R, off, k); err != nil {
		return 0, false, err
	}
	return k, true, s.parse(true)
}

// parallel reads on from a record head, the parser holding nothing back.
func (s *stream) parallel(o *model.Origin, off, n int64) (int64, error) {
	required := s.in.required
	if s.tail != nil || !s.in.alone() {
		required = nil
	}
	if required != nil && required.Unnumbered && !s.strict && s.parser.Parts() {
		if near := required.near(s.parser); near != nil {
			return s.sift(off, n, near)
		}
	}
	seed := s.backed.seed
	if seed == nil || seed.State() != s.parser.State() {
		seed = s.parser.Clone()
	}
	b := bulk{o: s.backed.origin(seed), size: bulkBlock}
	if required != nil {
		b.need, b.leave = required, func(n uint64) { s.skipped += n }
	}
	b.prepare = s.in.o.Prepare
	b.p, b.emit = s.parser, func(b *model.Batch) error { return s.push(b, time.Now(), 0) }
	end, err := b.run(off, n)
	s.parser = b.p
	s.backed.note(s.parser)
	s.cur.Base += end - off
	s.last = time.Now()
	return end - off, err
}

// backing says where a stream's bytes stand in a file that can be read again,
// and in which state the parser began the batch that is being made.
type backing struct {
	o        *model.Origin
	from, to int64 // offsets in the stream
	shift    int64 // what leads from them to offsets in the file

	begun  *parse.Parser // a clone of the parser as it was where the batch begins; nil: not known
	steady *model.Origin // o, for batches that begin in the state of seed
	seed   *parse.Parser
}

// extend notes that the n bytes that come next, at offset at of the stream,
// stand at offset off of o.
func (k *backing) extend(o *model.Origin, at, off, n int64) {
	if k.o != o || k.to != at || k.shift != off-at {
		*k = backing{o: o, from: at, shift: off - at, begun: k.begun}
	}
	k.to = at + n
}

// mark gives b its origin, if all of its bytes have one, and takes note of the
// state in which p, which has parsed it, begins the next batch.
func (k *backing) mark(b *model.Batch, p *parse.Parser) {
	if k.has(b.Base, len(b.Buf)) {
		b.Origin = k.origin(k.begun)
		b.Base += k.shift
	}
	k.note(p)
}

// has reports whether n bytes at offset at of the stream stand in the file.
func (k *backing) has(at int64, n int) bool {
	return k.o != nil && k.from <= at && at+int64(n) <= k.to
}

// note takes note of the state in which p begins the next batch.
func (k *backing) note(p *parse.Parser) {
	k.begun = nil
	if _, ok := p.Steady(); ok {
		if k.begun = k.seed; k.seed == nil || k.seed.State() != p.State() {
			k.begun = p.Clone()
		}
	}
}

// origin is where the bytes of a batch are read and parsed again that begins in
// the state of p; nil: unknown. Batches of one state share one, so that the
// store can join them.
func (k *backing) origin(p *parse.Parser) *model.Origin {
	if p == nil {
		return k.o
	}
	if k.seed != p {
		k.seed = p
		k.steady = &model.Origin{R: k.o.R, Check: k.o.Check, Reparse: reparser(p)}
	}
	return k.steady
}

// reparser returns what parses batches again that begin in the state of p, which
// nobody uses otherwise.
func reparser(p *parse.Parser) func(*model.Batch) (*model.Batch, error) {
	return func(stub *model.Batch) (*model.Batch, error) {
		c := p.Clone()
		c.SetLines(stub.LineAt(0) - 1)
		b := &model.Batch{Buf: stub.Buf, Base: stub.Base, Origin: stub.Origin}
		if next := c.Parse(b, 0, true); int(next) < len(b.Buf) {
			return nil, fmt.Errorf("%d records came of %d bytes, and %d bytes are left", b.Len(), next, len(b.Buf)-int(next))
		}
		b.Pack()
		return b, nil
	}
}
