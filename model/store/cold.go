package store

import (
	"fmt"
	"slices"

	"github.com/klauspost/compress/s2"
)

// Cold chunks: where a store of live records is full, the older part keeps its
// bytes compressed. Columns stay as they are, so that only what looks at bytes
// pays for it.

// hotShare of the limit is what uncompressed bytes that no file can give again
// may take before the oldest are compressed.
const hotShare = 4

// compress returns c with its bytes compressed, or c itself where that saves
// less than an eighth. The writer calls it.
func (s *Store) compress(c *Chunk) *Chunk {
	s.scratch = s2.Encode(s.scratch[:cap(s.scratch)], c.Buf)
	if len(s.scratch) > len(c.Buf)-len(c.Buf)/8 {
		return c
	}
	d := *c
	d.cold = slices.Clone(s.scratch)
	d.Buf = nil
	d.bytes = d.size()
	return &d
}

// thaw decompresses the chunk's bytes into buf, or a larger buffer.
func (c *Chunk) thaw(buf []byte) ([]byte, error) {
	buf, err := s2.Decode(buf[:cap(buf)], c.cold)
	if err != nil {
		return nil, fmt.Errorf("decompress the records from %d on: %w", c.First, err)
	}
	return buf, nil
}

// freeze compresses chunks, oldest first, until there is room or little enough
// is uncompressed.
func (r *relief) freeze() {
	s := r.s
	r.each(&s.frozen, func(c *Chunk) *Chunk {
		if c.Buf == nil || c.reopenable() {
			return c
		}
		s.hot -= hotBytes(c)
		return s.compress(c)
	}, func() bool { return s.hot > s.limit/hotShare })
}

// hotBytes is what of the chunk could be compressed.
func hotBytes(c *Chunk) int64 {
	if c.reopenable() {
		return 0
	}
	return int64(cap(c.Buf))
}
