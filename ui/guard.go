package ui

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
)

// guard runs the screen so that every end of the program is an orderly one: a
// panic, in the event loop or in a command, and a cancelled context quit it as
// a key does. The library's own way out of both closes the terminal's reader
// while it reads; the reader may then wait for ever, or read what belongs to
// whoever opens the next file.
type guard struct {
	*Model
	paint *painter
	crash atomic.Pointer[crash]
	quit  func() // ends the program; may block until it has begun
}

// crash is a panic and where it happened.
type crash struct {
	cause any
	trace []byte
}

// runGuarded runs m until it quits, crashes, or ctx is done.
func (m *Model) runGuarded(ctx context.Context) error {
	w, floor := m.wire(), time.Duration(0)
	if m.opt.SSH {
		floor = remoteFloor
	}
	g := &guard{Model: m, paint: newPainter(w, m.opt.Env, floor, m.opt.Drawn)}
	defer g.paint.stop()
	p := tea.NewProgram(g, m.programOptions(w)...)
	g.quit = p.Quit
	stop := context.AfterFunc(ctx, p.Quit)
	defer stop()
	_, err := p.Run()
	if c := g.crash.Load(); c != nil {
		return fmt.Errorf("the explorer stopped at an internal error: %v\n%s", c.cause, c.trace)
	}
	return err
}

// caught is deferred around what may panic. The first panic is kept: those
// after it are mostly its consequences.
func (g *guard) caught() {
	if r := recover(); r != nil {
		g.crash.CompareAndSwap(nil, &crash{r, debug.Stack()})
		go g.quit() // not from here: the event loop may be what panicked
	}
}

// Init is the model's, and a look when an empty screen is to be drawn.
func (g *guard) Init() tea.Cmd {
	return g.cmd(tea.Batch(g.Model.Init(), g.Model.after(emptyFrom, emptyMsg{})))
}

// emptyMsg says that the screen is to be drawn although there is no record.
type emptyMsg struct{}

// Update is the model's; once it has crashed, it is left alone.
func (g *guard) Update(msg tea.Msg) (self tea.Model, cmd tea.Cmd) {
	self = g // also after a panic
	defer g.caught()
	if g.crash.Load() != nil {
		return g, nil
	}
	g.paint.learn(msg)
	switch msg.(type) {
	case tea.ResumeMsg, editedMsg:
		g.paint.resume()
	case redrawMsg:
		g.paint.redraw()
	}
	_, cmd = g.Model.Update(msg)
	return g, g.cmd(cmd)
}

// View is the model's.
func (g *guard) View() (v tea.View) {
	defer g.caught()
	if g.crash.Load() != nil {
		return v
	}
	return g.paint.show(g.Model.View(), g.Model.state.Last > 0)
}

// redrawMsg asks for all of the screen to be drawn again.
type redrawMsg struct{}

// cmd guards a command and, where it is a batch, those in it. What one sends to
// the terminal does not wait for Bubble Tea.
func (g *guard) cmd(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		defer g.caught()
		msg := cmd()
		switch m := msg.(type) {
		case tea.BatchMsg:
			for i := range m {
				m[i] = g.cmd(m[i])
			}
		case tea.RawMsg:
			g.paint.send(fmt.Sprint(m.Msg))
			return nil
		}
		return msg
	}
}
