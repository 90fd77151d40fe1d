package cli

import (
	"fmt"
	"os"

	"ravel/ingest"
	"ravel/model"
	"ravel/output"
)

// openTee opens the file of --tee, nil without one; in is what reads. failed is
// told once, from the goroutine that reads, when the file cannot be written on.
func (s *settings) openTee(in *ingest.Ingest, failed func(error)) (*tee, error) {
	if s.flags.tee == "" {
		return nil, nil
	}
	f, err := os.Create(s.flags.tee)
	if err != nil {
		return nil, usagef("--tee: %w", err)
	}
	stamped := func(source uint16) bool { return in.StreamInfo(source).Stamped }
	return &tee{
		out: output.New(f, output.Options{Format: output.Raw, Redact: s.redact, Stamped: stamped}), file: f, failed: failed,
	}, nil
}

// tee writes the bytes of every record to a file. A full disk ends that, not
// the reading: what is printed or shown is whole. The nil tee does nothing.
type tee struct {
	out    *output.Printer
	file   *os.File
	failed func(error)
	err    error // it has failed, and that has been told
}

// take writes a batch that somebody else owns, who may change its columns but
// not their entries.
func (t *tee) take(b *model.Batch) {
	if t == nil || t.err != nil {
		return
	}
	b.Release = nil // two look at it, and this one may for longer
	own := *b
	if err := t.out.Consume(&own); err != nil {
		t.err = fmt.Errorf("--tee: %w; it gets no more of what is read", err)
		t.failed(t.err)
	}
}

// finish writes what waits and closes the file. It returns the error that has
// not been told.
func (t *tee) finish() error {
	if t == nil {
		return nil
	}
	err := t.out.Close()
	if cerr := t.file.Close(); err == nil {
		err = cerr
	}
	if err == nil || t.err != nil {
		return nil
	}
	return fmt.Errorf("--tee: %w", err)
}
