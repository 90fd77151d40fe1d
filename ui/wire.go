package ui

import (
	"bytes"
	"io"
	"os"
	"sync"

	"github.com/charmbracelet/x/ansi"
)

// wire is the way to the terminal, for Bubble Tea and the painter in turn. It
// knows whose the screen is: Bubble Tea takes the alternate screen and gives it
// back, at the end, for a suspension, or for another program. It is safe for
// concurrent use.
type wire struct {
	out   io.Writer
	meter *meter // nil: not counted

	mu      sync.Mutex
	taken   bool // the alternate screen is on
	touched bool // Bubble Tea has written since the last frame: nothing on the screen is sure
	poke    chan struct{}
}

// wiredFile is a wire to a file. It remains one, so that the terminal's size
// and modes are still found through it.
type wiredFile struct {
	*os.File
	w *wire
}

func (f wiredFile) Write(p []byte) (int, error) { return f.w.Write(p) }

// WriteString keeps the file's own method from writing past the wire.
func (f wiredFile) WriteString(s string) (int, error) { return f.w.Write([]byte(s)) }

// writer is what Bubble Tea is given.
func (w *wire) writer() io.Writer {
	if f, ok := w.out.(*os.File); ok {
		return wiredFile{f, w}
	}
	return w
}

// Write is Bubble Tea's: modes, questions, the clipboard.
func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if on, off := bytes.LastIndex(p, []byte(ansi.SetModeAltScreenSaveCursor)), bytes.LastIndex(p, []byte(ansi.ResetModeAltScreenSaveCursor)); on != off {
		w.taken = on > off
	}
	w.touched = true
	ringOne(w.poke)
	return w.write(p)
}

// write writes and counts. The caller holds mu.
func (w *wire) write(p []byte) (int, error) {
	n, err := w.out.Write(p)
	if w.meter != nil {
		w.meter.add(n)
	}
	return n, err
}

func ringOne(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default: // it has been rung
	}
}
