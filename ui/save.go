package ui

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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
// bytes, or what Options.SaveAs makes of a name that ends so. A name that ends in .md
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
	eng, opt, ctx, last := m.eng, m.opt, m.ctx, m.state.Last
	return func() tea.Msg {
		f, err := newFile(name)
		if err != nil {
			return savedMsg{name: name, err: err}
		}
		w := opt.newSaver(f, name)
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
	w      *bufio.Writer
	record func(dst []byte, r *model.Record) []byte // nil: the original bytes
	redact func(string) string
	buf    []byte
	open   bool      // what was written last lacks its line end
	cut    model.Seq // of the record written last, if its line goes on with the next; 0: it does not
	err    error
}

func (o *Options) newSaver(w io.Writer, name string) *saver {
	s := &saver{w: bufio.NewWriter(w), redact: o.Redact}
	if o.SaveAs != nil {
		var header []byte
		header, s.record = o.SaveAs(name)
		_, s.err = s.w.Write(header)
	}
	return s
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
	s.buf = s.buf[:0]
	if s.record != nil {
		s.buf = s.record(s.buf, r)
	} else {
		const piece = model.Cut | model.Continued
		if s.open && !(r.Flags&piece == piece && r.Seq == s.cut+1) {
			s.buf = append(s.buf, '\n')
		}
		if s.cut = 0; r.Flags&model.Cut != 0 {
			s.cut = r.Seq
		}
		if s.redact != nil {
			s.buf = append(s.buf, s.redact(string(r.Raw))...)
		} else {
			s.buf = append(s.buf, r.Raw...)
		}
		s.open = len(s.buf) > 0 && s.buf[len(s.buf)-1] != '\n'
	}
	_, s.err = s.w.Write(s.buf)
}

func (s *saver) flush() error { return errors.Join(s.err, s.w.Flush()) }
