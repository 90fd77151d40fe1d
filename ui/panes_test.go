package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"ravel/model"
)

func TestSizes(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {80, 24}, {200, 50}, {20, 5}, {1, 1}, {0, 0}, {300, 3}, {100, 30}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			m := newScreen(t, contractEngine(), size[0], size[1], Options{})
			press(m, "E", "enter")
			got := screen(m)
			for _, keys := range []string{"d", "esc", "tab", "esc", "?", "esc", "i", "i", "3", "1", ":", "esc", "w", "zi", "j", "k", "G"} {
				for _, k := range keys {
					name := map[string]string{"esc": "esc", "tab": "tab"}[keys]
					if name == "" {
						name = string(k)
					}
					press(m, name)
					if name == keys {
						break
					}
				}
				lines := strings.Split(m.View().Content, "\n")
				if size[1] > 0 && len(lines) > size[1] {
					t.Fatalf("%q: %d lines on a screen of %d", keys, len(lines), size[1])
				}
			}
			golden.RequireEqual(t, got)
		})
	}
}

func TestDetail(t *testing.T) {
	e := contractEngine()
	e.record(&model.Record{
		Source: "prod/worker-0/worker", Time: at("12:18:59.800"), Level: model.Error, Domain: "pay", Line: 7, Lines: 1, Format: "json",
		Message: "charge refused", RequestID: "r-1",
		Fields: []model.Field{
			{Name: "amount", Value: model.NumberValue("12.50")},
			{Name: "ok", Value: model.BoolValue(false)},
			{Name: "zip", Value: model.StringValue("0123")},
			{Name: "note", Value: model.Value{}},
			{Name: "ctx", Value: model.Value{Kind: model.Object, Keys: []model.Field{
				{Name: "user", Value: model.StringValue("ann")},
				{Name: "tags", Value: model.Value{Kind: model.Array, Items: []model.Value{model.StringValue("a"), model.StringValue("b")}}},
			}}},
		},
	})
	m := newScreen(t, e, 80, 40, Options{})
	press(m, "k", "j", "d")
	golden.RequireEqual(t, screen(m))

	for range 11 { // ctx.user
		press(m, "j")
	}
	press(m, "+")
	if q := e.queries[len(e.queries)-1]; !strings.HasSuffix(q, "ctx.user=ann") {
		t.Errorf("+ on a value made %q", q)
	}
	press(m, "k", "-")
	if !strings.Contains(m.note, "no value") {
		t.Errorf("- on an object said %q", m.note)
	}
	press(m, "enter")
	if strings.Contains(screen(m), "  user      ann") {
		t.Error("Enter did not fold the object")
	}
}

// TestDetailLearnsTheLine opens a record of a preview, whose line nobody has
// counted yet.
func TestDetailLearnsTheLine(t *testing.T) {
	e := contractEngine()
	rec := &model.Record{Source: "app.log", Time: at("12:18:59.800"), Level: model.Info, Lines: 1, Format: "json", Message: "ready"}
	e.record(rec)
	m := newScreen(t, e, 80, 40, Options{})
	press(m, "k", "j", "d")
	if s := screen(m); !strings.Contains(s, "line not counted yet") {
		t.Fatalf("the detail says\n%s", s)
	}
	counted := *rec
	counted.Line = 4711
	for i := range e.rows {
		if e.rows[i].Record == rec {
			e.rows[i].Record = &counted
		}
	}
	m.Update(changedMsg{})
	if s := screen(m); !strings.Contains(s, "line 4711") {
		t.Errorf("once the line is known the detail says\n%s", s)
	}
}

func TestDetailTabs(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 40, Options{})
	press(m, "E", "d", "tab")
	request := screen(m)
	if !strings.Contains(request, "[request]") || !strings.Contains(request, "+36ms") || !strings.Contains(request, "====") {
		t.Errorf("no waterfall:\n%s", request)
	}
	press(m, "esc", "enter", "d")
	if got := screen(m); !strings.Contains(got, "[traceback]") || !strings.Contains(got, "1 library frame") {
		t.Errorf("no traceback:\n%s", got)
	}
	press(m, "tab", "tab")
	if !strings.Contains(screen(m), "[raw]") {
		t.Errorf("no raw tab:\n%s", screen(m))
	}
}

