//go:build unix

package file

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"ravel/sources"
	"ravel/sources/sourcetest"
)

// TestPipeWithoutEnd: ravel ends although the writer of a named pipe does not,
// or has never come.
func TestPipeWithoutEnd(t *testing.T) {
	for _, text := range []string{"", "something\n"} {
		// One pipe each: what opens the first late would take the second's text.
		path := filepath.Join(t.TempDir(), "fifo.log")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skip(err)
		}
		srcs, errs := Expand([]string{path}, Options{Follow: text == ""})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		ctx, cancel := context.WithCancel(t.Context())
		sink := sourcetest.New()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			sources.Supervise(ctx, srcs, sink)
		}()
		var w *os.File
		if text != "" {
			var err error
			if w, err = os.OpenFile(path, os.O_WRONLY, 0); err != nil {
				t.Fatal(err)
			}
			if _, err := w.WriteString(text); err != nil {
				t.Fatal(err)
			}
			if !sink.WaitLines(patience, 1) {
				t.Error("nothing came")
			}
		}
		cancel()
		<-ended
		if w == nil { // lets the open that was left behind end
			w, _ = os.OpenFile(path, os.O_WRONLY, 0)
		}
		_ = w.Close()
	}
}
