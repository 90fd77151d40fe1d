package ui

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ravel/model"
	"ravel/theme"
	"ravel/ui/canvas"
)

// copyLimit is how much is sent to the clipboard at once: terminals refuse or
// cut more.
const copyLimit = 74 << 10

// copyText sends text to the terminal's clipboard (OSC 52): sanitised, masked,
// and no more than terminals take. Nobody answers, so it says what it did, not
// what came of it.
func (m *Model) copyText(text, what string) tea.Cmd {
	text = clean(m.safe(text))
	if text == "" {
		m.say("nothing to copy here")
		return nil
	}
	lines := strings.Count(strings.TrimRight(text, "\n"), "\n") + 1
	note := what + ": " + strconv.Itoa(lines) + " lines sent to the clipboard"
	if lines == 1 {
		note = what + " sent to the clipboard"
	}
	if len(text) > copyLimit {
		cut := strings.LastIndexByte(text[:copyLimit], '\n') + 1
		if cut == 0 {
			cut = copyLimit
		}
		text = strings.ToValidUTF8(text[:cut], "")
		note = what + ": only the first " + strconv.Itoa(copyLimit>>10) + " KiB fit the clipboard; Ctrl-s saves all"
	}
	m.say(note)
	return m.clipboardCmd(text)
}

// screenChunk is how much GNU screen passes through in one sequence.
const screenChunk = 768

// clipboardCmd sends text by OSC 52. tmux takes it for its own buffer and, in
// the wrapping, passes it on to the terminal; screen needs the wrapping. On a
// host reached from within one of them, TERM alone may say so, and it is the
// same for both: what one does not know it passes over.
func (m *Model) clipboardCmd(text string) tea.Cmd {
	seq := ansi.SetSystemClipboard(text)
	switch {
	case m.opt.getenv("TMUX") != "":
		seq += ansi.TmuxPassthrough(seq)
	case m.opt.getenv("STY") != "":
		seq = ansi.ScreenPassthrough(seq, screenChunk)
	case strings.HasPrefix(m.opt.getenv("TERM"), "screen"):
		seq += ansi.ScreenPassthrough(seq, screenChunk)
	}
	return tea.Raw(seq)
}

// clean neutralises control characters and keeps line ends.
func clean(text string) string {
	var b []byte
	for line := range strings.SplitAfterSeq(text, "\n") {
		body, ended := strings.CutSuffix(line, "\n")
		b, _, _ = theme.Printable(b, strings.TrimSuffix(body, "\r"), -1)
		if ended {
			b = append(b, '\n')
		}
	}
	return string(b)
}

// copyHere copies the request under the cursor with all its records, else the
// record.
func (m *Model) copyHere() tea.Cmd {
	req, recs := m.taken()
	switch {
	case len(recs) == 0:
		return nil
	case req != nil:
		return m.copyText(requestText(req, m.opt.Zone)+recordsText(recs), "the request")
	}
	return m.copyText(recordsText(recs), "the record")
}

// copyScreen copies the records on screen.
func (m *Model) copyScreen() tea.Cmd {
	return m.copyText(recordsText(m.log.Visible()), "the screen")
}

// requestText is a request's head in one line.
func requestText(r *model.Request, zone *time.Location) string {
	var b strings.Builder
	if r.Start != model.NoTime {
		b.WriteString(time.Unix(0, r.Start).In(zone).Format(time.RFC3339Nano) + " ")
	}
	b.WriteString(strings.TrimSpace(r.Method + " " + r.Path))
	if r.Status > 0 {
		b.WriteString(" " + strconv.Itoa(r.Status))
	}
	if r.Duration >= 0 {
		b.WriteString(" in " + canvas.Took(r.Duration))
	}
	b.WriteString(" " + r.State.String())
	if r.ID != "" {
		b.WriteString(" " + r.ID)
	}
	return b.String() + "\n"
}

// recordsText is the records' own lines, with their sources where they differ.
func recordsText(recs []*model.Record) string {
	var b strings.Builder
	for _, r := range recs {
		text := r.Text
		switch {
		case r.Flags&model.Marker != 0:
			text = []byte(r.Message) // its bytes are ravel's own
		case len(text) == 0:
			text = r.Raw
		}
		b.WriteString(strings.TrimRight(string(text), "\r\n"))
		b.WriteByte('\n')
	}
	return b.String()
}

// copyCommand copies the command line that reopens this view.
func (m *Model) copyCommand() tea.Cmd {
	query := m.state.Query
	if m.side.view == ownTable {
		query = m.fullQuery()
	}
	return m.copyText(m.opt.Command(query), "the command")
}
