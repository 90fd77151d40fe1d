package ingest

import "ravel/model"

// builder copies records of several batches into new ones.
type builder struct {
	b     model.Batch // columns under construction, reused; Buf is the arena's filled part
	limit int         // bytes of a batch
}

// fits reports whether n more bytes may be added to the batch.
func (o *builder) fits(n int) bool {
	return o.b.Len() == 0 || o.b.Len() < model.MaxRecords && len(o.b.Buf)+n <= o.limit
}

// size is how many bytes records i to j of b take.
func size(b *model.Batch, i, j int) int {
	n := int(b.End[j-1]) - int(b.Start[i])
	if b.Extra == nil && n >= 0 {
		return n
	}
	n = 0
	for k := i; k < j; k++ {
		n += len(b.Raw(k))
	}
	return n
}

// room makes space for n more bytes in the arena.
func (o *builder) room(n int) {
	if cap(o.b.Buf)-len(o.b.Buf) >= n {
		return
	}
	arena := make([]byte, len(o.b.Buf), max(o.limit, len(o.b.Buf)+n))
	copy(arena, o.b.Buf)
	o.b.Buf = arena
}

// add copies records i to j of b, which fit.
func (o *builder) add(b *model.Batch, i, j int) {
	o.room(size(b, i, j))
	o.sort(b, i, j)
	if i == 0 {
		o.b.Lost += b.Lost
	}
	if b.Extra != nil {
		for k := i; k < j; k++ {
			o.addScattered(b, k)
		}
		return
	}
	at := uint32(len(o.b.Buf))
	from := b.Start[i]
	o.b.Buf = append(o.b.Buf, b.Buf[from:b.End[j-1]]...)
	for k := i; k < j; k++ {
		o.b.Start = append(o.b.Start, b.Start[k]-from+at)
		o.b.End = append(o.b.End, b.End[k]-from+at)
	}
	o.columns(b, i, j)
}

// addScattered copies one record of a batch in which lines interleave.
func (o *builder) addScattered(b *model.Batch, k int) {
	at := uint32(len(o.b.Buf))
	n := o.b.Len()
	ext, ok := b.Extra[k]
	if !ok {
		o.b.Buf = append(o.b.Buf, b.Buf[b.Start[k]:b.End[k]]...)
	} else {
		moved := make([]model.Extent, len(ext))
		for x, e := range ext {
			start := uint32(len(o.b.Buf))
			o.b.Buf = append(o.b.Buf, b.Buf[e.Start:e.End]...)
			moved[x] = model.Extent{Start: start, End: uint32(len(o.b.Buf)), Line: e.Line}
		}
		if o.b.Extra == nil {
			o.b.Extra = map[int][]model.Extent{}
		}
		o.b.Extra[n] = moved
	}
	o.b.Start = append(o.b.Start, at)
	o.b.End = append(o.b.End, uint32(len(o.b.Buf)))
	o.columns(b, k, k+1)
}

// sort brings the sort keys along: the column exists only where it differs.
func (o *builder) sort(b *model.Batch, i, j int) {
	if o.b.Sort == nil && b.Sort != nil {
		o.b.Sort = append(o.b.Sort, o.b.Time...)
	}
	switch {
	case b.Sort != nil:
		o.b.Sort = append(o.b.Sort, b.Sort[i:j]...)
	case o.b.Sort != nil:
		o.b.Sort = append(o.b.Sort, b.Time[i:j]...)
	}
}

// columns copies all columns but the extents.
func (o *builder) columns(b *model.Batch, i, j int) {
	n := o.b.Len() - (j - i)
	for k, also := range b.Also {
		if i <= k && k < j {
			o.also(n+k-i, also...)
		}
	}
	o.b.Time = append(o.b.Time, b.Time[i:j]...)
	o.b.Req = append(o.b.Req, b.Req[i:j]...)
	o.b.Dur = append(o.b.Dur, b.Dur[i:j]...)
	o.b.Line = b.AppendLines(o.b.Line, i, j)
	o.b.Domain = append(o.b.Domain, b.Domain[i:j]...)
	o.b.Source = append(o.b.Source, b.Source[i:j]...)
	o.b.Status = append(o.b.Status, b.Status[i:j]...)
	o.b.Level = append(o.b.Level, b.Level[i:j]...)
	o.b.Mark = append(o.b.Mark, b.Mark[i:j]...)
	o.b.Format = append(o.b.Format, b.Format[i:j]...)
	o.b.Flags = append(o.b.Flags, b.Flags[i:j]...)
}

// also notes that record i stands in further sources too.
func (o *builder) also(i int, src ...uint16) {
	if o.b.Also == nil {
		o.b.Also = map[int][]uint16{}
	}
	o.b.Also[i] = append(o.b.Also[i], src...)
}

// take returns the finished batch, nil if there is no record, and begins the
// next one behind it in the arena.
func (o *builder) take() *model.Batch {
	if o.b.Len() == 0 {
		return nil
	}
	b := o.b
	n := len(b.Buf)
	b.Buf = b.Buf[:n:n]
	b.Pack()
	free := o.b.Buf[n:]
	reset(&o.b)
	o.b.Buf = free
	return &b
}
