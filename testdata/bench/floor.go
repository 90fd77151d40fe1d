package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"ravel/model"
)

// floor is the least work that loading the generated text file could be, for
// comparison: workers read it block by block and fill the same columns with a loop
// that knows this one format beforehand, believes all that it sees, recognises
// nothing and folds nothing.
func floor(path string) (figures, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	const size, beyond = 1 << 20, 8 << 10
	blocks := make([]floorColumns, (info.Size()+size-1)/size)
	var next, records atomic.Int64
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			buf, w := make([]byte, size+beyond+1), floorWorker{}
			for at := next.Add(1) - 1; at < int64(len(blocks)); at = next.Add(1) - 1 {
				n, _ := f.ReadAt(buf[1:], at*size)
				b := buf[1 : 1+n]
				first, last := 0, n
				if at > 0 {
					first = floorHead(b, 0)
				}
				if n > size {
					last = floorHead(b, size)
				}
				w.parse(b[first:last])
				blocks[at] = w.keep()
				records.Add(int64(len(w.time)))
			}
		})
	}
	wg.Wait()
	seconds := time.Since(start).Seconds()
	runtime.KeepAlive(blocks)
	return figures{"seconds": seconds, "records": float64(records.Load())}, nil
}

// floorHead is where the first record behind offset at begins.
func floorHead(b []byte, at int) int {
	return at + bytes.Index(b[at:], []byte("\n20")) + 1
}

// floorColumns are the columns of a batch.
type floorColumns struct {
	time                []int64
	req                 []uint64
	start, dur          []uint32
	domain, status      []uint16
	level, mark, traced []uint8
}

// floorWorker has the columns of the block at hand.
type floorWorker struct {
	floorColumns
	minute  [2]uint64
	begin   int64
	domains [256]struct {
		name uint64
		n    uint16
	}
}

// parse fills the columns with the records of b.
func (w *floorWorker) parse(b []byte) {
	const id = 25 // where the first bracket's content begins
	w.floorColumns = floorColumns{w.time[:0], w.req[:0], w.start[:0], w.dur[:0], w.domain[:0], w.status[:0], w.level[:0], w.mark[:0], w.traced[:0]}
	for at := 0; at < len(b); {
		n := bytes.IndexByte(b[at:], '\n')
		t := b[at : at+n]
		if n < 40 || t[0] != '2' {
			if n > 0 && t[0] == 'T' {
				w.traced[len(w.traced)-1] = 1
			}
			at += n + 1
			continue
		}
		if lo, hi := binary.LittleEndian.Uint64(t), binary.LittleEndian.Uint64(t[8:]); w.minute != [2]uint64{lo, hi} {
			m, _ := time.Parse("2006-01-02T15:04", string(t[:16]))
			w.minute, w.begin = [2]uint64{lo, hi}, m.UnixNano()
		}
		ms := (int64(t[17]-'0')*10+int64(t[18]-'0'))*1000 + int64(t[20]-'0')*100 + int64(t[21]-'0')*10 + int64(t[22]-'0')
		req, i := uint64(0), id
		if t[id] != '-' {
			req = model.HashID32(binary.LittleEndian.Uint64(t[id:]), binary.LittleEndian.Uint64(t[id+8:]), binary.LittleEndian.Uint64(t[id+16:]), binary.LittleEndian.Uint64(t[id+24:]))
			i += 31
		}
		if i += 3; t[i] != '-' {
			i += 31
		}
		i += 3
		level := t[i]
		i += bytes.IndexByte(t[i:], ' ') + 5
		name := binary.LittleEndian.Uint64(t[i:])
		width := bytes.IndexByte(t[i:], ' ')
		d := &w.domains[(name<<(64-8*min(width, 8)))*0x9e3779b97f4a7c15>>56]
		if d.name == 0 {
			d.name, d.n = name, uint16(i)
		}
		msg := t[i+width+5:]
		mark, status, dur := uint8(0), uint16(0), model.NoDur
		if len(msg) > 20 {
			switch binary.LittleEndian.Uint32(msg) {
			case 'S' | 't'<<8 | 'a'<<16 | 'r'<<24:
				mark = 1
			case 'C' | 'o'<<8 | 'm'<<16 | 'p'<<24:
				mark, status, dur = 2, uint16(msg[10]-'0')*100+uint16(msg[11]-'0')*10+uint16(msg[12]-'0'), 0
				for j, unit := len(msg)-3, uint32(1000); msg[j] != ' '; j, unit = j-1, unit*10 {
					dur += uint32(msg[j]-'0') * unit
				}
			}
		}
		w.time, w.req = append(w.time, w.begin+ms*1e6), append(w.req, req)
		w.start, w.dur = append(w.start, uint32(at)), append(w.dur, dur)
		w.domain, w.status = append(w.domain, d.n), append(w.status, status)
		w.level, w.mark, w.traced = append(w.level, level), append(w.mark, mark), append(w.traced, 0)
		at += n + 1
	}
}

// keep returns the columns at their size.
func (w *floorWorker) keep() floorColumns {
	return floorColumns{
		exact(w.time), exact(w.req), exact(w.start), exact(w.dur), exact(w.domain), exact(w.status),
		exact(w.level), exact(w.mark), exact(w.traced),
	}
}

// exact is a copy of a column without room to grow.
func exact[T any](column []T) []T {
	c := make([]T, len(column))
	copy(c, column)
	return c
}
