package file

import (
	"bytes"
	"fmt"
	"io"

	"github.com/ulikunitz/xz"
)

// xzReader decodes a file of xz streams. The decoder beneath takes a file that
// breaks off between two blocks, or before its index, for a whole one; a whole
// one ends with a footer, which ends with "YZ", and perhaps with NULs behind.
type xzReader struct {
	io.Reader
	in *ending
}

func newXZ(in io.Reader) (*xzReader, error) {
	e := &ending{in: in}
	r, err := xz.NewReader(e)
	if err != nil {
		return nil, err
	}
	return &xzReader{r, e}, nil
}

func (x *xzReader) Read(p []byte) (int, error) {
	n, err := x.Reader.Read(p)
	if err == io.EOF && string(x.in.last) != "YZ" {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && err != io.EOF {
		// The decoder beneath gives out whole chunks, or nothing of them.
		err = fmt.Errorf("%w; up to 2 MiB of the text before that may be missing", err)
	}
	return n, err
}

// ending remembers the last two bytes read that are no padding.
type ending struct {
	in   io.Reader
	last []byte
}

func (e *ending) Read(p []byte) (int, error) {
	n, err := e.in.Read(p)
	seen := bytes.TrimRight(p[:n], "\x00")
	e.last = append(e.last, seen[max(0, len(seen)-2):]...)
	e.last = e.last[max(0, len(e.last)-2):]
	return n, err
}
