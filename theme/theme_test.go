package theme_test

import (
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"

	"ravel/model"
	"ravel/theme"
)

func TestThemes(t *testing.T) {
	for _, name := range theme.Names() {
		th, err := theme.New(name)
		if err != nil {
			t.Fatal(err)
		}
		for s := range theme.NumStyles {
			sgr := th.SGR(s)
			if sgr != "" && (!strings.HasPrefix(sgr, "\x1b[") || !strings.HasSuffix(sgr, "m")) {
				t.Errorf("%s: role %d starts with %q", name, s, sgr)
			}
		}
		if th.SGR(theme.Match) == "" || th.SGR(theme.Cursor) == "" {
			t.Errorf("%s: a match or the cursor cannot be seen", name)
		}
		if th.SGR(theme.Level(model.Error)) == th.SGR(theme.Level(model.Info)) {
			t.Errorf("%s: ERROR looks like INFO", name)
		}
	}
	if _, err := theme.New("pink"); err == nil || !strings.Contains(err.Error(), "dark") {
		t.Errorf("an unknown theme must name the known ones: %v", err)
	}
}

func TestMonoHasNoColour(t *testing.T) {
	th := theme.Must("mono")
	for s := range theme.NumStyles {
		for part := range strings.SplitSeq(strings.Trim(th.SGR(s), "\x1b[m"), ";") {
			if len(part) > 1 {
				t.Errorf("role %d uses colour: %q", s, th.SGR(s))
			}
		}
	}
}

func TestGlyphsAreOneCell(t *testing.T) {
	for _, g := range []theme.Glyphs{theme.ASCII, theme.Unicode} {
		signs := append([]string{g.Folded, g.Opened, g.Failed, g.InFlight, g.Hung, g.NoStart, g.Cursor, g.Marked,
			g.More, g.On, g.Off, g.Rule, g.Divide, g.Control, g.Escape, g.Invalid, g.Elbow, g.Bar}, g.Bars...)
		for _, s := range signs {
			if displaywidth.String(s) != 1 {
				t.Errorf("%q is %d cells wide", s, displaywidth.String(s))
			}
		}
	}
}

func TestForLocale(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		utf8 bool
	}{
		{map[string]string{}, false},
		{map[string]string{"LANG": "C"}, false},
		{map[string]string{"LANG": "en_US.UTF-8"}, true},
		{map[string]string{"LANG": "en_US.UTF-8", "LC_ALL": "C"}, false},
		{map[string]string{"LC_CTYPE": "C.utf8"}, true},
	} {
		got := theme.ForLocale(func(k string) string { return c.env[k] })
		if (got == &theme.Unicode) != c.utf8 {
			t.Errorf("%v: wrong set", c.env)
		}
	}
}

func TestForEnv(t *testing.T) {
	for _, c := range []struct{ term, color, no, fgbg, want string }{
		{"xterm-256color", "", "", "", "dark"},
		{"xterm-256color", "", "", "0;15", "light"},
		{"xterm-256color", "", "", "15;default;0", "dark"},
		{"xterm", "", "", "", "16"},
		{"xterm", "truecolor", "", "", "dark"},
		{"xterm-256color", "", "1", "", "mono"},
		{"dumb", "", "", "", "mono"},
		{"vt100", "", "", "", "mono"},
		{"linux-m", "", "", "", "mono"},
		{"linux", "", "", "", "16"},
	} {
		env := map[string]string{"TERM": c.term, "COLORTERM": c.color, "NO_COLOR": c.no, "COLORFGBG": c.fgbg}
		if got := theme.ForEnv(func(k string) string { return env[k] }); got != c.want {
			t.Errorf("%v: %s, want %s", env, got, c.want)
		}
	}
}