func TestFacetPane(t *testing.T) {
	e := contractEngine()
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "tab")
	golden.RequireEqual(t, screen(m))
}

func TestFacetFind(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	press(m, "tab", "tab", "/")
	typed(m, "wkr")
	if v, ok := m.side.facet.Current(); !ok || v.Value != "worker" {
		t.Errorf("wkr finds %q", v.Value)
	}
	press(m, "enter")
	if m.bar.line != nil || m.side.facet == nil {
		t.Error("Enter must close the prompt and keep the pane")
	}
	press(m, "esc")
	if m.side.facet != nil || m.side.focus != onLog {
		t.Error("Esc must close the pane")
	}
}

// Rule 35: a pinned pane stays open when the keys go back to the log.
func TestFacetPinned(t *testing.T) {
	m := newScreen(t, contractEngine(), 120, 30, Options{})
	press(m, "tab", "p")
	m.closePane()
	if m.side.facet == nil || m.side.focus != onLog {
		t.Error("a pinned pane must stay and give the keys back")
	}
}

func TestFilterBar(t *testing.T) {
	e := contractEngine()
	m := newScreen(t, e, 80, 24, Options{})
	before := m.state.Query
	press(m, "&")
	typed(m, " level>=")
	if m.bar.err == nil {
		t.Fatal("half a test is an error")
	}
	got := screen(m)
	golden.RequireEqual(t, got)
	if m.state.Query == "" {
		t.Error("the last good query must run on")
	}
	typed(m, "error")
	if m.bar.err != nil || !strings.Contains(m.state.Query, "level>=error") {
		t.Errorf("typing does not filter: %q, %v", m.state.Query, m.bar.err)
	}
	press(m, "esc")
	if m.state.Query != before && m.state.Query != "" {
		t.Errorf("Esc left %q, before it was %q", m.state.Query, before)
	}
}

// Rule R14: a paste that is no query, or has several lines, is quoted.
func TestPasteIsQuoted(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	for paste, want := range map[string]string{
		"level=error":            "level=error",
		"it's (broken":           `"it's (broken"`,
		"two\nlines \"quoted\"":  "\"two\nlines \\\"quoted\\\"\"",
		"a\rterminal's\r\nlines": "\"a\nterminal's\nlines\"",
	} {
		press(m, "&")
		m.bar.line.Set("")
		m.Update(tea.PasteMsg{Content: paste})
		if got := m.bar.line.Text(); got != want {
			t.Errorf("%q became %q, want %q", paste, got, want)
		}
		press(m, "esc")
	}
}

func TestHelpAndPalette(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	press(m, "?")
	if got := screen(m); !strings.Contains(got, "next error, failed or hung request") && !strings.Contains(got, "Find") {
		t.Errorf("help:\n%s", got)
	}
	press(m, "esc", ":")
	typed(m, "err")
	if o := &m.over; len(o.seen) < 4 || o.items[o.seen[0]].name != "next-error" || o.items[o.seen[1]].name != "previous-error" || o.items[o.seen[2]].name != "view-errors" {
		t.Errorf("what is called so must come first:\n%s", screen(m))
	}
	press(m, "backspace", "backspace", "backspace")
	typed(m, "wrap")
	golden.RequireEqual(t, screen(m))
	press(m, "enter")
	if !m.log.Wrap {
		t.Error("choosing wrap did not wrap")
	}
}

