package ui

import (
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"

	"ravel/model"
)

// contractEngine holds the log of the contract's screens.
func contractEngine() *fakeEngine {
	e := newFake()
	for _, n := range []string{"api-7f9c", "worker-0", "api-9d2e", "api-b41d"} {
		e.state.Sources = append(e.state.Sources, SourceState{Name: "prod/" + n + "/" + strings.Split(n, "-")[0], Live: true})
	}
	e.state.Title = "prod/deploy/api 6 pods"
	http := func(clock string, status int, method, path string, ms int64, pod string) *model.Request {
		req := &model.Request{
			ID: "7f21c0de" + strconv.Itoa(len(e.rows)), Kind: model.KindHTTP, State: model.Complete, Method: method, Path: path,
			Status: status, End: at(clock), Duration: ms * 1e6, Start: at(clock) - ms*1e6, Records: 4, Level: model.Info, Client: "127.0.0.1",
		}
		src := "prod/" + pod + "/api"
		req.Sources = []string{src}
		mk := func(t int64, msg string) *model.Record {
			return &model.Record{Source: src, Time: t, Level: model.Info, Domain: "app", RequestID: req.ID, Message: msg}
		}
		e.request(req, mk(req.Start, "Started "+method+" "+path+" HTTP/1.1 from 127.0.0.1"),
			mk(req.End, "Completed "+strconv.Itoa(status)+" in "+strconv.FormatInt(ms, 10)+"ms"))
		return req
	}
	plain := func(clock string, l model.Level, domain, msg string) {
		e.record(&model.Record{Source: "prod/worker-0/worker", Time: at(clock), Level: l, Domain: domain, Message: msg})
	}
	http("12:18:58.774", 200, "GET", "/api/v1/catalogs", 182, "api-7f9c")
	plain("12:18:58.960", model.Warning, "auth", "token cache is cold")
	http("12:18:59.101", 200, "GET", "/api/v1/datasets/54987", 41, "api-7f9c")
	http("12:18:59.117", 401, "POST", "/api/v1/auth/flow/password/do", 835, "api-9d2e")
	failing(e)
	limited := http("12:18:59.260", 429, "POST", "/api/v1/auth/flow/password/do", 10, "api-b41d")
	limited.ID, limited.Records = "d7b75ec60d2f1a62", 3
	e.rows[len(e.rows)-1].Note = "Rate limit violation. Type: pwd, identity: 95hRfGm88p4"
	plain("12:18:59.300", model.Info, "sched", "Scheduler started")
	http("12:18:59.402", 201, "POST", "/api/v1/contributions", 96, "api-9d2e")
	http("12:18:59.433", 200, "GET", "/api/v1/catalogs", 179, "api-7f9c")
	http("12:18:59.464", 200, "GET", "/health", 1, "api-b41d")
	http("12:18:59.495", 200, "GET", "/api/v1/datasets/113", 17, "api-9d2e")
	http("12:18:59.526", 200, "GET", "/api/v1/catalogs", 182, "api-7f9c")
	http("12:18:59.557", 200, "GET", "/health", 1, "api-b41d")
	http("12:18:59.588", 200, "GET", "/api/v1/jobs/80/results", 61, "api-9d2e")
	http("12:18:59.619", 200, "GET", "/api/v1/catalogs", 175, "api-7f9c")
	http("12:18:59.650", 200, "GET", "/api/v1/datasets/7", 52, "api-b41d")
	http("12:18:59.681", 200, "GET", "/api/v1/catalogs", 181, "api-9d2e")
	http("12:18:59.712", 200, "GET", "/health", 1, "api-7f9c")
	contractFigures(e)
	for i := range e.hung {
		e.hung[i].State = model.Hung
	}
	return e
}

