package kube

import (
	"bufio"
	"errors"
	"io"
	"time"

	"ravel/sources"
)

// errServerWords is what a transfer returns when the server answered with
// words of its own in place of the log: "unable to retrieve container logs …".
type errServerWords struct{ words string }

func (e errServerWords) Error() string { return e.words }

// errMissed is what a transfer returns, having delivered nothing, when the log
// has nothing of what was delivered before: it was rotated away, or it is
// another instance's.
var errMissed = errors.New("the log does not go on where it was read to")

// readBytes is the buffer of a log stream; the memory of one container.
const readBytes = 64 << 10

// transfer is one answer of the log endpoint on its way into a stream.
type transfer struct {
	out   sources.Stream
	cur   *cursor
	skip  *resume
	from  int64                // lines with older stamps are left out; 0 none
	final bool                 // an unterminated last line is one, too
	first func(*transfer) bool // asked before the first line that is not known: false returns errMissed
	stamp int64                // of that line
	n     int                  // lines delivered
	rest  bool                 // ended in an unterminated line, not delivered
	batch []byte
	begun bool // first has been asked

	// Of a follow only.
	watch *lookout
	draw  func(gap) // where the log has been rotated
	asked time.Time
	live  bool // what was delivered before must not come again
}

// copy delivers a log's lines, stamps included, leaving out those that were
// delivered before, and notes each in the cursor. It returns nil at the clean
// end of the log, else the error. A line that is cut off is not delivered: it
// comes whole with the next connection.
func (t *transfer) copy(log io.Reader) error {
	r := bufio.NewReaderSize(log, readBytes)
	var long []byte // a line larger than the buffer
	for {
		if r.Buffered() == 0 {
			if err := t.flush(); err != nil {
				return err
			}
			t.settle()
			t.out.Idle()
		}
		line, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, line...)
			continue
		}
		if len(long) > 0 {
			line = append(long, line...)
			long = line[:0]
		}
		switch {
		case err == nil:
			err = t.take(line)
		case errors.Is(err, io.EOF):
			return errors.Join(t.last(line), t.flush())
		}
		if err != nil {
			return errors.Join(err, t.flush())
		}
		if len(t.batch) >= readBytes {
			if err := t.flush(); err != nil {
				return err
			}
		}
	}
}

// last takes what stands behind the last line feed at a clean end: the words
// of the server, a line that the container did not end, or one that was cut
// off by what stands between.
func (t *transfer) last(line []byte) error {
	if len(line) == 0 {
		return nil
	}
	_, _, ok := cutStamp(line)
	switch {
	case !ok && (line[0] < '0' || line[0] > '9'), !ok && t.final:
		return errServerWords{string(line)}
	case !t.final:
		t.rest = true
		return nil
	}
	return t.take(line)
}

// take delivers a line unless it was before.
func (t *transfer) take(line []byte) error {
	stamp, _, ok := cutStamp(line)
	if !ok {
		return errServerWords{string(line)}
	}
	m := markOf(stamp, line)
	if stamp < t.from || t.skip.known(m) {
		return nil
	}
	if t.live && stamp < t.cur.newest && (stamp < t.cur.newest-overlap || t.cur.had(m)) {
		t.cur.again = stamp
		return errAgain
	}
	if !t.begun {
		t.begun, t.stamp = true, stamp
		if !t.asks(t.first) {
			return errMissed
		}
	}
	t.batch = append(t.batch, line...)
	if t.watch != nil {
		t.cur.files.note(t.cur.newest, stamp)
	}
	t.cur.note(m)
	t.n++
	return nil
}

// asks puts a question that may take a while.
func (t *transfer) asks(question func(*transfer) bool) bool {
	defer t.takes()()
	return question(t)
}

// takes tells the lookout that nothing is taken from the log, until the
// function that it returns is called.
func (t *transfer) takes() func() {
	if t.watch == nil {
		return func() {}
	}
	t.watch.busy.Store(true)
	return func() {
		t.watch.newest.Store(t.cur.newest)
		t.watch.busy.Store(false)
	}
}

// flush hands on what has been gathered.
func (t *transfer) flush() error {
	if len(t.batch) == 0 {
		return nil
	}
	defer t.takes()()
	_, err := t.out.Write(t.batch)
	t.batch = t.batch[:0]
	return err
}

// settle draws the rotations that have been found, where all that has come is
// delivered: hardly in the middle of a record.
func (t *transfer) settle() {
	if t.watch == nil {
		return
	}
	t.live = t.live || time.Since(t.asked) > lookEvery
	for _, l := range t.watch.take() {
		t.cur.files.found(l, t.cur.first)
	}
	for _, g := range t.cur.files.passed(t.cur.newest) {
		t.draw(g)
	}
}
