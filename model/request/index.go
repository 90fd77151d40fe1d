package request

// index maps hashes to entries: open addressing with linear probing over keys
// that are hashes already. The zero index is empty and ready for use.
type index struct {
	keys []uint64 // 0: free
	vals []int32
	n    int
}

const none = int32(-1)

// get returns the entry of hash, or none.
func (x *index) get(hash uint64) int32 {
	if x.n == 0 {
		return none
	}
	mask := uint64(len(x.keys) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch x.keys[i] {
		case hash:
			return x.vals[i]
		case 0:
			return none
		}
	}
}

// put sets the entry of hash.
func (x *index) put(hash uint64, v int32) {
	if 2*x.n >= len(x.keys) {
		x.grow()
	}
	mask := uint64(len(x.keys) - 1)
	i := hash & mask
	for x.keys[i] != 0 && x.keys[i] != hash {
		i = (i + 1) & mask
	}
	if x.keys[i] == 0 {
		x.n++
	}
	x.keys[i], x.vals[i] = hash, v
}

func (x *index) grow() {
	old := *x
	size := max(1024, 2*len(old.keys))
	x.keys, x.vals, x.n = make([]uint64, size), make([]int32, size), 0
	for i, k := range old.keys {
		if k != 0 {
			x.put(k, old.vals[i])
		}
	}
}

// del removes hash. Entries behind it move up, so that no probe ends early.
func (x *index) del(hash uint64) {
	if x.n == 0 {
		return
	}
	mask := uint64(len(x.keys) - 1)
	i := hash & mask
	for x.keys[i] != hash {
		if x.keys[i] == 0 {
			return
		}
		i = (i + 1) & mask
	}
	x.n--
	for j := i; ; {
		j = (j + 1) & mask
		k := x.keys[j]
		if k == 0 {
			break
		}
		if home := k & mask; (j-home)&mask >= (j-i)&mask {
			x.keys[i], x.vals[i] = k, x.vals[j]
			i = j
		}
	}
	x.keys[i] = 0
}

// past remembers the ids of requests that have ended, at least the newest
// most of them, as 32-bit fingerprints beside 12 to 21 bits of position: 8
// to 16 bytes an id. Position and fingerprint share no bit, so that a table
// cannot grow: a larger one follows it, and lookups, which are rare, ask all.
type past struct {
	most int          // 0: maxPast
	gens []generation // the newest last
	new  []uint64     // not in a table yet: written together, their misses of the cache overlap
}

const maxPast = 1 << 20

// generation is one table of past.
type generation struct {
	slots []uint32 // 0: free
	n     int
}

func fingerprint(hash uint64) uint32 { return uint32(hash>>32) | 1 }

func (g *generation) has(hash uint64) bool {
	mask := uint64(len(g.slots) - 1)
	for i := hash & mask; g.slots[i] != 0; i = (i + 1) & mask {
		if g.slots[i] == fingerprint(hash) {
			return true
		}
	}
	return false
}

func (g *generation) add(hash uint64) {
	mask := uint64(len(g.slots) - 1)
	i := hash & mask
	for g.slots[i] != 0 {
		if g.slots[i] == fingerprint(hash) {
			return
		}
		i = (i + 1) & mask
	}
	g.slots[i] = fingerprint(hash)
	g.n++
}

// has reports whether the request of hash has ended, as far as is remembered.
func (p *past) has(hash uint64) bool {
	p.flush()
	for i := len(p.gens) - 1; i >= 0; i-- {
		if p.gens[i].has(hash) {
			return true
		}
	}
	return false
}

// add remembers that the request of hash has ended.
func (p *past) add(hash uint64) {
	if p.new = append(p.new, hash); len(p.new) >= 256 {
		p.flush()
	}
}

func (p *past) flush() {
	for _, hash := range p.new {
		last := len(p.gens) - 1
		if last < 0 || 2*p.gens[last].n >= len(p.gens[last].slots) {
			p.turn()
			last = len(p.gens) - 1
		}
		p.gens[last].add(hash)
	}
	p.new = p.new[:0]
}

// turn begins another generation and forgets those without which maxPast ids
// are still remembered.
func (p *past) turn() {
	most := p.most
	if most == 0 {
		most = maxPast
	}
	size, kept := 1<<12, 0
	if n := len(p.gens); n > 0 {
		size = min(4*len(p.gens[n-1].slots), max(2*most, size))
	}
	for i := len(p.gens) - 1; i >= 0; i-- {
		if kept >= most {
			p.gens = append(p.gens[:0:0], p.gens[i+1:]...)
			break
		}
		kept += p.gens[i].n
	}
	g := generation{slots: make([]uint32, size)}
	clear(g.slots) // written before it is read: half the page faults
	p.gens = append(p.gens, g)
}
