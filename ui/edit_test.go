package ui

import (
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
