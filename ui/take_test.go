package ui

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"ravel/model"
)

// A secret is masked on screen and in copies.
func TestRedacted(t *testing.T) {
	e := newFake()
	e.record(&model.Record{Source: "a.log", Time: at("12:00:00"), Message: "password=hunter2", Level: model.Info})
	e.state.Records = 1
	mask := func(s string) string { return strings.ReplaceAll(s, "hunter2", "***") }
	m := newScreen(t, e, 80, 24, Options{Redact: mask})
	press(m, "k", "d", "tab")
	if got := screen(m); strings.Contains(got, "hunter2") || !strings.Contains(got, "***") {
		t.Errorf("not masked:\n%s", got)
	}
}

// What ravel itself put into a stream is copied as it is read, not as it is
// kept.
func TestCopyOfAMarker(t *testing.T) {
	r := &model.Record{Message: "api-0 was restarted", Raw: []byte(`{"message":"api-0 was restarted"}`), Flags: model.Marker}
	if got, want := recordsText([]*model.Record{r}), "api-0 was restarted\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCopies(t *testing.T) {
	asked := ""
	m := newScreen(t, contractEngine(), 80, 24, Options{Command: func(query string) string { asked = query; return query }})
	press(m, "E")
	req, recs := m.taken()
	if req == nil || len(recs) != 3 {
		t.Fatalf("E and y take %v with %d records", req, len(recs))
	}
	golden.RequireEqual(t, m.markdown(req, recs)+"----\n"+requestText(req, time.UTC)+recordsText(recs))
	for _, keys := range [][]string{{"y"}, {"Y"}, {"z", "y"}, {"z", "j"}, {"C"}} {
		press(m, keys...)
		if !strings.Contains(m.note, "clipboard") {
			t.Errorf("%v said %q", keys, m.note)
		}
	}
	if asked != m.state.Query {
		t.Errorf("the command opens %q", asked)
	}
	m.filter("x")
	m.openTable(ownTable, "| top level")
	if press(m, "C"); asked != "x | top level" {
		t.Errorf("the command of a table opens %q", asked)
	}
	m.copyText(strings.Repeat("line\n", 40_000), "much")
	if !strings.Contains(m.note, "Ctrl-s") {
		t.Errorf("a copy that is too long said %q", m.note)
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	masked := func(s string) string { return strings.ReplaceAll(s, "cold", "***") }
	m := newScreen(t, contractEngine(), 80, 24, Options{Redact: masked, SaveAs: func(name string) ([]byte, func([]byte, *model.Record) []byte) {
		if !strings.HasSuffix(name, ".csv") {
			return nil, nil
		}
		return []byte("message\n"), func(dst []byte, r *model.Record) []byte { return append(dst, masked(r.Message)+"\n"...) }
	}})
	for _, name := range []string{"a.log", "a.csv", "a.json"} {
		path := dir + "/" + name
		press(m, "ctrl+s")
		typed(m, path)
		press(m, "enter")
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(m.note, "saved") {
			t.Fatalf("%s: %v, %q", name, err, m.note)
		}
		if !strings.Contains(string(text), "token cache is ***") || strings.Contains(string(text), "cold") {
			t.Errorf("%s is not masked or not whole:\n%s", name, text)
		}
		if strings.HasPrefix(string(text), "message\n") != (name == "a.csv") {
			t.Errorf("%s is not saved as its name says:\n%s", name, text)
		}
		if strings.Contains(string(text), "coldGET") || strings.Count(string(text), "\n") < 10 {
			t.Errorf("%s joins lines:\n%s", name, text)
		}
	}
	press(m, "ctrl+s")
	typed(m, dir+"/a.log")
	press(m, "enter")
	if !strings.Contains(m.note, "exists already") {
		t.Errorf("an existing file: %q", m.note)
	}
	press(m, "ctrl+s")
	typed(m, dir+"/none/a.log")
	if press(m, "enter"); !strings.Contains(m.note, "there is no folder "+dir+"/none") {
		t.Errorf("no folder: %q", m.note)
	}
	m.opt.Env = []string{"HOME=" + dir}
	press(m, "ctrl+s")
	typed(m, "~/home.log")
	press(m, "enter")
	if _, err := os.Stat(dir + "/home.log"); err != nil {
		t.Errorf("~ is not the user's folder: %v, %q", err, m.note)
	}
}

// Rule 22: the strip's rows open, live.
func TestStripOpens(t *testing.T) {
	e := contractEngine()
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "j", "j", "enter")
	if !m.side.detailOpen || !strings.Contains(screen(m), "Calling provider ollama") {
		t.Fatalf("the hung request did not open:\n%s", screen(m))
	}
	press(m, "esc", "R")
	if list := screen(m); strings.Count(list, "PUT    /api/v1/datasets/113") != len(e.inFlight)-1 {
		t.Errorf("not all running requests are told in full:\n%s", list)
	}
	typed(m, "jobs")
	press(m, "enter")
	rec := &model.Record{Source: "prod/api-9d2e/api", Time: at("12:19:03"), Message: "one line more"}
	e.know(rec)
	first := e.inFlight[0].FirstSeq
	e.members[first] = append(e.members[first], rec)
	m.Update(changedMsg{})
	if !strings.Contains(screen(m), "one line more") {
		t.Errorf("the opened request did not grow:\n%s", screen(m))
	}
}

