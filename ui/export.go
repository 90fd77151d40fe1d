package ui

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ravel/model"
	"ravel/ui/canvas"
)

// taken is what a copy is about: the request under the cursor with its
// records, or one record. Both are nil and empty if the log is empty.
func (m *Model) taken() (*model.Request, []*model.Record) {
	rec, req := m.log.Selected()
	switch {
	case rec == nil:
		return nil, nil
	case req != nil && !m.log.Flat:
		return req, m.eng.Members(m.log.Cursor().Seq, maxShown)
	}
	return nil, []*model.Record{rec}
}

// copyMarkdown copies the request or record for an incident channel: what it
// came to, its exception, its lines in a fence.
func (m *Model) copyMarkdown() tea.Cmd {
	req, recs := m.taken()
	if len(recs) == 0 {
		return nil
	}
	return m.copyText(m.markdown(req, recs), "Markdown")
}

func (m *Model) markdown(req *model.Request, recs []*model.Record) string {
	var b strings.Builder
	switch {
	case len(recs) == 0:
		return ""
	case req != nil:
		fmt.Fprintf(&b, "**%s** ", strings.TrimSpace(req.Method+" "+req.Path))
		if req.Status > 0 {
			fmt.Fprintf(&b, "%d ", req.Status)
		}
		b.WriteString(req.State.String())
		if req.Duration >= 0 {
			b.WriteString(" in " + canvas.Took(req.Duration))
		}
		b.WriteString("\n\n")
		mdItem(&b, "start", stamp(req.Start))
		mdItem(&b, "request_id", req.ID)
		mdItem(&b, "correlation_id", req.CorrelationID)
		mdItem(&b, "sources", strings.Join(req.Sources, ", "))
		if req.ErrorType != "" {
			first, _, _ := strings.Cut(req.ErrorMessage, "\n")
			mdItem(&b, "error", strings.TrimSuffix(req.ErrorType+": "+first, ": "))
		}
	default:
		mdItem(&b, "time", stamp(recs[0].Time))
		mdItem(&b, "level", recs[0].Level.String())
		mdItem(&b, "source", recs[0].Source)
	}
	mdItem(&b, "note", m.log.Note(m.log.Cursor().Seq))
	fence := "```"
	text := recordsText(recs)
	for strings.Contains(text, fence) {
		fence += "`"
	}
	b.WriteString("\n" + fence + "\n" + text + fence + "\n")
	return b.String()
}

func mdItem(b *strings.Builder, name, value string) {
	if value != "" {
		fmt.Fprintf(b, "- %s: `%s`\n", name, strings.ReplaceAll(value, "`", "'"))
	}
}

// exported is a request as JSON: the keys of -o requests in their order, then
// the records.
type exported struct {
	RequestID     *string       `json:"request_id"`
	CorrelationID *string       `json:"correlation_id"`
	Kind          string        `json:"kind"`
	Name          *string       `json:"name"`
	State         string        `json:"state"`
	Start         *string       `json:"start"`
	End           *string       `json:"end"`
	DurationMS    *float64      `json:"duration_ms"`
	Method        *string       `json:"method"`
	Path          *string       `json:"path"`
	Client        *string       `json:"client"`
	Status        *int          `json:"status"`
	Level         *string       `json:"level"`
	Records       int           `json:"records"`
	Sources       []string      `json:"sources"`
	Error         *exportedErr  `json:"error"`
	Log           []savedRecord `json:"log"`
}

// exportedErr is a request's last exception.
type exportedErr struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// export is a request with its records, its text masked.
func (m *Model) export(r *model.Request, recs []savedRecord) exported {
	e := exported{
		RequestID: orNull(m.safe(r.ID)), CorrelationID: orNull(m.safe(r.CorrelationID)), Kind: r.Kind.String(), Name: orNull(m.safe(r.Name)),
		State: r.State.String(), Start: orNull(stamp(r.Start)), Method: orNull(r.Method), Path: orNull(m.safe(r.Path)), Client: orNull(m.safe(r.Client)),
		Records: r.Records, Sources: r.Sources, Log: recs,
	}
	if r.State != model.InFlight && r.State != model.Hung {
		e.End = orNull(stamp(r.End))
	}
	if r.Duration >= 0 {
		ms := float64(r.Duration) / 1e6
		e.DurationMS = &ms
	}
	if r.Status > 0 {
		e.Status = &r.Status
	}
	if r.Level != model.LevelNone {
		e.Level = orNull(r.Level.String())
	}
	if r.ErrorType != "" || r.ErrorMessage != "" {
		e.Error = &exportedErr{r.ErrorType, m.safe(r.ErrorMessage)}
	}
	return e
}

// copyJSON copies the request with its records, or the record, as JSON.
func (m *Model) copyJSON() tea.Cmd {
	req, recs := m.taken()
	if len(recs) == 0 {
		return nil
	}
	list := make([]savedRecord, len(recs))
	for i, r := range recs {
		list[i] = toSave(r, m.safe)
	}
	var value any = list[0]
	if req != nil {
		value = m.export(req, list)
	}
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		m.say("not copied: " + err.Error())
		return nil
	}
	return m.copyText(string(text)+"\n", "JSON")
}

// editedMsg says that the editor has ended.
type editedMsg struct {
	name string
	err  error
}

// editHere opens what the cursor stands on in the user's editor, as a copy:
// nothing comes back from it.
func (m *Model) editHere() tea.Cmd {
	_, recs := m.taken()
	editor := strings.Fields(m.editor())
	if len(recs) == 0 || len(editor) == 0 {
		m.say("no editor: set VISUAL or EDITOR")
		return nil
	}
	name, err := writeTemp(clean(m.safe(recordsText(recs))))
	if err != nil {
		m.say("no copy to edit: " + err.Error())
		return nil
	}
	cmd := exec.Command(editor[0], append(editor[1:], name)...) //nolint:gosec // the user's own setting
	return tea.ExecProcess(cmd, func(err error) tea.Msg { return editedMsg{name, err} })
}

func (m *Model) editor() string {
	if v := m.opt.getenv("VISUAL"); v != "" {
		return v
	}
	return m.opt.getenv("EDITOR")
}

// writeTemp writes text to a new file that only the user can read.
func writeTemp(text string) (name string, err error) {
	f, err := os.CreateTemp("", "ravel-*.log")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(text)
	if e := f.Close(); err == nil {
		err = e
	}
	return f.Name(), err
}

func (m *Model) onEdited(msg editedMsg) {
	_ = os.Remove(msg.name) // a copy in the temporary directory, no more
	if msg.err != nil {
		m.say("the editor: " + msg.err.Error())
	}
}
