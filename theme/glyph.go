package theme

import "strings"

// Glyphs are the signs of the screen in one character set. Each is one cell
// wide.
type Glyphs struct {
	Folded   string // a request or record that opens
	Opened   string // what is open
	Failed   string
	InFlight string
	Hung     string
	NoStart  string // a request whose start is not held
	Cursor   string // in the first column of the cursor's row
	Marked   string // in the first column of a marked row
	More     string // text was cut here
	Before   string // and its beginning here
	On, Off  string // a facet's value that is shown, hidden
	Bars     []string
	Rule     string // horizontal line
	Divide   string // vertical line
	Control  string // stands for a control character
	Escape   string // stands for ESC
	Invalid  string // stands for what must not be drawn
	Elbow    string // leads a nested value
	Bar      string // a waterfall's cell
}

// ASCII is the set for terminals that promise no more.
var ASCII = Glyphs{
	Folded: "+", Opened: "-", Failed: "x", InFlight: "~", Hung: "!", NoStart: "^", Cursor: ">", Marked: "*", More: ">", Before: "<",
	On: "*", Off: ".", Bars: []string{" ", ".", ":", "=", "@", "#"}, Rule: "-", Divide: "|",
	Control: ".", Escape: "^", Invalid: "?", Elbow: "`", Bar: "=",
}

// Unicode is the set for UTF-8 locales.
var Unicode = Glyphs{
	Folded: "▸", Opened: "▾", Failed: "✗", InFlight: "~", Hung: "!", NoStart: "↥", Cursor: "›", Marked: "●", More: "…", Before: "…",
	On: "●", Off: "○", Bars: []string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}, Rule: "─", Divide: "│",
	Control: "·", Escape: "␛", Invalid: "\ufffd", Elbow: "└", Bar: "━",
}

// ForLocale chooses the set by the locale variables alone (LC_ALL, LC_CTYPE,
// LANG, the first that is set): the terminal is never asked.
func ForLocale(getenv func(string) string) *Glyphs {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := getenv(name); v != "" {
			v = strings.ToLower(v)
			if strings.Contains(v, "utf-8") || strings.Contains(v, "utf8") {
				return &Unicode
			}
			return &ASCII
		}
	}
	return &ASCII
}

// monochrome tells terminals without colour: the DEC ones, and what says so.
func monochrome(term string) bool {
	model, dec := strings.CutPrefix(term, "vt")
	return dec && model != "" && '0' <= model[0] && model[0] <= '9' || strings.HasSuffix(term, "-m") || strings.HasSuffix(term, "-mono")
}

// ForEnv names the theme that suits the environment: mono where colour is
// refused, 16 where the terminal has no more, else dark, or light where
// COLORFGBG says so.
func ForEnv(getenv func(string) string) string {
	term := getenv("TERM")
	switch {
	case getenv("NO_COLOR") != "", term == "dumb", monochrome(term):
		return "mono"
	case getenv("COLORTERM") == "" && !strings.Contains(term, "256") && !strings.Contains(term, "direct"):
		return "16"
	}
	if _, bg, ok := strings.Cut(getenv("COLORFGBG"), ";"); ok {
		if i := strings.LastIndexByte(bg, ';'); i >= 0 {
			bg = bg[i+1:]
		}
		if bg == "7" || bg == "15" {
			return "light"
		}
	}
	return "dark"
}
