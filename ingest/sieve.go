package ingest

import (
	"bytes"
	"time"

	"ravel/model"
	"ravel/parse"
)

// sieve reads a range of a file for few of its records, whose numbers nobody
// asks for. It searches blocks for what wanted records must hold, and parses only
// the lines from the record head before such a place to the next one: a head is
// a record's beginning whatever stood before it, so that these records are the
// same whatever the lines between have told the parser, as far as that can be
// seen. Where it cannot, or where blocks cannot be cut, the sieve gives up:
// then all is read again by bulk, which looks at every line.
type sieve struct {
	blocks
	o    *model.Origin
	size int // of a block, in bytes
	near nearby
}

// nearby starts the search of a worker's block for places one of which each
// wanted record has.
type nearby = func(w *bulkWorker, buf []byte) Search

// near is how wanted records of p's stream are searched; nil if they cannot be.
func (n *Need) near(p *parse.Parser) nearby {
	switch {
	case n.Near != nil:
		return func(_ *bulkWorker, buf []byte) Search { return n.Near(buf) }
	case n.Spelled != nil:
		if tells := p.Tells(n.Duration); tells != nil {
			return func(w *bulkWorker, buf []byte) Search {
				tells.Sample(buf)
				s := telling{n: n, w: w, buf: buf, tells: tells, spelled: n.Spelled(buf), named: -2}
				return s.next
			}
		}
	}
	return nil
}

// sieveParts bounds a sieve: a block may have one part in so many bytes. More, or
// half of its bytes, and it is parsed as a whole.
const sieveParts = 4 << 10

// run searches the n bytes at off, the first of which begins a record, as far
// as whole blocks reach, and returns the offset of where they end. Where it is
// not sure, all records up to end have been handed on, but the parser stands
// where it stood.
func (v *sieve) run(off, n int64) (end int64, sure bool, err error) {
	v.begin()
	defer v.wg.Wait()
	next, end, limit := off, off, off+n
	for {
		next = v.readAhead(v.o, next, off, limit, v.size, v.sift)
		if len(v.queue) == 0 {
			return end, v.settles(end, limit), nil
		}
		k := v.first()
		if k.err != nil || k.after != nil || k.unsure || k.start != end {
			return end, false, nil
		}
		for _, b := range k.batches {
			if err := v.emit(b); err != nil {
				return end, true, err
			}
		}
		end = k.end
	}
}

// settles reports whether what stands from off up to limit can be parsed from
// the assumed state.
func (v *sieve) settles(off, limit int64) bool {
	buf := make([]byte, limit-off)
	if fill(v.o, buf, off, 0) != nil {
		return false
	}
	k := block{start: off}
	w := bulkWorker{p: v.seed.Clone()}
	return len(buf) == 0 || w.all(&k, buf)
}

// sift makes the batches of the records of a block that may be wanted.
func (v *sieve) sift(w *bulkWorker, k *block, buf []byte) {
	if w.whole > 0 {
		w.whole--
		k.unsure = !w.all(k, buf)
		return
	}
	c := &w.columns
	reset(c)
	defer func() { c.Buf = nil }()
	search, parts := v.near(w, buf), 0
	for at := search(0); at >= 0; {
		from, to := w.around(buf, at)
		if parts++; parts > len(buf)/sieveParts+1 || len(c.Buf)+to-from > len(buf)/2 && to-from < len(buf) {
			w.vain = min(2*w.vain+1, maxVain)
			w.whole = w.vain
			k.unsure = !w.all(k, buf)
			return
		}
		had := len(c.Buf)
		c.Buf = append(c.Buf, buf[from:to]...)
		if next, ok := w.p.Part(c, uint32(had)); !ok || int(next) < len(c.Buf) {
			k.unsure = true
			return
		}
		at = search(to)
	}
	w.vain = 0
	w.lender.lend(w.memory, nil) // what is wanted of it was copied
	w.memory = nil
	if c.Len() > 0 {
		b := *c
		b.Base = k.start
		b.Pack()
		k.batches = append(k.batches, &b)
	}
}

// around returns where the record head before the line of buf[at], or that line,
// begins, and the next one after it. buf begins with one.
func (w *bulkWorker) around(buf []byte, at int) (from, to int) {
	from = bytes.LastIndexByte(buf[:at], '\n') + 1
	for from > 0 && !w.begins(buf, from) {
		from = bytes.LastIndexByte(buf[:from-1], '\n') + 1
	}
	for to = at; ; {
		k := bytes.IndexByte(buf[to:], '\n')
		if to += k + 1; k < 0 || to == len(buf) {
			return from, len(buf)
		}
		if w.begins(buf, to) {
			return from, to
		}
	}
}

// begins reports whether a record head stands at offset at of buf.
func (w *bulkWorker) begins(buf []byte, at int) bool {
	line := buf[at:]
	if k := bytes.IndexByte(line, '\n'); k >= 0 {
		line = line[:k]
	}
	return w.p.Begins(bytes.TrimSuffix(line, []byte("\r")))
}

// all parses a block as a whole, and reports whether it is sure of it.
func (w *bulkWorker) all(k *block, buf []byte) bool {
	c := &w.columns
	for base := k.start; len(buf) > 0; {
		reset(c)
		c.Buf, c.Base = buf, base
		next, ok := w.p.Part(c, 0)
		if !ok || c.Len() == 0 {
			return false
		}
		b := *c
		if b.Buf = buf[:next:next]; b.Extra != nil {
			b.Buf = buf
		}
		b.Pack()
		k.batches = append(k.batches, &b)
		buf, base = buf[next:], base+int64(next)
	}
	c.Buf = nil
	if w.memory != nil {
		w.lender.lend(w.memory, k.batches)
		w.memory = nil
	}
	return true
}

// sift reads on from a record head, by a sieve. Where that gives up, it takes
// nothing, and what is read again is not handed on twice.
func (s *stream) sift(off, n int64, near nearby) (int64, error) {
	v := sieve{o: s.backed.o, size: bulkBlock, near: near}
	v.p, v.emit = s.parser, func(b *model.Batch) error { return s.push(b, time.Now(), 0) }
	end, sure, err := v.run(off, n)
	if !sure {
		s.strict, s.past = true, end
		return 0, err
	}
	s.backed.note(s.parser)
	s.cur.Base += end - off
	s.last = time.Now()
	return end - off, err
}

// unseen is b without the records that have been handed on; nil if none is left.
func (s *stream) unseen(b *model.Batch) *model.Batch {
	k := 0
	for k < b.Len() && b.Base+int64(b.Start[k]) < s.past {
		k++
	}
	switch k {
	case 0:
		return b
	case b.Len():
		return nil
	}
	rest := b.Slice(k, b.Len())
	return &rest
}
