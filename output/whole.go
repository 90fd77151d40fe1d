package output

import (
	"slices"

	"ravel/model"
)

// maxHeld bounds what is held of a line that passes the cap while none of its
// pieces is wanted, in bytes of batches.
const maxHeld = 64 << 20

// whole widens selections to whole physical lines: raw writes all of a line of
// which a piece is wanted, though the line cap made records of its pieces
// (rule 5). Their line may go on over several batches.
type whole struct {
	open   bool   // the line of the last record goes on
	source uint16 // its source
	wanted bool   // a piece of it is wanted
	held   []job  // its pieces so far, none of which is
	size   int    // of held, in bytes of batches
	lost   uint64 // bytes of its pieces that were too many to hold
	cut    uint64 // lost bytes of lines that are wanted
}

// concerns reports whether b has a piece of a line that passes the cap.
func (w *whole) concerns(b *model.Batch) bool { return w.open || b.Some(model.Cut) }

// add returns what is to be printed now that b, with its matches, is there.
func (w *whole) add(b *model.Batch, match model.Bits) []job {
	match = slices.Clone(match) // a worker reads it
	var jobs []job
	n, rest := b.Len(), -1 // rest: where the line begins that may be wanted later
	for from, to := 0, 0; from < n; from = to {
		for to = from + 1; to < n && goesOn(b, to); to++ {
		}
		next := match.Next(from)
		wanted := next >= 0 && next < to
		if from == 0 && w.open && isPiece(b.Flags[0]) && b.Source[0] == w.source {
			if wanted = wanted || w.wanted; wanted {
				jobs, w.cut = w.held, w.cut+w.lost
				w.held, w.size, w.lost = nil, 0, 0
			}
		} else {
			w.held, w.size, w.lost = nil, 0, 0
		}
		for i := from; wanted && i < to; i++ {
			match.Set(i)
		}
		if w.open = to == n && b.Flags[n-1]&model.Cut != 0; w.open {
			w.source, w.wanted = b.Source[n-1], wanted
			if !wanted {
				rest = from
			}
		}
	}
	if !match.Empty() {
		jobs = append(jobs, job{batch: b, bits: match})
	}
	if rest >= 0 {
		w.hold(b, rest)
	}
	return jobs
}

// hold keeps b's records from number from on, as far as there is room.
func (w *whole) hold(b *model.Batch, from int) {
	bits := make(model.Bits, len(model.NewBits(b.Len())))
	for i := from; i < b.Len(); i++ {
		bits.Set(i)
	}
	w.held = append(w.held, job{batch: b, bits: bits})
	w.size += len(b.Buf)
	for w.size > maxHeld {
		old := w.held[0]
		w.held, w.size = w.held[1:], w.size-len(old.batch.Buf)
		for i := old.bits.Next(0); i >= 0; i = old.bits.Next(i + 1) {
			w.lost += uint64(old.batch.End[i] - old.batch.Start[i])
		}
	}
}
