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
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"ravel/model"
)

// savedMsg is how saving ended.
type savedMsg struct {
	name string
	n    int
	err  error
}

// saveStep is how many rows are asked for at once.
const saveStep = 4096

// saveCmd writes what matches to a new file, off the event loop: the original
// bytes, or JSON lines or CSV where the name ends so. A name that ends in .md
// gets the request or record under the cursor as Markdown. An existing file is
// left alone.
func (m *Model) saveCmd(name string) tea.Cmd {
	if name = strings.TrimSpace(name); name == "" {
		return nil
	}
	name = m.inHome(name)
	m.say("saving to " + name)
	if strings.EqualFold(filepath.Ext(name), ".md") {
		req, recs := m.taken()
		return saveText(name, clean(m.safe(m.markdown(req, recs))), len(recs))
	}
	eng, redact, ctx, last := m.eng, m.opt.Redact, m.ctx, m.state.Last
	return func() tea.Msg {
		f, err := newFile(name)
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

// newFile makes a file that only the user can read, and that did not exist.
func newFile(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, fmt.Errorf("%s exists already: choose another name", name)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no folder %s: choose another name", filepath.Dir(name))
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return nil, fmt.Errorf("%s may not be written by this user: choose another folder", filepath.Dir(name))
	}
	return f, err
}

// inHome puts the user's folder in place of a leading ~, as shells do.
func (m *Model) inHome(name string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		if home := m.opt.getenv("HOME"); home != "" {
			return filepath.Join(home, rest)
		}
	}
	return name
}

// saveText writes the text of n records to a new file.
func saveText(name, text string, n int) tea.Cmd {
	return func() tea.Msg {
		f, err := newFile(name)
		if err != nil {
			return savedMsg{name: name, err: err}
		}
		_, err = io.WriteString(f, text)
		return savedMsg{name, n, errors.Join(err, f.Close())}
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

// savedRecord is a record as JSON: keys named and ordered as in -o json, and
// the original bytes in place of the fields.
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

// toSave is a record as JSON, its text masked.
func toSave(r *model.Record, mask func(string) string) savedRecord {
	level := ""
	if r.Level != model.LevelNone {
		level = r.Level.String()
	}
	return savedRecord{r.Seq, r.Source, r.Line, r.Lines, orNull(stamp(r.Time)), orNull(level), r.Domain,
		orNull(r.RequestID), orNull(r.CorrelationID), mask(r.Message), mask(string(r.Raw))}
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
		s.err = s.json.Encode(toSave(r, s.mask))
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
