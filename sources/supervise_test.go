package sources_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ravel/sources"
	"ravel/sources/sourcetest"
)

type source struct {
	name string
	run  func(ctx context.Context, sink sources.Sink) error
}

func (s source) Name() string                                     { return s.name }
func (s source) Run(ctx context.Context, sink sources.Sink) error { return s.run(ctx, sink) }

func kinds(events []sources.Event, name string) string {
	var all []string
	for _, e := range events {
		if e.Source == name {
			s := [...]string{"note", "retrying", "failed", "skipped", "ended"}[e.Kind]
			if e.Delay > 0 {
				s += " " + e.Delay.String()
			}
			all = append(all, s)
		}
	}
	return strings.Join(all, ", ")
}

// TestBrokenSources: neither an error nor a panic of one source touches
// another, and a failed one resumes after a growing delay.
func TestBrokenSources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := sourcetest.New()
		tries := 0
		srcs := []sources.Source{
			source{"fine", func(ctx context.Context, sink sources.Sink) error {
				st := sink.Open(sources.Info{Name: "fine"})
				sink.Ready()
				time.Sleep(time.Hour)
				_, err := st.Write([]byte("fine\n"))
				return err
			}},
			source{"flaky", func(_ context.Context, sink sources.Sink) error {
				sink.Ready()
				if tries++; tries < 8 {
					return errors.New("connection refused")
				}
				return nil
			}},
			source{"steady", func() func(context.Context, sources.Sink) error {
				n := 0
				return func(context.Context, sources.Sink) error {
					if n++; n > 3 {
						return nil
					}
					time.Sleep(2 * time.Minute)
					return errors.New("cut off")
				}
			}()},
			source{"gone", func(context.Context, sources.Sink) error {
				return fmt.Errorf("open it: %w", sources.Permanent(fs.ErrNotExist))
			}},
			source{"broken", func(context.Context, sources.Sink) error { panic("at the disco") }},
			source{"stopped", func(context.Context, sources.Sink) error { return sources.ErrStopped }},
		}
		sources.Supervise(t.Context(), srcs, sink)
		for name, want := range map[string]string{
			"fine":    "ended",
			"flaky":   "retrying 1s, retrying 2s, retrying 4s, retrying 8s, retrying 16s, retrying 30s, retrying 30s, ended",
			"steady":  "retrying 1s, retrying 1s, retrying 1s, ended",
			"gone":    "failed",
			"broken":  "failed",
			"stopped": "",
		} {
			if got := kinds(sink.Events(), name); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		for _, e := range sink.Events() {
			if e.Kind == sources.Failed && strings.Contains(e.Err.Error(), "permanent") {
				t.Errorf("a person reads %q", e.Err)
			}
		}
		if got := sink.Text(); got != "fine\n" {
			t.Errorf("got %q", got)
		}
		if sink.Readies() != len(srcs) {
			t.Errorf("%d were ready, want each once", sink.Readies())
		}
	})
}

// TestSuperviseEndsWithItsContext: waiting for the next try ends too.
func TestSuperviseEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		sink := sourcetest.New()
		begin := time.Now()
		sources.Supervise(ctx, []sources.Source{source{"x", func(context.Context, sources.Sink) error {
			return errors.New("no")
		}}}, sink)
		if d := time.Since(begin); d != 10*time.Second {
			t.Errorf("it took %v", d)
		}
	})
}
