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

// Zone computes the batch's zone map.
func (b *Batch) Zone() Zone {
	z := NewZone()
	z.Add(b)
	return z
}

// Add widens z by the records of b.
func (z *Zone) Add(b *Batch) {
	n := b.Len()
	z.N += n
	lo, hi := z.MinTime, z.MaxTime
	for _, t := range b.Time {
		if t == NoTime {
			z.Stampless++
			continue
		}
		lo, hi = min(lo, t), max(hi, t)
	}
	z.MinTime, z.MaxTime = lo, hi
	z.addLevels(b.Level)
	for _, s := range b.Status {
		if s != 0 {
			z.Statuses[min(s/100, 5)]++
			n--
		}
	}
	z.Statuses[0] += uint32(n)
	for _, d := range b.Dur {
		if d != NoDur {
			z.Durs++
			z.MaxDur = max(z.MaxDur, d)
		}
	}
	for _, f := range b.Flags {
		z.Flags |= f
	}
}

// addLevels counts in four tables: runs of one level would wait for each
// other's increment in a single one.
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
