package file

import (
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// sniffBytes is how much of a file is looked at to tell what it is.
const sniffBytes = 8 << 10

// errBinary says that a file holds no text.
var errBinary = errors.New("is not text (over 30 % of its first 8 KiB are control or invalid bytes); -o raw writes it all the same")

// part is one physical file, opened.
type part struct {
	f    handle
	path string
	info fs.FileInfo // at opening
	text io.Reader   // decoded bytes from the beginning; nil: the file's own bytes, read at offsets
	free func()      // ends the decoder; nil: nothing to do

	begin print // of a followed file, taken when it was opened
}

// open opens path and finds out by content how it is to be read. o.Raw leaves
// the encoding as it is and takes binary files.
func open(o Options, path string) (*part, error) {
	f, err := o.disk.Open(path)
	if err != nil {
		return nil, explain(path, err)
	}
	p := &part{f: f, path: path}
	if err := p.sniff(o.Raw); err != nil {
		p.close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// close gives everything up.
func (p *part) close() {
	p.release()
	_ = p.f.Close() // it was only read
}

// release ends the decoder and leaves the file open.
func (p *part) release() {
	if p.free != nil {
		p.free()
		p.free = nil
	}
}

// plain reports whether the file's bytes are read as they are, at offsets.
func (p *part) plain() bool { return p.text == nil }

// smallFile is less than what it takes to read a part of a file again: the state
// of a parser, an open file. Of smaller ones the bytes are kept, and a directory
// of a hundred thousand has few open at a time.
const smallFile = 32 << 10

// small reports whether the file is read once only.
func (p *part) small() bool { return p.info.Size() < smallFile }

// sniff sets p up by the file's first bytes.
func (p *part) sniff(raw bool) error {
	info, err := p.f.Stat()
	if err != nil {
		return err
	}
	p.info = info
	if info.IsDir() {
		return errors.New("is a directory")
	}
	head := make([]byte, sniffBytes)
	regular := info.Mode().IsRegular()
	var n int
	if regular {
		n, err = p.f.ReadAt(head, 0)
	} else {
		n, err = p.f.Read(head) // once: a pipe gives what it has
	}
	if err != nil && err != io.EOF {
		return err
	}
	head = head[:n]
	kind := detect(head)
	if kind == plainText {
		if !raw && isBinary(head, n < sniffBytes) {
			return errBinary
		}
		if !regular {
			p.text = io.MultiReader(bytes.NewReader(head), p.f)
		}
		return nil
	}
	var in io.Reader = p.f // a regular file still stands at its beginning
	if !regular {
		in = io.MultiReader(bytes.NewReader(head), p.f)
	}
	return p.decode(kind, in, raw)
}

// decode sets p.text to what in holds, decompressed and as UTF-8.
func (p *part) decode(kind encoding, in io.Reader, raw bool) error {
	if kind == utf16LE || kind == utf16BE {
		if !raw {
			p.text = newUTF16(in, kind == utf16BE)
		} else if !p.info.Mode().IsRegular() {
			p.text = in
		}
		return nil
	}
	out, free, err := decompress(kind, in)
	if err != nil {
		return fmt.Errorf("looks like %s but cannot be opened as such: %w", kind, err)
	}
	p.free = free
	text := &named{r: out, kind: kind}
	head := make([]byte, sniffBytes)
	n, _ := io.ReadFull(text, head) // what went wrong is told again behind what could be read
	head = head[:n]
	inner := detect(head)
	p.text = io.MultiReader(bytes.NewReader(head), text)
	switch {
	case raw:
	case inner == utf16LE || inner == utf16BE:
		p.text = newUTF16(p.text, inner == utf16BE)
	case isBinary(head, n < sniffBytes):
		return errBinary
	}
	return nil
}

// named says in a decoder's errors what was being decoded, and goes on saying
// so: some decoders tell of a file's early end once, and of its end thereafter.
type named struct {
	r    io.Reader
	kind encoding
	err  error
}

func (n *named) Read(p []byte) (int, error) {
	if n.err != nil {
		return 0, n.err
	}
	k, err := n.r.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("broken %s: %w", n.kind, err)
	}
	n.err = err
	return k, err
}

// encoding is how a file's text is stored.
type encoding uint8

const (
	plainText encoding = iota
	gzipped
	bzipped
	xzipped
	zstandard
	utf16LE
	utf16BE
)

func (e encoding) String() string {
	return [...]string{"text", "gzip", "bzip2", "xz", "zstd", "UTF-16", "UTF-16"}[e]
}

// detect tells a file's encoding by its magic bytes.
func detect(head []byte) encoding {
	has := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case has("\x1f\x8b\x08"):
		return gzipped
	case has("BZh") && len(head) >= 10 && '1' <= head[3] && head[3] <= '9' &&
		(string(head[4:10]) == "1AY&SY" || string(head[4:10]) == "\x17\x72\x45\x38\x50\x90"):
		return bzipped
	case has("\xfd7zXZ\x00"):
		return xzipped
	case has("\x28\xb5\x2f\xfd"):
		return zstandard
	case len(head) >= 4 && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18": // a skippable frame first
		return zstandard
	case has("\xff\xfe\x00\x00"): // UTF-32: nobody logs in it
		return plainText
	case has("\xff\xfe"):
		return utf16LE
	case has("\xfe\xff"):
		return utf16BE
	}
	return plainText
}

// decompress opens the decoder; free, if not nil, ends it.
func decompress(kind encoding, in io.Reader) (out io.Reader, free func(), err error) {
	switch kind {
	case gzipped:
		out, err = gzip.NewReader(in) // all members of the file, one after the other
	case bzipped:
		out = bzip2.NewReader(in)
	case xzipped:
		out, err = newXZ(in)
	default:
		var d *zstd.Decoder
		if d, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true)); err == nil {
			out, free = d, d.Close
		}
	}
	return out, free, err
}

// isBinary reports whether over 30 % of head are control or invalid bytes. whole
// says that head is all there is: else its last character may be cut.
func isBinary(head []byte, whole bool) bool {
	bad := 0
	for i := 0; i < len(head); {
		c := head[i]
		if c < utf8.RuneSelf {
			if c < ' ' && (c < '\b' || c > '\r') && c != 0x1b || c == 0x7f {
				bad++
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(head[i:])
		if r == utf8.RuneError && n == 1 && (whole || utf8.FullRune(head[i:])) {
			bad++
		}
		i += n
	}
	return bad*10 > len(head)*3
}

// explained is an error in words for a person.
type explained struct {
	text string
	err  error
}

func (e *explained) Error() string { return e.text }

func (e *explained) Unwrap() error { return e.err }

// explain says what to do about a file that cannot be opened.
func explain(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &explained{path + ": no such file; check the path", err}
	case errors.Is(err, fs.ErrPermission):
		return &explained{path + ": may not be read by this user; run with sudo or ask for the right to read it", err}
	}
	if errors.Is(err, syscall.EMFILE) {
		return &explained{path + ": cannot be opened: too many files are open; raise the limit with ulimit -n, or name fewer", err}
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("%s: cannot be opened: %w", path, err)
}