func TestTables(t *testing.T) {
	e := contractEngine()
	e.table = Table{
		Columns: []string{"method", "path_template", "n", "p95_ms"}, Num: []bool{false, false, true, true},
		Rows: [][]string{{"GET", "/api/v1/catalogs", "12", "182"}, {"GET", "/health", "120", "1.234567"}, {"POST", "/transcribe", "3", "1200"}},
		Open: []string{"path=/api/v1/catalogs", "path=/health", ""},
	}
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "4", "s", "s", "s")
	golden.RequireEqual(t, screen(m))
	if all := strings.Join(e.pipes, " "); !strings.Contains(all, "by method, path_template") || !strings.Contains(all, "by domain, metric") {
		t.Errorf("view 4 asks %q", all)
	}
	press(m, "enter")
	if m.side.table != nil || !strings.Contains(e.queries[len(e.queries)-1], "path=/health") {
		t.Errorf("Enter on a row: %v", e.queries)
	}
	press(m, "esc")
	if m.side.view != latencyTable || m.state.Query != "level>=info -path:/health" && m.state.Query != "" {
		t.Errorf("Esc must lead back to the table and its query, not to %d, %q", m.side.view, m.state.Query)
	}
	press(m, "1", "&")
	m.bar.line.Set("level=error | stats count() by domain")
	press(m, "enter")
	if m.side.view != ownTable || e.pipes[len(e.pipes)-1] != "| stats count() by domain" {
		t.Errorf("a typed pipe opens %d, asks %q", m.side.view, e.pipes)
	}
	press(m, "&")
	if got := m.bar.line.Text(); got != "level=error | stats count() by domain" {
		t.Errorf("& edits %q", got)
	}
	m.bar.line.Set("level=error")
	if press(m, "enter"); m.side.view != streamView {
		t.Errorf("without its stages the query opens %d", m.side.view)
	}
	press(m, "1")
	if m.side.table != nil {
		t.Error("1 must return to the stream")
	}
}

// Enter in the Requests view leads into the request, on its traceback.
func TestRequestsViewOpens(t *testing.T) {
	e := newFake()
	failing(e)
	e.table = Table{Columns: []string{"path"}, Rows: [][]string{{"/api/v1/catalogs"}}, Open: []string{"request_id=b33f803f65439300"}}
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "2", "enter")
	if got := screen(m); !strings.Contains(got, "\n>              + AttributeError") {
		t.Errorf("not opened:\n%s", got)
	}
}

// Rule 37: what is new since the baseline comes first.
func TestBaseline(t *testing.T) {
	e := contractEngine()
	e.table = Table{
		Columns: []string{"count", "first", "type"}, Num: []bool{true, false, false},
		Rows: [][]string{{"9", "2025-03-20T12:04:10Z", "OldError"}, {"1", "2025-03-20T12:18:00Z", "NewError"}},
		Open: []string{"old", "new"},
	}
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "3")
	if row := m.side.table.Row(); row[0] != "new" || row[3] != "NewError" || m.side.table.Open() != "new" {
		t.Errorf("first row: %v opens %q", row, m.side.table.Open())
	}
	press(m, "1", "B", "3")
	if row := m.side.table.Row(); row[0] != "" || row[3] != "OldError" {
		t.Errorf("after B nothing is new yet: %v", row)
	}
}

func TestHistogramRange(t *testing.T) {
	e := contractEngine()
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "i", "h", "h", "m", "h", "h")
	if got := screen(m); !strings.Contains(got, " rec") {
		t.Errorf("no axis:\n%s", got)
	}
	press(m, "enter")
	if q := e.queries[len(e.queries)-1]; !strings.Contains(q, "ts>=2025-03-20T12:18") || !strings.Contains(q, "ts<2025-03-20T12:1") {
		t.Errorf("the range became %q", q)
	}
}

func TestSearch(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	press(m, "/")
	typed(m, "health")
	if m.log.Following() {
		t.Error("a search leaves follow")
	}
	first := m.log.Cursor()
	press(m, "enter", "n")
	if second := m.log.Cursor(); second.Seq >= first.Seq {
		t.Errorf("n must go on upwards: from %d to %d", first.Seq, second.Seq)
	}
	if !strings.Contains(m.View().Content, "\x1b[7mhealth") {
		t.Error("the match is not highlighted")
	}
	press(m, "N")
	if m.log.Cursor() != first {
		t.Error("N must return")
	}
	press(m, "esc")
	if strings.Contains(m.View().Content, "\x1b[7mhealth") {
		t.Error("Esc must end the highlight")
	}
}

