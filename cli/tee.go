package cli

import (
	"fmt"
	"os"

	"ravel/ingest"
	"ravel/output"
)

// openTee opens the file of --tee, nil without one; in is what reads.
func (s *settings) openTee(in *ingest.Ingest) (*tee, error) {
	if s.flags.tee == "" {
		return nil, nil
	}
	f, err := os.Create(s.flags.tee)
	if err != nil {
		return nil, usagef("--tee: %w", err)
	}
	stamped := func(source uint16) bool { return in.StreamInfo(source).Stamped }
	return &tee{Printer: output.New(f, output.Options{Format: output.Raw, Redact: s.redact, Stamped: stamped}), file: f}, nil
}

// tee writes the bytes of every record to a file.
type tee struct {
	*output.Printer
	file *os.File
}

// Finish writes what waits and closes the file.
func (t *tee) Finish() error {
	err := t.Close()
	if cerr := t.file.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("--tee: %w", err)
	}
	return nil
}
