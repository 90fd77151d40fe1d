package ingest

import (
	"sync/atomic"
	"time"
)

// moments tells when bytes of live streams came, in steps: what comes within
// one counts as come at once, and the order of the streams decides. Readers
// of a program's two pipes wake in any order.
type moments struct{ last atomic.Int64 }

const step = 5 * time.Millisecond

// at is the beginning of the step that now lies in, ns.
func (m *moments) at(now time.Time) int64 {
	ns, last := now.UnixNano(), m.last.Load()
	if ns-last < int64(step) && ns >= last {
		return last
	}
	if m.last.CompareAndSwap(last, ns) {
		return ns
	}
	return m.last.Load() // of the other stream
}

// arrivals are when the bytes of a stream came, from an offset of the stream
// on, as far as no batch has been made of them.
type arrivals []arrival

type arrival struct{ off, ns int64 }

// maxArrivals bounds how many are remembered; later bytes go with the last.
const maxArrivals = 1024

func (a *arrivals) note(off, ns int64) {
	n := len(*a)
	if n < maxArrivals && (n == 0 || (*a)[n-1].ns != ns) {
		*a = append(*a, arrival{off, ns})
	}
}

// of is when the byte at off came, or otherwise if that is not known. Those
// before it are forgotten.
func (a *arrivals) of(off, otherwise int64) int64 {
	at := 0
	for at+1 < len(*a) && (*a)[at+1].off <= off {
		at++
	}
	*a = (*a)[:copy(*a, (*a)[at:])]
	if len(*a) > 0 && (*a)[0].off <= off {
		return (*a)[0].ns
	}
	return otherwise
}
