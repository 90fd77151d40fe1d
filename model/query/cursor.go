package query

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// frequencies counts bytes in a sample of what is searched: in logs the rare
// byte of a needle is known from the log only.
type frequencies [256]uint16

// sample counts some 4 KiB spread over buf, in few places: each waits for memory.
func (q *frequencies) sample(buf []byte) {
	const windows, size = 16, 256
	step := max(len(buf)/windows, size)
	for off := 0; off < len(buf); off += step {
		for _, c := range buf[off:min(off+size, len(buf))] {
			q[c]++
		}
	}
}

// rare is the sampled count, of some 4096, up to which a byte is best looked for
// by itself: bytes.IndexByte is the fastest search there is until it finds.
const rare = 24

// cursor searches buffers for a finder's needle: for its rarest byte if that is
// rare, else for two of its bytes at their distance, and compares there. It is
// the caller's own.
type cursor struct {
	f     *finder
	lone  int      // in the needle, of its rarest byte; -1: it is not rare, or has two cases
	pos   int      // of the first of two bytes
	gap   int      // how far behind it the second stands
	pair  bytePair // what they look like
	naive bool     // no byte of the needle is known: try everywhere
}

// aim chooses the bytes to look for; q may be nil.
func (c *cursor) aim(q *frequencies) {
	first, n := c.rarest(q, -1)
	c.naive = first < 0 || c.f.wide && !c.f.sized
	if c.naive {
		return
	}
	if c.lone = -1; q != nil && n <= rare && c.caseOf(first) == 0 {
		c.lone = first
	}
	second, _ := c.rarest(q, first)
	if second < 0 {
		second = first
	}
	c.pos, c.gap = min(first, second), max(first, second)-min(first, second)
	c.pair = newPair(c.f.needle[c.pos], c.caseOf(c.pos), c.f.needle[c.pos+c.gap], c.caseOf(c.pos+c.gap))
}

// rarest is where in the needle its rarest byte stands that is not at first, and
// its count; -1 if no byte of it is known. Beside first, another byte is better
// than the same again.
func (c *cursor) rarest(q *frequencies, first int) (at, n int) {
	at, n = -1, 1<<30
	for i, b := range c.f.needle {
		if i == first || c.f.wide && b >= utf8.RuneSelf { // its other case is other bytes
			continue
		}
		k := staticFrequency(b)
		if q != nil {
			k = int(q[b])
			if c.caseOf(i) != 0 {
				k += int(q[b-0x20])
			}
		}
		if first >= 0 && b == c.f.needle[first] {
			k += 1 << 20
		}
		if k < n || k == n && first >= 0 {
			at, n = i, k
		}
	}
	return at, n
}

// caseOf is the bit in which the two cases of the needle's byte i differ, 0 if
// it has one.
func (c *cursor) caseOf(i int) byte {
	if !c.f.fold {
		return 0
	}
	return c.f.mask[i]
}

// staticFrequency ranks bytes where there is no sample.
func staticFrequency(b byte) int {
	switch {
	case b == ' ' || b == 'e' || b == '0' || b == '"':
		return 3
	case isDigit(b) || 'a' <= b && b <= 'z' || b == '-' || b == ':':
		return 2
	}
	return 1
}

// next is where the needle stands first at or after from; -1 if nowhere.
func (c *cursor) next(buf []byte, from int) int {
	switch {
	case from > len(buf):
		return -1
	case len(c.f.needle) == 0:
		return from
	case c.naive:
		return c.everywhere(buf, from)
	}
	end := len(buf) - len(c.f.needle) + 1 // of where it can begin
	misses := 0
	for i := from; i < end; i++ {
		k := 0
		if c.lone >= 0 {
			k = bytes.IndexByte(buf[i+c.lone:end+c.lone], c.f.needle[c.lone])
		} else {
			k = c.pair.index(buf[i+c.pos:end+c.pos], buf[i+c.pos+c.gap:end+c.pos+c.gap])
		}
		if k < 0 {
			return -1
		}
		if i += k; c.f.at(buf, i) {
			return i
		}
		if misses++; misses > 64 && (i-from)/misses < 1024/rare {
			c.lone = -1 // the sample was wrong about this part
		}
	}
	return -1
}

// everywhere is next where no byte of the needle is known. A letter beyond ASCII
// is the lower case of none within: a needle that begins with one stands nowhere
// but at such a byte, of which most logs have few.
func (c *cursor) everywhere(buf []byte, from int) int {
	beyond := c.f.needle[0] >= utf8.RuneSelf
	for i := from; i < len(buf); i++ {
		if beyond {
			for i+8 <= len(buf) && binary.LittleEndian.Uint64(buf[i:])&lanesHigh == 0 {
				i += 8
			}
			if i == len(buf) {
				break
			}
		}
		if c.f.at(buf, i) {
			return i
		}
	}
	return -1
}

// The bytes of a word as lanes: a one in each, and their highest bits.
const (
	lanes     = 0x0101010101010101
	lanesHigh = 0x8080808080808080
)

// bytePair is two bytes as lanes, in lower case, and the bits in which their cases
// differ.
type bytePair struct{ a, b, caseA, caseB uint64 }

func newPair(a, caseA, b, caseB byte) bytePair {
	return bytePair{lanes * uint64(a), lanes * uint64(b), lanes * uint64(caseA), lanes * uint64(caseB)}
}

// at is what has a zero byte where the first byte stands in eight bytes of x,
// and the second in those of y.
func (p *bytePair) at(x, y []byte) uint64 {
	return binary.LittleEndian.Uint64(x) | p.caseA ^ p.a | (binary.LittleEndian.Uint64(y) | p.caseB ^ p.b)
}

// zeros has the high bit of the lowest zero byte of t, and no high bit of a byte
// below it; the other bits tell nothing.
func zeros(t uint64) uint64 { return (t - lanes) &^ t }

// index is the least i for which x[i] is the first byte and y[i] the second, -1
// if there is none; both are of one length.
func (p *bytePair) index(x, y []byte) int {
	from := 0
	if whole := min(len(x), len(y)) &^ 31; hasVectors && whole > 0 {
		if from = pairIndex(&x[0], &y[0], whole, p); from < whole {
			return from
		}
	}
	return p.indexFrom(x, y, from)
}

// indexFrom is index from place i on, without pairIndex.
func (p *bytePair) indexFrom(x, y []byte, i int) int {
	q, n := *p, min(len(x), len(y))
	for ; i+32 <= n; i += 32 {
		a, b := (*[32]byte)(x[i:i+32:i+32]), (*[32]byte)(y[i:i+32:i+32])
		z := zeros(q.at(a[:], b[:])) | zeros(q.at(a[8:], b[8:])) | zeros(q.at(a[16:], b[16:])) | zeros(q.at(a[24:], b[24:]))
		if z&lanesHigh != 0 {
			break
		}
	}
	for ; i+8 <= n; i += 8 {
		if z := zeros(q.at(x[i:i+8:i+8], y[i:i+8:i+8])) & lanesHigh; z != 0 {
			return i + bits.TrailingZeros64(z)>>3
		}
	}
	for ; i < n; i++ {
		if x[i]|byte(q.caseA) == byte(q.a) && y[i]|byte(q.caseB) == byte(q.b) {
			return i
		}
	}
	return -1
}
