package ui

import (
	"strings"
	"testing"
	"time"

	"ravel/model"
	"ravel/theme"
)

func TestTitle(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  string
	}{
		{nil, "no source yet"},
		{[]string{"logs/api.log"}, "logs/api.log"},
		{[]string{"logs/api.log", "logs/old/api.log"}, "logs/ 2 sources"},
		{[]string{"api.log", "web.log", "x.log"}, "api.log + 2 more"},
		{[]string{"prod/a-1/api", "prod/b-2/api"}, "prod/ 2 sources"},
	} {
		var s []SourceState
		for _, n := range c.names {
			s = append(s, SourceState{Name: n})
		}
		if got := (Options{}).titleOf(s); got != c.want {
			t.Errorf("%v: %q, want %q", c.names, got, c.want)
		}
	}
}

// TestTitleKeepsItsEnd: of a path that is too long the name is seen.
func TestTitleKeepsItsEnd(t *testing.T) {
	m := newScreen(t, newFake(), 80, 24, Options{})
	for _, c := range []struct {
		title string
		room  int
		want  string
	}{
		{"logs/api.log", 12, "logs/api.log"},
		{"/var/log/containers/api.log", 26, "</log/containers/api.log"},
		{"/var/log/containers/api.log", 12, "</api.log"},
		{"/var/log/a-rather-long-name.log", 12, "</a-rather-long-name.log"},
		{"var/log/py/ 4 sources", 19, "</log/py/ 4 sources"},
		{"var/log/py/ 4 sources", 8, "</py/ 4 sources"},
		{"api.log + 3 more", 8, "api.log + 3 more"},
		{"/", 0, "/"},
	} {
		if got := m.endOfPath(c.title, c.room); got != c.want {
			t.Errorf("%s in %d cells: %s, want %s", c.title, c.room, got, c.want)
		}
	}
}

// TestTitleOfACommand names it, whatever it has written so far.
func TestTitleOfACommand(t *testing.T) {
	o := Options{Source: commandStreams, Title: "./server --port 8080"}
	for _, s := range [][]SourceState{nil, {{Name: "run/stdout"}}, {{Name: "run/stdout"}, {Name: "run/stderr"}}} {
		if got := o.titleOf(s); got != o.Title {
			t.Errorf("%d streams: %q", len(s), got)
		}
	}
}

// TestTitleOfPods counts pods, not their containers.
func TestTitleOfPods(t *testing.T) {
	o := Options{Source: "POD", Title: "prod/deploy/api"}
	s := []SourceState{{Name: "prod/api-1/api"}, {Name: "prod/api-1/proxy"}, {Name: "prod/events"}}
	if got := o.titleOf(s); got != "prod/deploy/api 1 pod" {
		t.Errorf("one pod: %q", got)
	}
	s = append(s, SourceState{Name: "prod/api-2/api"})
	if got := o.titleOf(s); got != "prod/deploy/api 2 pods" {
		t.Errorf("two pods: %q", got)
	}
	if o.Title = ""; o.titleOf(s) != "prod/ 2 pods" {
		t.Errorf("without a title: %q", o.titleOf(s))
	}
}

func TestLabels(t *testing.T) {
	for _, c := range []struct{ names, want string }{
		{"logs/api.log logs/web.log", "api.log web.log"},
		{"prod/api-7f9c/api prod/api-9d2e/api prod/worker-0/worker", "api-7f9c api-9d2e worker-0"},
		{"ns/api-7d9f8b6c5-x7f9c/api ns/api-7d9f8b6c5-q1w2e/api", "api-7f9c api-1w2e"},
		{"ns/api-7d9f8b6c5-x7f9c/api ns/api-7d9f8b6c5-x7f9c/proxy ns/api-7d9f8b6c5-q1w2e/api", "7f9c/api f9c/prox 1w2e/api"},
		{"a/x/app.log b/x/app.log", "a b"},
		{"a/one/p b/one/p a/two/p", "a/one/p b/one/p a/two/p"},
		{"logs2/talk2me.log nginx/talk2me.log logs2/truth.json", "l/talk2m n/talk2m lo/truth"},
		{"logs/structlog-console.log logs/json-logger.jsonl logs/app-rid-cid.log", "structlo json-log app-rid-"},
		{"logs/service-alpha.log logs/service-omega.log", "servlpha servmega"},
		{"only.log", ""},
	} {
		var s []SourceState
		for n := range strings.SplitSeq(c.names, " ") {
			s = append(s, SourceState{Name: n})
		}
		var l labels
		l.update(s, 80)
		var got []string
		for _, src := range s {
			if short := l.short[src.Name]; short != "" {
				got = append(got, short)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.names, got, c.want)
		}
	}
}

