package request

import (
	"slices"
	"sync"

	"ravel/model"
)

// block is the clean requests of a batch, with an index of their ids. Merge says
// where the batch stands in the stream.
type block struct {
	clean []clean  // in the order of their ends
	slots []uint16 // 1 + number in clean, by hash; 0 free

	first  model.Seq // of its batch
	before int64     // newest stamp of the stream before it
	settle int64     // ns from its end until a request settles
}

// clean is a request whose records, in its batch, are one start, what lies
// between and one end, or one record that is all of it.
type clean struct {
	hash uint64 // 0: no id, or it turned out not to be clean
	now  int64  // newest stamp of the batch up to its end
	stop int64  // its own newest stamp
	corr uint32 // 1 + number of the first record with a correlation id, 0 none
	at   uint32 // as finish.at, with the number of the record for its Seq
}

var blocks = sync.Pool{New: func() any { return new(block) }}

// number makes the index.
func (b *block) number() {
	size := 16
	for size < 2*len(b.clean) {
		size *= 2
	}
	b.slots = slices.Grow(b.slots[:0], size)[:size]
	clear(b.slots)
	mask := uint64(size - 1)
	for k := range b.clean {
		hash := b.clean[k].hash
		if hash == 0 {
			continue
		}
		at := hash & mask
		for b.slots[at] != 0 {
			at = (at + 1) & mask
		}
		b.slots[at] = uint16(k + 1)
	}
}

// find is the number of the request of hash, or -1.
func (b *block) find(hash uint64) int {
	mask := uint64(len(b.slots) - 1)
	for at := hash & mask; b.slots[at] != 0; at = (at + 1) & mask {
		if k := int(b.slots[at]) - 1; b.clean[k].hash == hash {
			return k
		}
	}
	return -1
}

// end is where and how request k ended.
func (b *block) end(k int) finish {
	c := &b.clean[k]
	f := finish{at: uint64(b.first)<<finishBits + uint64(c.at), settleAt: never}
	if now := max(b.before, c.now); now != model.NoTime {
		f.settleAt = now + b.settle
	}
	return f
}

// minBlock is how many ids are worth a block.
const minBlock = 128

// keep takes a block, the newest.
func (p *past) keep(b *block, now int64) {
	if n := len(b.clean); n >= p.least {
		p.blocks, p.ids = append(p.blocks, b), p.ids+n
		for p.ids-len(p.blocks[0].clean) >= p.limit() {
			p.ids -= len(p.blocks[0].clean)
			blocks.Put(p.blocks[0])
			p.blocks = slices.Delete(p.blocks, 0, 1)
		}
		return
	}
	p.move(b, now)
}

// move puts the ids of a block into the table, and lets go of the block.
func (p *past) move(b *block, now int64) {
	for k := range b.clean {
		if hash := b.clean[k].hash; hash != 0 {
			p.put(hash, b.end(k), now)
		}
	}
	blocks.Put(b)
}

// look is the newest end of hash in the blocks.
func (p *past) look(hash uint64, now int64) (finish, bool) {
	for i := len(p.blocks) - 1; i >= 0; i-- {
		if k := p.blocks[i].find(hash); k >= 0 {
			return p.blocks[i].end(k), true
		}
	}
	if p.looked += len(p.blocks); p.looked > p.ids {
		for _, b := range p.blocks {
			p.move(b, now)
		}
		p.blocks, p.ids, p.looked = p.blocks[:0], 0, 0
	}
	return finish{}, false
}
