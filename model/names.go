package model

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// Dict numbers names: domains, sources. It is bounded: once full, every
// further name is the entry "other". Safe for concurrent use; Name takes no
// lock.
type Dict struct {
	mu    sync.Mutex
	ids   map[string]uint16
	names atomic.Pointer[[]string]
}

// maxNames bounds a Dict; the last number stands for all that came later.
const maxNames = 1<<16 - 1

// NewDict returns a Dict whose entry 0 is "".
func NewDict() *Dict {
	d := &Dict{ids: map[string]uint16{"": 0}}
	d.names.Store(&[]string{""})
	return d
}

// ID returns the number of name, adding it if it is new.
func (d *Dict) ID(name []byte) uint16 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if id, ok := d.ids[string(name)]; ok {
		return id
	}
	names := *d.names.Load()
	if len(names) >= maxNames {
		if len(names) == maxNames {
			names = append(names, "other")
			d.names.Store(&names)
		}
		return maxNames
	}
	s := string(name)
	id := uint16(len(names))
	names = append(names, s) // readers hold a shorter slice: the append is unseen by them
	d.names.Store(&names)
	d.ids[s] = id
	return id
}

// Name is the inverse of ID; "" for a number never given.
func (d *Dict) Name(id uint16) string {
	names := *d.names.Load()
	if int(id) < len(names) {
		return names[id]
	}
	return ""
}

// Len is how many names there are, "" included.
func (d *Dict) Len() int { return len(*d.names.Load()) }

// Find returns the number of name without adding it.
func (d *Dict) Find(name string) (uint16, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id, ok := d.ids[name]
	return id, ok
}

// Names are the dictionaries that batches index.
type Names struct {
	Domains *Dict
	Sources *Dict
}

// NewNames returns empty dictionaries.
func NewNames() *Names { return &Names{Domains: NewDict(), Sources: NewDict()} }

const hash0, hash1 = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93

// HashID hashes a request's or correlation's id with its scope (0 for a global
// id, a source's number for one that means something in that source only). It
// is never 0. Sixteen bytes are folded by one multiplication: ids of 32 digits are
// hashed for every record that is read.
func HashID[T string | []byte](id T, scope uint16) uint64 {
	h := uint64(scope)<<32 ^ uint64(len(id)) ^ hash1
	i := 0
	for ; i+16 <= len(id); i += 16 {
		h = fold(h^word(id[i:i+8]), hash0^word(id[i+8:i+16]))
	}
	for ; i+8 <= len(id); i += 8 {
		h = fold(h^word(id[i:i+8]), hash0)
	}
	if i < len(id) {
		tail := uint64(0)
		for ; i < len(id); i++ {
			tail = tail<<8 | uint64(id[i])
		}
		h = fold(h^tail, hash1)
	}
	h = fold(h^hash0, hash1)
	if h == 0 {
		return 1
	}
	return h
}

// HashID32 is HashID of the id of 32 bytes whose words these are, with scope 0.
func HashID32(a, b, c, d uint64) uint64 {
	h := fold(32^hash1^a, hash0^b)
	h = fold(h^c, hash0^d)
	if h = fold(h^hash0, hash1); h == 0 {
		return 1
	}
	return h
}

// word is eight bytes as a number.
func word[T string | []byte](b T) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// fold multiplies to 128 bits and mixes the halves.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
