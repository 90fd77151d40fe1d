package engine

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ravel/model"
	"ravel/model/request"
	"ravel/parse"
	"ravel/parse/lifecycle"
	"ravel/sources"
	"ravel/testdata/gen/logs"
	"ravel/ui"
)

// generatedRecords are the records of a generated log of format 1.
func generatedRecords(t *testing.T, seed uint64, lines int) []string {
	t.Helper()
	var text bytes.Buffer
	if _, err := logs.Write(logs.Options{Seed: seed, Lines: lines, Format: "aindo", Gap: 5}, func(string) (io.Writer, error) { return &text, nil }); err != nil {
		t.Fatal(err)
	}
	var recs []string
	for line := range strings.Lines(text.String()) {
		if strings.HasPrefix(line, "2025-") || len(recs) == 0 {
			recs = append(recs, line)
		} else {
			recs[len(recs)-1] += line
		}
	}
	return recs
}

// liveFixture is an engine that follows what it is fed.
func liveFixture(t *testing.T) *fixture {
	t.Helper()
	names := model.NewNames()
	dec := parse.NewDecoder(nil, names, nil)
	f := startFixture(t, Options{Names: names, Decoder: dec, Live: true, Request: request.Options{Names: names, Decoder: dec, Lifecycle: lifecycle.Builtin()}})
	f.p = parse.New(parse.Options{Names: names, Source: names.Sources.ID([]byte("api.log")), Domain: "api"})
	return f
}

// feedSome feeds so many records at once.
func (f *fixture) feedSome(t *testing.T, recs []string, n int) []string {
	t.Helper()
	n = min(n, len(recs))
	f.feed(t, strings.Join(recs[:n], ""))
	return recs[n:]
}

// TestLiveRowsAreAppended checks rule 22 while records stream in: the Stream's
// rows are only ever added to, at the end.
func TestLiveRowsAreAppended(t *testing.T) {
	errors := 0
	for seed := range uint64(4) {
		f := liveFixture(t)
		recs := f.feedSome(t, generatedRecords(t, seed, 900), 300)
		f.Loaded()
		var before []model.Seq
		for n := 1; len(recs) > 0; n = n%7 + 1 {
			recs = f.feedSome(t, recs, n)
			rows := f.Rows(0, 1, 2000, false)
			now := seqs(rows)
			if len(now) < len(before) || !slices.Equal(now[:len(before)], before) {
				t.Fatalf("seed %d: the rows were\n%v and are\n%v", seed, before, now)
			}
			for _, r := range rows[len(before):] {
				if r.Request == nil && r.Record.Level >= model.Error && r.Record.RequestID != "" {
					errors++
				}
			}
			before = now
		}
	}
	if errors == 0 {
		t.Error("no error of an unfinished request had a line")
	}
}

// explorer is the screen over an engine, its commands run as Bubble Tea does.
type explorer struct {
	m    tea.Model
	msgs chan tea.Msg
}

func newExplorer(t *testing.T, f *fixture) *explorer {
	t.Helper()
	m, err := ui.New(t.Context(), f.Engine, ui.Options{Env: []string{"TERM=xterm-256color", "LANG=C", "NO_COLOR=1"}})
	if err != nil {
		t.Fatal(err)
	}
	x := &explorer{m: m, msgs: make(chan tea.Msg, 1000)}
	x.run(m.Init())
	x.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	x.settle()
	return x
}

func (x *explorer) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				x.run(c)
			}
		default:
			x.msgs <- msg
		}
	}()
}

func (x *explorer) send(msg tea.Msg) {
	var cmd tea.Cmd
	x.m, cmd = x.m.Update(msg)
	x.run(cmd)
}

// settle takes the messages that come within a second.
func (x *explorer) settle() {
	for range 20 {
		time.Sleep(50 * time.Millisecond)
		for synctest.Wait(); len(x.msgs) > 0; synctest.Wait() {
			x.send(<-x.msgs)
		}
	}
}

