package request

import (
	"slices"
	"sync"

	"ravel/model"
)

// block is what is to be remembered of the clean requests of a batch, with an
// index of their ids. Merge says where the batch stands in the stream.
type block struct {
	// Of each, in the order of their ends.
	hash []uint64 // 0: no id, or it turned out not to be clean
	now  []int64  // newest stamp of the batch up to its end
	at   []uint32 // as finish.at, with the number of the record for its Seq

	slots []uint16 // 1 + number, by hash; 0 free

	first  model.Seq // of its batch
	before int64     // newest stamp of the stream before it
	settle int64     // ns from its end until a request settles
}

var blocks = sync.Pool{New: func() any { return new(block) }}

// reset makes room for n requests.
func (b *block) reset(n int) {
	b.hash, b.now, b.at = slices.Grow(b.hash[:0], n)[:n], slices.Grow(b.now[:0], n)[:n], slices.Grow(b.at[:0], n)[:n]
}

// number makes the index.
func (b *block) number() {
	size := 16
	for size < 2*len(b.hash) {
		size *= 2
	}
	b.slots = slices.Grow(b.slots[:0], size)[:size]
	clear(b.slots)
	mask := uint64(size - 1)
	for k, hash := range b.hash {
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
		if k := int(b.slots[at]) - 1; b.hash[k] == hash {
			return k
		}
	}
	return -1
}

// end is where and how request k ended.
func (b *block) end(k int) finish {
	f := finish{at: uint64(b.first)<<finishBits + uint64(b.at[k]), settleAt: never}
	if now := max(b.before, b.now[k]); now != model.NoTime {
		f.settleAt = now + b.settle
	}
	return f
}

// minBlock is how many ids are worth a block.
const minBlock = 128

// keep takes a block, the newest.
func (p *past) keep(b *block, now int64) {
	n := len(b.hash)
	if n < p.least {
		p.move(b, now)
		return
	}
	p.blocks, p.ids = append(p.blocks, b), p.ids+n
	for p.ids-len(p.blocks[0].hash) >= p.limit() {
		p.ids -= len(p.blocks[0].hash)
		blocks.Put(p.blocks[0])
		p.blocks = slices.Delete(p.blocks, 0, 1)
	}
	if p.marked += n; p.marked > idsPerWord*len(p.bits) {
		p.remark()
		return
	}
	p.mark(b)
}

// idsPerWord is how many ids are marked by bits of one word: of others one in a
// hundred looks as if it was.
const idsPerWord = 4

// marks is the word of hash, and its bits there.
func (p *past) marks(hash uint64) (word *uint64, bits uint64) {
	return &p.bits[hash>>40&uint64(len(p.bits)-1)], 1<<(hash>>22&63) | 1<<(hash>>28&63) | 1<<(hash>>34&63)
}

func (p *past) mark(b *block) {
	for _, hash := range b.hash {
		word, bits := p.marks(hash)
		*word |= bits
	}
}

// remark marks what is in blocks, and no more, in twice the words that it needs.
func (p *past) remark() {
	size := 64
	for size*idsPerWord < 2*p.ids {
		size *= 2
	}
	if size == len(p.bits) {
		clear(p.bits)
	} else {
		p.bits = make([]uint64, size)
	}
	p.marked = p.ids
	for _, b := range p.blocks {
		p.mark(b)
	}
}

// move puts the ids of a block into the table, and lets go of the block.
func (p *past) move(b *block, now int64) {
	for k, hash := range b.hash {
		if hash != 0 {
			p.put(hash, b.end(k), now)
		}
	}
	blocks.Put(b)
}

// look is the newest end of hash in the blocks.
func (p *past) look(hash uint64, now int64) (finish, bool) {
	if len(p.blocks) == 0 {
		return finish{}, false
	}
	if word, bits := p.marks(hash); *word&bits != bits {
		return finish{}, false
	}
	for i := len(p.blocks) - 1; i >= 0; i-- {
		p.looked++
		if k := p.blocks[i].find(hash); k >= 0 {
			return p.blocks[i].end(k), true
		}
	}
	if p.looked > p.ids {
		for _, b := range p.blocks {
			p.move(b, now)
		}
		p.blocks, p.ids, p.looked, p.marked = p.blocks[:0], 0, 0, 0
		clear(p.bits)
	}
	return finish{}, false
}
