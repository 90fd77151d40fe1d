//go:build unix

package cli

import (
	"context"
	"errors"
	"os/signal"
	"syscall"
	"testing"
)

// What ends the program does so in order: the terminal is given back.
func TestSignals(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(s) {
			continue
		}
		ctx, stop := watchSignals(t.Context())
		if err := syscall.Kill(syscall.Getpid(), s); err != nil {
			t.Fatal(err)
		}
		<-ctx.Done()
		if !errors.Is(context.Cause(ctx), errInterrupted) {
			t.Errorf("%v: %v", s, context.Cause(ctx))
		}
		stop()
	}
}
