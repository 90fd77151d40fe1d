package ingest

import (
	"time"

	"ravel/model"
)

// parse lets the parser see all that has come, handing full batches on. The
// parser stops where a batch is full: what it adds to the next one tells
// whether it had.
func (s *stream) parse(eof bool) error {
	if err := s.drain(); err != nil {
		return err
	}
	if s.live && s.caught.Load() { // more has been written since
		s.parser.Now(time.Now().UnixNano())
	}
	for s.unread || eof {
		had := s.cur.Len()
		s.next = s.parser.Parse(&s.cur, s.next, eof)
		s.seen = uint32(len(s.cur.Buf))
		more := s.cur.Len() > had && (s.cur.Len() >= model.MaxRecords/2 || eof && int(s.next) < len(s.cur.Buf))
		s.unread = more
		if !more {
			return nil
		}
		if err := s.cut(); err != nil {
			return err
		}
	}
	return nil
}

// cut hands the finished records on; cur begins anew at what is held back.
// Where the lines of records interleave, those that stand between the lines of
// an unfinished one wait for it, so that a batch holds whole runs of the
// input's lines and raw output is in the order read.
func (s *stream) cut() error { return s.cutAt(s.leaving()) }

// cutAll hands all finished records on, whatever stands between their lines:
// somebody waits for them.
func (s *stream) cutAll() error { return s.cutAt(s.cur.Len()) }

// maxEntangled is how many bytes of interleaved lines wait for an unfinished
// record before order gives way to progress.
const maxEntangled = 4 * blockBytes

// leaving is how many of the finished records no line stands between that has
// to wait.
func (s *stream) leaving() int {
	b := &s.cur
	n := b.Len()
	if b.Extra == nil || len(b.Buf) >= maxEntangled || n >= model.MaxRecords/2 {
		return n
	}
	leaving, reach := 0, uint32(0)
	for i := range n {
		reach = max(reach, b.End[i])
		for _, e := range b.Extra[i] {
			reach = max(reach, e.End)
		}
		next := s.next
		if i+1 < n {
			next = b.Start[i+1]
		}
		if reach <= next {
			leaving = i + 1
		}
	}
	return leaving
}

// cutAt hands the first n finished records on.
func (s *stream) cutAt(n int) error {
	if n == 0 {
		return nil
	}
	whole := s.cur
	at := s.next // where the next batch begins
	b := whole
	if n < whole.Len() {
		b, at = whole.Slice(0, n), whole.Start[n]
	}
	end := at
	for _, ext := range b.Extra {
		end = max(end, ext[len(ext)-1].End) // it may stand behind what is held back
	}
	b.Buf = b.Buf[:end:end]
	b.Pack()
	s.backed.mark(&b, s.parser)
	arrived := s.arrived
	s.arrived = s.last
	s.begin(whole, n, at)
	heard := int64(0)
	if len(s.cur.Buf) == 0 {
		heard = s.heard.Load()
	}
	err := s.push(&b, arrived, heard)
	if heard != 0 {
		s.heard.Store(0) // not before the batch can be seen: the merger waits for one of the two
	}
	return err
}

// begin makes cur the batch of whole's records from n on, whose bytes begin at
// offset at.
func (s *stream) begin(whole model.Batch, n int, at uint32) {
	rest := whole.Slice(n, whole.Len())
	s.cur = whole
	reset(&s.cur)
	s.cur.Buf, s.cur.Base = whole.Buf[at:], whole.Base+int64(at)
	for i := range rest.Len() {
		m := rest.Meta(i)
		m.Start, m.End = m.Start-at, m.End-at
		s.cur.Add(m)
	}
	for i, ext := range rest.Extra {
		for k := range ext {
			ext[k].Start, ext[k].End = ext[k].Start-at, ext[k].End-at
		}
		if s.cur.Extra == nil {
			s.cur.Extra = map[int][]model.Extent{}
		}
		s.cur.Extra[i] = ext
	}
	s.seen -= min(s.seen, at)
	s.next -= at
}
