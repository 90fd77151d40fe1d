package logview_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ravel/model"
	"ravel/theme"
	"ravel/ui/canvas"
	"ravel/ui/logview"
)

// rows is a Source over a slice.
type rows []logview.Row

func (s rows) Rows(from model.Seq, dir, n int, _ bool) []logview.Row {
	i, _ := slices.BinarySearchFunc(s, from, func(r logview.Row, seq model.Seq) int { return int(int64(r.Seq) - int64(min(seq, 1<<40))) })
	if dir > 0 {
		return s[i:min(i+n, len(s))]
	}
	if i == len(s) || s[i].Seq > from {
		i--
	}
	var out []logview.Row
	for ; i >= 0 && len(out) < n; i-- {
		out = append(out, s[i])
	}
	return out
}

func (s rows) Members(seq model.Seq, _ int) []*model.Record {
	for i := range s {
		if s[i].Seq == seq {
			return []*model.Record{s[i].Record, s[i].Record}
		}
	}
	return nil
}

// sample is n rows: plain records, requests, tracebacks, hostile bytes.
func sample(n int) rows {
	var s rows
	for i := range n {
		r := &model.Record{Seq: model.Seq(3*i + 1), Source: "api", Time: int64(i) * 1e7, Level: model.Info, Domain: "catalogs",
			Message: fmt.Sprintf("Loaded %d rows of dataset %d for the user of the session", i, i%7)}
		row := logview.Row{Seq: r.Seq, Record: r}
		switch i % 5 {
		case 1:
			row.Request = &model.Request{ID: "b33f803f65439300", State: model.Complete, Method: "GET", Path: "/api/v1/catalogs/54987/columns",
				Status: 200, Duration: 38e6, Records: 2, Sources: []string{"api"}, Start: r.Time}
		case 2:
			row.Request = &model.Request{ID: "b33f803f65439300", State: model.Failed, Method: "POST", Path: "/api/v1/catalogs", Status: 500,
				Duration: 38e6, Records: 2, Sources: []string{"api"}, Start: r.Time, ErrorType: "AttributeError", ErrorMessage: "'FeaturesConfig' object has no attribute 'sources'"}
			r.Traceback = &model.Traceback{Type: "AttributeError", Message: "x", Frames: []model.Frame{{File: "/app/a.py", Line: 3, Function: "f", Code: "a()"}}}
		case 3:
			r.Message = "tab\there \x1b[31mred\x1b[0m größe 日本 \xff\u202e end\nsecond line"
		}
		s = append(s, row)
	}
	return s
}

func newView(src logview.Source, w, h int) *logview.View {
	v := logview.New(src, canvas.Pen{Theme: theme.Must("dark"), Glyphs: &theme.Unicode})
	v.Label, v.LabelW = func(s string) string { return s }, 8
	v.SetSize(w, h)
	v.Refresh()
	return v
}

func TestDrawDoesNotAllocate(t *testing.T) {
	v := newView(sample(200), 160, 50)
	f, err := canvas.NewFinder("dataset")
	if err != nil {
		t.Fatal(err)
	}
	for _, find := range []*canvas.Finder{nil, f} {
		v.SetFind(find)
		buf := v.Draw(nil)
		if n := testing.AllocsPerRun(50, func() { buf = v.Draw(buf[:0]) }); n != 0 {
			t.Errorf("%v allocations a frame", n)
		}
	}
}

// However one moves, the cursor stays on screen, on a row that exists, and one
// step down undoes one step up.
func TestMovesAreConsistent(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	src := sample(120)
	for _, h := range []int{1, 2, 7, 24} {
		v := newView(src, 90, h)
		v.Move(-1)
		for step := range 400 {
			switch rnd.IntN(9) {
			case 0:
				v.Move(-rnd.IntN(5) - 1)
			case 1:
				v.Move(rnd.IntN(5) + 1)
			case 2:
				v.Page(-h)
			case 3:
				v.Page(h)
			case 4:
				v.Open()
			case 5:
				v.Jump(model.Seq(rnd.IntN(400)))
			case 6:
				v.Collapse()
			case 7:
				v.Scroll(rnd.IntN(9) - 4)
			case 8:
				v.Wrap = !v.Wrap
			}
			v.Refresh()
			if rec, _ := v.Selected(); rec == nil {
				t.Fatalf("height %d, step %d: the cursor %v is on nothing", h, step, v.Cursor())
			}
			at := v.Cursor()
			v.Move(-1)
			if up := v.Cursor(); up != at {
				v.Move(+1)
				if v.Cursor() != at {
					t.Fatalf("height %d, step %d: up and down again leads from %v over %v to %v", h, step, at, up, v.Cursor())
				}
			}
		}
	}
}

// A pane that becomes smaller, as when the detail opens, keeps its cursor on
// its record.
func TestShrinkingKeepsTheCursor(t *testing.T) {
	v := newView(sample(100), 90, 20)
	v.Move(-1)
	at := v.Cursor()
	for _, h := range []int{5, 1, 12, 20} {
		v.SetSize(90, h)
		v.Refresh()
		if v.Cursor() != at {
			t.Fatalf("at height %d the cursor went from %v to %v", h, at, v.Cursor())
		}
	}
}

func TestEvictionKeepsTheView(t *testing.T) {
	src := sample(100)
	v := newView(src, 90, 10)
	v.Jump(60)
	at := v.Cursor()
	v.Source = src[10:]
	v.Forget(src[10].Seq)
	v.Refresh()
	if v.Cursor() != at {
		t.Errorf("eviction of older rows moved the cursor from %v to %v", at, v.Cursor())
	}
	v.Source = src[50:]
	v.Forget(src[50].Seq)
	v.Refresh()
	if rec, _ := v.Selected(); rec == nil || rec.Seq < src[50].Seq {
		t.Errorf("the cursor stands on an evicted row: %v", rec)
	}
}

// A query changes while its scan fills the log in: the cursor's record comes
// back to its place.
func TestHoldOverAScan(t *testing.T) {
	src := sample(100)
	v := newView(src, 90, 10)
	v.Jump(151)
	v.Move(3)
	before := string(v.Draw(nil))
	v.Hold()
	for _, part := range []rows{nil, src[90:], src[60:], src[40:], src} {
		v.Source = part
		v.Refresh()
	}
	v.Release()
	v.Refresh()
	if after := string(v.Draw(nil)); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func TestHugeMessages(t *testing.T) {
	src := sample(3)
	src[0].Record.Message = strings.Repeat("größe 日本 ", 80_000)
	v := newView(src, 160, 50)
	for _, v.Wrap = range []bool{false, true} {
		v.Refresh()
		v.Draw(nil)
		v.Move(-60)
		v.Move(3)
	}
}

func TestStampStyles(t *testing.T) {
	v := newView(sample(3), 90, 3)
	v.Zone = time.FixedZone("X", 3600)
	seen := map[string]bool{}
	for range 3 {
		seen[string(v.Draw(nil))] = true
		v.NextTimeStyle()
	}
	v.Delta = true
	seen[string(v.Draw(nil))] = true
	if len(seen) != 4 {
		t.Errorf("%d different ways to draw the time", len(seen))
	}
}

func BenchmarkDraw160x50(b *testing.B) {
	v := newView(sample(200), 160, 50)
	buf := v.Draw(nil)
	b.ReportAllocs()
	for b.Loop() {
		buf = v.Draw(buf[:0])
	}
}

func BenchmarkRefresh160x50(b *testing.B) {
	v := newView(sample(200), 160, 50)
	b.ReportAllocs()
	for b.Loop() {
		v.Refresh()
	}
}
