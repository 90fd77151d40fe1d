package request

// index maps hashes to entries: open addressing with linear probing over keys
// that are hashes already. The zero index is empty and ready for use.
type index struct {
	keys []uint64 // 0: free
	vals []int32
	n    int
	bits []uint64 // a bit for each key, by its hash, and for some that were deleted
	gone int      // how many
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

// may reports false only if there is no entry of hash: it looks at 16 bits a
// key, which stay near while all else that is done pushes the keys away.
func (x *index) may(hash uint64) bool {
	return len(x.bits) > 0 && x.bits[hash>>26&uint64(len(x.bits)-1)]>>(hash>>20&63)&1 != 0
}

func (x *index) mark(hash uint64) {
	x.bits[hash>>26&uint64(len(x.bits)-1)] |= 1 << (hash >> 20 & 63)
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
		x.mark(hash)
	}
	x.keys[i], x.vals[i] = hash, v
}

func (x *index) grow() {
	old := *x
	size := max(1024, 2*len(old.keys))
	x.keys, x.vals, x.n = make([]uint64, size), make([]int32, size), 0
	x.bits, x.gone = make([]uint64, size/8), 0
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
	if x.gone++; x.gone > len(x.keys)/2 {
		defer x.remark()
	}
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

// remark leaves bits to those keys that there are.
func (x *index) remark() {
	clear(x.bits)
	x.gone = 0
	for _, k := range x.keys {
		if k != 0 {
			x.mark(k)
		}
	}
}