// TestFilterStagesFilterTheLog: a query of filters only, as Insights spells it, is
// one of the log and opens no table.
func TestFilterStagesFilterTheLog(t *testing.T) {
	for text, want := range map[string]string{
		"filter level = error":                  "level=error",
		"app | filter level>=info | filter -db": "app level>=info -db",
	} {
		m := newScreen(t, contractEngine(), 80, 24, Options{})
		press(m, "&")
		typed(m, text)
		press(m, "enter")
		if m.state.Query != want || m.side.view == ownTable {
			t.Errorf("%s: asked for %q, a table: %v", text, m.state.Query, m.side.view == ownTable)
		}
	}
}

// TestSearchInVainIsSaid: at once, under what is typed and when that is kept; not
// of letters that are found, nor when the next search begins.
func TestSearchInVainIsSaid(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	said := func() bool { return strings.Contains(screen(m), notFound[NextMatch]) }
	press(m, "/")
	typed(m, "health")
	if said() {
		t.Errorf("what is found:\n%s", screen(m))
	}
	typed(m, "zz")
	if !said() {
		t.Errorf("not while it is typed:\n%s", screen(m))
	}
	press(m, "enter")
	if !said() {
		t.Errorf("not after Enter:\n%s", screen(m))
	}
	press(m, "/")
	if said() {
		t.Errorf("still when the next search begins:\n%s", screen(m))
	}
	press(m, "enter")
	if said() {
		t.Errorf("of a search for nothing new:\n%s", screen(m))
	}
}

// TestSearchInVainIsSaidLate: where the text is kept before the search has gone
// through everything, it is said when it has.
func TestSearchInVainIsSaidLate(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	press(m, "/")
	for _, r := range "zzz" {
		m.Update(tea.KeyPressMsg{Code: r, Text: string(r)}) // the scan has not answered
	}
	press(m, "enter")
	_, cmd := m.Update(foundMsg{gen: m.find.gen, kind: NextMatch})
	settle(m, cmd)
	if !strings.Contains(screen(m), notFound[NextMatch]) {
		t.Errorf("%s", screen(m))
	}
}

func TestGoToTime(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	press(m, "@")
	typed(m, "12:18:59")
	press(m, "enter")
	rec, _ := m.log.Selected()
	if rec == nil || rec.Time != at("12:18:59.101") {
		t.Errorf("landed at %v", rec)
	}
	press(m, "@")
	typed(m, "soon")
	press(m, "enter")
	if m.note == "" {
		t.Error("a word that is no time must be refused in words")
	}
}

func TestMarks(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	press(m, "k", "k", "m")
	marked := m.log.Cursor().Seq
	press(m, "g", "u")
	if m.log.Cursor().Seq != marked {
		t.Errorf("u went to %d, the mark is at %d", m.log.Cursor().Seq, marked)
	}
	press(m, "ctrl+o")
	if m.log.Cursor().Seq == marked {
		t.Error("Ctrl-o must jump back")
	}
	press(m, "'")
	if m.over.kind != listOver || len(m.over.items) != 1 {
		t.Error("' must list the marks")
	}
}

// Rule 30 and 37: how the explorer ends.
func TestQuitting(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{Once: true})
	_, cmd := m.Update(keyPress("q"))
	if cmd != nil {
		t.Error("the first q must ask where the input cannot be read again")
	}
	if _, cmd = m.Update(keyPress("q")); cmd == nil || m.Status() != 0 {
		t.Error("the second q must quit with 0")
	}
	m = newScreen(t, contractEngine(), 80, 24, Options{})
	press(m, "&")
	if _, cmd := m.Update(keyPress("ctrl+c")); m.bar.line != nil || isQuit(cmd) {
		t.Error("Ctrl-C must close the prompt first")
	}
	if _, cmd := m.Update(keyPress("ctrl+c")); !isQuit(cmd) || m.Status() != 130 {
		t.Error("Ctrl-C at rest must quit with 130")
	}
}

