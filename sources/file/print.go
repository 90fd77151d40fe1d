package file

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
)

// reader is what a followed file is read through.
type reader interface {
	io.ReaderAt
	Stat() (fs.FileInfo, error)
}

// printBytes is how much of a file's beginning tells it from another.
const printBytes = 1 << 10

// errTruncated says that a file no longer begins as it did.
var errTruncated = errors.New("was truncated or written anew")

// print tells whether a file still is what it was when it had been read up to
// off: it begins with the same bytes, and is not shorter.
type print struct {
	head []byte
	off  int64
}

// take notes the beginning of f, of which off bytes have been read.
func take(f io.ReaderAt, off int64) print {
	p := print{off: off}
	p.grow(f, off)
	return p
}

// grow notes that off bytes have been read by now.
func (p *print) grow(f io.ReaderAt, off int64) {
	p.off = off
	want := int(min(off, printBytes))
	if have := len(p.head); have < want {
		more := make([]byte, want)
		copy(more, p.head)
		n, _ := f.ReadAt(more[have:], int64(have)) // what cannot be read is not compared
		p.head = more[:have+n]
	}
}

// check returns errTruncated unless f begins as noted and is as long.
func (p *print) check(f reader) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < p.off {
		return errTruncated
	}
	if len(p.head) == 0 {
		return nil
	}
	now := make([]byte, len(p.head))
	if _, err := f.ReadAt(now, 0); err != nil && err != io.EOF {
		return err
	}
	if !bytes.Equal(now, p.head) {
		return errTruncated
	}
	return nil
}

// rest returns what a copy of the file holds beyond what has been read, if p
// is one.
func (p *print) rest(c *part) (io.Reader, bool) {
	if c.plain() {
		if p.check(c.f) != nil {
			return nil, false
		}
		return io.NewSectionReader(c.f, p.off, 1<<62), true
	}
	now := make([]byte, len(p.head))
	n, _ := io.ReadFull(c.text, now)
	if n < len(p.head) || !bytes.Equal(now, p.head) {
		return nil, false
	}
	if _, err := io.CopyN(io.Discard, c.text, p.off-int64(n)); err != nil {
		return nil, false
	}
	return c.text, true
}
