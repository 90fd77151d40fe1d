package kube

import (
	"bytes"
	"hash/maphash"
	"time"
)

// cursor is where the log of one instance of a container has been read to. The
// server can be asked to begin at a whole second only, many lines may share a
// nanosecond, and the lines of stdout and stderr may be out of order by a
// little: so it is the marks of all lines delivered since a second before the
// newest one's, from where the server is asked to begin again.
type cursor struct {
	newest int64  // ns; 0 before the first line
	first  int64  // stamp of the first line
	recent []mark // of delivered lines since begin(), in the order of the log, and some older ones
	prune  int    // length of recent at which it is pruned next
	again  int64  // where the log was sent again, which shows when it is asked for anew; else 0
	files  files  // of the log, while it is followed
}

// mark tells a delivered line from others: equal stamps are common, equal
// stamps of equal lines are interchangeable.
type mark struct {
	stamp int64
	sum   uint64
}

// overlap is how far a resumed log reaches back before the newest second.
const overlap = int64(time.Second)

// firstPrune is how many marks a cursor keeps at least.
const firstPrune = 1024

// sumSeed is of this process: marks are not kept beyond it.
var sumSeed = maphash.MakeSeed()

// markOf makes the mark of a line with its stamp.
func markOf(stamp int64, line []byte) mark {
	return mark{stamp, maphash.Bytes(sumSeed, bytes.TrimRight(line, "\r\n"))}
}

// note counts a delivered line.
func (c *cursor) note(m mark) {
	if c.newest == 0 {
		c.first = m.stamp
	}
	if c.newest = max(c.newest, m.stamp); m.stamp < c.newest-overlap {
		c.newest = m.stamp // the node's clock has been set back
	}
	if c.prune = max(c.prune, firstPrune); len(c.recent) >= c.prune {
		c.forget()
		c.prune = max(2*len(c.recent), firstPrune) // amortized: pruning looks at all of them
	}
	c.recent = append(c.recent, m)
}

// begin is the time in ns to ask the server to begin at: a whole second.
func (c *cursor) begin() int64 {
	return c.newest - c.newest%int64(time.Second) - overlap
}

// had reports whether a line that is older than the newest was delivered before.
func (c *cursor) had(m mark) bool {
	for i := len(c.recent) - 1; i >= 0 && c.recent[i].stamp >= m.stamp-int64(outOfTurn); i-- {
		if c.recent[i] == m {
			return true
		}
	}
	return false
}

// forget drops the marks that no resumed log can have again.
func (c *cursor) forget() {
	from, kept := c.begin(), c.recent[:0]
	for _, m := range c.recent {
		if m.stamp >= from {
			kept = append(kept, m)
		}
	}
	if cap(kept) > 4*len(kept) && cap(kept) > 4*firstPrune { // after a burst
		kept = append(make([]mark, 0, 2*len(kept)), kept...)
	}
	c.recent = kept
}

// resume tells which lines of a new connection were delivered before.
type resume struct {
	counts map[mark]int
	had    int // marks at first
	left   int // marks that have not come again
	newest int64
	first  int64
	begin  int64 // lines before it have no marks
}

// resume begins the recognition of lines that come again.
func (c *cursor) resume() *resume {
	c.forget()
	r := &resume{counts: make(map[mark]int, len(c.recent)), had: len(c.recent), left: len(c.recent), newest: c.newest, first: c.first, begin: c.begin()}
	for _, m := range c.recent {
		r.counts[m]++
	}
	return r
}

// known reports whether the next line of the new connection was delivered
// before: each delivered line accounts for one that is equal.
func (r *resume) known(m mark) bool {
	if r.left == 0 {
		return false
	}
	n := r.counts[m]
	if n == 0 {
		return r.left == r.had && (m.stamp <= r.first || m.stamp < r.begin) // before the first that was asked for (--tail, again)
	}
	r.counts[m] = n - 1
	r.left--
	return true
}

// missed reports whether none of what was delivered has come again.
func (r *resume) missed() bool { return r.had > 0 && r.left == r.had }

// cutStamp reads the server's stamp at the head of a line and returns its
// length with the space behind it; ok is false for a line that is not of the
// log but the server's own words.
func cutStamp(line []byte) (stamp int64, n int, ok bool) {
	n = bytes.IndexByte(line, ' ')
	if n < 0 {
		n = len(bytes.TrimRight(line, "\r\n"))
	}
	if n < len("2006-01-02T15:04:05Z") || n > len("2006-01-02T15:04:05.999999999+00:00") {
		return 0, 0, false
	}
	t, err := time.Parse(time.RFC3339Nano, string(line[:n]))
	if err != nil {
		return 0, 0, false
	}
	return t.UnixNano(), min(n+1, len(line)), true
}
