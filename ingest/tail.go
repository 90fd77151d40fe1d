package ingest

// tailRing holds the newest records of a backlog until it has been read: the
// batches that hold the last keep of them.
type tailRing struct {
	keep    int
	parcels []parcel
	n       int // records in parcels
}

// add takes a batch and drops those that are no longer needed.
func (t *tailRing) add(p parcel) {
	t.parcels = append(t.parcels, p)
	t.n += p.b.Len()
	drop := 0
	for drop < len(t.parcels) && t.n-t.parcels[drop].b.Len() >= t.keep {
		t.n -= t.parcels[drop].b.Len()
		t.parcels[drop].b = nil
		drop++
	}
	t.parcels = t.parcels[drop:]
}

// flushTail sends the records that the tail has kept, and lets all later ones
// pass.
func (s *stream) flushTail() {
	t := s.tail
	if t == nil {
		return
	}
	s.closeBacklog()
	s.tail = nil
	for i, p := range t.parcels {
		if over := t.n - t.keep; i == 0 && over > 0 {
			rest := p.b.Slice(over, p.b.Len())
			p.b = &rest
		}
		if s.send(p) != nil {
			return
		}
	}
}

// closeBacklog brings what has been written so far into the tail.
func (s *stream) closeBacklog() {
	if s.closed.Load() || s.err != nil || s.parse(false) != nil {
		return
	}
	if s.live {
		s.next = s.parser.Idle(&s.cur, s.next)
	}
	_ = s.cutAll() // an error stays in s.err
}
