package model

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"sync"
	"unsafe"
)

// Columns is a set of what a batch has of its records.
type Columns uint8

// The columns that Encoded holds, any other one, and the records' bytes.
const (
	LevelColumn Columns = 1 << iota
	DomainColumn
	SourceColumn
	StatusColumn
	DurColumn
	OtherColumns
	TextBytes

	EncodedColumns = OtherColumns - 1
	AllColumns     = TextBytes - 1
)

// Encoded is the columns of a batch that filters and facets ask most, encoded
// by dictionary in as few bits a record as they have values: about 2 bytes a
// record where all columns take 31. It does not change; any number of
// goroutines may read it.
type Encoded struct {
	n                             int
	level, domain, source, status coded
	has, durs                     int    // where data says which records have a duration, a bit each, and these
	millis                        bool   // they are whole ms, of 2 bytes each; else µs of 4
	data                          []byte // of all columns: the allocator rounds up once
}

// coded is a column: codes of width bits from data[at] on, the first record's in
// a byte's lowest, that number the values of dict. Width 0: all have the one
// value there is; 16: the codes are the values.
type coded struct {
	dict  []uint16
	at    int
	width uint8
}

// encoder is what Encode uses again.
type encoder struct {
	code  [1 << 16]uint8 // a value's code plus one, 0 where it has none; all 0 between columns
	codes []uint8
	data  []byte
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// Encode encodes columns of b, which has at most MaxRecords records.
func Encode(b *Batch) *Encoded {
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	e.data = e.data[:0]
	x := &Encoded{n: b.Len()}
	x.level, x.domain, x.source = encode(e, b.Level), encode(e, b.Domain), encode(e, b.Source)
	x.status = encode(e, b.Status)
	x.has, x.durs, x.millis = e.durations(b.Dur)
	x.data = slices.Clone(append(e.data, make([]byte, spare)...))
	return x
}

// spare is how many bytes follow the columns' data, so that eight can be read
// wherever one is.
const spare = 8

// maxCodes is how many codes there are at most: one less than a byte tells.
const maxCodes = 255

func encode[T ~uint8 | ~uint16](e *encoder, col []T) coded {
	e.codes = slices.Grow(e.codes[:0], len(col))[:len(col)]
	c := coded{at: len(e.data)}
	for i, v := range col {
		k := e.code[v]
		if k == 0 && len(c.dict) < maxCodes {
			c.dict = append(c.dict, uint16(v))
			k = uint8(len(c.dict))
			e.code[v] = k
		}
		e.codes[i] = k - 1
	}
	for _, v := range c.dict {
		e.code[v] = 0
	}
	if len(c.dict) == maxCodes { // there may be more
		for _, v := range col {
			e.data = binary.LittleEndian.AppendUint16(e.data, uint16(v))
		}
		return coded{at: c.at, width: 16}
	}
	c.dict = slices.Clip(c.dict)
	for 1<<c.width < len(c.dict) {
		c.width = max(1, 2*c.width)
	}
	e.pack(c.width)
	return c
}

// pack appends the codes, of width bits each: eight of them, which are the bytes
// of a number, at a time.
func (e *encoder) pack(width uint8) {
	if width == 0 {
		return
	}
	n := len(e.codes)
	e.codes = append(e.codes, make([]uint8, 8)...)
	masks := masksOf(width)
	at := len(e.data)
	for k := 0; k < n; k += 8 {
		x := binary.LittleEndian.Uint64(e.codes[k:])
		x = (x | x>>(8-width)) & masks[0]
		x = (x | x>>(16-2*width)) & masks[1]
		x |= x >> (32 - 4*width)
		e.data = binary.LittleEndian.AppendUint64(e.data, x)
		at += int(width)
		e.data = e.data[:at]
	}
}

// unpack is the eight codes of width bits in the low bits of x, in a byte each.
func unpack(x uint64, width uint8, masks *[3]uint64) uint64 {
	x &= 1<<(8*width) - 1
	x = (x | x<<(32-4*width)) & masks[1]
	x = (x | x<<(16-2*width)) & masks[0]
	return (x | x<<(8-width)) & masks[2]
}

// masksOf are the bits that codes of width bits take where two and four of them
// stand side by side, in each 2 and 4 bytes, and where one stands in each byte.
func masksOf(width uint8) [3]uint64 {
	const all = ^uint64(0)
	return [3]uint64{all / (1<<16 - 1) * (1<<(2*width) - 1), all / (1<<32 - 1) * (1<<(4*width) - 1), all / (1<<8 - 1) * (1<<width - 1)}
}

// durations appends the durations that there are.
func (e *encoder) durations(col []uint32) (has, durs int, millis bool) {
	has = len(e.data)
	durs = has + (len(col)+7)/8
	e.data = slices.Grow(e.data, durs-has)[:durs]
	clear(e.data[has:])
	millis = !slices.ContainsFunc(col, func(d uint32) bool { return d != NoDur && (d%1000 != 0 || d > 1000*math.MaxUint16) })
	for i, d := range col {
		if d == NoDur {
			continue
		}
		e.data[has+i>>3] |= 1 << (i & 7)
		if millis {
			e.data = binary.LittleEndian.AppendUint16(e.data, uint16(d/1000))
		} else {
			e.data = binary.LittleEndian.AppendUint32(e.data, d)
		}
	}
	return has, durs, millis
}

// Bytes is the memory that x takes.
func (x *Encoded) Bytes() int64 {
	if x == nil {
		return 0
	}
	n := int(unsafe.Sizeof(*x)) + cap(x.data)
	for _, c := range []*coded{&x.level, &x.domain, &x.source, &x.status} {
		n += 2 * cap(c.dict)
	}
	return int64(n)
}

// Len is the number of records.
func (x *Encoded) Len() int { return x.n }

// Decode fills the columns of b that are in set, in the arrays they have where
// these are large enough. It leaves the others as they are.
func (x *Encoded) Decode(b *Batch, set Columns) {
	if set&LevelColumn != 0 {
		b.Level = decode(x, &x.level, b.Level)
	}
	if set&DomainColumn != 0 {
		b.Domain = decode(x, &x.domain, b.Domain)
	}
	if set&SourceColumn != 0 {
		b.Source = decode(x, &x.source, b.Source)
	}
	if set&StatusColumn != 0 {
		b.Status = decode(x, &x.status, b.Status)
	}
	if set&DurColumn != 0 {
		b.Dur = x.decodeDurations(b.Dur)
	}
}

func decode[T ~uint8 | ~uint16](x *Encoded, c *coded, col []T) []T {
	col = slices.Grow(col[:0], x.n)[:x.n]
	if c.width == 16 {
		for i := range col {
			col[i] = T(binary.LittleEndian.Uint16(x.data[c.at+2*i:]))
		}
		return col
	}
	var value [256]T // no code is checked
	for k, v := range c.dict {
		value[k] = T(v)
	}
	if c.width == 0 {
		for i := range col {
			col[i] = value[0]
		}
		return col
	}
	masks := masksOf(c.width)
	i, at := 0, c.at
	for ; i+8 <= len(col); i, at = i+8, at+int(c.width) {
		codes, to := unpack(binary.LittleEndian.Uint64(x.data[at:]), c.width, &masks), (*[8]T)(col[i:])
		for k := range to {
			to[k] = value[uint8(codes>>(8*k))]
		}
	}
	codes := unpack(binary.LittleEndian.Uint64(x.data[at:]), c.width, &masks)
	for ; i < len(col); i++ {
		col[i] = value[uint8(codes)]
		codes >>= 8
	}
	return col
}

func (x *Encoded) decodeDurations(col []uint32) []uint32 {
	col = slices.Grow(col[:0], x.n)[:x.n]
	for i := range col {
		col[i] = NoDur
	}
	at := x.durs
	for k, b := range x.data[x.has:x.durs] {
		for ; b != 0; b &= b - 1 {
			d := &col[8*k+bits.TrailingZeros8(b)]
			if x.millis {
				*d = 1000 * uint32(binary.LittleEndian.Uint16(x.data[at:]))
				at += 2
			} else {
				*d = binary.LittleEndian.Uint32(x.data[at:])
				at += 4
			}
		}
	}
	return col
}
