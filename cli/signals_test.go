//go:build unix

package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// What ends the program does so in order: the terminal is given back.
func TestSignals(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(s) {
			continue
		}
		ctx, watch, stop := watchSignals(t.Context(), newEnding())
		watch()
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

// Where the orderly end does not come about, a second signal ends the process,
// and the explorer's screen does so by itself.
func TestSignalsWhereNobodyReads(t *testing.T) {
	const never = time.Duration(-1)
	for name, tc := range map[string]struct {
		patience time.Duration // of a screen; 0: there is none
		at       []time.Duration
		want     time.Duration
	}{
		"one":                       {0, []time.Duration{0}, never},
		"one that came twice":       {0, []time.Duration{0, time.Millisecond}, never},
		"another":                   {0, []time.Duration{0, 2 * time.Second}, 2 * time.Second},
		"one, on a screen":          {4 * time.Second, []time.Duration{0}, 4 * time.Second},
		"another, on a screen":      {4 * time.Second, []time.Duration{0, 2 * time.Second}, 2 * time.Second},
		"nothing but a closed pipe": {4 * time.Second, nil, never},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin, ended, restored, interrupts := time.Now(), never, 0, 0
				wantRestored := 1
				if tc.want == never {
					wantRestored = 0
				}
				e := newEnding()
				e.patience = tc.patience
				e.restore = func() { restored++ }
				over := make(chan struct{})
				e.exit = func(status int) {
					if status != exitInterrupted {
						t.Errorf("status %d", status)
					}
					ended = time.Since(begin)
					close(over)
					runtime.Goexit() // as os.Exit does not return
				}
				ch := make(chan os.Signal, 1)
				listened := make(chan struct{})
				go func() {
					defer close(listened)
					e.listen(ch, func() { interrupts++ })
				}()
				ch <- syscall.SIGPIPE
				for _, at := range tc.at {
					time.Sleep(at - time.Since(begin))
					ch <- syscall.SIGTERM
				}
				select {
				case <-over:
				case <-time.After(time.Minute):
					close(ch)
					<-listened
				}
				if ended != tc.want || restored != wantRestored || interrupts != min(1, len(tc.at)) {
					t.Errorf("ended at %v, want %v; terminal given back %d times, %d interrupts", ended, tc.want, restored, interrupts)
				}
			})
		})
	}
}
