package grid_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"ravel/theme"
	"ravel/ui/canvas"
	"ravel/ui/grid"
)

func sample() grid.Table {
	return grid.Table{
		Columns: []string{"path", "n", "p95"}, Num: []bool{false, true, true},
		Rows: [][]string{{"/a", "9", "182ms"}, {"/b", "120", "1.2s"}, {"/c", "1.2k", "900us"}},
		Open: []string{"path=/a", "path=/b", ""},
	}
}

func column(p *grid.Pane) string {
	var first []string
	for line := range strings.Lines(p.Text()) {
		first = append(first, strings.Fields(line)[0])
	}
	return strings.Join(first[1:], " ")
}

func TestSort(t *testing.T) {
	p := grid.New("t")
	p.Set(sample())
	var seen []string
	for range 4 {
		seen = append(seen, column(p))
		p.Sort()
	}
	if got := strings.Join(seen, "; "); got != "/a /b /c; /a /b /c; /c /b /a; /b /a /c" {
		t.Errorf("sorting went %s", got)
	}
	p.Reverse()
	if column(p) != "/c /b /a" {
		t.Errorf("reversed: %s", column(p))
	}
}

func TestCursorStaysOnItsRow(t *testing.T) {
	p := grid.New("t")
	p.Set(sample())
	p.Move(1)
	next := sample()
	next.Rows = [][]string{{"/new", "999", "2s"}, {"/a", "10", "181ms"}, {"/b", "121", "1.1s"}}
	next.Open = []string{"", "path=/a", "path=/b"}
	p.Set(next)
	if p.Open() != "path=/b" {
		t.Errorf("the cursor moved to %v", p.Row())
	}
	p.Set(grid.Table{Columns: []string{"path"}})
	if p.Open() != "" || p.Row() != nil {
		t.Error("an empty table has no row")
	}
}

// Where the room is short, a column that says the same everywhere goes first.
func TestConstantColumnsGiveWay(t *testing.T) {
	c := &canvas.Line{Pen: canvas.Pen{Theme: theme.Must("mono"), Glyphs: &theme.ASCII}}
	p := grid.New("t")
	p.Set(grid.Table{Columns: []string{"source", "path", "n"}, Num: []bool{false, false, true},
		Rows: [][]string{{"logs/api.log", "/a/long/path/to/x", "1"}, {"logs/api.log", "/b", "2"}}})
	wide, narrow := string(p.Draw(c, nil, 80, 5)), string(p.Draw(c, nil, 32, 5))
	if strings.Count(wide, "logs/api.log") != 2 {
		t.Errorf("wide:\n%s", wide)
	}
	if strings.Count(narrow, "logs/api") != 1 || !strings.Contains(narrow, "/a/long/path/to/x") {
		t.Errorf("narrow:\n%s", narrow)
	}
}

func TestDrawFits(t *testing.T) {
	c := &canvas.Line{Pen: canvas.Pen{Theme: theme.Must("mono"), Glyphs: &theme.ASCII}}
	tab := sample()
	tab.Rows = append(tab.Rows, []string{strings.Repeat("/long", 40), "1", "1s"}, []string{"short row"})
	p := grid.New("t")
	p.Set(tab)
	for _, w := range []int{0, 1, 10, 40, 80} {
		out := string(p.Draw(c, nil, w, 6))
		if n := strings.Count(out, "\n"); n != 6 {
			t.Errorf("width %d: %d lines", w, n)
		}
		if w == 40 && !strings.Contains(out, "182ms") {
			t.Errorf("the figures must keep their room:\n%s", out)
		}
	}
}

// Where the room is short, what the rows are read for keeps it.
func TestMainColumnKeepsItsRoom(t *testing.T) {
	c := &canvas.Line{Pen: canvas.Pen{Theme: theme.Must("mono"), Glyphs: &theme.ASCII}}
	p := grid.New("t")
	p.Main, p.Spare = "message", []string{"domain", "first"}
	long := strings.Repeat("a long message ", 10)
	p.Set(grid.Table{Columns: []string{"n", "first", "type", "message", "domain"}, Num: []bool{true},
		Rows: [][]string{{"1", "12:04:05", "ValueError", long, "app.services"}, {"2", "12:04:06", "KeyError", "short", "app.tasks"}}})
	for _, w := range []struct {
		width, least  int // cells of the message
		shown, hidden string
	}{
		{200, 150, "domain first", ""}, {80, 30, "first domain", ""}, {50, 20, "first", "domain"}, {40, 16, "", "domain first"},
	} {
		out := ansi.Strip(string(p.Draw(c, nil, w.width, 4)))
		if !strings.Contains(out, long[:w.least]) {
			t.Errorf("width %d: the message is too short:\n%s", w.width, out)
		}
		head := strings.Split(out, "\n")[1]
		for _, name := range strings.Fields(w.shown) {
			if !strings.Contains(head, name) {
				t.Errorf("width %d: no %s:\n%s", w.width, name, out)
			}
		}
		for _, name := range strings.Fields(w.hidden) {
			if strings.Contains(head, name) {
				t.Errorf("width %d: %s takes room:\n%s", w.width, name, out)
			}
		}
		for line := range strings.Lines(out) {
			if canvas.Width(strings.TrimRight(line, "\n")) > w.width {
				t.Errorf("width %d: a row is wider:\n%s", w.width, out)
			}
		}
	}
}

// A request that runs has no duration: it stands last, whichever way the rows
// are sorted.
func TestEmptyCellsSortLast(t *testing.T) {
	p := grid.New("t")
	p.Set(grid.Table{Columns: []string{"path", "duration"}, Num: []bool{false, true},
		Rows: [][]string{{"/open", ""}, {"/slow", "2s"}, {"/fast", "3ms"}}})
	p.Sort()
	p.Sort()
	if got := column(p); got != "/slow /fast /open" {
		t.Errorf("descending: %s", got)
	}
	p.Reverse()
	if got := column(p); got != "/fast /slow /open" {
		t.Errorf("ascending: %s", got)
	}
}