func isQuit(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	_, ok := cmd().(tea.QuitMsg)
	return ok
}

// Rule 22: while folds are open and records stream in, rows neither jump nor
// close.
func TestStreamingDoesNotMoveRows(t *testing.T) {
	e := contractEngine()
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "E", "enter", "enter")
	before := logRows(screen(m))
	for i := range 50 {
		e.record(&model.Record{Source: "prod/worker-0/worker", Time: at("12:19:00") + int64(i)*1e6, Level: model.Info, Domain: "x", Message: "more"})
		e.state.Last = e.rows[len(e.rows)-1].Seq
		m.Update(changedMsg{})
		if after := logRows(screen(m)); after != before {
			t.Fatalf("after %d records:\n%s\nbefore:\n%s", i+1, after, before)
		}
	}
	if got := screen(m); !strings.Contains(got, "PAUSED +") {
		t.Errorf("the header does not tell of the news: %q", strings.Split(got, "\n")[0])
	}
	press(m, "G")
	if !m.log.Following() || !strings.Contains(screen(m), "more") {
		t.Error("G must show the newest and follow")
	}
}

// A request ends while one reads: its lines leave their rows, and the cursor's
// row stays where it is on the screen.
func TestRowsThatFoldDoNotMoveTheCursor(t *testing.T) {
	e := newFake()
	for i := range 60 {
		e.record(&model.Record{Source: "a", Time: at("12:00:00") + int64(i)*1e9, Message: fmt.Sprintf("line %d", i)})
	}
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "k", "k", "k", "k", "k")
	line := func() int {
		for i, l := range strings.Split(screen(m), "\n") {
			if strings.HasPrefix(l, ">") {
				return i
			}
		}
		return -1
	}
	before, seq := line(), m.log.Cursor().Seq
	for _, gone := range []int{45, 50, 3, 44} {
		e.rows = append(e.rows[:gone], e.rows[gone+1:]...)
		m.Update(changedMsg{})
		if after := line(); after != before || m.log.Cursor().Seq != seq {
			t.Fatalf("the cursor's row went from line %d to %d", before, after)
		}
	}
}

// logRows are the rows of the log on an 80x24 screen.
func logRows(s string) string { return strings.Join(strings.Split(s, "\n")[2:20], "\n") }

func TestNothingIsDrawnWhenNothingChanged(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	first := m.View()
	m.Update(changedMsg{})
	if second := m.View(); second.Content != first.Content {
		t.Error("the same state must give the same screen")
	}
	m.canvas.Begin(nil, 0, 0)
	if m.dirty {
		t.Error("a drawn screen is clean")
	}
}

// Rule 16: a running clock is drawn anew in steps.
func TestClockSteps(t *testing.T) {
	c := clocks{}
	var seen []string
	for s := 2; s < 400; s++ {
		shown, next := c.show(1, time.Duration(s)*time.Second)
		if next <= 0 {
			t.Fatalf("at %d s the next step is %v away", s, next)
		}
		if text := shown.String(); len(seen) == 0 || seen[len(seen)-1] != text {
			seen = append(seen, text)
		}
	}
	if want := "2s 3s 4s 5s 6s 7s 8s 9s 10s 20s 30s"; !strings.HasPrefix(strings.Join(seen, " "), want) || len(seen) > 25 {
		t.Errorf("steps: %v", seen)
	}
}

// On a screen with no room beside it the detail takes all of it while it has
// the keys.
func TestDetailOnATinyScreen(t *testing.T) {
	m := newScreen(t, contractEngine(), 30, 5, Options{})
	press(m, "E", "d")
	if got := screen(m); !strings.Contains(got, "[fields]") || strings.Contains(got, " 429 ") {
		t.Errorf("d shows\n%s", got)
	}
	press(m, "esc")
	if got := screen(m); strings.Contains(got, "[fields]") || !strings.Contains(got, " 500 ") {
		t.Errorf("Esc shows\n%s", got)
	}
}

