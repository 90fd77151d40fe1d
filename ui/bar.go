package ui

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ravel/model/query"
	"ravel/theme"
	"ravel/ui/canvas"
	"ravel/ui/prompt"
)

// purpose is what the prompt asks for.
type purpose uint8

const (
	forFilter purpose = iota
	forSearch
	forTime
	forFile
	forSince
	forValue // letters of a facet's value
	forNote  // on the cursor's row
)

// bar is the prompt in use, and what the prompts remember.
type bar struct {
	line    *prompt.Line // nil: none is open
	purpose purpose
	query   string // the text of the filter that runs
	before  string // the filter to go back to
	err     error  // why what is typed does not run
	past    [forNote + 1][]string
}

var labelsOf = [...]string{forFilter: "& ", forSearch: "/", forTime: "go to: ", forFile: "save to: ", forSince: "since: ", forValue: "find: ", forNote: "note: "}

// open shows a prompt with text in it.
func (m *Model) openBar(p purpose, text string) tea.Cmd {
	m.bar.purpose, m.bar.err = p, nil
	m.bar.line = &prompt.Line{Label: labelsOf[p], History: m.bar.past[p], Lines: p == forFilter}
	if p == forFilter {
		m.bar.before = m.bar.query
		m.bar.line.Complete = m.eng.Complete
	}
	m.bar.line.Set(text)
	m.dirty = true
	return nil
}

func (m *Model) onBarKey(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc", "ctrl+c":
		return m.cancelBar()
	case "enter":
		return m.acceptBar()
	}
	if m.bar.line.Key(k) {
		return m.barChanged()
	}
	return nil
}

// onPaste takes pasted text into the prompt. In the filter bar a paste that is
// no query, or has several lines, is one quoted string (R14).
func (m *Model) onPaste(text string) tea.Cmd {
	text = strings.TrimRight(text, "\r\n")
	if m.bar.line == nil || text == "" {
		return nil
	}
	if m.bar.purpose == forFilter {
		if _, err := query.Parse(text); err != nil || strings.ContainsAny(text, "\r\n") {
			text = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
		}
	}
	m.bar.line.Insert(text)
	return m.barChanged()
}

// barChanged follows what is typed: the filter and the search work at once.
func (m *Model) barChanged() tea.Cmd {
	text := m.bar.line.Text()
	switch m.bar.purpose {
	case forFilter:
		m.bar.err = m.tryFilter(text)
	case forSearch:
		m.bar.err = m.setFind(text)
		if m.bar.err == nil && text != "" {
			return m.searchCmd(m.find.from, m.find.dir)
		}
	case forValue:
		m.side.facet.Find(text)
	}
	return nil
}

// tryFilter runs what is typed so far, if it is a query; pipes wait for Enter.
func (m *Model) tryFilter(text string) error {
	q, err := query.Parse(text)
	if err != nil {
		return err
	}
	if len(q.Stages) > 0 {
		return nil
	}
	return m.setQuery(text)
}

func (m *Model) cancelBar() tea.Cmd {
	p := m.bar.purpose
	m.bar.line, m.bar.err = nil, nil
	switch p {
	case forFilter:
		if m.bar.query != m.bar.before {
			if err := m.setQuery(m.bar.before); err != nil {
				m.say(err.Error())
			}
		}
	case forSearch:
		m.clearFind()
		m.log.Goto(m.find.back)
		m.log.SetFollow(m.find.followed)
	case forValue:
		m.side.facet.Find("")
	}
	return m.facetsCmd()
}

// acceptBar acts on what was typed.
func (m *Model) acceptBar() tea.Cmd {
	p, text := m.bar.purpose, m.bar.line.Text()
	if p == forFilter && m.bar.err != nil {
		return nil // the last good query runs on; the line says what is wrong
	}
	m.remember(p, text)
	m.bar.line = nil
	switch p {
	case forFilter:
		return m.acceptFilter(text)
	case forSearch:
		switch {
		case m.bar.err != nil:
			m.say("search: " + m.bar.err.Error())
		case m.find.missed:
			m.say(notFound[NextMatch])
		}
	case forTime:
		m.goToTime(text)
	case forSince:
		return m.setSince(text)
	case forFile:
		return m.saveCmd(text)
	case forNote:
		m.log.SetNote(text)
	}
	return nil
}

