// Package stdin reads standard input: as fast as it comes, without a bound on
// its length or that of a line, holding its writer up only while ravel itself
// is behind.
package stdin

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ravel/sources"
)

// Options say how standard input is read.
type Options struct {
	Live  bool // shown as it comes: what waits for its continuation is closed by silence
	Order int  // place on the command line
}

type source struct {
	r io.Reader
	o Options
}

// New returns a source that reads r, once, to its end.
func New(r io.Reader, o Options) sources.Source { return &source{r, o} }

// Name is "stdin".
func (s *source) Name() string { return "stdin" }

// Run reads to the end, or until ctx is done. A read that is under way then is
// left behind: nothing can end it but its writer.
func (s *source) Run(ctx context.Context, sink sources.Sink) error {
	stream := sink.Open(sources.Info{Name: "stdin", Domain: "stdin", Order: s.o.Order, Live: s.o.Live})
	sink.Ready()
	ended := make(chan error, 1)
	go func() {
		_, err := stream.ReadFrom(s.r)
		ended <- err
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-ended:
		stream.Close()
		if err != nil && !errors.Is(err, sources.ErrStopped) {
			return sources.Permanent(fmt.Errorf("standard input cannot be read on: %w", err))
		}
		return err
	}
}
