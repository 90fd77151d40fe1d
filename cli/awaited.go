package cli

import (
	"context"
	"os"
	"strings"
	"time"

	"ravel/sources"
	"ravel/sources/file"
)

// awaited is a file that --wait waits for.
type awaited struct {
	path    string
	place   int // among the arguments
	options file.Options
	source  sources.Source // once it is there
}

// waitPoll is how often a file that is not there is looked for.
const waitPoll = 250 * time.Millisecond

// missing reports whether nothing stands at path.
func missing(path string) bool {
	_, err := os.Stat(path)
	return os.IsNotExist(err) && !strings.ContainsAny(path, "*?[{")
}

// Name is the path.
func (w *awaited) Name() string { return w.path }

// Run waits for the file and reads it; the other sources are not held up.
func (w *awaited) Run(ctx context.Context, sink sources.Sink) error {
	if w.source == nil && missing(w.path) {
		sink.Report(sources.Event{Source: w.path, Kind: sources.Note, Text: "is not there yet: waiting for it"})
		sink.Ready()
	}
	tick := time.NewTicker(waitPoll)
	defer tick.Stop()
	for w.source == nil {
		if !missing(w.path) {
			if err := w.find(); err != nil {
				return sources.Permanent(err)
			}
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return w.source.Run(ctx, sink)
}

// find makes the source of the file that has appeared.
func (w *awaited) find() error {
	args := make([]string, w.place+1)
	for i := range args {
		args[i] = "-" // places before it
	}
	args[w.place] = w.path
	found, errs := file.Expand(args, w.options)
	if len(errs) > 0 {
		return errs[0]
	}
	w.source = found[0]
	return nil
}