// What is to be said at the start is said one after the other.
func TestNotes(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{Notes: []string{"one", "two"}})
	for _, want := range []string{"one\n", "two\n", "level>=info"} {
		if got := screen(m); !strings.Contains(got, want) {
			t.Errorf("no %q on\n%s", want, got)
		}
		press(m, "k")
	}
}

// A query with stages that the program was called with opens as a table.
func TestFirstQueryIsATable(t *testing.T) {
	e := contractEngine()
	e.table = Table{Columns: []string{"level", "count"}, Rows: [][]string{{"ERROR", "3"}}}
	m := newScreen(t, e, 80, 24, Options{Query: "level>=info | stats count() by level"})
	settle(m, m.first)
	if got := screen(m); e.state.Query != "level>=info" || !strings.Contains(got, "| stats count() by level") || !strings.Contains(got, "ERROR") {
		t.Errorf("filter %q, screen\n%s", e.state.Query, got)
	}
}

// Where the log is empty it says why.
func TestEmpty(t *testing.T) {
	for _, c := range []struct {
		state State
		opt   Options
		want  string
	}{
		{State{}, Options{Waiting: "app.log"}, "no record has come yet"},
		{State{}, Options{NoFollow: true}, "it is empty"},
		{State{Sources: []SourceState{{Name: "a", Err: "denied"}}}, Options{}, "s lists the sources and why"},
		{State{Records: 3000, Query: "level=error"}, Options{}, "none of 3k records matches; 0 shows all"},
		{State{Records: 3000, Query: "ts>=-5m", MaxTime: at("12:19:02")}, Options{}, "newest: 2025-03-20 12:19:02; 0 shows all"},
		{State{Records: 3000, Query: "x", Scanning: true}, Options{}, "looking through 3k"},
		{State{Records: 3000, Query: "x", Matched: 2}, Options{}, "requests that still run"},
	} {
		e := newFake()
		e.state = c.state
		m := newScreen(t, e, 120, 24, c.opt)
		if got := screen(m); !strings.Contains(got, c.want) || c.opt.Waiting != "" && !strings.HasPrefix(got, c.opt.Waiting) {
			t.Errorf("%+v: no %q on\n%s", c.state, c.want, got)
		}
	}
}

// Rule 34: a facet shows what the query lets pass at once, also while its
// counts are being asked for, and an older count does not take that back.
func TestFacetMarksFollowTheQuery(t *testing.T) {
	e := contractEngine()
	e.facets["level"] = []Count{{Value: "ERROR", N: 3}, {Value: "INFO", N: 9}}
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "tab")
	_, count := m.Update(keyPress("space")) // which hides errors; not counted yet
	if got := screen(m); !strings.Contains(got, ".ERROR") || !strings.Contains(got, "*INFO") {
		t.Errorf("before the count:\n%s", got)
	}
	m.Update(keyPress("0")) // shows all again
	settle(m, count)
	if got := screen(m); !strings.Contains(got, "*ERROR") {
		t.Errorf("after an older count:\n%s", got)
	}
}

