package stdin

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"ravel/sources"
	"ravel/sources/sourcetest"
)

func TestReadsToTheEnd(t *testing.T) {
	text := strings.Repeat("a line\n", 100000) + strings.Repeat("x", 3<<20) + "\nno end"
	sink := sourcetest.New()
	sources.Supervise(t.Context(), []sources.Source{New(strings.NewReader(text), Options{Order: 3, Live: true})}, sink)
	if sink.Text() != text {
		t.Errorf("%d bytes, want %d", len(sink.Text()), len(text))
	}
	info := sink.Streams()[0].Info
	if info.Name != "stdin" || info.Order != 3 || !info.Live {
		t.Errorf("got %+v", info)
	}
}

// TestReadError: what was read before it stays, and the error says what it is
// about.
func TestReadError(t *testing.T) {
	sink := sourcetest.New()
	in := io.MultiReader(strings.NewReader("before\n"), failing{})
	sources.Supervise(t.Context(), []sources.Source{New(in, Options{})}, sink)
	events := sink.Events()
	if len(events) != 1 || events[0].Kind != sources.Failed || !strings.Contains(events[0].Err.Error(), "standard input") {
		t.Errorf("got %v", events)
	}
	if sink.Text() != "before\n" {
		t.Errorf("got %q", sink.Text())
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, os.ErrInvalid }

// TestQuitWhileNothingComes: ravel ends although the writer does not.
func TestQuitWhileNothingComes(t *testing.T) {
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	sink := sourcetest.New()
	go func() {
		defer close(ended)
		sources.Supervise(ctx, []sources.Source{New(r, Options{})}, sink)
	}()
	if _, err := w.Write([]byte("x\n")); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-ended
	_ = w.Close() // ends the read that was left behind
}
