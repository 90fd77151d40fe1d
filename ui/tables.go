package ui

import (
	tea "charm.land/bubbletea/v2"

	"ravel/ui/grid"
)

// Table is a piped query's answer.
type Table = grid.Table

// tableView numbers the views as their keys do; ownTable is what was typed
// into the filter bar.
type tableView uint8

const (
	streamView tableView = iota
	requestsTable
	errorsTable
	latencyTable
	securityTable
	patternsTable
	ownTable
)

// savedTables are the views as pipes.
var savedTables = [...]struct{ title, pipe string }{
	requestsTable: {"Requests", "| requests"},
	errorsTable:   {"Errors", "| errors"},
	latencyTable:  {"Latency", "| filter exists(duration) | stats count() as n, min(duration), avg(duration), p50(duration), p95(duration), max(duration) by method, path | sort n desc | limit 500"},
	securityTable: {"Security", "| filter exists(event_type) or exists(blocked) or status=401,403,429 | stats count() as n by event_type, ip, client, status | sort n desc | limit 500"},
	patternsTable: {"Patterns", "| templates"},
}

// openTable shows a view's table in place of the log.
func (m *Model) openTable(v tableView, pipe string) tea.Cmd {
	title := pipe
	if v != ownTable {
		title, pipe = savedTables[v].title, savedTables[v].pipe
	}
	m.side.view, m.side.pipe, m.side.focus = v, pipe, onTable
	m.side.detailOpen = false
	m.side.table = grid.New(title)
	m.side.table.Set(Table{Note: "counting"})
	m.dirty = true
	return m.tableCmd(true)
}

// showStream returns to the log.
func (m *Model) showStream() {
	if m.side.view == streamView {
		return
	}
	m.side.view, m.side.table = streamView, nil
	if m.side.focus == onTable {
		m.side.focus = onLog
	}
	m.jobs.tableGen++
	m.dirty = true
}

// tableMsg is a table's answer.
type tableMsg struct {
	gen   int
	table Table
	err   error
}

// tableCmd asks for the table again: at once if the question is new, else when
// the last answer is in and a second has passed.
func (m *Model) tableCmd(fresh bool) tea.Cmd {
	if m.side.view == streamView {
		return nil
	}
	now := m.opt.Now()
	if !fresh && (m.jobs.table || now.Sub(m.jobs.tableAt) < facetEvery) {
		return nil
	}
	m.jobs.tableGen++
	m.jobs.table, m.jobs.tableAt = true, now
	gen, ctx, eng, pipe := m.jobs.tableGen, m.ctx, m.eng, m.side.pipe
	return func() tea.Msg {
		t, err := eng.Table(ctx, pipe)
		return tableMsg{gen, t, err}
	}
}

func (m *Model) onTable(msg tableMsg) {
	if msg.gen != m.jobs.tableGen || m.side.table == nil {
		return
	}
	m.jobs.table = false
	m.dirty = true
	if msg.err != nil {
		m.side.table.Set(Table{Note: msg.err.Error()})
		return
	}
	m.side.table.Set(msg.table)
}

// openRow shows the records behind the table's current row.
func (m *Model) openRow() tea.Cmd {
	open := m.side.table.Open()
	if open == "" {
		m.say("this row stands for no records of its own")
		return nil
	}
	m.showStream()
	return m.addClause(open)
}
