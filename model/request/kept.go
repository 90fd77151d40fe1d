package request

import (
	"slices"
	"sync"

	"github.com/klauspost/compress/s2"

	"ravel/model"
)

// Kept holds what requests came to whose records have been given up: their rows
// in blocks that are compressed, 40 to 70 bytes each for most logs, the oldest
// block given up first. It is safe for concurrent use.
type Kept struct {
	limit int64

	mu     sync.Mutex
	blocks []keptBlock // oldest first; immutable
	open   keptBlock   // grows, not compressed yet
	last   model.Request
	bytes  int64  // of the compressed blocks
	n      uint64 // held
	gone   uint64 // given up
}

// keptBlock is a run of requests, one behind the other, each in terms of the
// one before it.
type keptBlock struct {
	data []byte
	n    int
}

// keptAtOnce is the size in bytes from which a block is compressed.
const keptAtOnce = 64 << 10

// NewKept returns a Kept that takes at most about limit bytes.
func NewKept(limit int64) *Kept { return &Kept{limit: limit} }

// Add keeps requests, in the order of their ends. It keeps no string of theirs.
func (k *Kept) Add(all []model.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range all {
		if k.open.n == 0 {
			k.last = model.Request{}
		}
		k.open.data = appendKept(k.open.data, &all[i], &k.last)
		k.last = model.Request{Start: all[i].Start, FirstSeq: all[i].FirstSeq}
		k.open.n++
		k.n++
		if len(k.open.data) >= keptAtOnce {
			k.turn()
		}
	}
	for k.bytes+int64(cap(k.open.data)) > k.limit && len(k.blocks) > 0 {
		old := k.blocks[0]
		k.blocks = slices.Delete(slices.Clone(k.blocks), 0, 1) // readers hold the old slice
		k.bytes -= int64(cap(old.data))
		k.n -= uint64(old.n)
		k.gone += uint64(old.n)
	}
}

// turn compresses the block that grows and begins another.
func (k *Kept) turn() {
	data := slices.Clone(s2.EncodeBetter(nil, k.open.data))
	k.blocks = append(slices.Clip(k.blocks), keptBlock{data, k.open.n})
	k.bytes += int64(cap(data))
	k.open = keptBlock{data: k.open.data[:0]}
}

// Stats are how many requests are held, how many were and have been given up,
// and the bytes that those take that are held.
func (k *Kept) Stats() (held, gone uint64, bytes int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.n, k.gone, k.bytes + int64(len(k.open.data))
}

// Newest is what is held now: it gives the requests to yield, the one that was
// added last first, until yield returns an error, which it returns.
func (k *Kept) Newest() func(yield func(*model.Request) error) error {
	k.mu.Lock()
	blocks, open := k.blocks, keptBlock{slices.Clone(k.open.data), k.open.n}
	k.mu.Unlock()
	return func(yield func(*model.Request) error) error {
		if err := open.each(yield); err != nil {
			return err
		}
		var buf []byte
		for _, b := range slices.Backward(blocks) {
			var err error
			if buf, err = s2.Decode(buf[:cap(buf)], b.data); err != nil {
				panic(err) // made by turn
			}
			if err := (keptBlock{buf, b.n}).each(yield); err != nil {
				return err
			}
		}
		return nil
	}
}

// each gives the requests of a block that is not compressed to yield, newest
// first.
func (b keptBlock) each(yield func(*model.Request) error) error {
	all := make([]model.Request, b.n)
	r := keptReader{b.data}
	var last model.Request
	for i := range all {
		r.request(&all[i], &last)
		last = all[i]
	}
	for i := range slices.Backward(all) {
		if err := yield(&all[i]); err != nil {
			return err
		}
	}
	return nil
}
