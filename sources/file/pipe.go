package file

import (
	"context"
	"errors"
	"io"
	"syscall"
	"time"
)

// openWithin opens path like open does, but gives up when ctx is done: opening
// a named pipe waits for its writer, and so does the first look at what it
// holds. What is opened later than that is closed.
func openWithin(ctx context.Context, o Options, path string) (*part, error) {
	if info, err := o.disk.Stat(path); err != nil || info.Mode().IsRegular() {
		return openInTurn(ctx, o, path)
	}
	type opened struct {
		p   *part
		err error
	}
	got := make(chan opened)
	go func() {
		p, err := open(o, path)
		select {
		case got <- opened{p, err}:
		case <-ctx.Done():
			if p != nil {
				p.close()
			}
		}
	}()
	select {
	case g := <-got:
		return g.p, g.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Where too many files are open, those of others are soon read and closed.
const (
	turnEvery = 20 * time.Millisecond
	turnWait  = 5 * time.Second
)

// openInTurn opens a file, waiting a while for others to be closed where too
// many are open.
func openInTurn(ctx context.Context, o Options, path string) (*part, error) {
	for begin := time.Now(); ; {
		p, err := open(o, path)
		if !errors.Is(err, syscall.EMFILE) || time.Since(begin) >= turnWait {
			return p, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(turnEvery):
		}
	}
}

// copyPart reads what p decodes to into the stream. The end of ctx ends a read
// that waits for a pipe's writer.
func (s *set) copyPart(ctx context.Context, p *part) error {
	if !p.info.Mode().IsRegular() {
		stop := context.AfterFunc(ctx, func() {
			_ = p.f.SetReadDeadline(time.Unix(1, 0)) // what has no deadlines is read on
		})
		defer stop()
	}
	_, err := s.copy(ctx, p.text)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// copy reads r into the stream until its end or ctx is done.
func (s *set) copy(ctx context.Context, r io.Reader) (int64, error) {
	return s.stream.ReadFrom(&untilDone{ctx, r})
}

// untilDone ends a read between two blocks once ctx is done.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