// remember puts text into a prompt's history.
func (m *Model) remember(p purpose, text string) {
	if past := m.bar.past[p]; text != "" && (len(past) == 0 || past[len(past)-1] != text) {
		m.bar.past[p] = append(past, text)
	}
}

// acceptFilter runs the query; one with stages opens as a table.
func (m *Model) acceptFilter(text string) tea.Cmd {
	table, err := m.runQuery(text)
	if err != nil {
		m.say(err.Error())
	}
	return tea.Batch(table, m.facetsCmd())
}

// fullQuery is the filter as typed, with the stages of the table that was made
// of it.
func (m *Model) fullQuery() string {
	if m.side.view == ownTable {
		return strings.TrimSpace(m.bar.query + " " + m.side.saved.title)
	}
	return m.bar.query
}

// runQuery makes text the filter, and opens a table of what its stages make.
func (m *Model) runQuery(text string) (tea.Cmd, error) {
	q, err := query.Parse(text)
	if err != nil {
		return nil, err
	}
	if n := q.Normal(); len(n.Stages) == 0 && len(q.Stages) > 0 { // of filters only
		q, text = n, n.String()
	}
	if len(q.Stages) == 0 {
		if m.side.view == ownTable { // of stages that have been taken out
			m.showStream()
		}
		return nil, m.setQuery(text)
	}
	filter, stages := query.Query{Filter: q.Filter}, query.Query{Stages: q.Stages}
	if err := m.setQuery(filter.String()); err != nil {
		return nil, err
	}
	return m.openTable(ownTable, stages.String()), nil
}

// drawBarHint is the line under the prompt: what is wrong, at its column; else
// what completes it.
func (m *Model) drawBarHint() {
	c, line := &m.canvas, m.bar.line
	if err := m.bar.err; err != nil {
		e := (*query.Error)(nil)
		if !errors.As(err, &e) {
			c.Put(theme.Exception, err.Error())
			return
		}
		m.drawMistake(e, line.Column(e.Col-1))
		return
	}
	if offers, taken := line.Offers(); len(offers) > 0 {
		for i := max(taken-2, 0); i < len(offers) && c.Room() > 8; i++ {
			st := theme.Bar
			if i == taken {
				st = theme.Accent
			}
			c.Put(st, offers[i][strings.LastIndexAny(offers[i], " |(")+1:])
			c.Pad(c.At() + 2)
		}
		return
	}
	if m.searching() && m.find.missed {
		c.Put(theme.Exception, notFound[NextMatch])
		return
	}
	c.Put(theme.Bar, hintsOf[m.bar.purpose])
}

// drawMistake puts a ^ into a column, and beside it what is wrong there: what was
// expected, too, if that fits, else as much as fits.
func (m *Model) drawMistake(e *query.Error, col int) {
	c, texts := &m.canvas, []string{e.Msg}
	if e.Expected != "" {
		texts = []string{e.Msg + "; expected " + e.Expected, e.Msg}
	}
	for _, text := range texts {
		switch w := canvas.Width(text) + 2; {
		case col+w <= m.width:
			c.Pad(col)
			c.Put(theme.Exception, "^ "+text)
			return
		case w <= col:
			c.Pad(col - w + 1)
			c.Put(theme.Exception, text+" ^")
			return
		}
	}
	if col < m.width/2 {
		c.Pad(col)
		c.Put(theme.Exception, "^ "+texts[0])
		return
	}
	c.PutMax(theme.Exception, texts[0], col-1)
	c.Pad(col)
	c.Put(theme.Exception, "^")
}

var hintsOf = [...]string{
	forFilter: "Enter keep  Esc undo  Tab complete  Up history   level>=warning status>=500 -word",
	forSearch: "Enter keep  Esc undo   n next  N previous   /re/ for a regexp",
	forTime:   "14:05  14:05:30  2025-03-20T13:24  -15m  end-15m",
	forFile:   "the name of a file that does not exist yet; .json .csv .log choose what is written",
	forSince:  "-15m  end-15m  14:05  2025-03-20T13:24   empty: from the beginning",
	forValue:  "some of its letters; Enter keeps the list",
	forNote:   "Enter keeps, Esc drops what was typed; empty takes the note off",
}
