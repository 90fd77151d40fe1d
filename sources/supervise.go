package sources

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// The wait before a failed source is run again: doubled by each failure,
// begun anew once a run has lasted longer than steadyRun.
const (
	firstDelay = time.Second
	maxDelay   = 30 * time.Second
	steadyRun  = time.Minute
)

// Supervise runs every source until it has ended, failed for good, or ctx is
// done, and returns when all have. A source that fails is run again after a
// growing delay; its panic counts as an error that trying again will not mend.
// No source's failure touches another. Each source is reported to sink: Ready
// once (when it says so, or when its first run ends), Retrying for each failed
// run, and Ended or Failed once. Streams that a source leaves open are closed
// when it has ended.
func Supervise(ctx context.Context, srcs []Source, sink Sink) {
	var wg sync.WaitGroup
	for _, s := range srcs {
		wg.Go(func() { supervise(ctx, s, &watched{Sink: sink, streams: map[string]Stream{}}) })
	}
	wg.Wait()
}

// supervise is the life of one source.
func supervise(ctx context.Context, s Source, sink *watched) {
	defer sink.closeAll()
	for delay := firstDelay; ; delay = min(2*delay, maxDelay) {
		began := time.Now()
		err := runOnce(ctx, s, sink)
		sink.Ready()
		switch {
		case err == nil:
			sink.Report(Event{Source: s.Name(), Kind: Ended})
			return
		case ctx.Err() != nil, errors.Is(err, ErrStopped):
			return
		case errors.Is(err, ErrPermanent):
			sink.Report(Event{Source: s.Name(), Kind: Failed, Err: err})
			return
		}
		if time.Since(began) > steadyRun {
			delay = firstDelay
		}
		sink.idleAll()
		sink.Report(Event{Source: s.Name(), Kind: Retrying, Err: err, Delay: delay})
		select {
		case <-ctx.Done():
			return
		case <-time.After(delay):
		}
	}
}

// runOnce runs s; a panic in its own goroutine becomes its error.
func runOnce(ctx context.Context, s Source, sink Sink) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = Permanent(fmt.Errorf("%s: stopped by a fault of ravel, please report it: %v\n%s", s.Name(), p, debug.Stack()))
		}
	}()
	return s.Run(ctx, sink)
}

// permanent is an error that wraps ErrPermanent without saying so.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

func (p permanent) Is(target error) bool { return target == ErrPermanent }

// Permanent marks err as one that trying again will not mend: errors.Is finds
// ErrPermanent in it, its text stays as it is.
func Permanent(err error) error { return permanent{err} }

// watched is one source's view of the sink: it remembers what the source has
// opened, and passes Ready on once.
type watched struct {
	Sink
	ready sync.Once

	mu      sync.Mutex
	streams map[string]Stream
}

func (w *watched) Ready() { w.ready.Do(w.Sink.Ready) }

func (w *watched) Open(info Info) Stream {
	s := w.Sink.Open(info)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.streams[info.Name] = s
	return s
}

// idleAll lets the merge go on without the streams of a source that waits for
// its next try.
func (w *watched) idleAll() {
	for _, s := range w.all() {
		s.Idle()
	}
}

func (w *watched) closeAll() {
	for _, s := range w.all() {
		s.Close()
	}
}

func (w *watched) all() []Stream {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Stream, 0, len(w.streams))
	for _, s := range w.streams {
		all = append(all, s)
	}
	return all
}
