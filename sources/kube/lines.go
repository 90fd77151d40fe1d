package kube

import (
	"bufio"
	"errors"
	"io"
	"time"

	"ravel/sources"
)

// errServerWords is what copyLines returns when the server answered with words
// of its own in place of the log: "unable to retrieve container logs …".
type errServerWords struct{ words string }

func (e errServerWords) Error() string { return e.words }

// readBytes is the buffer of a log stream; the memory of one container.
const readBytes = 64 << 10

// copyLines delivers a log's lines, stamps included, to out, leaving out those
// that skip knows, and notes each in c. It returns nil at the clean end of the
// log, else the error. A line that is cut off by an error is not delivered: it
// comes whole with the next connection. fresh is told the stamp of each line
// before it is delivered.
func copyLines(log io.Reader, out sources.Stream, c *cursor, skip *resume, fresh func(stamp int64)) (n int, err error) {
	r := bufio.NewReaderSize(log, readBytes)
	var batch, line []byte
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		_, err := out.Write(batch)
		batch = batch[:0]
		return err
	}
	for {
		if r.Buffered() == 0 {
			if err := flush(); err != nil {
				return n, err
			}
			out.Idle()
		}
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		ended := err != nil
		if ended && !errors.Is(err, io.EOF) {
			return n, errors.Join(flush(), err)
		}
		if len(line) > 0 {
			stamp, _, ok := cutStamp(line)
			switch {
			case !ok:
				return n, errors.Join(flush(), errServerWords{string(line)})
			case skip.known(stamp):
			default:
				fresh(stamp)
				batch = append(batch, line...)
				c.note(stamp)
				n++
			}
			line = line[:0]
		}
		if ended {
			return n, flush()
		}
		if len(batch) >= readBytes {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
}

// stampOf is a time for a marker: now, or the newest line's where the clocks of
// the cluster run ahead.
func stampOf(c cursor) time.Time {
	now := time.Now()
	if newest := time.Unix(0, c.newest); newest.After(now) {
		return newest
	}
	return now
}
