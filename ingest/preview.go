package ingest

import "ravel/model"

// Bounds of a preview: of what backlog it is made, and how much of its end.
const (
	previewFrom = 64 << 20
	previewTail = 256 << 10
	previewMost = 16 << 20 // where one record fills the usual
)

// preview shows the last records of the n bytes at off of o, which will take a
// while to be read, where the parser stands at a record head in a steady
// state. They are parsed from that state and come again in their turn, with
// the same Origin.R and offsets. Their lines have no numbers: nobody has
// counted them. With several streams there is none, nor of an older file
// of a rotated set: their ends say nothing about what is newest.
func (s *stream) preview(o *model.Origin, off, n int64) {
	if s.in.o.Preview == nil || s.tail != nil || s.info.More || n < s.in.previewFrom || !s.in.alone() {
		return
	}
	w := bulkWorker{p: s.parser.Clone()}
	for look := int64(previewTail); look <= min(previewMost, n/2); look *= 4 {
		buf := make([]byte, 1+look)
		if fill(o, buf, off+n-look-1, 0) != nil {
			return // reading in order will tell
		}
		head := w.head(buf, 1)
		if head < 0 {
			continue
		}
		k := block{start: off + n - look - 1 + int64(head)}
		if w.parse(&k, buf[head:], &model.Origin{R: o.R, Check: o.Check}); k.err != nil {
			return
		}
		for _, b := range k.batches {
			b.Line = make([]uint32, b.Len())
		}
		s.in.o.Preview(k.batches, n)
		return
	}
}

// alone reports whether there is one stream and no other source to come.
func (in *Ingest) alone() bool {
	if in.waiting.Load() > 1 {
		return false
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.open == 1
}
