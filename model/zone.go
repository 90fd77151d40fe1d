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
	z.N += b.Len()
	for _, t := range b.Time {
		if t == NoTime {
			z.Stampless++
			continue
		}
		z.MinTime, z.MaxTime = min(z.MinTime, t), max(z.MaxTime, t)
	}
	for _, l := range b.Level {
		z.Levels[l]++
	}
	for _, s := range b.Status {
		z.Statuses[min(s/100, 5)]++
	}
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

// Verdict is what a zone map says of a predicate.
type Verdict uint8

// The verdicts: no record can match, every record matches, one must look.
const (
	Maybe Verdict = iota
	None
	All
)
