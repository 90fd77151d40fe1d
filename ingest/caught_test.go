package ingest

import (
	"testing"

	"ravel/model"
)

// TestNothingIsReadBeforeRun: a screen that asks before reading has begun must
// not take the backlog for read.
func TestNothingIsReadBeforeRun(t *testing.T) {
	in := New(Options{Names: model.NewNames()})
	if in.CaughtUp() {
		t.Error("caught up before the first source has opened")
	}
	if err := in.Run(t.Context(), nil, func(*model.Batch) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if !in.CaughtUp() {
		t.Error("not caught up although there was nothing to read")
	}
}
