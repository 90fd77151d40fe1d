package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ravel/sources"
)

// follower reads what is appended to the file of one name. It holds the file
// itself, not the name: when another file gets the name, the old one is read
// to its end before the new one is opened.
type follower struct {
	s      *set
	sink   sources.Sink
	p      *part     // what is being read; nil: there is no file of that name
	print  print     // of p
	opened time.Time // when p was
	buf    []byte
	old    *straggler // the file before p, still watched for a while
	ended  bool       // the last byte given was a line's end
}

const (
	followBuf = 256 << 10
	bulkFrom  = 4 << 20 // bytes behind, from which reading in parallel pays
)

// follow reads the set's newest file to its end and then what is appended,
// until ctx is done.
func (s *set) follow(ctx context.Context, sink sources.Sink) error {
	if s.tail == nil {
		s.tail = &follower{s: s, sink: sink, buf: make([]byte, followBuf), ended: true}
	}
	t := s.tail
	bell := s.shared.watch(filepath.Dir(s.path()))
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
			if ok, err := t.openNew(); err != nil || !ok {
				return err
			}
		}
		err := t.drain(ctx)
		if errors.Is(err, errTruncated) {
			if err := t.restart(ctx); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		again, err := t.replaced(ctx)
		if err != nil || !again {
			return err
		}
	}
}

// openNew opens the file that has the name now, if there is one.
func (t *follower) openNew() (bool, error) {
	p, err := open(t.s.path(), t.s.o.Raw)
	if err != nil {
		if _, serr := os.Stat(t.s.path()); errors.Is(serr, fs.ErrNotExist) {
			return false, nil // between two files of that name
		}
		return false, err
	}
	t.p, t.print, t.opened = p, print{}, time.Now()
	t.s.shared.hold(p.info)
	return true, nil
}

// drain gives on all that p holds by now.
func (t *follower) drain(ctx context.Context) error {
	if !t.p.plain() {
		if err := t.print.check(t.p.f); err != nil && t.p.info.Mode().IsRegular() {
			return err
		}
		if _, err := t.s.copy(ctx, t.p.text); err != nil {
			return t.s.because(t.p.path, err)
		}
		if info, err := t.p.f.Stat(); err == nil && t.p.info.Mode().IsRegular() {
			t.print.grow(t.p.f, info.Size())
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
	if _, err := t.s.stream.Write(t.buf[:n]); err != nil {
		return 0, err
	}
	t.ended = t.buf[n-1] == '\n'
	t.print.grow(t.p.f, off+int64(n))
	return int64(n), nil
}

// bulk gives on n bytes in one go.
func (t *follower) bulk(n int64) (int64, error) {
	off := t.print.off
	if err := t.print.check(t.p.f); err != nil {
		return 0, err
	}
	k, err := t.s.stream.Bulk(origin(t.p.f, off+n), off, n)
	t.print.grow(t.p.f, off+k)
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

// restart begins a truncated file anew, after what it had held beyond the
// place read has been taken from the copy that the truncation left, if any.
func (t *follower) restart(ctx context.Context) error {
	rest, err := t.rescue(ctx)
	if err != nil {
		return err
	}
	if !rest {
		t.sink.Report(sources.Event{Source: t.s.path(), Kind: sources.Note,
			Text: fmt.Sprintf("%s: was truncated; lines written shortly before may be missing, no copy holds them", t.s.path())})
	}
	t.s.stream.Next(t.s.info(t.s.path()))
	t.ended = true
	t.leave(t.p)
	t.p = nil
	return nil
}

// rescue reads from the copy of the file that was read up to t.print.off, and
// whole generations that came after it.
func (t *follower) rescue(ctx context.Context) (found bool, err error) {
	if len(t.print.head) == 0 {
		return true, nil // nothing had been read of it
	}
	siblings := t.siblings()
	for i := len(siblings) - 1; i >= 0; i-- {
		p, err := open(siblings[i].path, t.s.o.Raw)
		if err != nil {
			continue // no text, or gone: not the copy
		}
		rest, ok := t.print.rest(p)
		if ok {
			_, err = t.s.copy(ctx, rest)
		}
		p.close()
		if err != nil {
			return true, err
		}
		if ok {
			return true, t.missed(ctx, siblings[i+1:])
		}
	}
	return false, nil
}

// replaced looks whether another file has got the name; if so, p is read to
// its end and the next one is made current.
func (t *follower) replaced(ctx context.Context) (bool, error) {
	now, err := os.Stat(t.s.path())
	if err != nil || os.SameFile(now, t.p.info) {
		return false, nil // still the same, or nobody has the name
	}
	if now.Size() == 0 && now.Mode().IsRegular() {
		return false, nil // made by the rotation; the program still writes to the old one
	}
	if err := t.drain(ctx); err != nil && !errors.Is(err, errTruncated) {
		return false, err
	}
	siblings := t.siblings()
	at := slices.IndexFunc(siblings, func(m member) bool { return os.SameFile(m.info, t.p.info) })
	if at < 0 {
		at = slices.IndexFunc(siblings, func(m member) bool { return t.copyOf(m) })
	}
	t.old.close()
	t.old = &straggler{p: t.p, print: t.print, until: time.Now().Add(stragglerTime)}
	t.p = nil
	if at >= 0 {
		if err := t.missed(ctx, siblings[at+1:]); err != nil {
			return false, err
		}
	}
	t.s.stream.Next(t.s.info(t.s.path()))
	t.ended = true
	return true, nil
}

// copyOf reports whether a sibling holds what p held.
func (t *follower) copyOf(m member) bool {
	if len(t.print.head) == 0 {
		return false
	}
	p, err := open(m.path, t.s.o.Raw)
	if err != nil {
		return false
	}
	defer p.close()
	_, ok := t.print.rest(p)
	return ok
}

// missed reads the generations that came and went since the last look.
func (t *follower) missed(ctx context.Context, siblings []member) error {
	for _, m := range siblings {
		if m.info.ModTime().Before(t.opened.Add(-time.Minute)) {
			continue // older, whatever its name says
		}
		t.s.stream.Next(t.s.info(m.path))
		if err := t.s.readPart(ctx, m.path); err != nil {
			if ctx.Err() != nil || errors.Is(err, sources.ErrStopped) {
				return err
			}
			t.sink.Report(sources.Event{Source: m.path, Kind: sources.Note, Text: err.Error()})
		}
	}
	return nil
}

// siblings are the rotated files of the name followed, oldest first. A
// compressed copy goes before the file that it is made from.
func (t *follower) siblings() []member {
	if !t.s.based {
		return nil
	}
	dir, base := filepath.Split(t.s.path())
	entries, err := os.ReadDir(filepath.Dir(t.s.path()))
	if err != nil {
		return nil
	}
	var found []member
	for _, e := range entries {
		n := parseName(e.Name())
		if n.kind == current {
			n, _ = parseInner(e.Name())
		}
		if n.base != base {
			continue
		}
		path := dir + e.Name()
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		found = append(found, member{candidate{path, t.s.order, info}, n})
	}
	slices.SortStableFunc(found, func(a, b member) int { return older(a.name, b.name) })
	return found
}