func (x *explorer) press(keys ...string) {
	for _, k := range keys {
		x.m.View()
		if k == "enter" {
			x.send(tea.KeyPressMsg{Code: tea.KeyEnter})
		} else {
			x.send(tea.KeyPressMsg{Code: []rune(k)[0], Text: k})
		}
		x.settle()
	}
}

// rows are the first lines of the log on screen: those which the strip of what
// runs does not take.
func (x *explorer) rows() string {
	lines := strings.Split(ansi.Strip(x.m.View().Content), "\n")
	return strings.Join(lines[2:18], "\n")
}

// TestLiveFoldsStay opens folds while records stream in: what one looks at
// neither moves nor closes, with a filter or without.
func TestLiveFoldsStay(t *testing.T) {
	for _, filter := range []string{"", "level>=info", "app or db"} {
		t.Run(fmt.Sprintf("filter %q", filter), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := liveFixture(t)
				f.o.Now = time.Now
				recs := f.feedSome(t, generatedRecords(t, 7, 1200), 400)
				f.feed(t, twoRequests())
				for i := range 12 {
					f.feed(t, line(10+i, "-", "INFO", "app", "idle"))
				}
				f.Loaded()
				if err := f.SetQuery(filter); err != nil {
					t.Fatal(err)
				}
				x := newExplorer(t, f)
				x.press("E", "enter", "enter", "k", "k", "k", "k", "enter")
				before := x.rows()
				if strings.Count(before, "+0ms") != 2 || !strings.Contains(before, "features.py:18 in _enabled") {
					t.Fatalf("nothing is open:\n%s", before)
				}
				for n := 1; len(recs) > 0; n = n%20 + 1 {
					recs = f.feedSome(t, recs, n)
					x.settle()
					if after := x.rows(); after != before {
						t.Fatalf("with %d records to come the rows are\n%s\nand were\n%s", len(recs), after, before)
					}
				}
				x.press("G")
				if after := x.rows(); after == before {
					t.Error("G does not return to the newest")
				}
			})
		})
	}
}

// TestEndedSources: the streams of a source that has ended have ended with it,
// and the clocks of what was running stand still.
func TestEndedSources(t *testing.T) {
	names := model.NewNames()
	dec := parse.NewDecoder(nil, names, nil)
	f := startFixture(t, Options{Names: names, Decoder: dec, Live: true, Request: request.Options{Names: names, Decoder: dec, Lifecycle: lifecycle.Builtin()}})
	f.p = parse.New(parse.Options{Names: names, Source: names.Sources.ID([]byte("api.log")), Domain: "api"})
	f.feed(t, line(0, strings.Repeat("a", 32), "INFO", "app", "Started GET /x HTTP/1.1 from 127.0.0.1"))
	f.Loaded()
	f.Report(sources.Event{Source: "other", Kind: sources.Ended})
	f.now = f.now.Add(time.Minute)
	if _, hung := f.Pending(8); len(hung) != 1 {
		t.Errorf("%d are hung after a minute without an end", len(hung))
	}
	f.Report(sources.Event{Source: "api.log", Kind: sources.Ended})
	if flying, hung := f.Pending(8); len(flying)+len(hung) != 0 { // younger than a second, for ever
		t.Errorf("%d in flight and %d hung of an input that has ended", len(flying), len(hung))
	}
	s := f.State()
	if len(s.Sources) != 2 || !s.Sources[0].Ended || !s.Sources[1].Ended {
		t.Errorf("sources: %+v", s.Sources)
	}
	f.Report(sources.Event{Source: "run", Kind: sources.Ended})
	if s := f.State().Sources; s[len(s)-1].Name != "run" || !s[len(s)-1].Ended {
		t.Errorf("a command without output: %+v", s)
	}
	f.p = parse.New(parse.Options{Names: names, Source: names.Sources.ID([]byte("run/stdout")), Domain: "run"})
	f.feed(t, "its last line, which came late\n")
	if s := f.State().Sources; len(s) != 3 || s[2].Name != "run/stdout" || !s[2].Ended {
		t.Errorf("a command's stream has not ended with it: %+v", s)
	}
}
