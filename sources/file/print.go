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
	head := make([]byte, printBytes)
	n, _ := f.ReadAt(head, 0) // what cannot be read is not compared
	return print{head: head[:n:n], off: off}
}

// read notes that data has been read behind what was read before. The
// beginning is taken from there: the file may be another one by now.
func (p *print) read(data []byte) {
	if have := int64(len(p.head)); have < printBytes && p.off <= have && p.off+int64(len(data)) > have {
		more := data[have-p.off:]
		p.head = append(p.head, more[:min(len(more), printBytes-int(have))]...)
	}
	p.off += int64(len(data))
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

// rest reports whether c is a copy of the file as far as it has been read, and
// returns what it holds beyond that; nil for a plain file, read at offsets.
func (p *print) rest(c *part) (io.Reader, bool) {
	if c.plain() {
		return nil, p.check(c.f) == nil
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
