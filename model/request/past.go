package request

import "ravel/model"

// past remembers the ids of requests that have ended, about the newest most of
// them, and of those that have not settled where and how. Most are never asked
// for, and a place of its own for each would be a miss of the cache: so blocks
// are kept as workers made them, some 30 bytes an id, until the questions have
// looked into so many that moving their ids would have cost as much. Then these
// move to the table, 16 bytes each and 16 more until they settle.
type past struct {
	blocks []*block // oldest first, not in the table
	ids    int      // of blocks
	looked int      // into blocks, since there were none
	least  int      // ids that are worth a block; fewer go to the table at once

	// The table: an id has its place in one of many small buckets, each of which
	// keeps its newest, so that none is searched when it is added.
	most  int      // a power of two; 0: maxPast
	slots []uint64 // buckets of bucketSize: 42 bits of the hash, and where it is in ring
	used  []uint8  // of each bucket: how many were added; from bucketSize on modulo that
	room  int      // ids until there are to be more buckets

	ring []finish // of the newest ends, by their number modulo its length
	from uint32   // those before have settled
	n    uint32   // ends so far, modulo 2^32
}

const (
	maxPast    = 1 << 20
	bucketBits = 6
	bucketSize = 1 << bucketBits
	ringBits   = 22
	ringMask   = 1<<ringBits - 1
)

// finish is where and how a request ended.
type finish struct {
	at       uint64 // the Seq of its end, and finishBits
	settleAt int64  // stream time from which nothing joins it any more
}

const (
	wasWhole = 1 << iota // one record was all of it
	wasHTTP              // what tells of its end folds into it
	wasFailed
	finishBits = iota
)

func makeFinish(end model.Seq, settleAt int64, whole bool, k model.Kind, s model.State) finish {
	f := finish{at: uint64(end) << finishBits, settleAt: settleAt}
	if whole {
		f.at |= wasWhole
	}
	if k == model.KindHTTP {
		f.at |= wasHTTP
	}
	if s == model.Failed {
		f.at |= wasFailed
	}
	return f
}

// settled reports whether nothing joins f any more at a time of the stream.
func (f *finish) settled(now int64) bool {
	return f.settleAt <= now || f.settleAt == never && now != model.NoTime
}

// limit is most, or what that stands for.
func (p *past) limit() int {
	if p.most == 0 {
		return maxPast
	}
	return p.most
}

// add remembers that the request of hash has ended, as end p.n.
func (p *past) add(hash uint64) {
	if p.room == 0 {
		p.grow()
	}
	p.room--
	p.place(hash&^ringMask | uint64(p.n&ringMask))
}

func (p *past) place(slot uint64) {
	k := slot >> ringBits & uint64(len(p.used)-1)
	at := p.used[k]
	p.slots[k<<bucketBits|uint64(at&(bucketSize-1))] = slot
	if at++; at == 2*bucketSize {
		at = bucketSize
	}
	p.used[k] = at
}

// grow makes more buckets. In the end there are so many that what is to be
// remembered fills them by half: few get so much more than others that they
// forget earlier.
func (p *past) grow() {
	old := *p
	n := max(4, 4*len(old.used))
	if full := max(p.limit()/(bucketSize/2), 1); n >= full {
		n, p.room = full, -1 // no more of this
	}
	if n <= len(old.used) {
		return
	}
	p.slots, p.used = make([]uint64, n<<bucketBits), make([]uint8, n)
	for k := range old.used {
		for i := old.held(uint64(k)); i > 0; i-- {
			p.place(old.slot(uint64(k), i))
		}
	}
	if p.room >= 0 {
		p.room = (n - len(old.used)) * bucketSize / 2
	}
}

// held is how many ids bucket k has.
func (p *past) held(k uint64) int { return min(int(p.used[k]), bucketSize) }

// slot is the ith of bucket k, counted from 1, the newest.
func (p *past) slot(k uint64, i int) uint64 {
	return p.slots[k<<bucketBits|uint64(int(p.used[k])-i)&(bucketSize-1)]
}

// put adds an id, now, and what find is to tell of it.
func (p *past) put(hash uint64, f finish, now int64) {
	if int(p.n-p.from) == len(p.ring) {
		p.makeRoom(now)
	}
	p.add(hash)
	p.ring[p.n&uint32(len(p.ring)-1)] = f
	p.n++
}

// makeRoom lets go of what has settled. If that is not half of the ring it gets
// larger, and if it may not, the oldest goes, too.
func (p *past) makeRoom(now int64) {
	p.settle(now)
	size := max(64, 2*len(p.ring))
	if 2*int(p.n-p.from) <= len(p.ring) && len(p.ring) > 0 || size > min(2*p.limit(), ringMask) {
		if int(p.n-p.from) == len(p.ring) {
			p.from++
		}
		return
	}
	ring := make([]finish, size)
	for i := p.from; i != p.n; i++ {
		ring[i&uint32(size-1)] = p.ring[i&uint32(len(p.ring)-1)]
	}
	p.ring = ring
}

// settle passes over the oldest that have settled.
func (p *past) settle(now int64) {
	for p.from != p.n && p.ring[p.from&uint32(len(p.ring)-1)].settled(now) {
		p.from++
	}
}

// find is the newest end of hash; ok is false if there is none, or it has
// settled at now. known says whether hash has ended, as far as is remembered.
func (p *past) find(hash uint64, now int64) (f finish, ok, known bool) {
	f, known = p.look(hash, now)
	if g := p.inTable(hash, now); g != nil && (!known || g.at > f.at) {
		f, known = *g, true
	}
	return f, known && !f.settled(now), known || p.tabled(hash)
}

// tabled reports whether hash is in the table.
func (p *past) tabled(hash uint64) bool {
	if len(p.used) == 0 {
		return false
	}
	k := hash >> ringBits & uint64(len(p.used)-1)
	for _, slot := range p.slots[k<<bucketBits:][:p.held(k)] {
		if (slot^hash)>>ringBits == 0 {
			return true
		}
	}
	return false
}

// inTable is what the table has to tell of the newest end of hash, nil if that
// is known to have settled at now. Blocks move there late: the newest is not
// always the one that was added last.
func (p *past) inTable(hash uint64, now int64) *finish {
	if p.from == p.n {
		return nil
	}
	p.settle(now)
	var newest *finish
	k := hash >> ringBits & uint64(len(p.used)-1)
	for i := 1; i <= p.held(k); i++ {
		slot := p.slot(k, i)
		age := (p.n - uint32(slot)) & ringMask
		if age > p.n-p.from {
			break
		}
		if f := &p.ring[(p.n-age)&uint32(len(p.ring)-1)]; (slot^hash)>>ringBits == 0 && (newest == nil || f.at > newest.at) {
			newest = f
		}
	}
	return newest
}
