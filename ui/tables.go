package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ravel/model"
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

// savedTable is a view as pipes: their rows stand below each other, under the
// names of the first one's columns but for those that names gives.
type savedTable struct {
	title string
	pipes []string
	names [][]string // of each pipe's first columns; one for all if there is one
	main  string     // the column that rows are read for
	spare []string   // columns that may be left out for it
}

// spread are the figures of a duration.
const spread = "count() as n, min(duration) as min_ms, avg(duration) as avg_ms, p50(duration) as p50_ms, p95(duration) as p95_ms, max(duration) as max_ms"

var savedTables = [...]savedTable{
	requestsTable: {title: "Requests", main: "path", spare: []string{"source", "records", "level"}, pipes: []string{"| requests"}},
	errorsTable: {title: "Errors", main: "message", spare: []string{"domain", "first", "last_hour", "level"}, pipes: []string{
		"| errors | fields count, last_hour, trend, first, last, level, type, message, domain, trend_step",
	}},
	latencyTable: {title: "Latency", main: "path", spare: []string{"min_ms", "avg_ms"}, names: [][]string{{"method", "path"}, {"domain", "metric"}}, pipes: []string{
		"| requests | filter exists(duration) exists(path) | stats " + spread + " by method, path_template | sort n desc | limit 500",
		"| filter exists(metric) exists(duration) | stats " + spread + " by domain, metric | sort n desc | limit 500",
	}},
	// A request has nothing in place of the event's "blocked": name is empty
	// for those of HTTP.
	securityTable: {title: "Security", main: "path", names: [][]string{{"event", "blocked", "path", "client"}}, pipes: []string{
		"| filter exists(blocked) or (exists(event) exists(ip)) | stats count() as n by event, blocked, path_template, ip | sort n desc | limit 500",
		"| requests | filter status=401,403,429 | stats count() as n by status, name, path_template, client | sort n desc | limit 500",
	}},
	patternsTable: {title: "Patterns", main: "template", spare: []string{"domain", "first", "last_hour"}, pipes: []string{
		"| templates | fields count, trend, last_hour, first, last, level, domain, template, trend_step",
	}},
}

// ask runs the view's pipes one after the other.
func (v savedTable) ask(ctx context.Context, eng Engine) (Table, error) {
	var all Table
	var names []string
	for i, pipe := range v.pipes {
		t, err := eng.Table(ctx, pipe)
		if err != nil {
			return Table{}, err
		}
		if len(t.Rows) > 0 && len(v.names) > 0 {
			names = both(names, v.names[min(i, len(v.names)-1)])
		}
		if i == 0 {
			all = t
			continue
		}
		if len(t.Rows) > 0 && len(t.Columns) == len(all.Columns) {
			all.Num = slices.Clone(all.Num)
			for i := range all.Num {
				all.Num[i] = all.Num[i] && i < len(t.Num) && t.Num[i]
			}
			all.Open = append(slices.Clip(all.Open), make([]string, max(len(all.Rows)-len(all.Open), 0))...)
			all.Rows = append(slices.Clip(all.Rows), t.Rows...)
			all.Open = append(all.Open, t.Open...)
		}
	}
	if len(names) <= len(all.Columns) && len(names) > 0 {
		all.Columns = append(slices.Clone(names), all.Columns[len(names):]...)
		if i := slices.Index(v.names[0], v.main); i >= 0 {
			all.Main = names[i]
		}
	}
	return all, nil
}

// both names columns that stand below each other: a/b where they differ.
func both(above, below []string) []string {
	if above == nil {
		return below
	}
	names := slices.Clone(above)
	for i := range names {
		if names[i] != below[i] {
			names[i] += "/" + below[i]
		}
	}
	return names
}

// openTable shows a view's table in place of the log.
func (m *Model) openTable(v tableView, pipe string) tea.Cmd {
	saved := savedTable{title: pipe, pipes: []string{pipe}}
	if v != ownTable {
		saved = savedTables[v]
	}
	m.side.view, m.side.saved, m.side.focus = v, saved, onTable
	m.side.detailOpen, m.side.origin = false, nil
	m.side.table = grid.New(saved.title)
	m.side.table.Main, m.side.table.Spare = saved.main, saved.spare
	m.side.table.Show = m.showCell
	m.side.table.Set(Table{Note: "counting"})
	m.dirty, m.jobs.tableNew = true, true
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
	m.jobs.stopTable()
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
	if !fresh && m.jobs.table {
		return nil
	}
	if wait := m.jobs.tableTurn.wait(now); wait > 0 && !fresh {
		return m.recountCmd(wait)
	}
	m.jobs.tableGen++
	m.jobs.table = true
	m.jobs.tableTurn.begin(now)
	m.jobs.stopTable() // whose answer nobody waits for any more
	var ctx context.Context
	ctx, m.jobs.stopTable = context.WithCancel(m.ctx)
	gen, eng, saved := m.jobs.tableGen, m.eng, m.side.saved
	return func() tea.Msg {
		t, err := saved.ask(ctx, eng)
		return tableMsg{gen, t, err}
	}
}