// A request without a path is told by its name, or by what began it.
func TestRunningWithoutAPath(t *testing.T) {
	e := contractEngine()
	first := &model.Record{Source: "a.log", Time: at("12:18:00"), Message: "Request received\nand more"}
	e.know(first)
	e.inFlight = []model.Request{{Kind: model.KindHTTP, State: model.InFlight, Start: first.Time, FirstSeq: first.Seq, LastSeq: first.Seq, Records: 1}}
	e.hung = []model.Request{{Kind: model.KindTask, Name: "nightly", State: model.Hung, Start: first.Time, FirstSeq: first.Seq, LastSeq: first.Seq, Records: 1}}
	for _, width := range []int{80, 160} {
		if got := screen(newScreen(t, e, width, 50, Options{})); !strings.Contains(got, "1m02s Request received") && !strings.Contains(got, "1m00s Request received") || !strings.Contains(got, "nightly") {
			t.Errorf("%d cells:\n%s", width, got)
		}
	}
}

func TestSources(t *testing.T) {
	e := contractEngine()
	e.state.Sources[1].Err = "pods/log forbidden: ask for the verb get"
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "s")
	if got := screen(m); !strings.Contains(got, "ask for the verb") {
		t.Errorf("sources:\n%s", got)
	}
}

// Hostile bytes reach neither the screen nor the clipboard.
func TestHostileBytes(t *testing.T) {
	e := newFake()
	e.record(&model.Record{Source: "a\x1b[2J.log", Time: at("12:00:00"), Domain: "d\x07", Level: model.Info,
		Message: "\x1b]0;owned\x07 \x1b[31mred \u202ebidi \xff\r over"})
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "k", "d")
	plain := stripSGR(m.View().Content)
	for _, r := range strings.ReplaceAll(plain, "\n", "") {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e {
			t.Fatalf("%U is on the screen", r)
		}
	}
	if got := clean("a\x1b[31m\r\nb\x07"); got != "a␛[31m\nb·" {
		t.Errorf("copied: %q", got)
	}
}

// TestClipboardWrapping: inside tmux and GNU screen, and where only TERM tells
// of them, the text reaches what holds the clipboard.
func TestClipboardWrapping(t *testing.T) {
	const plain, tmux, gnu = "\x1b]52;c;YWJj\a", "\x1bPtmux;", "\x1bP\x1b]52;"
	for _, c := range []struct {
		env  []string
		want []string
	}{
		{[]string{"TERM=xterm"}, []string{plain}},
		{[]string{"TERM=tmux-256color", "TMUX=/tmp/x,1,0"}, []string{plain, tmux}},
		{[]string{"TERM=screen", "STY=1.pts"}, []string{gnu}},
		{[]string{"TERM=screen-256color"}, []string{plain, gnu}},
	} {
		m := newScreen(t, contractEngine(), 80, 24, Options{Env: c.env})
		sent, ok := m.clipboardCmd("abc")().(tea.RawMsg)
		got := fmt.Sprint(sent.Msg)
		if !ok || !strings.HasPrefix(got, strings.Join(c.want, "")) || len(c.want) == 1 && c.want[0] == plain && got != plain {
			t.Errorf("%v: %q, want %q", c.env, got, c.want)
		}
	}
}

// TestSavedLinesAreWhole: the pieces of a line that passes the cap are saved as
// the line that they were; between others a line end is put where one lacks it.
func TestSavedLinesAreWhole(t *testing.T) {
	const piece = model.Cut | model.Continued
	for _, c := range []struct {
		recs []model.Record
		want string
	}{
		{[]model.Record{{Seq: 1, Raw: []byte("aa"), Flags: model.Cut}, {Seq: 2, Raw: []byte("bb"), Flags: piece}, {Seq: 3, Raw: []byte("cc\n"), Flags: piece}, {Seq: 4, Raw: []byte("d\n")}}, "aabbcc\nd\n"},
		{[]model.Record{{Seq: 1, Raw: []byte("aa"), Flags: model.Cut}, {Seq: 3, Raw: []byte("cc\n"), Flags: piece}}, "aa\ncc\n"},
		{[]model.Record{{Seq: 1, Raw: []byte("one")}, {Seq: 2, Raw: []byte("two")}}, "one\ntwo"},
	} {
		var out strings.Builder
		w := (&Options{}).newSaver(&out, "x")
		for i := range c.recs {
			w.write(&c.recs[i])
		}
		if err := w.flush(); err != nil || out.String() != c.want {
			t.Errorf("saved %q, %v, want %q", out.String(), err, c.want)
		}
	}
}