// Rule 37: the lag of what comes, the silence of what does not.
func TestLagAndQuiet(t *testing.T) {
	e := contractEngine()
	for _, c := range []struct {
		lag, quiet time.Duration
		want       string
	}{
		{300 * time.Millisecond, 0, "lag 0.3s"},
		{75 * time.Second, time.Second, "lag 1m10s"},
		{time.Second, 150 * time.Second, "quiet 2m30s"},
		{600 * time.Hour, 0, "1.20M rec"},
	} {
		e.state.Lag, e.state.Quiet = c.lag, c.quiet
		m := newScreen(t, e, 80, 24, Options{})
		head, _, _ := strings.Cut(screen(m), "\n")
		if !strings.Contains(head, c.want) || c.want == "1.20M rec" && strings.Contains(head, "lag") {
			t.Errorf("lag %v, quiet %v: %q", c.lag, c.quiet, head)
		}
	}
}

// Records without stamps lag behind nothing.
func TestNoLagWithoutStamps(t *testing.T) {
	e := newFake()
	e.record(&model.Record{Source: "run/stdout", Time: model.NoTime, Message: "hello"})
	e.state.Sources, e.state.Records = []SourceState{{Name: "run/stdout", Live: true}}, 1
	if got := screen(newScreen(t, e, 80, 24, Options{})); strings.Contains(got, "lag") {
		t.Errorf("the header tells a lag:\n%s", got)
	}
}

// Where every column has errors, only a spike of them is coloured.
func TestHistogramColoursSpikes(t *testing.T) {
	h := Histogram{Cols: make([][model.NumLevels]uint32, 10)}
	for i := range h.Cols {
		h.Cols[i][model.Info], h.Cols[i][model.Error] = 100, 2
	}
	h.Cols[4][model.Error] = 30
	u := usualOf(h)
	for i := range h.Cols {
		want := theme.Dim
		if i == 4 {
			want = theme.Level(model.Error)
		}
		if got := u.style(&h.Cols[i]); got != want {
			t.Errorf("column %d has style %d, want %d", i, got, want)
		}
	}
	if empty := usualOf(Histogram{}); empty.style(&[model.NumLevels]uint32{}) != theme.Dim {
		t.Error("an empty column is coloured")
	}
}

// An endless pipe is not being loaded for ever.
func TestLoadingText(t *testing.T) {
	for _, c := range []struct {
		state    State
		noFollow bool
		want     string
	}{
		{State{}, false, ""},
		{State{Loading: true, LoadedPct: 40}, false, "reading 40%"},
		{State{Loading: true, LoadedPct: -1, Records: 9}, false, ""},
		{State{Loading: true, LoadedPct: -1}, false, "reading"},
		{State{Loading: true, LoadedPct: -1, Records: 9}, true, "reading"},
	} {
		m := &Model{state: c.state, opt: Options{NoFollow: c.noFollow}}
		if got := m.loadingText(); got != c.want {
			t.Errorf("%+v, not followed %v: %q, want %q", c.state, c.noFollow, got, c.want)
		}
	}
}

// A long title gives way; the words behind it are drawn whole or not at all.
func TestHeaderCutsTheTitleOnly(t *testing.T) {
	for width := 30; width < 130; width++ {
		e := contractEngine()
		e.state.Title = strings.Repeat("long/", 40)
		line, _, _ := strings.Cut(screen(newScreen(t, e, width, 24, Options{})), "\n")
		if n := strings.Count(line, ">"); n > 1 || !strings.HasSuffix(strings.TrimRight(line, " "), "UTC") {
			t.Errorf("%d cells: %q", width, line)
		}
	}
}

// The ends of the time held can be told apart, and rows of several days have
// their dates where there is room.
func TestTimeHeld(t *testing.T) {
	for _, c := range []struct {
		from, to    string
		width       int
		edges, rows string
	}{
		{"2025-03-20T12:04:00Z", "2025-03-20T12:19:02Z", 80, "12:04 |12:19", " 12:19:02.000 "},
		{"2025-03-20T12:04:10Z", "2025-03-20T12:04:52Z", 80, "12:04:10 |12:04:52", " 12:04:52.000 "},
		{"2025-03-19T12:04:10Z", "2025-03-20T12:04:52Z", 80, "03-19 |03-20", " 12:04:52.000 "},
		{"2025-03-19T12:04:10Z", "2025-03-20T12:04:52Z", 100, "03-19 |03-20", " 2025-03-20 12:04:52.000 "},
	} {
		e := newFake()
		for _, at := range []string{c.from, c.to} {
			when, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatal(err)
			}
			e.record(&model.Record{Source: "a.log", Time: when.UnixNano(), Level: model.Info, Message: "x"})
		}
		e.state.MinTime, e.state.MaxTime, e.hist = e.rows[0].Record.Time, e.rows[1].Record.Time, []uint32{1, 1}
		m := newScreen(t, e, c.width, 24, Options{})
		got := screen(m)
		for _, want := range append(strings.Split(c.edges, "|"), c.rows) {
			if !strings.Contains(got, want) {
				t.Errorf("%s to %s: no %q in\n%s", c.from, c.to, want, got)
			}
		}
		press(m, "t", "t", "t")
		if got := screen(m); !strings.Contains(got, c.rows) {
			t.Errorf("t does not come round:\n%s", got)
		}
	}
}
