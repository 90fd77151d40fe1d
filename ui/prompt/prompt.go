// Package prompt is the one-line editor at the foot of the screen: the filter
// bar, the search, the times and file names that are asked for. It knows keys
// and text; what the text means is up to who asked.
package prompt

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"ravel/theme"
	"ravel/ui/canvas"
)

// Line is the text being typed, with its cursor, history and completions.
type Line struct {
	Label   string   // stands before the text: "&", "/"
	History []string // oldest first
	// Complete proposes whole texts in place of what is typed; nil for none.
	Complete func(text string, cursor int) []string
	// Lines keeps line ends that are put in, drawn as blanks; else they become
	// blanks.
	Lines bool

	text   []rune
	at     int
	recall int    // how far back in the history, 0 for none
	draft  string // what was typed before going back in it
	offers []string
	offer  int
	from   int // the first character in view, as last drawn
	start  int // its column
}

// Text is what is typed.
func (l *Line) Text() string { return string(l.text) }

// Cursor is the cursor's place in the text, in characters.
func (l *Line) Cursor() int { return l.at }

// Set replaces the text and puts the cursor behind it.
func (l *Line) Set(text string) {
	l.text = []rune(text)
	l.at = len(l.text)
	l.offers = nil
}

// Offers are the completions in view and which of them is taken, -1 for none.
func (l *Line) Offers() ([]string, int) { return l.offers, l.offer }

// Insert puts text in at the cursor. A terminal pastes line ends as CR.
func (l *Line) Insert(text string) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	in := []rune(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && l.Lines:
			return r
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text))
	l.text = slices.Insert(l.text, l.at, in...)
	l.at += len(in)
	l.offers = nil
}

// Key takes a key. It reports whether the text has changed.
func (l *Line) Key(k tea.KeyPressMsg) (changed bool) {
	before := string(l.text)
	switch k.String() {
	case "left", "ctrl+b":
		l.at = max(l.at-1, 0)
	case "right", "ctrl+f":
		l.at = min(l.at+1, len(l.text))
	case "home", "ctrl+a":
		l.at = 0
	case "end", "ctrl+e":
		l.at = len(l.text)
	case "alt+b", "ctrl+left", "alt+left":
		l.at = l.wordStart()
	case "alt+f", "ctrl+right", "alt+right":
		l.at = l.wordEnd()
	case "backspace", "ctrl+h":
		l.remove(l.at-1, l.at)
	case "delete", "ctrl+d":
		l.remove(l.at, l.at+1)
	case "ctrl+w", "alt+backspace":
		l.remove(l.wordStart(), l.at)
	case "alt+d":
		l.remove(l.at, l.wordEnd())
	case "ctrl+u":
		l.remove(0, l.at)
	case "ctrl+k":
		l.remove(l.at, len(l.text))
	case "up", "ctrl+p":
		l.back(+1)
	case "down", "ctrl+n":
		l.back(-1)
	case "tab":
		l.next(+1)
	case "shift+tab":
		l.next(-1)
	default:
		if k.Text != "" {
			l.Insert(k.Text)
		}
	}
	if k.Code != tea.KeyTab {
		l.offers = nil
	}
	return string(l.text) != before
}

func (l *Line) remove(from, to int) {
	from, to = max(from, 0), min(to, len(l.text))
	if from < to {
		l.text = slices.Delete(l.text, from, to)
		l.at = from
	}
}

func (l *Line) wordStart() int {
	i := l.at
	for i > 0 && unicode.IsSpace(l.text[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(l.text[i-1]) {
		i--
	}
	return i
}

func (l *Line) wordEnd() int {
	i := l.at
	for i < len(l.text) && unicode.IsSpace(l.text[i]) {
		i++
	}
	for i < len(l.text) && !unicode.IsSpace(l.text[i]) {
		i++
	}
	return i
}

// back goes n steps back in the history, or forward to the draft.
func (l *Line) back(n int) {
	to := l.recall + n
	if to < 0 || to > len(l.History) {
		return
	}
	if l.recall == 0 {
		l.draft = string(l.text)
	}
	l.recall = to
	if to == 0 {
		l.Set(l.draft)
		return
	}
	l.Set(l.History[len(l.History)-to])
}

// next takes the next completion; the first one asks for them.
func (l *Line) next(dir int) {
	if l.Complete == nil {
		return
	}
	if l.offers == nil {
		offers := l.Complete(string(l.text), l.at)
		if len(offers) == 0 {
			return
		}
		l.offers, l.offer = offers, -1
		if dir < 0 {
			l.offer = 0
		}
	}
	l.offer = (l.offer + dir + len(l.offers)) % len(l.offers)
	l.text = []rune(l.offers[l.offer])
	l.at = len(l.text)
}

// Draw appends the line to buf, scrolled so that the cursor is seen, and says
// in which column the cursor stands.
func (l *Line) Draw(c *canvas.Line, buf []byte, width int) (out []byte, cursor int) {
	c.Begin(buf, width, theme.Text)
	c.Put(theme.Accent, l.Label)
	room := width - c.At() - 1
	l.from = 0
	for l.width(l.from, l.at) > max(room, 0) && l.from < l.at {
		l.from++
	}
	l.start = c.At()
	c.Put(theme.Text, l.shown(l.from, len(l.text)))
	return c.End(), l.Column(l.at)
}

// Column is where character i of the text was drawn last: left of the text if it
// is scrolled out of view.
func (l *Line) Column(i int) int {
	i = min(max(i, 0), len(l.text))
	if i < l.from {
		return max(l.start-1, 0)
	}
	return l.start + l.width(l.from, i)
}

// shown is a part of the text as it is drawn.
func (l *Line) shown(from, to int) string {
	return strings.ReplaceAll(string(l.text[from:to]), "\n", " ")
}

// width is how many cells a part of the text takes.
func (l *Line) width(from, to int) int { return canvas.Width(l.shown(from, to)) }
