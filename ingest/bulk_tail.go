package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"ravel/model"
)

// What jump looks at behind the place that it jumps to.
const (
	minTail = 256 << 10
	maxTail = 64 << 20
)

// jump passes over what --tail does not want of the n bytes at off of o, where
// the parser stands at a record head in a steady state. It returns how many
// bytes it has passed over: the lines in them are counted, their records are
// not made. What follows holds more records than wanted; reading it in order
// finds out which they are.
func (s *stream) jump(o *model.Origin, off, n int64) (int64, error) {
	for look := int64(minTail); look <= maxTail && 2*look < n; look *= 4 {
		buf := make([]byte, 1+look)
		if err := fill(o, buf, off+n-look-1, 0); err != nil {
			return 0, ignoreCut(err)
		}
		w := bulkWorker{p: s.parser.Clone()}
		head := w.head(buf, 1)
		if head < 0 {
			continue
		}
		k := block{}
		w.parse(&k, buf[head:], nil)
		records := 0
		for _, b := range k.batches {
			records += b.Len()
		}
		if records <= s.tail.keep+1 { // the last may not be complete yet
			continue
		}
		passed := n - look - 1 + int64(head)
		lines, err := countLines(o.R, off, passed)
		if err != nil {
			return 0, err
		}
		s.parser.SetLines(s.parser.Lines() + uint32(lines))
		s.cur.Base += passed
		return passed, nil
	}
	return 0, nil
}

// ignoreCut is err unless it says that a file is shorter than it was: reading
// in order will tell.
func ignoreCut(err error) error {
	if errors.Is(err, errNoHead) {
		return nil
	}
	return err
}

// countLines counts the line ends in the n bytes at off of r, on all cores.
func countLines(r io.ReaderAt, off, n int64) (int64, error) {
	var (
		wg     sync.WaitGroup
		next   atomic.Int64
		lines  atomic.Int64
		failed atomic.Pointer[error]
	)
	for range runtime.NumCPU() {
		wg.Go(func() {
			buf := make([]byte, 256<<10)
			for at := next.Add(int64(len(buf))) - int64(len(buf)); at < n && failed.Load() == nil; at = next.Add(int64(len(buf))) - int64(len(buf)) {
				part := buf[:min(int64(len(buf)), n-at)]
				if k, err := r.ReadAt(part, off+at); k < len(part) {
					err = fmt.Errorf("read at byte %d: %w", off+at+int64(k), err)
					failed.CompareAndSwap(nil, &err)
					return
				}
				lines.Add(int64(bytes.Count(part, []byte("\n"))))
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return lines.Load(), nil
}
