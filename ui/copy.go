package ui

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

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
	return tea.SetClipboard(text)
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
	rec, req := m.log.Selected()
	if rec == nil {
		return nil
	}
	if req != nil && !m.log.Flat {
		recs := m.eng.Members(m.log.Cursor().Seq, maxShown)
		return m.copyText(requestText(req, m.opt.Zone)+recordsText(recs), "the request")
	}
	return m.copyText(recordsText([]*model.Record{rec}), "the record")
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
		if len(text) == 0 {
			text = r.Raw
		}
		b.WriteString(strings.TrimRight(string(text), "\r\n"))
		b.WriteByte('\n')
	}
	return b.String()
}

// copyCommand copies the command line that reopens this view.
func (m *Model) copyCommand() tea.Cmd {
	command := m.opt.Command
	if command == "" {
		command = "ravel"
	}
	if q := m.state.Query; q != "" {
		command += " -q " + shellQuote(q)
	}
	return m.copyText(command, "the command")
}

func shellQuote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// savedMsg is how saving ended.
type savedMsg struct {
	name string
	n    int
	err  error
}

// saveStep is how many rows are asked for at once.
const saveStep = 4096

// saveCmd writes what matches to a new file, off the event loop: the original
// bytes, or JSON lines or CSV where the name ends so. An existing file is left
// alone.
func (m *Model) saveCmd(name string) tea.Cmd {
	if name = strings.TrimSpace(name); name == "" {
		return nil
	}
	m.say("saving to " + name)
	eng, redact, ctx, last := m.eng, m.opt.Redact, m.ctx, m.state.Last
	return func() tea.Msg {
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			err = fmt.Errorf("%s exists already: choose another name", name)
		}
		if err != nil {
			return savedMsg{name: name, err: err}
		}
		w := newSaver(f, name, redact)
		n := 0
		for at := model.Seq(0); ctx.Err() == nil; {
			rows := eng.Rows(at, +1, saveStep, true)
			for i := range rows {
				if rows[i].Seq > last {
					rows = rows[:i]
					break
				}
				w.write(rows[i].Record)
				n++
			}
			if len(rows) < saveStep {
				break
			}
			at = rows[len(rows)-1].Seq + 1
		}
		err = errors.Join(w.flush(), f.Close())
		return savedMsg{name, n, err}
	}
}

// saver writes records in one form.
type saver struct {
	w      io.Writer
	csv    *csv.Writer
	json   *json.Encoder
	redact func(string) string
	err    error
}

func newSaver(w io.Writer, name string, redact func(string) string) *saver {
	s := &saver{w: w, redact: redact}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv":
		s.csv = csv.NewWriter(w)
		s.err = s.csv.Write([]string{"seq", "source", "line", "ts", "level", "domain", "request_id", "correlation_id", "message"})
	case ".json", ".jsonl", ".ndjson":
		s.json = json.NewEncoder(w)
		s.json.SetEscapeHTML(false)
	}
	return s
}

func (s *saver) mask(text string) string {
	if s.redact == nil {
		return text
	}
	return s.redact(text)
}

func stamp(ns int64) string {
	if ns == model.NoTime {
		return ""
	}
	return time.Unix(0, ns).UTC().Format("2006-01-02T15:04:05.000000000Z")
}

// savedRecord is a record as JSON, in the order of the keys of -o json.
type savedRecord struct {
	Seq           model.Seq `json:"seq"`
	Source        string    `json:"source"`
	Line          uint32    `json:"line"`
	Lines         int       `json:"lines"`
	TS            *string   `json:"ts"`
	Level         *string   `json:"level"`
	Domain        string    `json:"domain"`
	RequestID     *string   `json:"request_id"`
	CorrelationID *string   `json:"correlation_id"`
	Message       string    `json:"message"`
	Raw           string    `json:"raw"`
}

// orNull is nil for "".
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (s *saver) write(r *model.Record) {
	if s.err != nil || r == nil {
		return
	}
	switch {
	case s.csv != nil:
		s.err = s.csv.Write([]string{strconv.FormatUint(uint64(r.Seq), 10), r.Source, strconv.FormatUint(uint64(r.Line), 10),
			stamp(r.Time), r.Level.String(), r.Domain, r.RequestID, r.CorrelationID, s.mask(r.Message)})
	case s.json != nil:
		level := ""
		if r.Level != model.LevelNone {
			level = r.Level.String()
		}
		s.err = s.json.Encode(savedRecord{r.Seq, r.Source, r.Line, r.Lines, orNull(stamp(r.Time)), orNull(level), r.Domain,
			orNull(r.RequestID), orNull(r.CorrelationID), s.mask(r.Message), s.mask(string(r.Raw))})
	default:
		_, s.err = io.WriteString(s.w, s.mask(string(r.Raw)))
	}
}

func (s *saver) flush() error {
	if s.csv != nil {
		s.csv.Flush()
		return errors.Join(s.err, s.csv.Error())
	}
	return s.err
}