// failing adds the contract's failed request.
func failing(e *fakeEngine) {
	start := at("12:18:59.101")
	src := "prod/api-7f9c/api"
	rec := func(ms int64, l model.Level, msg string) *model.Record {
		return &model.Record{Source: src, Time: start + ms*1e6, Level: l, Domain: "app", RequestID: "b33f803f65439300", Message: msg}
	}
	bad := rec(36, model.Error, "Generic exception")
	const lib = "/opt/venv/lib/python3.10/site-packages/"
	bad.Traceback = &model.Traceback{
		Type: "AttributeError", Message: "'FeaturesConfig' object has no attribute 'sources'",
		Frames: []model.Frame{
			{File: lib + "anyio/streams/memory.py", Line: 111, Function: "receive", Code: "return self.receive_nowait()"},
			{File: lib + "anyio/streams/memory.py", Line: 106, Function: "receive_nowait", Code: "raise WouldBlock"},
			{File: "/app/api/api/features.py", Line: 18, Function: "_enabled", Code: "feature = getattr(config.features, key)"},
			{File: lib + "pydantic/main.py", Line: 891, Function: "__getattr__", Code: "raise AttributeError(f'{type(self).__name__!r} object has no attribute {item!r}')"},
		},
		Causes: []model.Cause{{Type: "anyio.WouldBlock", Frames: 2}},
		Text:   "Traceback (most recent call last):\n…\nDuring handling of the above exception, another exception occurred:\n",
	}
	e.request(&model.Request{
		ID: "b33f803f65439300", Kind: model.KindHTTP, State: model.Failed, Method: "POST", Path: "/api/v1/catalogs", Status: 500,
		Start: start, End: start + 38e6, Duration: 38e6, Level: model.Error, Client: "127.0.0.1", Sources: []string{src},
		ErrorType: "AttributeError", ErrorMessage: bad.Traceback.Message,
	}, rec(0, model.Info, "Started POST /api/v1/catalogs HTTP/1.1 from 127.0.0.1"), bad, rec(39, model.Info, "Completed 500 Internal Server Error in 38ms"))
}

func contractFigures(e *fakeEngine) {
	s := &e.state
	s.Records, s.Matched, s.Query = 1_195_000, 12_400, "level>=info -path:/health"
	s.Rate, s.Lag = 4100, 300*time.Millisecond
	s.MinTime, s.MaxTime = at("12:04:00"), at("12:19:02")
	s.Levels[model.Error], s.Levels[model.Warning], s.Levels[model.Info], s.Levels[model.Debug] = 204, 5600, 98_000, 27_000
	s.States[model.Failed], s.States[model.Complete], s.States[model.Hung] = 41, 12_000, 2
	s.P95 = 182 * time.Millisecond
	s.New = []Fresh{{"AttributeError", 41, at("12:13:00")}}
	s.Hidden = []Hidden{{"level", 1_100_000}, {"-path:/health", 80_000}}
	s.Last = e.rows[len(e.rows)-1].Seq
	for _, c := range "..:::.::=@#:....:.:=::." {
		e.hist = append(e.hist, uint32(strings.IndexRune(" .:=@#", c)))
	}
	run := func(ago time.Duration, method, path, pod, last string, n int) model.Request {
		rec := &model.Record{Seq: model.Seq(1000 + len(e.records)), Source: "prod/" + pod + "/api", Time: s.MaxTime - int64(ago), Message: last}
		e.know(rec)
		e.members[rec.Seq] = []*model.Record{rec}
		return model.Request{Kind: model.KindHTTP, State: model.InFlight, Method: method, Path: path, Start: s.MaxTime - int64(ago),
			Sources: []string{rec.Source}, FirstSeq: rec.Seq, LastSeq: rec.Seq, Records: n, Duration: -1}
	}
	const calling = "Calling provider ollama"
	e.inFlight = []model.Request{run(12*time.Second, "GET", "/api/v1/jobs/81/results", "api-9d2e", calling+" model=llama3", 2),
		run(3*time.Second, "PUT", "/api/v1/datasets/113", "api-7f9c", "", 1)}
	for range 5 {
		e.inFlight = append(e.inFlight, e.inFlight[1])
	}
	e.hung = []model.Request{run(41*time.Second, "POST", "/transcribe", "api-b41d", calling, 6), run(38*time.Second, "POST", "/transcribe", "api-9d2e", "", 2)}
	e.facets = map[string][]Count{
		"level":  counts("INFO", 98_000, "DEBUG", 27_000, "WARNING", 5600, "ERROR", 204, "none", 12),
		"status": counts("200", 11_800, "401", 502, "500", 41),
		"domain": counts("app", 100_000, "auth", 13_000, "catalogs", 9000, "data", 4000, "worker", 2000, "transcription", 300, "scheduler", 20, "admin", 1),
		"source": counts("prod/api-7f9c/api", 61_000, "prod/api-9d2e/api", 40_000, "prod/api-b41d/api", 22_000, "prod/worker-0/worker", 9000),
	}
}

