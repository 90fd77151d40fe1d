package ui

import (
	"fmt"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"ravel/model"
)

// statesEngine has a row for every state and shape that a row may have.
func statesEngine() *fakeEngine {
	e := newFake()
	e.state.Sources = []SourceState{{Name: "api.log"}, {Name: "worker.log"}}
	sec := int64(0)
	rec := func(l model.Level, msg string) *model.Record {
		sec++
		return &model.Record{Source: "api.log", Time: at("12:00:00") + sec*1e9, Level: l, Domain: "app", Message: msg}
	}
	req := func(st model.State, status int, change func(*model.Request)) {
		r := &model.Request{ID: fmt.Sprintf("%08x", 0xa0+sec), Kind: model.KindHTTP, State: st, Method: "GET", Path: "/api/v1/catalogs",
			Status: status, Start: at("12:00:00") + sec*1e9, Duration: 182e6, Sources: []string{"api.log"}, Level: model.Info}
		if change != nil {
			change(r)
		}
		e.request(r, rec(model.Info, "Started GET /api/v1/catalogs"), rec(model.Info, "Completed in 182ms"))
	}
	req(model.Complete, 200, nil)
	req(model.Complete, 302, func(r *model.Request) { r.Sources = append(r.Sources, "worker.log") })
	req(model.Complete, 404, nil)
	e.rows[len(e.rows)-1].Note = "no such catalog"
	req(model.Failed, 500, func(r *model.Request) { r.ErrorType, r.ErrorMessage = "KeyError", "'owner'\nsecond line" })
	req(model.Failed, 0, func(r *model.Request) { r.Level = model.Critical })
	req(model.Hung, 0, func(r *model.Request) { r.Duration = -1; r.Level = model.Warning })
	req(model.InFlight, 0, func(r *model.Request) { r.Duration = -1 })
	req(model.NoStart, 200, func(r *model.Request) { r.Method, r.Path, r.Duration = "", "", 1746e6 })
	req(model.Unmarked, 0, func(r *model.Request) { r.Duration = 75e9 })
	req(model.Complete, 200, func(r *model.Request) {
		r.Path = "/api/v1/a/very/long/path/that/does/not/fit/into/the/column/at/any/width/there/is"
	})
	one := rec(model.Info, `GET /health HTTP/1.1" 200`)
	e.request(&model.Request{Kind: model.KindAccess, State: model.Complete, Method: "GET", Path: "/health", Status: 200, Duration: 4e5,
		Sources: []string{"api.log"}}, one)
	line := rec(model.Error, "request_complete")
	line.Mark = model.MakeMark(model.KindAccess, model.WholeFailed)
	line.Fields = []model.Field{{Name: "extra_fields", Value: model.Value{Kind: model.Object, Keys: []model.Field{
		{Name: "method", Value: model.StringValue("POST")}, {Name: "path", Value: model.StringValue("/transcribe")},
		{Name: "status", Value: model.NumberValue("502")}, {Name: "duration_ms", Value: model.NumberValue("31000.5")},
	}}}}
	e.record(line)
	for l := range model.NumLevels {
		e.record(rec(l, "a record at level "+l.String()))
	}
	e.record(rec(model.Info, "several lines\nthe second\nthe third"))
	crash := rec(model.Error, "could not save")
	crash.Traceback = &model.Traceback{Type: "ValueError", Message: "bad\nnews", Text: "…"}
	e.record(crash)
	gap := rec(model.LevelNone, "-- reconnected, 3.2 s gap --")
	gap.Flags, gap.Domain = model.Marker, ""
	e.record(gap)
	bare := rec(model.LevelNone, "a line without a time")
	bare.Time, bare.Domain = model.NoTime, ""
	e.record(bare)
	e.record(rec(model.Info, "a message that is much longer than the row of eighty cells could ever hold, and goes on for a while after that"))
	e.state.MinTime, e.state.MaxTime, e.state.Records = at("12:00:00"), at("12:01:00"), 60
	return e
}

func TestRowStates(t *testing.T) {
	for _, width := range []int{80, 160} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			golden.RequireEqual(t, screen(newScreen(t, statesEngine(), width, 30, Options{})))
		})
		t.Run(fmt.Sprint(width, "-opened"), func(t *testing.T) {
			m := newScreen(t, statesEngine(), width, 50, Options{})
			press(m, "z", "R")
			golden.RequireEqual(t, screen(m))
		})
	}
}
