package model

// Zone is the zone map of a batch: what its records span, so that a whole batch
// can be taken or passed over without looking at a record.
type Zone struct {
	N                int
	MinTime, MaxTime int64 // of the stamped records; MinTime > MaxTime if there is none
	Stampless        int
	Levels           [NumLevels]uint32 // records by level
	Statuses         [6]uint32         // records by status class, index status/100; 0: none
	MaxDur           uint32            // of the records that have one
	Durs             int               // how many have one
	Flags            Flags             // those that some record has
}

// NewZone is the zone map of no record.
func NewZone() Zone { return Zone{MinTime: 1<<63 - 1, MaxTime: NoTime} }

// Measure computes the zone map of a batch whose columns are final, so that Zone
// need not again. It is for whoever made the batch: the columns are still near.
func (b *Batch) Measure() {
	z := b.Zone()
	b.zone = &z
}

// Zone is the batch's zone map.
func (b *Batch) Zone() Zone {
	if b.zone != nil {
		return *b.zone
	}
	z := NewZone()
	z.Add(b)
	return z
}

// SetZone tells b, whose columns are final, its zone map, which nobody changes.
func (b *Batch) SetZone(z *Zone) { b.zone = z }

// Some reports whether a record of b has one of the flags.
func (b *Batch) Some(f Flags) bool {
	if b.zone != nil {
		return b.zone.Flags&f != 0
	}
	all := Flags(0)
	for _, have := range b.Flags {
		all |= have
	}
	return all&f != 0
}

// Add widens z by the records of b.
func (z *Zone) Add(b *Batch) {
	z.N += b.Len()
	z.addTimes(b.Time)
	z.addLevels(b.Level)
	z.addStatuses(b.Status)
	z.addDurations(b.Dur)
	for _, f := range b.Flags {
		z.Flags |= f
	}
}

// The columns are summed up without branches, which would be guessed wrong:
// what has no value is made the neutral one.

func (z *Zone) addTimes(col []int64) {
	const none = 1 << 63 // turned by it, unsigned numbers are in the order of the signed, and NoTime is 0
	lo, hi := uint64(z.MinTime)^none-1, uint64(z.MaxTime)^none
	with := 0
	for _, t := range col {
		u := uint64(t) ^ none
		lo, hi = min(lo, u-1), max(hi, u)
		with += int((u | -u) >> 63)
	}
	z.MinTime, z.MaxTime = int64((lo+1)^none), int64(hi^none)
	z.Stampless += len(col) - with
}

// addStatuses counts in four tables: runs of one class, or of none, would wait for
// each other's increment in a single one.
func (z *Zone) addStatuses(col []uint16) {
	var h [4][8]uint32
	i := 0
	for ; i+4 <= len(col); i += 4 {
		c := col[i : i+4 : i+4]
		h[0][min(c[0]/100, 5)]++
		h[1][min(c[1]/100, 5)]++
		h[2][min(c[2]/100, 5)]++
		h[3][min(c[3]/100, 5)]++
	}
	for ; i < len(col); i++ {
		h[0][min(col[i]/100, 5)]++
	}
	for c := range z.Statuses {
		z.Statuses[c] += h[0][c] + h[1][c] + h[2][c] + h[3][c]
	}
}

func (z *Zone) addDurations(col []uint32) {
	most, with := uint32(0), 0
	for _, d := range col {
		d++ // NoDur is 0 then
		most = max(most, d)
		with += int((d | -d) >> 31)
	}
	z.Durs += with
	if with > 0 {
		z.MaxDur = max(z.MaxDur, most-1)
	}
}

// addLevels counts in four tables, too.
func (z *Zone) addLevels(col []Level) {
	var h [4][256]uint32
	i := 0
	for ; i+4 <= len(col); i += 4 {
		c := col[i : i+4 : i+4]
		h[0][c[0]]++
		h[1][c[1]]++
		h[2][c[2]]++
		h[3][c[3]]++
	}
	for ; i < len(col); i++ {
		h[0][col[i]]++
	}
	for l := range z.Levels {
		z.Levels[l] += h[0][l] + h[1][l] + h[2][l] + h[3][l]
	}
}

// Merge widens z by another zone map.
func (z *Zone) Merge(o *Zone) {
	z.N += o.N
	z.MinTime, z.MaxTime = min(z.MinTime, o.MinTime), max(z.MaxTime, o.MaxTime)
	z.Stampless += o.Stampless
	for l, n := range o.Levels {
		z.Levels[l] += n
	}
	for c, n := range o.Statuses {
		z.Statuses[c] += n
	}
	z.MaxDur = max(z.MaxDur, o.MaxDur)
	z.Durs += o.Durs
	z.Flags |= o.Flags
}

// Verdict is what a zone map says of a predicate.
type Verdict uint8

// The verdicts: no record can match, every record matches, one must look.
const (
	Maybe Verdict = iota
	None
	All
)
