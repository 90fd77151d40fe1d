package cli

import (
	"context"
	"runtime"
	"slices"
	"strings"
)

// explore opens the screen over the sources.
func (a *app) explore(ctx context.Context, s *settings, open opener) error {
	if !keysAvailable(a.stdio.In) {
		return usagef("no terminal for keys: use -o, or ssh -t")
	}
	if a.stdio.Getenv("TERM") == "dumb" {
		return errDumb
	}
	return a.explorer(ctx, s, open)
}

// errDumb is told where there is no screen to draw on: other than an unknown
// terminal, which gets one and a note (rule 36), this one says that it has none.
var errDumb = usagef("a terminal with TERM=dumb has no screen to explore on: print with -o text, or set TERM=xterm if it has one")

// knownTerms begin the names of terminals that understand what the explorer
// writes.
var knownTerms = []string{
	"xterm", "screen", "tmux", "linux", "rxvt", "putty", "kitty", "foot", "alacritty", "wezterm", "ghostty", "contour",
	"konsole", "gnome", "vte", "st", "mlterm", "iTerm", "cygwin", "ansi", "dtterm", "Eterm", "fbterm", "jfbterm", "nsterm",
	"eterm", "mintty", "teken", "wsvt", "pcvt", "cons25", "minix", "rio", "bterm", "beterm", "hterm", "ms-terminal",
	"zellij", "vt1", "vt2", "vt3", "vt4", "vt510", "vt520", "vt525",
}

// surroundings are notes about what is missing around the explorer; it starts
// all the same (rule 36).
func (a *app) surroundings() []string {
	var notes []string
	term := a.stdio.Getenv("TERM")
	known := func(name string) bool { return strings.HasPrefix(term, name) }
	if runtime.GOOS != "windows" && !slices.ContainsFunc(knownTerms, known) {
		notes = append(notes, "TERM="+term+" is not known here: if the screen is garbled, set TERM=xterm, or print with -o text")
	}
	if a.configDir() == "" {
		notes = append(notes, "no HOME: no configuration is read")
	}
	if a.unread != "" {
		notes = append(notes, a.unread)
	}
	return notes
}
