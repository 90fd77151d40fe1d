package kube

import (
	"bytes"
	"time"
)

// cursor is where a container's log has been read to. The server can be asked
// to begin at a whole second only, many lines may share a nanosecond, and the
// lines of stdout and stderr may be out of order by a little: so it is the
// stamps of all lines delivered since a second before the newest one's, from
// where the server is asked to begin again.
type cursor struct {
	newest int64   // ns; 0 before the first line
	recent []int64 // stamps of delivered lines since begin(), in the order of the log, and some older ones
}

// overlap is how far a resumed log reaches back before the newest second.
const overlap = int64(time.Second)

// note counts a delivered line.
func (c *cursor) note(stamp int64) {
	c.newest = max(c.newest, stamp)
	if n := len(c.recent); n >= 1024 && n == cap(c.recent) {
		c.prune()
	}
	c.recent = append(c.recent, stamp)
}

// begin is the time in ns to ask the server to begin at: a whole second.
func (c *cursor) begin() int64 {
	return c.newest - c.newest%int64(time.Second) - overlap
}

// prune forgets the stamps that no resumed log can have again.
func (c *cursor) prune() {
	from, kept := c.begin(), c.recent[:0]
	for _, s := range c.recent {
		if s >= from {
			kept = append(kept, s)
		}
	}
	c.recent = kept
}

// resume tells which lines of a new connection were delivered before.
type resume struct {
	counts map[int64]int // by stamp
	left   int
}

// resume begins the recognition of lines that come again.
func (c *cursor) resume() *resume {
	c.prune()
	r := &resume{counts: make(map[int64]int, len(c.recent)), left: len(c.recent)}
	for _, s := range c.recent {
		r.counts[s]++
	}
	return r
}

// known reports whether the next line of the new connection was delivered
// before: each delivered line accounts for one with its stamp.
func (r *resume) known(stamp int64) bool {
	if r.left == 0 || r.counts[stamp] == 0 {
		return false
	}
	r.counts[stamp]--
	r.left--
	return true
}

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
