package ui

import (
	"io"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"ravel/keymap"
	"ravel/model"
	"ravel/theme"
	"ravel/ui/canvas"
)

// Options are what the explorer is told by the command line. The zero value
// works: the terminal of the process, the theme that suits it, UTC.
type Options struct {
	Input  io.Reader // keys; nil: the terminal, also where stdin is piped
	Output io.Writer // nil: stdout
	Env    []string  // nil: the process' own

	Theme  string               // "" or "auto": what suits the terminal
	Color  colorprofile.Profile // Unknown: detected
	SSH    bool                 // hold back bytes, no mouse (rule 36); SSH_TTY and SSH_CONNECTION say so too
	Keys   *keymap.Map          // nil: the built-in one
	Redact func(string) string  // masks secrets in what is drawn, copied and saved; nil masks nothing
	// SaveAs is how records are written to a file of that name, masked: what
	// begins it, and what appends one to dst; nil, or a nil record: as their
	// original bytes.
	SaveAs func(name string) (header []byte, record func(dst []byte, r *model.Record) []byte)

	Command   func(query string) string // the command line that opens a query, for "copy the command"; nil: ravel's own
	Query     string                    // the first query
	Zone      *time.Location            // of the times shown; nil: UTC
	NoFollow  bool                      // the sources are not followed: the log stands at its end and does not grow
	Once      bool                      // what is read cannot be read again: q asks first (rule 37)
	Source    string                    // heading of the source facet; "": SOURCE
	Waiting   string                    // what is to be read, as long as nothing of it is there
	Title     string                    // what is read, where it is several sources by one name; "": what their names begin with
	Libraries []string                  // further marks of library frames
	Notes     []string                  // shown one after the other at the start

	Drawn func()           // called once, when the first records stand on the screen; nil: nobody asks
	Now   func() time.Time // the clock; nil: time.Now
}

func (o Options) withDefaults() Options {
	if o.Env == nil {
		o.Env = os.Environ()
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Keys == nil {
		o.Keys = keymap.Default()
	}
	if o.Command == nil {
		o.Command = func(query string) string { return "ravel -q '" + query + "'" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Source == "" {
		o.Source = "SOURCE"
	}
	if o.getenv("SSH_TTY") != "" || o.getenv("SSH_CONNECTION") != "" {
		o.SSH = true
	}
	return o
}

// getenv looks a variable up; the last setting wins.
func (o *Options) getenv(name string) string {
	for i := len(o.Env) - 1; i >= 0; i-- {
		if k, v, ok := strings.Cut(o.Env[i], "="); ok && k == name {
			return v
		}
	}
	return ""
}

// pen chooses the look: the named theme, else the one that suits the
// environment; glyphs by the locale alone.
func (o *Options) pen() (canvas.Pen, error) {
	name := o.Theme
	if o.auto() {
		name = theme.ForEnv(o.getenv)
	}
	th, err := theme.New(name)
	return canvas.Pen{Theme: th, Glyphs: theme.ForLocale(o.getenv)}, err
}

// auto reports whether the theme is left to the terminal.
func (o *Options) auto() bool { return o.Theme == "" || o.Theme == "auto" }

// mayAsk reports whether the terminal may be asked for its background: only a
// local one that is sure to understand, so that nothing is printed as garbage.
func (o *Options) mayAsk() bool {
	term := o.getenv("TERM")
	known := strings.Contains(term, "256color") || strings.Contains(term, "kitty") || strings.Contains(term, "direct")
	return o.auto() && !o.SSH && known && o.getenv("NO_COLOR") == "" && o.getenv("COLORFGBG") == ""
}

// adapt changes a theme that was left to the terminal to what it has told
// about itself.
func (m *Model) adapt(light bool, profile colorprofile.Profile) {
	name := m.pen.Theme.Name
	switch {
	case !m.opt.auto():
		return
	case profile == colorprofile.ANSI && name != "mono":
		name = "16"
	case profile == colorprofile.ASCII || profile == colorprofile.NoTTY:
		name = "mono"
	case light && name == "dark":
		name = "light"
	}
	if name == m.pen.Theme.Name {
		return
	}
	m.pen.Theme = theme.Must(name)
	m.canvas.Pen, m.dirty = m.pen, true
	m.log.SetPen(m.pen)
}

var _ tea.Model = (*Model)(nil)
