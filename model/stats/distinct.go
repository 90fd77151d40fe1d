package stats

import (
	"math"
	"math/bits"
)

// Distinct estimates how many different values were added: exact up to 1,024
// (and up to 16 KiB of memory), beyond with a standard error of 0.8 % (16 KiB):
// two of three estimates are within that, 98 of 100 within 2 %.
// The zero Distinct is empty. It is not safe for concurrent use; merge one per
// worker.
type Distinct struct {
	few  []uint64 // the hashes seen, while they are few: a table with free places 0
	n    int      // how many stand in few
	regs []uint8  // then a HyperLogLog: the longest run of zeros by register
}

const (
	fewMax   = 1024
	regBits  = 14
	regCount = 1 << regBits
	regMax   = 64 - regBits + 1
)

// Add counts the value v.
func (d *Distinct) Add(v string) { d.AddHash(hash64(v)) }

// AddBytes is Add for bytes; it keeps none of them.
func (d *Distinct) AddBytes(v []byte) { d.AddHash(hash64(v)) }

// Hash is the hash by which Add counts v, for AddHash.
func Hash(v string) uint64 { return hash64(v) }

// AddHash counts a value by its hash, all bits of which must be well mixed.
func (d *Distinct) AddHash(h uint64) {
	if d.regs != nil {
		d.register(h)
		return
	}
	if h == 0 {
		h = 1
	}
	if 4*d.n >= 3*len(d.few) {
		d.grow()
	}
	if insert(d.few, h) {
		if d.n++; d.n > fewMax {
			d.spill()
		}
	}
}

// insert puts h into a table that has room; false if it is there already.
func insert(table []uint64, h uint64) bool {
	mask := uint64(len(table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch table[i] {
		case h:
			return false
		case 0:
			table[i] = h
			return true
		}
	}
}

// grow doubles the table.
func (d *Distinct) grow() {
	table := make([]uint64, max(2*len(d.few), 16))
	for _, h := range d.few {
		if h != 0 {
			insert(table, h)
		}
	}
	d.few = table
}

// spill goes from remembering all hashes to registers.
func (d *Distinct) spill() {
	d.regs = make([]uint8, regCount)
	for _, h := range d.few {
		if h != 0 {
			d.register(h)
		}
	}
	d.few, d.n = nil, 0
}

func (d *Distinct) register(h uint64) {
	i := h >> (64 - regBits)
	run := uint8(bits.LeadingZeros64(h<<regBits|1<<(regBits-1))) + 1
	d.regs[i] = max(d.regs[i], run)
}

// Merge adds all that o has seen.
func (d *Distinct) Merge(o *Distinct) {
	if o.regs == nil {
		for _, h := range o.few {
			if h != 0 {
				d.AddHash(h)
			}
		}
		return
	}
	if d.regs == nil {
		d.spill()
	}
	for i, run := range o.regs {
		d.regs[i] = max(d.regs[i], run)
	}
}

// Size is how many bytes of memory it takes.
func (d *Distinct) Size() int { return 8*cap(d.few) + cap(d.regs) }

// Exact reports whether Count is no estimate.
func (d *Distinct) Exact() bool { return d.regs == nil }

// Count is the number of different values, estimated by the histogram of the
// registers: Ertl's corrections for small and large counts make it unbiased
// over the whole range, without tables.
func (d *Distinct) Count() uint64 {
	if d.regs == nil {
		return uint64(d.n)
	}
	var hist [regMax + 1]float64
	for _, run := range d.regs {
		hist[run]++
	}
	const m = float64(regCount)
	z := m * tau(1-hist[regMax]/m)
	for k := regMax - 1; k >= 1; k-- {
		z = (z + hist[k]) / 2
	}
	z += m * sigma(hist[0]/m)
	return uint64(math.Round(m * m / (2 * math.Ln2 * z)))
}

// sigma is x + Σ x^(2^k)·2^(k-1), what empty registers say.
func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for {
		x *= x
		before := z
		z += x * y
		y += y
		if z == before {
			return z
		}
	}
}

// tau is (1 - x - Σ (1 - x^(2^-k))²·2^-k) / 3, what full registers say.
func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for {
		x = math.Sqrt(x)
		before := z
		y /= 2
		z -= (1 - x) * (1 - x) * y
		if z == before {
			return z / 3
		}
	}
}
