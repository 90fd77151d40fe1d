package ui

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"ravel/model"
)

// Rule 33: + and - on a record ask for its template, in the query language's
// own spelling.
func TestLikeThis(t *testing.T) {
	e := newFake()
	e.record(&model.Record{Source: "a.log", Time: at("12:00:00"), Message: `user 7 said "no\"`, RequestID: `tab	"id"`})
	e.state.Records = 1
	m := newScreen(t, e, 80, 24, Options{})
	for _, c := range [][2]string{
		{"+", `template="user <num> said \"no\\\""`},
		{"-", `-template="user <num> said \"no\\\""`},
		{"c", `request_id="tab	\"id\""`},
	} {
		press(m, "0", "k", c[0])
		if got := m.state.Query; got != c[1] {
			t.Errorf("%s asks for %s, want %s", c[0], got, c[1])
		}
	}
}

// TestLateNewsAreCounted checks that what comes while the facets are counted is
// counted afterwards.
func TestLateNewsAreCounted(t *testing.T) {
	e := contractEngine()
	now := time.Unix(0, at("12:19:02"))
	m := newScreen(t, e, 160, 50, Options{Now: func() time.Time { return now }})
	var waits []tea.Msg
	m.after = func(_ time.Duration, msg tea.Msg) tea.Cmd {
		return func() tea.Msg { waits = append(waits, msg); return nil }
	}
	now = now.Add(2 * time.Second)
	count := m.facetsCmd()
	if count == nil {
		t.Fatal("nothing is counted")
	}
	e.facets["level"] = append(e.facets["level"], Count{Value: "CRITICAL", N: 1})
	if m.facetsCmd() != nil {
		t.Fatal("two counts run at a time")
	}
	_, again := m.Update(count())
	if again == nil {
		t.Fatal("what came meanwhile is forgotten")
	}
	again()
	if len(waits) != 1 || waits[0] != (recountMsg{}) {
		t.Errorf("it waits for %v", waits)
	}
}

// TestSlowCountsRest checks that what takes long to count is counted more
// rarely, unless another question is asked.
func TestSlowCountsRest(t *testing.T) {
	now := time.Unix(0, at("12:19:02"))
	m := newScreen(t, contractEngine(), 160, 50, Options{Now: func() time.Time { return now }})
	var waits []time.Duration
	m.after = func(wait time.Duration, _ tea.Msg) tea.Cmd {
		waits = append(waits, wait)
		return nil
	}
	now = now.Add(2 * time.Second)
	count := m.facetsCmd()
	now = now.Add(500 * time.Millisecond) // it takes that long
	m.Update(count())
	waits, m.jobs.recount = nil, time.Time{}
	m.facetsCmd()
	if len(waits) != 1 || waits[0] != 4*time.Second {
		t.Errorf("after half a second of counting it rests for %v, want 4s", waits)
	}
	m.jobs.facetsDue = true
	if m.facetsCmd() == nil {
		t.Error("another question waits, too")
	}
	press(m, "3")
	table := m.tableCmd(true)
	now = now.Add(2 * time.Second)
	m.Update(table())
	waits, m.jobs.recount = nil, time.Time{}
	m.tableCmd(false)
	if len(waits) != 1 || waits[0] != 16*time.Second {
		t.Errorf("after two seconds of counting a table rests for %v, want 16s", waits)
	}
	if m.recountCmd(time.Second) == nil && len(waits) != 2 {
		t.Error("what may be counted sooner waits for it")
	}
	if m.recountCmd(5 * time.Second); len(waits) != 2 {
		t.Errorf("the next one is asked for more than once: %v", waits)
	}
}

// `c` follows a request's flow, and where there are other sources also to the
// lines without an id that a proxy may have written about it.
func TestFollowFlow(t *testing.T) {
	e := newFake()
	e.request(&model.Request{ID: "req-000001", CorrelationID: "corr-00001", Kind: model.KindHTTP, State: model.Complete, Method: "GET", Path: "/a b",
		Start: at("12:00:01"), End: at("12:00:03")},
		&model.Record{Source: "a.log", Time: at("12:00:01"), RequestID: "req-000001"}, &model.Record{Source: "a.log", Time: at("12:00:03"), RequestID: "req-000001"})
	e.state.Sources = []SourceState{{Name: "a.log"}}
	e.state.Records = 2
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "k", "c")
	if got, want := m.state.Query, "correlation_id=corr-00001 or request_id=req-000001"; got != want {
		t.Errorf("c asks for %s, want %s", got, want)
	}
	e.state.Sources = append(e.state.Sources, SourceState{Name: "access.log"})
	m.refreshState()
	press(m, "0", "k", "c")
	day := time.Unix(0, at("12:00:00")).UTC().Format("2006-01-02T")
	if got, want := m.state.Query, `correlation_id=corr-00001 or request_id=req-000001 or method=GET path="/a b" ts>=`+day+`12:00:00Z ts<=`+day+`12:00:04Z -exists(request_id)`; got != want {
		t.Errorf("c asks for\n%s, want\n%s", got, want)
	}
}

