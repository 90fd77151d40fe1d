//go:build unix

package cli

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"
)

// TestEndsWhenNobodyReads: a follower of a quiet source ends with its reader,
// and its watch with the follower.
func TestEndsWhenNobodyReads(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, stop := untilGone(t.Context(), w)
	if err := ctx.Err(); err != nil {
		t.Fatalf("ended while the pipe is read: %v", err)
	}
	_ = r.Close()
	<-ctx.Done()
	stop()
	if cause := context.Cause(ctx); !errors.Is(cause, syscall.EPIPE) || !closedPipe(cause) {
		t.Errorf("got %v", cause)
	}

	r, w, err = os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	ctx, stop = untilGone(t.Context(), w)
	stop() // returns although the pipe is still read
	if cause := context.Cause(ctx); closedPipe(cause) {
		t.Errorf("got %v", cause)
	}
}
