package detail_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"ravel/model"
	"ravel/theme"
	"ravel/ui/canvas"
	"ravel/ui/detail"
)

func draw(p *detail.Pane, w, h int) string {
	c := &canvas.Line{Pen: canvas.Pen{Theme: theme.Must("mono"), Glyphs: &theme.ASCII}}
	return ansi.Strip(string(p.Draw(c, nil, w, h, true)))
}

func sample() *model.Record {
	return &model.Record{
		Seq: 9, Source: "a.log", Time: model.NoTime, Level: model.Error, Message: strings.Repeat("long ", 30) + "\nsecond line",
		Fields: []model.Field{{Name: "ctx", Value: model.Value{Kind: model.Object, Keys: []model.Field{
			{Name: "list", Value: model.Value{Kind: model.Array, Items: []model.Value{model.NumberValue("1"), model.BoolValue(true)}}},
			{Name: "objs", Value: model.Value{Kind: model.Array, Items: []model.Value{{Kind: model.Object, Keys: []model.Field{{Name: "k", Value: model.NumberValue("7")}}}}}},
		}}}, {Name: "source", Value: model.StringValue("key")}},
		Traceback: &model.Traceback{Type: "E", Message: "m", Frames: []model.Frame{
			{File: "/app/x.py", Line: 3, Function: "f"}, {File: "/v/site-packages/lib.py", Line: 4, Function: "g"},
		}},
		Raw: []byte("raw one\r\nraw two\n"),
	}
}

func TestLongValuesTakeSeveralRows(t *testing.T) {
	p := detail.New()
	p.Set(sample(), nil, nil)
	out := draw(p, 60, 30)
	for line := range strings.Lines(out) {
		if w := ansi.StringWidth(strings.TrimRight(line, "\n")); w > 60 {
			t.Errorf("%d cells: %q", w, line)
		}
	}
	if !strings.Contains(out, "second line") || strings.Count(out, "long") != 30 {
		t.Errorf("the message is not whole:\n%s", out)
	}
}

func TestTree(t *testing.T) {
	p := detail.New()
	p.Set(sample(), nil, nil)
	out := draw(p, 80, 30)
	if !strings.Contains(out, "ctx") || !strings.Contains(out, "[2]") {
		t.Fatalf("no tree:\n%s", out)
	}
	want := map[string]string{"ctx.list": "true", "ctx.objs": "7", "fields.source": "key"} // what is met last
	got := map[string]string{}
	for range 30 {
		p.Move(1)
		if path, value, ok := p.Field(); ok {
			got[path] = value
		}
	}
	for path, value := range want {
		if got[path] != value {
			t.Errorf("%s is %q, want %q, among %v", path, got[path], value, got)
		}
	}
}

func TestLibraryFramesOpen(t *testing.T) {
	p := detail.New()
	p.Set(sample(), nil, nil)
	p.Show(detail.Traceback)
	if strings.Contains(draw(p, 80, 20), "lib.py") {
		t.Error("library frames are open")
	}
	p.Move(2)
	if !p.Toggle() || !strings.Contains(draw(p, 80, 20), "lib.py") {
		t.Errorf("they do not open:\n%s", draw(p, 80, 20))
	}
}

func TestTabsThatAreEmptyAreLeftOut(t *testing.T) {
	p := detail.New()
	r := sample()
	r.Traceback = nil
	p.Set(r, nil, nil)
	p.Next(1)
	if out := draw(p, 80, 20); !strings.Contains(out, "[raw]") || !strings.Contains(out, "raw two") {
		t.Errorf("after fields comes raw:\n%s", out)
	}
	p.Next(1)
	p.Next(-1)
	if out := draw(p, 80, 20); !strings.Contains(out, "[raw]") {
		t.Errorf("and back:\n%s", out)
	}
	p.Show(detail.Traceback)
	if strings.Contains(draw(p, 80, 20), "[traceback]") {
		t.Error("an empty tab was shown")
	}
}

// A megabyte in one line is broken up as it is needed, not measured again for
// each row.
func TestHugeLine(t *testing.T) {
	p := detail.New()
	r := sample()
	r.Message = strings.Repeat("größe 日本 ", 80_000)
	r.Raw = []byte(r.Message)
	p.Set(r, nil, nil)
	draw(p, 80, 20)
	p.Next(-1)
	if out := draw(p, 80, 20); !strings.Contains(out, "[raw]") || strings.Count(out, "größe") < 100 {
		t.Errorf("the raw bytes are not broken to the pane:\n%s", out)
	}
}

func TestNothingToShow(t *testing.T) {
	p := detail.New()
	p.Move(1)
	p.Toggle()
	if _, _, ok := p.Field(); ok || p.Text() != "" {
		t.Error("an empty pane has a value")
	}
	for _, size := range [][2]int{{0, 0}, {1, 1}, {10, 2}} {
		draw(p, size[0], size[1])
	}
}