// counts makes a facet of names and figures.
func counts(pairs ...any) []Count {
	var out []Count
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, Count{Value: pairs[i].(string), N: uint64(pairs[i+1].(int))})
	}
	return out
}

// env is a terminal without colour in the C locale.
var plainEnv = []string{"TERM=xterm-256color", "LANG=C", "NO_COLOR=1"}

// newScreen is the explorer over an engine at a size, driven by direct calls.
func newScreen(t testing.TB, e Engine, w, h int, opt Options) *Model {
	t.Helper()
	if opt.Env == nil {
		opt.Env = plainEnv
	}
	if opt.Now == nil {
		opt.Now = func() time.Time { return time.Unix(0, at("12:19:02")) }
	}
	m, err := New(t.Context(), e, opt)
	if err != nil {
		t.Fatal(err)
	}
	m.after = func(time.Duration, tea.Msg) tea.Cmd { return nil } // nothing waits here
	_, cmd := m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	settle(m, cmd)
	return m
}

// settle runs a command and what follows from it, but not what waits.
func settle(m *Model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil, tickMsg, changedMsg, recountMsg:
	case tea.BatchMsg:
		for _, c := range msg {
			settle(m, c)
		}
	default:
		_, next := m.Update(msg)
		settle(m, next)
	}
}

// press sends keys, spelt as in the key table.
func press(m *Model, keys ...string) {
	for _, k := range keys {
		m.View()
		_, cmd := m.Update(keyPress(k))
		settle(m, cmd)
	}
}

func keyPress(k string) tea.KeyPressMsg {
	codes := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "backspace": tea.KeyBackspace, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	}
	if c, ok := codes[k]; ok {
		msg := tea.KeyPressMsg{Code: c}
		if c == tea.KeySpace {
			msg.Text = " "
		}
		return msg
	}
	if c, ok := strings.CutPrefix(k, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(c[0]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
}

// typed sends text letter by letter.
func typed(m *Model, text string) {
	for _, r := range text {
		press(m, string(r))
	}
}

// screen is the view as the terminal would show it.
func screen(m *Model) string {
	v := m.View()
	buf := uv.NewScreenBuffer(max(m.width, 1), max(m.height, 1))
	uv.NewStyledString(v.Content).Draw(buf, buf.Bounds())
	lines := strings.Split(strings.ReplaceAll(buf.Render(), "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(stripSGR(lines[i]), " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// stripSGR takes styles out: goldens show what meaning is left without them.
func stripSGR(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "\x1b[")
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		end := strings.IndexByte(s[i:], 'm')
		s = s[i+end+1:]
	}
	b.WriteString(s)
	return b.String()
}

func TestContractScreen80x24(t *testing.T) {
	golden.RequireEqual(t, screen(newScreen(t, contractEngine(), 80, 24, Options{})))
}

func TestContractScreenOpened(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	press(m, "E", "enter")
	golden.RequireEqual(t, screen(m))
}

func TestContractScreenFrames(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	press(m, "E", "enter", "enter")
	golden.RequireEqual(t, screen(m))
}

func TestContractScreen160x50(t *testing.T) {
	e := contractEngine()
	e.state.Title = "prod/deploy/api 6 pods + nginx.log"
	m := newScreen(t, e, 160, 50, Options{Source: "POD"})
	press(m, "E", "enter")
	m.log.SetFollow(false)
	golden.RequireEqual(t, screen(m))
}

func BenchmarkView(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {160, 50}} {
		b.Run(strconv.Itoa(size[0])+"x"+strconv.Itoa(size[1]), func(b *testing.B) {
			m := newScreen(b, contractEngine(), size[0], size[1], Options{})
			b.ReportAllocs()
			for b.Loop() {
				m.dirty = true
				m.View()
			}
		})
	}
}
