package lifecycle

import (
	"testing"

	"ravel/model"
)

func TestMatch(t *testing.T) {
	type want struct {
		kind                              model.Kind
		event                             model.Event
		status                            int
		us                                uint32
		method, path, query, client, name string
		id                                string
	}
	none := model.NoDur
	for _, c := range []struct {
		msg string
		want
	}{
		{"Started GET /api/v1/catalogs HTTP/1.1 from 172.100.0.19", want{kind: model.KindHTTP, event: model.Started, us: none, method: "GET", path: "/api/v1/catalogs", client: "172.100.0.19"}},
		{"Started POST /a?b=c&d=%20 HTTP/2 from ::1", want{kind: model.KindHTTP, event: model.Started, us: none, method: "POST", path: "/a", query: "b=c&d=%20", client: "::1"}},
		{"Completed 200 OK in 182ms", want{kind: model.KindHTTP, event: model.Ended, status: 200, us: 182000}},
		{"Completed 500 Internal Server Error in 38ms\nmore in 5 lines", want{kind: model.KindHTTP, event: model.Ended, status: 500, us: 38000}},
		{"Completed 429 Too Many Requests in 10ms", want{kind: model.KindHTTP, event: model.Ended, status: 429, us: 10000}},
		{"Completed 200 OK in 5ms (Views: 4.2ms | ActiveRecord: 0.0ms)", want{kind: model.KindHTTP, event: model.Ended, status: 200, us: 5000}},
		{"Completed 200 OK", want{kind: model.KindHTTP, event: model.Ended, status: 200, us: none}},
		{`Started GET "/users/1?x=y" for 127.0.0.1 at 2024-01-01 10:00:00 +0000`, want{kind: model.KindHTTP, event: model.Started, us: none, method: "GET", path: "/users/1", query: "x=y", client: "127.0.0.1"}},
		{"Processing by UsersController#show as HTML", want{kind: model.KindHTTP, event: model.Step, us: none, name: "UsersController#show"}},
		{`GET "/users/1", parameters={}`, want{kind: model.KindHTTP, event: model.Started, us: none, method: "GET", path: "/users/1"}},
		{"Request starting HTTP/1.1 GET http://localhost:5000/api/x?y=1 - -", want{kind: model.KindHTTP, event: model.Started, us: none, method: "GET", path: "/api/x", query: "y=1"}},
		{"Request finished HTTP/1.1 GET http://localhost:5000/api/x - 200 - text/plain 12.3456ms", want{kind: model.KindHTTP, event: model.Ended, status: 200, us: 12346, method: "GET", path: "/api/x"}},
		{"HTTP GET /weather responded 404 in 1.5 ms", want{kind: model.KindHTTP, event: model.Whole, status: 404, us: 1500, method: "GET", path: "/weather"}},
		{"Sent 200 in 512µs", want{kind: model.KindHTTP, event: model.Ended, status: 200, us: 512}},
		{"GET /x", want{kind: model.KindHTTP, event: model.Started, us: none, method: "GET", path: "/x"}},
		{`127.0.0.1:51234 - "GET /docs?x=1 HTTP/1.1" 200 OK`, want{kind: model.KindAccess, event: model.Whole, status: 200, us: none, method: "GET", path: "/docs", query: "x=1", client: "127.0.0.1"}},
		{`[2001:db8::17]:443 - "GET /docs HTTP/1.1" 500`, want{kind: model.KindAccess, event: model.Whole, status: 500, us: none, method: "GET", path: "/docs", client: "[2001:db8::17]"}},
		{`127.0.0.1 - - [20/Nov/2026 15:19:52] "GET /ok/0 HTTP/1.1" 200 -`, want{kind: model.KindAccess, event: model.Whole, status: 200, us: none, method: "GET", path: "/ok/0", client: "127.0.0.1"}},
		{`2001:db8::17 - bob [20/Nov/2026 15:19:52] "GET /ok/0 HTTP/1.1" 200 -`, want{kind: model.KindAccess, event: model.Whole, status: 200, us: none, method: "GET", path: "/ok/0", client: "2001:db8::17"}},
		{`"GET /admin/ HTTP/1.1" 302 0`, want{kind: model.KindAccess, event: model.Whole, status: 302, us: none, method: "GET", path: "/admin/"}},
		{`"GET http://localhost:3333/ping HTTP/1.1" from [::1]:58220 - 200 4B in 25.917µs`, want{kind: model.KindAccess, event: model.Whole, status: 200, us: 26, method: "GET", path: "/ping", client: "[::1]"}},
		{"GET /items 200 5.236 ms - 12", want{kind: model.KindAccess, event: model.Whole, status: 200, us: 5236, method: "GET", path: "/items"}},
		{"GET /items 404 in 12ms", want{kind: model.KindAccess, event: model.Whole, status: 404, us: 12000, method: "GET", path: "/items"}},
		{"request_complete", want{kind: model.KindHTTP, event: model.Ended, us: none}},
		{"Request completed", want{kind: model.KindHTTP, event: model.Ended, us: none}},
		{"request.started", want{kind: model.KindHTTP, event: model.Started, us: none}},
		{"Request received", want{kind: model.KindHTTP, event: model.Started, us: none}},
		{"Request failed", want{kind: model.KindHTTP, event: model.EndedFailed, us: none}},
		{"Task started", want{kind: model.KindTask, event: model.Started, us: none}},
		{"Task complete", want{kind: model.KindTask, event: model.Ended, us: none}},
		{"Task completed - took a while", want{kind: model.KindTask, event: model.Ended, us: none}},
		{"Task failed: boom", want{kind: model.KindTask, event: model.EndedFailed, us: none}},
		{"Task app.tasks.add[3e1f-22] received", want{kind: model.KindTask, event: model.Started, us: none, name: "app.tasks.add", id: "3e1f-22"}},
		{"Task app.tasks.add[3e1f-22] succeeded in 0.0012s: 3", want{kind: model.KindTask, event: model.Ended, us: 1200, name: "app.tasks.add", id: "3e1f-22"}},
		{"Task app.tasks.add[3e1f-22] raised unexpected: ValueError('x')", want{kind: model.KindTask, event: model.EndedFailed, us: none, name: "app.tasks.add", id: "3e1f-22"}},
		{"Task app.tasks.add[3e1f-22] retry: Retry in 3s", want{kind: model.KindTask, event: model.Step, us: none, name: "app.tasks.add", id: "3e1f-22"}},
		{`Running job "tick (trigger: interval[0:00:03], next run at: 2020-01-01 00:00:00 UTC)" (scheduled at 2020-01-01)`, want{kind: model.KindTask, event: model.Started, us: none, name: "tick"}},
		{`Job "tick (trigger: interval[0:00:03], next run at: x)" executed successfully`, want{kind: model.KindTask, event: model.Ended, us: none, name: "tick"}},
		{`Job "tick (trigger: date[x], next run at: y)" raised an exception`, want{kind: model.KindTask, event: model.EndedFailed, us: none, name: "tick"}},
		{"Validation started", want{kind: model.KindTask, event: model.Started, us: none}},
		{"Validation complete", want{kind: model.KindTask, event: model.Ended, us: none}},
		{"Scheduler initialization", want{kind: model.KindTask, event: model.Started, us: none}},
		{"Scheduler started", want{kind: model.KindTask, event: model.Ended, us: none}},
		{"Starting bulk generation for preset 7", want{kind: model.KindJob, event: model.Started, us: none}},
		{"Bulk generation completed", want{kind: model.KindJob, event: model.Ended, us: none}},
		{"Starting step: validate_preset", want{kind: model.KindTask, event: model.Started, us: none, name: "validate_preset"}},
		{"Step completed successfully", want{kind: model.KindTask, event: model.Ended, us: none}},
		{"Started GET /orders/7", want{kind: model.KindHTTP, event: model.Started, us: none, method: "GET", path: "/orders/7"}},
		{"Completed GET /orders/7 status=404 duration_ms=1.4", want{kind: model.KindHTTP, event: model.Ended, status: 404, us: 1400, method: "GET", path: "/orders/7"}},
		{"Finished GET /orders/17 status=200", want{kind: model.KindHTTP, event: model.Ended, status: 200, us: none, method: "GET", path: "/orders/17"}},
		{"Finished GET /orders/17", want{kind: model.KindHTTP, event: model.Ended, us: none, method: "GET", path: "/orders/17"}},
		{"Step failed: timeout", want{kind: model.KindTask, event: model.EndedFailed, us: none}},
		{"Performed HardJob (Job ID: 12-ab) from Async(default) in 5.02ms", want{kind: model.KindTask, event: model.Ended, us: 5020, name: "HardJob", id: "12-ab"}},
		{"done: 0.25 sec", want{kind: model.KindTask, event: model.Ended, us: 250000}},
		{"close time.busy=1.5ms time.idle=2.0µs", want{kind: model.KindSpan, event: model.Ended, us: 1500}},
	} {
		var h Hit
		if !Match([]byte(c.msg), &h) {
			t.Errorf("%q: no match", c.msg)
			continue
		}
		msg := []byte(c.msg)
		got := want{h.Kind, h.Event, int(h.Status), h.Dur, string(h.Method.Of(msg)), string(h.Path.Of(msg)), string(h.Query.Of(msg)), string(h.Client.Of(msg)), string(h.Name.Of(msg)), string(h.ID.Of(msg))}
		if got != c.want {
			t.Errorf("%q:\n got %+v\nwant %+v", c.msg, got, c.want)
		}
	}
}

func TestNoMatch(t *testing.T) {
	for _, msg := range []string{"", "Started", "Started server process [31047]", "Completed the migration", "Completed 700 Odd in 3ms",
		"Completed 20 of 30", "Taskmaster", "Task", "Validation completeness", "GETTING /x", "Starting up", "Job runner ready",
		"request completeness", "Generated 5 unique prompts", "start up", `10.0.0.1 connected`, `127.0.0.1:80 - "GET" 200`, "12.5.6.7 - 8", "\nTask started", "Completed 2000 rows in 5ms"} {
		var h Hit
		if Match([]byte(msg), &h) {
			t.Errorf("%q matched rule %q", msg, Builtin().Rule(h.Rule).Pattern)
		}
	}
}
