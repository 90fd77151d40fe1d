// Package command runs a program and reads its standard output and error as
// two streams. The program runs in a process group of its own, without the
// terminal's input, and ends with ravel: by SIGTERM first.
package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"time"

	"ravel/sources"
)

// Options say how the program is run.
type Options struct {
	Order int           // place on the command line
	Grace time.Duration // between SIGTERM and SIGKILL when ravel quits; 0: 5 s
}

// Command is a source: a program that is run once.
type Command struct {
	argv []string
	o    Options

	mu     sync.Mutex
	status int
}

var _ sources.Source = (*Command)(nil)

// New returns a source that runs argv, which is not empty.
func New(argv []string, o Options) *Command {
	if o.Grace <= 0 {
		o.Grace = 5 * time.Second
	}
	return &Command{argv: argv, o: o, status: -1}
}

// Name is what the names of its streams begin with.
func (c *Command) Name() string { return "run" }

// Status is what ravel exits with: the program's exit status, 128+n if signal
// n ended it, 127 if there is no such program, 126 if it cannot be run; -1
// while it runs.
func (c *Command) Status() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

func (c *Command) ended(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = status
}

// Run runs the program and reads until it and all that have inherited its
// output have ended. When ctx is done, its process group is told to end by
// SIGTERM, and killed if it has not after Options.Grace.
func (c *Command) Run(ctx context.Context, sink sources.Sink) error {
	var streams [2]sources.Stream
	for i, name := range []string{"run/stdout", "run/stderr"} {
		streams[i] = sink.Open(sources.Info{Name: name, Domain: "run", Order: c.o.Order + i, Live: true})
		defer streams[i].Close()
		streams[i].Idle() // nothing is there yet: neither waits for the other
	}
	sink.Ready()
	out, err := newPipes()
	if err != nil {
		return c.refused(err)
	}
	cmd := exec.Command(c.argv[0], c.argv[1:]...) //nolint:noctx // ended by its group, see stop
	cmd.Stdout, cmd.Stderr = out.w[0], out.w[1]
	ownGroup(cmd)
	err = cmd.Start()
	out.closeWriters() // the program has them now
	if err != nil {
		out.closeReaders()
		return c.refused(err)
	}
	over := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		c.stop(ctx, cmd, out, over)
	}()
	err = c.read(cmd, out, streams)
	close(over)
	<-stopped
	out.closeReaders()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// read reads both streams to their ends and waits for the program.
func (c *Command) read(cmd *exec.Cmd, out *pipes, streams [2]sources.Stream) error {
	var wg sync.WaitGroup
	var errs [2]error
	for i := range streams {
		wg.Go(func() { _, errs[i] = streams[i].ReadFrom(out.r[i]) })
	}
	err := cmd.Wait()
	c.ended(statusOf(cmd.ProcessState))
	wg.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = nil // how it ended is told by Status
	}
	if err = errors.Join(errs[0], errs[1], err); err == nil || errors.Is(err, sources.ErrStopped) {
		return err
	}
	return sources.Permanent(fmt.Errorf("%s: its output cannot be read on: %w", c.argv[0], err))
}

// stop ends the process group when ctx is done before over.
func (c *Command) stop(ctx context.Context, cmd *exec.Cmd, out *pipes, over <-chan struct{}) {
	select {
	case <-over:
		return
	case <-ctx.Done():
	}
	terminate(cmd.Process)
	grace := time.NewTimer(c.o.Grace)
	defer grace.Stop()
	select {
	case <-over:
	case <-grace.C:
		kill(cmd.Process)
		out.closeReaders() // somebody outside the group may hold the other end
	}
}

// refused says why the program could not be started.
func (c *Command) refused(err error) error {
	name := c.argv[0]
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		c.ended(127)
		err = fmt.Errorf("%s: no such program; check the name, or give its path", name)
	case errors.Is(err, fs.ErrPermission):
		c.ended(126)
		err = fmt.Errorf("%s: may not be run; is it a program, and executable for this user?", name)
	default:
		c.ended(126)
		err = fmt.Errorf("%s: cannot be run: %w", name, err)
	}
	return sources.Permanent(err)
}

// pipes are what the program writes to. They are files, so that the program
// holds them itself and no copying goroutine stands between.
type pipes struct {
	r, w [2]*os.File
	once sync.Once
}

func newPipes() (*pipes, error) {
	var p pipes
	var err error
	if p.r[0], p.w[0], err = os.Pipe(); err != nil {
		return nil, err
	}
	if p.r[1], p.w[1], err = os.Pipe(); err != nil {
		_, _ = p.r[0].Close(), p.w[0].Close()
		return nil, err
	}
	return &p, nil
}

func (p *pipes) closeWriters() {
	for _, w := range p.w {
		_ = w.Close() // nothing was written here
	}
}

// closeReaders ends reads that are under way.
func (p *pipes) closeReaders() {
	p.once.Do(func() {
		for _, r := range p.r {
			_ = r.Close() // it was only read
		}
	})
}
