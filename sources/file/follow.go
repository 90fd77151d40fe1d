package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"ravel/sources"
)

// follower reads what is appended to the file of one name. It holds the file
// itself, not the name: when another file gets the name, the old one is read
// to its end, then those that had the name in between, then the new one.
type follower struct {
	s      *set
	sink   sources.Sink
	p      *part       // what is being read; nil: there is no file of that name
	print  print       // of p
	opened time.Time   // when p was
	before fs.FileInfo // the generation before p; nil: there was none
	buf    []byte
	old    *straggler // the file before p, still watched for a while
	ended  bool       // the last byte given was a line's end
}

const (
	firstBuf  = 4 << 10 // there may be thousands of files in which little happens
	followBuf = 256 << 10
	bulkFrom  = 4 << 20 // bytes behind, from which reading in parallel pays
)

// follow reads the set's newest file to its end and then what is appended,
// until ctx is done.
func (s *set) follow(ctx context.Context, sink sources.Sink) error {
	if s.tail == nil {
		s.tail = &follower{s: s, sink: sink, buf: make([]byte, firstBuf), ended: true}
	}
	t := s.tail
	bell := s.shared.watch(filepath.Dir(s.path()), stem(filepath.Base(s.path())), false)
	defer s.shared.unwatch(bell)
	tick := time.NewTicker(s.o.Poll)
	defer tick.Stop()
	for {
		if err := t.step(ctx); err != nil {
			if ctx.Err() != nil {
				t.close()
			}
			return err
		}
		if t.p != nil && !t.p.info.Mode().IsRegular() { // a pipe has ended
			t.close()
			return nil
		}
		s.stream.Idle()
		select {
		case <-ctx.Done():
			t.close()
			return ctx.Err()
		case <-bell.c:
		case <-tick.C:
		}
	}
}

// close gives up the files held.
func (t *follower) close() {
	t.old.close()
	t.old = nil
	if t.p != nil {
		t.leave(t.p)
		t.p = nil
	}
}

// leave closes a file unless its bytes may be asked for again.
func (t *follower) leave(p *part) {
	t.s.shared.leave(p.info)
	if t.s.o.Reread {
		p.release()
		return
	}
	p.close()
}

// step brings the stream up to date.
func (t *follower) step(ctx context.Context) error {
	t.old.drain(t)
	for {
		if t.p == nil {
			if ok, err := t.openNew(ctx); err != nil || !ok {
				return err
			}
		}
		err := t.drain(ctx)
		switch {
		case errors.Is(err, errTruncated):
			t.truncated()
			continue
		case err != nil:
			return err
		}
		again, err := t.turn(ctx)
		if err != nil || !again {
			return err
		}
	}
}

// openNew opens the file that has the name now, if there is one.
func (t *follower) openNew(ctx context.Context) (bool, error) {
	all := t.generations() // before opening: a copy that is made meanwhile is of what is opened
	p, err := openWithin(ctx, t.s.o, t.s.path())
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil // between two files of that name
		}
		return false, err
	}
	p.begin = take(p.f, 0)
	t.before = nil
	for _, g := range all {
		if g.name.kind != current {
			t.before = g.info
		}
	}
	t.take(p)
	return true, nil
}

// take makes p, read from its beginning, the current file.
func (t *follower) take(p *part) {
	t.p, t.print, t.opened, t.ended = p, p.begin, time.Now(), true
	t.s.shared.hold(p.info)
}

// drain gives on all that p holds by now.
func (t *follower) drain(ctx context.Context) error {
	if !t.p.plain() {
		if err := t.print.check(t.p.f); err != nil && t.p.info.Mode().IsRegular() {
			return err
		}
		if err := t.s.copyPart(ctx, t.p); err != nil {
			return t.s.because(t.p.path, err)
		}
		if info, err := t.p.f.Stat(); err == nil && info.Mode().IsRegular() {
			t.print = take(t.p.f, info.Size())
		}
		return nil
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := t.more()
		if err != nil || n == 0 {
			return err
		}
	}
}

// more gives on the next bytes of p, 0 if there are none. They are given only
// after p has been found to be still the same file: what is read from one that
// has been truncated and has grown past the old place is garbage.
func (t *follower) more() (int64, error) {
	off := t.print.off
	if info, err := t.p.f.Stat(); err == nil && info.Size()-off >= bulkFrom {
		return t.bulk(info.Size() - off)
	}
	n, err := t.p.f.ReadAt(t.buf, off)
	if err != nil && err != io.EOF {
		return 0, t.s.because(t.p.path, err)
	}
	if err := t.print.check(t.p.f); err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, nil
	}
	if t.moved() {
		return 1, nil // read again, from the copy
	}
	if _, err := t.s.stream.Write(t.buf[:n]); err != nil {
		return 0, err
	}
	t.ended = t.buf[n-1] == '\n'
	t.print.read(t.buf[:n])
	if n == len(t.buf) && n < followBuf {
		t.buf = make([]byte, min(4*n, followBuf))
	}
	return int64(n), nil
}

// bulk gives on n bytes in one go.
func (t *follower) bulk(n int64) (int64, error) {
	off := t.print.off
	begin := take(t.p.f, off)
	if err := t.print.check(t.p.f); err != nil {
		return 0, err
	}
	t.print = begin
	k, err := t.s.stream.Bulk(origin(t.p.f, off+n), off, n)
	t.print.off += k
	if k > 0 {
		var last [1]byte
		_, _ = t.p.f.ReadAt(last[:], off+k-1) // unread, it is no line's end
		t.ended = last[0] == '\n'
	}
	if err != nil && t.print.check(t.p.f) != nil {
		return k, errTruncated
	}
	if err != nil {
		return k, t.s.because(t.p.path, err)
	}
	return k, nil
}