func (m *Model) onTable(msg tableMsg) {
	if msg.gen != m.jobs.tableGen || m.side.table == nil {
		return
	}
	m.jobs.table, m.jobs.tableNew = false, false
	m.jobs.tableTurn.end(m.opt.Now())
	m.dirty = true
	if msg.err != nil {
		m.side.table.Set(Table{Note: msg.err.Error()})
		return
	}
	if v := m.side.view; v == errorsTable || v == patternsTable {
		msg.table = m.showTrend(m.markNew(msg.table), v == patternsTable)
	}
	m.side.table.Set(msg.table)
}

// markNew puts what was first seen after the baseline first, and says so in a
// column of its own.
func (m *Model) markNew(t Table) Table {
	first := slices.Index(t.Columns, "first")
	if first < 0 || m.state.MinTime == model.NoTime {
		return t
	}
	since := m.show.baseline
	if since == model.NoTime {
		since = m.state.MinTime + (m.state.MaxTime-m.state.MinTime)/10
	}
	isNew := func(row []string) bool {
		if first >= len(row) {
			return false
		}
		at, err := time.Parse(time.RFC3339Nano, row[first])
		return err == nil && at.UnixNano() > since
	}
	out := Table{Columns: append([]string{"new"}, t.Columns...), Num: append([]bool{false}, t.Num...), Note: t.Note}
	for _, fresh := range []bool{true, false} {
		for i, row := range t.Rows {
			if isNew(row) != fresh {
				continue
			}
			mark := ""
			if fresh {
				mark = "new"
			}
			out.Rows = append(out.Rows, append([]string{mark}, row...))
			if i < len(t.Open) {
				out.Open = append(out.Open, t.Open[i])
			}
		}
	}
	out.Note = strings.TrimSpace(out.Note + "  new: since " + m.minute(since))
	return out
}

// openRow shows the records behind the table's current row; Esc leads back.
func (m *Model) openRow() tea.Cmd {
	open := m.side.table.Open()
	if open == "" {
		m.say("no records of this row are held")
		return nil
	}
	m.side.origin = &origin{m.side.view, m.side.saved.title, m.state.Query}
	m.side.unfold = m.side.view == requestsTable
	m.showStream()
	cmd := m.addClause(open)
	m.unfoldOnly()
	return cmd
}

// unfoldOnly opens the request that was chosen in the Requests view, once its
// filter has found it.
func (m *Model) unfoldOnly() {
	if !m.side.unfold || m.state.Scanning {
		return
	}
	rows := m.eng.Rows(^model.Seq(0), -1, 2, m.log.Flat)
	if len(rows) == 0 {
		return
	}
	m.side.unfold = false
	if len(rows) == 1 && rows[0].Request != nil {
		m.log.Jump(rows[0].Seq)
		m.log.Open()
	}
}

// origin is the table, and the query then, from which a row's records were
// opened.
type origin struct {
	view  tableView
	pipe  string
	query string
}

// backToTable returns to the table whose row the log shows.
func (m *Model) backToTable() tea.Cmd {
	o := m.side.origin
	m.side.origin = nil
	return tea.Batch(m.filter(o.query), m.openTable(o.view, o.pipe))
}

// showCell draws a cell of a table: sources by their short names, stamps in the
// shown zone, without the date if it is the newest record's, and figures
// without decimals that nobody reads.
func (m *Model) showCell(cell string) string {
	cell = strings.ReplaceAll(cell, "\n", " ")
	if len(cell) < len("0.001") {
		return cell
	}
	if short := m.show.labels.short[cell]; short != "" {
		return short
	}
	if cell[0] < '0' || cell[0] > '9' {
		return m.safe(cell)
	}
	day := time.Unix(0, m.state.MaxTime).In(m.opt.Zone).Format("2006-01-02 ")
	if len(cell) >= len("2006-01-02T15:04:05Z") && cell[10] == 'T' {
		if t, err := time.Parse(time.RFC3339Nano, cell); err == nil {
			cell = t.In(m.opt.Zone).Format("2006-01-02 15:04:05")
		}
	}
	if clock, ok := strings.CutPrefix(cell, day); ok {
		return clock
	}
	if _, decimals, ok := strings.Cut(cell, "."); ok && len(decimals) > 2 {
		if f, err := strconv.ParseFloat(cell, 64); err == nil {
			return strconv.FormatFloat(f, 'f', 1, 64)
		}
	}
	return m.safe(cell)
}