// A mouse works on what it points at: rows, the detail, a facet, a table.
func TestMouse(t *testing.T) {
	e := contractEngine()
	e.facets["level"] = []Count{{Value: "ERROR", N: 3}, {Value: "INFO", N: 9}}
	e.table = Table{Columns: []string{"a"}, Rows: [][]string{{"x"}, {"y"}, {"z"}}, Open: []string{"x", "y", "z"}}
	m := newScreen(t, e, 80, 24, Options{})
	do := func(msg tea.Msg) {
		m.View()
		_, cmd := m.Update(msg)
		settle(m, cmd)
	}
	click := func(x, y int) { do(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }
	down := func(x, y int) { do(tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelDown}) }
	click(10, 6)
	click(10, 6)
	if got := screen(m); !strings.Contains(got, "-12:18:59.140 x 500") {
		t.Fatalf("two clicks did not open the row:\n%s", got)
	}
	press(m, "d")
	before := m.log.Cursor()
	down(10, 18)
	if m.log.Cursor() != before || !strings.Contains(screen(m), "\n>  1 library frame") {
		t.Errorf("the wheel over the detail:\n%s", screen(m))
	}
	press(m, "esc", "tab")
	click(3, 4) // INFO
	if v, _ := m.side.facet.Current(); v.Value != "INFO" {
		t.Errorf("a click chose %q", v.Value)
	}
	click(3, 4)
	if !strings.Contains(e.state.Query, "level>=notice") {
		t.Errorf("the second click made the query %q", e.state.Query)
	}
	press(m, "esc", "3")
	down(10, 10)
	if got := m.side.table.Row(); got[0] != "z" {
		t.Errorf("the wheel went to row %v", got)
	}
	click(10, 5)
	click(10, 5)
	if m.side.table != nil || !strings.HasSuffix(e.state.Query, " y") {
		t.Errorf("two clicks on a table's row: %q", e.state.Query)
	}
	press(m, "?")
	if down(10, 10); m.over.top != wheelRows {
		t.Errorf("the wheel over the help stands at %d", m.over.top)
	}
}

// A note marks its row, is shown where the cursor stands on it, among the
// marks, and goes with the row into a channel.
func TestNote(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	press(m, "E", "a")
	typed(m, "the pool was empty")
	press(m, "enter")
	if got := screen(m); !strings.Contains(got, "note: the pool was empty") {
		t.Errorf("on its row:\n%s", got)
	}
	if req, recs := m.taken(); !strings.Contains(m.markdown(req, recs), "- note: `the pool was empty`") {
		t.Error("the note is not taken along")
	}
	press(m, "k", "'")
	if got := screen(m); !strings.Contains(got, "the pool was empty") || strings.Contains(got, "note: ") {
		t.Errorf("among the marks:\n%s", got)
	}
	press(m, "enter", "a")
	if got := m.bar.line.Text(); got != "the pool was empty" {
		t.Errorf("a edits %q", got)
	}
	m.bar.line.Set("")
	press(m, "enter")
	if len(m.log.Marks()) != 1 || strings.Contains(screen(m), "note:") {
		t.Errorf("an empty note leaves %v:\n%s", m.log.Marks(), screen(m))
	}
}

// The facet of states counts what has not ended, too.
func TestStatesInFlight(t *testing.T) {
	e := contractEngine()
	e.state.States[model.Hung] = 0 // the engine counts those that have ended
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "tab", "tab", "tab", "tab", "tab")
	if got := screen(m); !strings.Contains(got, "*in_flight       7") || !strings.Contains(got, "*hung            2") {
		t.Errorf("the states:\n%s", got)
	}
}

// What a source says does not hide the query for ever.
func TestSourcesNoteEnds(t *testing.T) {
	e := contractEngine()
	now := time.Unix(0, at("12:19:02"))
	m := newScreen(t, e, 80, 24, Options{Now: func() time.Time { return now }})
	e.state.Notes = []string{"b.log: is new, and is read too"}
	m.Update(changedMsg{})
	if got := screen(m); !strings.Contains(got, "is new, and is read too") {
		t.Errorf("the note is not shown:\n%s", got)
	}
	now = now.Add(noteFor)
	m.Update(changedMsg{})
	if got := screen(m); !strings.Contains(got, "level>=info -path:/health") {
		t.Errorf("the note stays:\n%s", got)
	}
}

// Where rows of both pipes stand below each other, their columns are named by
// both.
func TestLatencyNamesBothKinds(t *testing.T) {
	for _, c := range []struct {
		above, below []string
		want         string
	}{
		{nil, []string{"method", "path"}, "method path"},
		{[]string{"method", "path"}, []string{"domain", "metric"}, "method/domain path/metric"},
		{[]string{"event", "path"}, []string{"event", "path"}, "event path"},
	} {
		if got := strings.Join(both(c.above, c.below), " "); got != c.want {
			t.Errorf("%v and %v are named %s, want %s", c.above, c.below, got, c.want)
		}
	}
}
