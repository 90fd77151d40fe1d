//go:build unix

package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// untilGone ends the context, with EPIPE as its cause, once nobody reads the
// pipe or socket that out is any more: what follows a quiet source would
// otherwise not learn it before the next record. stop ends the watch and waits
// for it.
func untilGone(ctx context.Context, out io.Writer) (_ context.Context, stop func()) {
	f, ok := out.(*os.File)
	if !ok {
		return ctx, func() {}
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) == 0 {
		return ctx, func() {}
	}
	r, w, err := os.Pipe()
	if err != nil {
		return ctx, func() {} // the next write will tell
	}
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if waitGone(int(f.Fd()), int(r.Fd())) {
			cancel(syscall.EPIPE)
		}
	}()
	return ctx, func() {
		_ = w.Close() // wakes the watch
		<-done
		_ = r.Close()
		cancel(nil)
	}
}

// waitGone waits until nobody reads out any more, or until what writes to wake
// is closed, and reports whether it was the former.
func waitGone(out, wake int) bool {
	fds := []unix.PollFd{{Fd: int32(out)}, {Fd: int32(wake)}} // errors and hang-ups are told unasked
	for {
		_, err := unix.Poll(fds, -1)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil || fds[1].Revents != 0:
			return false
		case fds[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0:
			return true
		}
	}
}
