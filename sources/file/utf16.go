package file

import (
	"bufio"
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Reader gives UTF-16 text as UTF-8, without its byte order mark. What is
// no UTF-16 becomes U+FFFD.
type utf16Reader struct {
	in    *bufio.Reader
	order binary.ByteOrder
	out   []byte // decoded, not given yet
	begun bool
}

func newUTF16(in io.Reader, bigEndian bool) io.Reader {
	r := &utf16Reader{in: bufio.NewReaderSize(in, 64<<10), order: binary.LittleEndian}
	if bigEndian {
		r.order = binary.BigEndian
	}
	return r
}

func (r *utf16Reader) Read(p []byte) (int, error) {
	for len(r.out) == 0 {
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// fill decodes what is buffered, at least one character.
func (r *utf16Reader) fill() error {
	r.out = r.out[:0]
	for len(r.out) == 0 || r.in.Buffered() >= 4 && len(r.out) < 64<<10 {
		u, err := r.unit()
		if err != nil {
			if len(r.out) > 0 {
				return nil // it comes again
			}
			return err
		}
		c := rune(u)
		if utf16.IsSurrogate(c) {
			c = r.pair(c)
		}
		if c == 0xfeff && !r.begun {
			r.begun = true
			continue
		}
		r.begun = true
		r.out = utf8.AppendRune(r.out, c)
	}
	return nil
}

// unit reads two bytes; one alone at the end is no character.
func (r *utf16Reader) unit() (uint16, error) {
	var b [2]byte
	n, err := io.ReadFull(r.in, b[:])
	if n == 1 {
		return utf8.RuneError, nil
	}
	if err != nil {
		return 0, err
	}
	return r.order.Uint16(b[:]), nil
}

// pair reads the other half of a surrogate pair.
func (r *utf16Reader) pair(high rune) rune {
	next, err := r.in.Peek(2)
	if err != nil {
		return utf8.RuneError
	}
	c := utf16.DecodeRune(high, rune(r.order.Uint16(next)))
	if c != utf8.RuneError {
		_, _ = r.in.Discard(2) // they are buffered
	}
	return c
}
