// Package theme holds how ravel looks as data: palettes turned into styles for
// the chrome and into ready escape sequences for rows, the glyphs, and the
// sanitiser through which every byte of a log passes before it is drawn. It
// knows no widget and never asks the terminal anything.
package theme

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"ravel/model"
)

// Style names a role on the screen; a Theme gives each role its look.
type Style uint8

// The roles. The levels follow LevelBase in the order of model.Level, the
// sources' colours follow SourceBase.
const (
	Text      Style = iota // a record's message
	Dim                    // what may be overlooked: library frames, separators
	Time                   // time stamps and deltas
	Accent                 // the focused thing, key names
	Title                  // what is read
	Bar                    // status bar and hints
	Method                 // GET, POST
	Path                   // of a request
	OK                     // 2xx, complete
	Redirect               // 3xx
	Client                 // 4xx
	Failure                // 5xx, failed
	Flight                 // in flight
	Stalled                // hung
	Key                    // a field's name
	Word                   // a string value
	Number                 // a number
	Literal                // true, false, null
	Exception              // an exception's type and message
	Frame                  // an application frame
	Match                  // what the search found
	Cursor                 // laid over the row of the cursor
	Mark                   // a marked row
	LevelBase
	SourceBase = LevelBase + Style(model.NumLevels)
	NumStyles  = SourceBase + numSources
)

// numSources is how many colours tell sources apart.
const numSources = 6

// Level is the role of a severity.
func Level(l model.Level) Style { return LevelBase + Style(min(l, model.NumLevels-1)) }

// Source is the role of a source's name: stable for the name, so that a pod
// keeps its colour over restarts of ravel.
func Source(name string) Style {
	var h uint32 = 2166136261
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return SourceBase + Style((h^h>>16)%numSources)
}

// Status is the role of an HTTP status.
func Status(code int) Style {
	switch {
	case code >= 500:
		return Failure
	case code >= 400:
		return Client
	case code >= 300:
		return Redirect
	case code >= 200:
		return OK
	}
	return Text
}

// Reset ends every run of styled text.
const Reset = "\x1b[m"

// Theme is a palette made ready. It is immutable and safe for concurrent use.
type Theme struct {
	Name   string
	styles [NumStyles]lipgloss.Style
	sgr    [NumStyles]string
}

// SGR is the escape sequence that starts s, "" for the terminal's own look.
// Text after it must end with Reset.
func (t *Theme) SGR(s Style) string { return t.sgr[s] }

// Style is s for lipgloss, for what is drawn once rather than per row.
func (t *Theme) Style(s Style) lipgloss.Style { return t.styles[s] }

// Names lists the themes, the default for dark screens first.
func Names() []string {
	names := make([]string, len(palettes))
	for i := range palettes {
		names[i] = palettes[i].name
	}
	return names
}

// New makes the theme of that name ready.
func New(name string) (*Theme, error) {
	i := slices.IndexFunc(palettes, func(p palette) bool { return p.name == name })
	if i < 0 {
		return nil, fmt.Errorf("no theme %q: use one of %s", name, strings.Join(Names(), ", "))
	}
	p := &palettes[i]
	t := &Theme{Name: p.name}
	for s := range NumStyles {
		t.styles[s] = p.look(s).style()
		t.sgr[s], _, _ = strings.Cut(t.styles[s].Render("x"), "x")
	}
	return t, nil
}

// Must is New for the names that this package itself gives.
func Must(name string) *Theme {
	t, err := New(name)
	if err != nil {
		panic(err)
	}
	return t
}

// look is one role's attributes; colours are ANSI numbers or #rrggbb, "" for
// the terminal's own.
type look struct {
	fg, bg                    string
	bold, dim, reverse, uline bool
}

func (l look) style() lipgloss.Style {
	s := lipgloss.NewStyle().Bold(l.bold).Faint(l.dim).Reverse(l.reverse).Underline(l.uline)
	if l.fg != "" {
		s = s.Foreground(shade(l.fg))
	}
	if l.bg != "" {
		s = s.Background(shade(l.bg))
	}
	return s
}

func shade(c string) color.Color { return lipgloss.Color(c) }
