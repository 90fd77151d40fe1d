package ui

import (
	"context"
	"errors"
	"fmt"
	"os"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// ErrInterrupted is what Run returns when Ctrl-C at rest ended the explorer:
// the program exits with status 130.
var ErrInterrupted = errors.New("interrupted")

// Run shows the explorer over an engine until the user quits or ctx is done.
// It takes the terminal over and gives it back, also after a panic.
func Run(ctx context.Context, eng Engine, opt Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the commands that still wait
	m, err := New(ctx, eng, opt)
	if err != nil {
		return err
	}
	err = m.runGuarded(ctx)
	if err == nil && m.Status() != 0 || errors.Is(err, tea.ErrInterrupted) {
		return ErrInterrupted
	}
	return err
}

// wire is the way to the terminal. Over SSH what goes there is counted.
func (m *Model) wire() *wire {
	w := &wire{out: m.opt.Output}
	if w.out == nil {
		w.out = os.Stdout
	}
	if m.opt.SSH {
		w.meter = m.meter
	}
	return w
}

func (m *Model) programOptions(w *wire) []tea.ProgramOption {
	o := &m.opt
	opts := []tea.ProgramOption{
		tea.WithEnvironment(o.Env),
		tea.WithoutSignalHandler(), // ctx ends at signals; the library's handler may wait for an event loop that has ended
	}
	if o.Input != nil {
		opts = append(opts, tea.WithInput(o.Input))
	}
	opts = append(opts, tea.WithOutput(w.writer()), tea.WithFPS(modesPerSecond))
	if o.Color != colorprofile.Unknown {
		opts = append(opts, tea.WithColorProfile(o.Color))
	}
	return opts
}

// onAnswer takes what commands answer.
func (m *Model) onAnswer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case foundMsg:
		return m.onFound(msg)
	case recountMsg:
		return m.onRecount()
	case facetsMsg:
		return m.onFacets(msg)
	case tableMsg:
		m.onTable(msg)
	case savedMsg:
		m.onSaved(msg)
	case editedMsg:
		m.onEdited(msg)
	}
	return nil
}

func (m *Model) onSaved(msg savedMsg) {
	if msg.err != nil {
		m.say("not saved: " + msg.err.Error())
		return
	}
	m.say(fmt.Sprintf("%d records saved to %s", msg.n, msg.name))
}
