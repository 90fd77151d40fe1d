package request

import (
	"math/bits"
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

	slots  []uint16 // 1 + number, by hash; 0 free
	filter []uint64 // a Bloom filter of the hashes, in which ids mark bits of one word

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
	n := len(b.hash)
	size := powerOfTwo(n + n/4) // few looks get past the filter
	b.slots = slices.Grow(b.slots[:0], size)[:size]
	clear(b.slots)
	words := powerOfTwo(n / 8)
	b.filter = slices.Grow(b.filter[:0], words)[:words]
	clear(b.filter)
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
		word, bits := b.marks(hash)
		*word |= bits
	}
}

// powerOfTwo is the least power of two that is more than n.
func powerOfTwo(n int) int { return 1 << bits.Len(uint(n)) }

// marks is the word of hash in the filter, and its bits there. Of other ids one in
// thirty has all of its bits set.
func (b *block) marks(hash uint64) (word *uint64, bits uint64) {
	return &b.filter[hash>>40&uint64(len(b.filter)-1)], 1<<(hash>>22&63) | 1<<(hash>>28&63) | 1<<(hash>>34&63)
}

// find is the number of the request of hash, or -1.
func (b *block) find(hash uint64) int {
	if word, bits := b.marks(hash); *word&bits != bits {
		return -1
	}
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

// looksPerID is how many looks into blocks cost what moving an id does.
const looksPerID = 8

// look is the newest end of hash in the blocks.
func (p *past) look(hash uint64, now int64) (finish, bool) {
	for i := len(p.blocks) - 1; i >= 0; i-- {
		p.looked++
		if k := p.blocks[i].find(hash); k >= 0 {
			return p.blocks[i].end(k), true
		}
	}
	if p.looked > looksPerID*p.ids {
		for _, b := range p.blocks {
			p.move(b, now)
		}
		p.blocks, p.ids, p.looked = p.blocks[:0], 0, 0
	}
	return finish{}, false
}
