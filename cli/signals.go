package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// errInterrupted is the cause of a context that Ctrl-C or another signal ended.
var errInterrupted = errors.New("interrupted")

// ending is how the process ends at signals where an orderly end does not come
// about: whoever reads the output or shows the terminal may have stopped doing
// so, and a write then waits for ever. It is safe for concurrent use.
type ending struct {
	exit func(status int) // os.Exit

	mu       sync.Mutex
	restore  func()        // gives the terminal back; nil: it is not taken
	patience time.Duration // how long the first signal is given; 0: until the next comes
	again    time.Duration // how long after the first signal the next one ends the process
}

// Two signals within a second are often one that came twice: of timeout(1), of
// a terminal that closes. The program of `ravel run` is killed before ravel
// ends without waiting for it.
const (
	secondSignal  = time.Second
	screenEnds    = 3 * time.Second
	commandEnding = 6 * time.Second
)

func newEnding() *ending { return &ending{exit: os.Exit, again: secondSignal} }

// runs says that a command is run, which is given its time.
func (e *ending) runs() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.again += commandEnding
}

// takes says that the screen on the terminal out is taken, and remembers how it
// was; gives says that it has been given back.
func (e *ending) takes(out any) (gives func()) {
	f, ok := out.(*os.File)
	if !ok {
		return func() {}
	}
	was, err := term.GetState(f.Fd())
	if err != nil {
		return func() {}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.patience = e.again + screenEnds
	e.restore = func() {
		written := make(chan struct{})
		go func() {
			defer close(written)
			_, _ = f.WriteString(ansi.ResetModeAltScreenSaveCursor + ansi.SetModeTextCursorEnable)
		}()
		select {
		case <-written:
		case <-time.After(100 * time.Millisecond): // nobody reads it
		}
		_ = term.Restore(f.Fd(), was) // there is nothing left to try
	}
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.patience, e.restore = 0, nil
	}
}

// giveBack restores the terminal if it is taken.
func (e *ending) giveBack() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.restore != nil {
		e.restore()
	}
}

// now ends the process.
func (e *ending) now() {
	e.giveBack()
	e.exit(exitInterrupted)
}

// next is how long after the first signal another one ends the process, and
// when it ends without one; 0: never.
func (e *ending) next() (again, late time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.again, e.patience
}

// watchSignals lets SIGINT, SIGTERM, and SIGHUP unless that is ignored, as under
// nohup, end the context once watch has been called; e does the rest. At SIGQUIT
// the runtime tells what every goroutine does, on a terminal that has been given
// back. SIGPIPE is caught so that writing to a closed pipe is an error of the
// write instead of the end of the process; ignoring it would be inherited by
// commands that are run. The runtime changes threads several times for each
// signal: who does nothing that must end in order need not watch.
func watchSignals(ctx context.Context, e *ending) (_ context.Context, watch, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	ch := make(chan os.Signal, 4)
	var listening sync.WaitGroup
	watch = sync.OnceFunc(func() {
		signal.Notify(ch, os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE, syscall.SIGQUIT)
		if !signal.Ignored(syscall.SIGHUP) {
			signal.Notify(ch, syscall.SIGHUP)
		}
		listening.Go(func() { e.listen(ch, func() { cancel(errInterrupted) }) })
	})
	return ctx, watch, func() {
		signal.Stop(ch)
		close(ch)
		listening.Wait()
		cancel(nil)
	}
}

// listen does what signals ask for until there are no more.
func (e *ending) listen(ch <-chan os.Signal, interrupt func()) {
	var first time.Time
	var late <-chan time.Time
	for {
		select {
		case s, ok := <-ch:
			again, patience := e.next()
			switch {
			case !ok:
				return
			case s == syscall.SIGPIPE:
			case s == syscall.SIGQUIT:
				e.giveBack()
				raise(syscall.SIGQUIT)
			case first.IsZero():
				first = time.Now()
				if patience > 0 {
					late = time.After(patience)
				}
				interrupt()
			case time.Since(first) >= again:
				e.now()
			}
		case <-late:
			e.now()
		}
	}
}

// raise lets a signal do to this process what it does to others.
func raise(s syscall.Signal) {
	signal.Reset(s)
	if p, err := os.FindProcess(os.Getpid()); err != nil || p.Signal(s) != nil {
		os.Exit(exitUsage) // where there are no signals
	}
}