// A request is copied as JSON with the keys of -o requests, masked, and saved as
// Markdown where the name says so.
func TestExportRequest(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{Redact: func(s string) string { return strings.ReplaceAll(s, "catalogs", "***") }})
	press(m, "E")
	req, recs := m.taken()
	list := []savedRecord{toSave(recs[0], m.safe)}
	text, err := json.Marshal(m.export(req, list))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"request_id":"b33f803f65439300","correlation_id":null,"kind":"http","name":null,"state":"failed","start":"2025-`, `"duration_ms":38,"method":"POST","path":"/api/v1/***","client":`,
		`"status":500,"level":`, `"records":3,"sources":["prod/api-7f9c/api"],"error":{"type":"AttributeError","message":`, `"log":[{"seq":`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the JSON lacks %s:\n%s", want, text)
		}
	}
	path := t.TempDir() + "/request.md"
	for _, note := range []string{"3 records saved", "exists already"} {
		press(m, "ctrl+s")
		typed(m, path)
		press(m, "enter")
		if !strings.Contains(m.note, note) {
			t.Errorf("saving said %q", m.note)
		}
	}
	saved, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(saved), "**POST /api/v1/***** 500 failed in 38ms\n") || strings.Contains(string(saved), "catalogs") {
		t.Errorf("saved %q, %v", saved, err)
	}
}

// c on a line of a proxy, which knows no id, leads to the request behind it.
func TestFollowFromAProxy(t *testing.T) {
	e := contractEngine()
	e.record(&model.Record{Source: "nginx.log", Time: at("12:18:59.800"), Level: model.Info, Message: "GET /x", Fields: []model.Field{
		{Name: "method", Value: model.StringValue("GET")}, {Name: "path", Value: model.StringValue("/x")},
	}})
	m := newScreen(t, e, 80, 24, Options{})
	press(m, "c")
	want := "request(method=GET path=/x end>=2025-03-20T12:18:58.8Z end<=2025-03-20T12:19:01.8Z) or " +
		"method=GET path=/x ts>=2025-03-20T12:18:58.8Z ts<=2025-03-20T12:19:01.8Z -exists(request_id)"
	if e.state.Query != want {
		t.Errorf("c asks for\n%s, want\n%s", e.state.Query, want)
	}
}

// - on a request hides it: most of its records have no path, and each of them
// would keep its row.
func TestHideARequest(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	press(m, "0", "E", "-")
	if got, want := m.state.Query, "-request(path=/api/v1/catalogs)"; got != want {
		t.Errorf("- asks for %s, want %s", got, want)
	}
	press(m, "0", "+")
	if got, want := m.state.Query, "path=/api/v1/catalogs"; got != want {
		t.Errorf("+ asks for %s, want %s", got, want)
	}
}

// TestSinceOfAnyQuery: the bound is a term beside the whole query, in place of
// the one that was, and what looks like one in a text stays.
func TestSinceOfAnyQuery(t *testing.T) {
	for _, c := range []struct{ query, typed, want string }{
		{"", "end-10m", "ts>=end-10m"},
		{"app", "14:05", "app ts>=14:05"},
		{"app or db", "end-10m", "(app or db) ts>=end-10m"},
		{"ts>=end-1h app ts<end-1m", "end-10m", "app ts<end-1m ts>=end-10m"},
		{"@timestamp>end-1h", "2025-03-20 13:24", `ts>="2025-03-20 13:24"`},
		{`"a ts>=5 b"`, "end-1m", `"a ts>=5 b" ts>=end-1m`},
		{"-(ts>=end-1h app)", "end-1m", "-(ts>=end-1h app) ts>=end-1m"},
		{"ts>=end-1h or app", "everything", "ts>=end-1h or app"},
		{"app ts>=end-1h", "everything", "app"},
		{"app", "nonsense", "app"},
	} {
		m := newScreen(t, contractEngine(), 80, 24, Options{})
		settle(m, m.filter(c.query))
		press(m, "S")
		typed(m, c.typed)
		press(m, "enter")
		if got := m.state.Query; got != c.want {
			t.Errorf("%q since %s: %q, want %q", c.query, c.typed, got, c.want)
		}
	}
}

// TestNegationBegun: x negates beside the whole query.
func TestNegationBegun(t *testing.T) {
	for query, want := range map[string]string{"": "-", "app": "app -", "app or db": "(app or db) -"} {
		m := newScreen(t, contractEngine(), 80, 24, Options{})
		settle(m, m.filter(query))
		press(m, "x")
		if got := m.bar.line.Text(); got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}
