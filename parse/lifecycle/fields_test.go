package lifecycle

import (
	"strings"
	"testing"

	"ravel/model"
)

// kv is one member: object, key, value; a value with a leading # is a number.
type kv struct {
	o        Object
	key, val string
}

func add(f *Fields, members []kv) {
	f.Reset()
	for _, m := range members {
		val, number := strings.CutPrefix(m.val, "#")
		f.Add(m.o, []byte(m.key), []byte(val), number)
	}
}

func TestFieldsMark(t *testing.T) {
	mark := model.MakeMark
	for _, c := range []struct {
		name    string
		msg     string
		members []kv
		text    bool // not JSON
		mark    model.Mark
		status  uint16
		us      uint32
	}{
		{name: "one line that tells all", msg: "request_complete", members: []kv{{Top, "request_id", "1234567890-abcdef"}, {Top, "method", "POST"}, {Top, "path", "/transcribe"}, {Top, "status", "#200"}, {Top, "duration_ms", "#1250"}}, mark: mark(model.KindHTTP, model.Whole), status: 200, us: 1250000},
		{name: "an end without what was asked", msg: "request_complete", members: []kv{{Top, "request_id", "1234567890-abcdef"}, {Top, "status", "#200"}}, mark: mark(model.KindHTTP, model.Ended), status: 200, us: model.NoDur},
		{name: "access record", msg: "handled", members: []kv{{Top, "method", "GET"}, {Top, "path", "/"}, {Top, "status_code", "#204"}, {Top, "latency", "12.5ms"}}, mark: mark(model.KindAccess, model.Whole), status: 204, us: 12500},
		{name: "pino", msg: "request completed", members: []kv{{RequestObject, "id", "#1"}, {RequestObject, "method", "GET"}, {RequestObject, "url", "/x?y=1"}, {ResponseObject, "statusCode", "#200"}, {Top, "responseTime", "#5"}}, mark: mark(model.KindHTTP, model.Whole), status: 200, us: 5000},
		{name: "fastify", msg: "incoming request", members: []kv{{Top, "reqId", "req-1"}, {RequestObject, "method", "GET"}, {RequestObject, "url", "/x"}}, mark: mark(model.KindHTTP, model.Started), us: model.NoDur},
		{name: "gcp", members: []kv{{gcpRequest, "requestMethod", "GET"}, {gcpRequest, "requestUrl", "https://h/x?y"}, {gcpRequest, "status", "#503"}, {gcpRequest, "latency", "0.123s"}}, mark: mark(model.KindAccess, model.Whole), status: 503, us: 123000},
		{name: "ecs", members: []kv{{Top, "http.request.method", "GET"}, {Top, "url.path", "/x"}, {Top, "http.response.status_code", "#404"}, {Top, "event.duration", "#1500000"}, {ecsTrace, "id", "4bf92f3577b34da6a3ce929d0e0e4736"}}, mark: mark(model.KindAccess, model.Whole), status: 404, us: 1500},
		{name: "event name", msg: "done with it", members: []kv{{Top, "event", "task.completed"}, {Top, "task_id", "nightly-docs"}, {Top, "duration_ms", "#12.5"}}, mark: mark(model.KindTask, model.Ended), us: 12500},
		{name: "failed task by status", msg: "Task completed", members: []kv{{Container, "task_id", "nightly-docs"}, {Container, "status", "failed"}}, mark: mark(model.KindTask, model.EndedFailed), us: model.NoDur},
		{name: "task of a job", msg: "Task completed", members: []kv{{Top, "job_id", "bulk-abc123"}, {Top, "task_id", "t"}}, mark: mark(model.KindJob, model.StepEnded), us: model.NoDur},
		{name: "canonical", msg: "Session recorded", members: []kv{{Top, "status", "success"}}, mark: mark(model.KindCanonical, model.Whole), us: model.NoDur},
		{name: "canonical that failed", msg: "Failed to save session", members: []kv{{Top, "status", "fail"}}, mark: mark(model.KindCanonical, model.WholeFailed), us: model.NoDur},
		{name: "canonical only without id", msg: "Saved", members: []kv{{Top, "status", "success"}, {Top, "trace_id", "abcdefgh12"}}, us: model.NoDur},
		{name: "canonical only in JSON", msg: "Saved", text: true, members: []kv{{Top, "status", "success"}}, us: model.NoDur},
		{name: "canonical only at the top", msg: "Saved", members: []kv{{Container, "status", "success"}}, us: model.NoDur},
		{name: "valid is no outcome", msg: "Contribution validated", members: []kv{{Container, "status", "valid"}, {Container, "duration_ms", "#234"}}, us: 234000},
		{name: "needs an id", msg: "done: 0.1 sec", us: model.NoDur},
		{name: "has an id", msg: "done: 0.1 sec", members: []kv{{Top, "jid", "0ab1c2d3e4f5"}}, mark: mark(model.KindTask, model.Ended), us: 100000},
		{name: "zap seconds", msg: "x", members: []kv{{Top, "duration", "#0.001234"}}, us: 1234},
		{name: "slog nanoseconds", msg: "x", members: []kv{{Top, "elapsed", "#1500000"}}, us: 1500},
		{name: "lograge milliseconds", msg: "x", members: []kv{{Top, "duration", "#58.33"}}, us: 58330},
		{name: "exponent", msg: "x", members: []kv{{Top, "duration", "#1.5e-05"}}, us: 15},
		{name: "null and text are no duration", msg: "x", members: []kv{{Top, "duration", "a while"}, {Top, "elapsed", "null"}}, us: model.NoDur},
	} {
		var f Fields
		var h Hit
		add(&f, c.members)
		got := f.Mark([]byte(c.msg), !c.text, &h)
		if got != c.mark || f.Status != c.status || f.Dur != c.us {
			t.Errorf("%s: mark %v/%d status %d dur %d, want %v/%d %d %d", c.name, got.Kind(), got.Event(), f.Status, f.Dur, c.mark.Kind(), c.mark.Event(), c.status, c.us)
		}
	}
}

func TestTarget(t *testing.T) {
	for _, c := range [][3]string{
		{"/a/b", "/a/b", ""}, {"/a?b=c?d", "/a", "b=c?d"}, {"https://h.example/x/y?z", "/x/y", "z"}, {"http://h", "", ""}, {"", "", ""},
		{"/go?u=http://h/p", "/go", "u=http://h/p"},
	} {
		f := Fields{Path: []byte(c[0])}
		if p, q := f.Target(); string(p) != c[1] || string(q) != c[2] {
			t.Errorf("%q: path %q query %q", c[0], p, q)
		}
	}
}

func TestIDs(t *testing.T) {
	const tp = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	for _, c := range []struct {
		name      string
		pairs     [][2]string
		req, corr string
		class     Class
	}{
		{"first of the list wins", [][2]string{{"trace_id", "trace-000001"}, {"task_id", "t1"}, {"job_id", "j1"}, {"requestId", "r1"}}, "r1", "trace-000001", Request},
		{"job before task", [][2]string{{"task_id", "t1"}, {"job_id", "j1"}}, "j1", "", Job},
		{"task before run", [][2]string{{"task_run_id", "r1"}, {"task_id", "t1"}}, "t1", "", Task},
		{"trace alone is the request", [][2]string{{"traceId", "abc"}}, "abc", "", Trace},
		{"traceparent", [][2]string{{"traceparent", tp}, {"X-Request-ID", "q"}}, "q", "4bf92f3577b34da6a3ce929d0e0e4736", Request},
		{"correlation before trace", [][2]string{{"trace_id", "t"}, {"correlation_id", "c"}, {"req.id", "q"}}, "q", "c", Request},
		{"correlation alone", [][2]string{{"x-correlation-id", "c"}}, "", "c", NoID},
		{"none", [][2]string{{"request_id", "-"}, {"job_id", "null"}, {"task_id", "0000-00"}, {"trace_id", "N/A"}, {"run_id", ""}}, "", "", NoID},
		{"none falls through", [][2]string{{"request_id", "-"}, {"run_id", "run-456"}}, "run-456", "", Run},
		{"others", [][2]string{{"user_id", "7"}, {"span_id", "x"}, {"thread", "t"}, {"client", "c"}}, "", "", NoID},
	} {
		var d IDs
		for _, p := range c.pairs {
			d.Add([]byte(p[0]), []byte(p[1]))
		}
		if string(d.Request) != c.req || string(d.CorrelationID()) != c.corr || d.Class != c.class {
			t.Errorf("%s: %q %q %d", c.name, d.Request, d.CorrelationID(), d.Class)
		}
	}
}

func TestFormatIDsWin(t *testing.T) {
	var d IDs
	d.Add([]byte("request_id"), []byte("from-key"))
	d.Set([]byte("from-format"), []byte("-"))
	if string(d.Request) != "from-format" || d.CorrelationID() != nil {
		t.Errorf("got %q %q", d.Request, d.CorrelationID())
	}
}

func TestScoped(t *testing.T) {
	for id, want := range map[string]bool{
		"abc": true, "req-1": true, "req-123456789": true, "req-1234567890": false, "REQUEST_12": true, "123456789": true, "1234567890": false,
		"bulk-abc123": false, "deadbeef": false, "-12345678": true, "a-b-12345": false, "request-": false, "1234567": true, "abcdefgh": false,
		"a1b2c3d4": false, "abcdefgh1": true,
	} {
		if got := Scoped([]byte(id)); got != want {
			t.Errorf("%q: scoped %v", id, got)
		}
	}
	if Hash([]byte("req-1"), 0) == Hash([]byte("req-1"), 1) {
		t.Error("a counter means the same in two sources")
	}
	if Hash([]byte("b33f803f65439300"), 0) != Hash([]byte("b33f803f65439300"), 1) {
		t.Error("a global id differs between sources")
	}
}

func TestPaired(t *testing.T) {
	tab := Builtin()
	at := func(msg string) uint16 {
		var h Hit
		if !Match([]byte(msg), &h) {
			t.Fatalf("%q: no match", msg)
		}
		return h.Rule
	}
	for _, c := range []struct {
		start, end string
		want       bool
	}{
		{"Task started", "Task complete", true}, {"Validation started", "Validation failed", true}, {"Request received", "Validation complete", true},
		{"Request received", "Request failed", true}, {"Validation started", "Request failed", false}, {"Task started", "Step failed: x", false},
		{"Scheduler initialization", "Scheduler stopped", false}, {"Scheduler shutdown requested", "Scheduler stopped", true},
	} {
		if got := tab.Paired(at(c.start), at(c.end)); got != c.want {
			t.Errorf("%q and %q: paired %v", c.start, c.end, got)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	for pattern, part := range map[string]string{"": "empty", "{path} x": "begins with", "Done {what}": "no capture", "Done {status": "no capture", "Done {*}{status}": "needs text"} {
		if _, err := Compile([]Rule{{Pattern: pattern}}); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	msgs := [][]byte{[]byte("Started GET /api/v1/catalogs HTTP/1.1 from 172.100.0.19"), []byte("Completed 200 OK in 182ms"), []byte("nothing of note")}
	key, id := []byte("request_id"), []byte("b33f803f65439300")
	var h Hit
	var f Fields
	if n := testing.AllocsPerRun(100, func() {
		f.Reset()
		f.Add(Top, key, id, false)
		for _, m := range msgs {
			Match(m, &h)
			f.Mark(m, true, &h)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzMatch(f *testing.F) {
	for _, r := range rules {
		f.Add(strings.NewReplacer("{method}", "GET", "{path}", "/a?b", "{status}", "200", "{dur}", "1m2.5s", "{end}", "").Replace(r.Pattern), "trace_id", "12ms")
	}
	f.Fuzz(func(t *testing.T, msg, key, val string) {
		var h Hit
		if Match([]byte(msg), &h) {
			for _, s := range []Span{h.Method, h.Path, h.Query, h.Client, h.Name, h.ID} {
				_ = s.Of([]byte(msg)) // in range
			}
			if h.Status != 0 && (h.Status < 100 || h.Status > 599) {
				t.Errorf("status %d", h.Status)
			}
		} else if h != (Hit{Dur: model.NoDur}) {
			t.Errorf("a miss left %+v", h)
		}
		var fs Fields
		fs.Reset()
		for o := Top; o <= Elsewhere; o++ {
			fs.Add(o, []byte(key), []byte(val), false)
			fs.Add(o, []byte("duration"), []byte(val), true)
			Enter(o, []byte(key))
		}
		fs.Path = []byte(val)
		fs.Target()
		fs.Mark([]byte(msg), true, &h)
		Scoped([]byte(val))
	})
}

// TestPlain compares Plain with MarkMatched on all that it may be asked.
func TestPlain(t *testing.T) {
	messages := []string{"", "no phrase", "request_start", "request_complete", "Completed 503 Error in 12ms", "Started GET /a HTTP/1.1 from 1.2.3.4",
		"Task started", "Task completed", "Task failed", "Validation complete", "Job \"x\" executed successfully"}
	for _, msg := range messages {
		for _, class := range []Class{NoID, ByFormat, Request, Job, Task, Run, Trace, Correlated} {
			for _, status := range []uint16{0, 200, 500} {
				for _, dur := range []uint32{model.NoDur, 0, 1500} {
					for _, method := range []string{"", "GET"} {
						for _, path := range []string{"", "/x"} {
							var h Hit
							matched := Match([]byte(msg), &h)
							var told *Hit
							if matched {
								copied := h
								told = &copied
							}
							f := Fields{Status: status, Dur: dur}
							f.IDs.Class = class
							if class == Correlated {
								f.IDs = IDs{Correlation: []byte("c")}
							}
							if method != "" {
								f.Method = []byte(method)
							}
							if path != "" {
								f.Path = []byte(path)
							}
							fold, status, dur := f.IDs.Fold(), status, dur
							want := f.MarkMatched(matched, true, &h)
							if mark := Plain(told, fold, &status, &dur, method != "", path != ""); mark != want || status != f.Status || dur != f.Dur {
								t.Errorf("%q, %v: mark %v, status %d, dur %d; want %v, %d, %d", msg, class, mark, status, dur, want, f.Status, f.Dur)
							}
						}
					}
				}
			}
		}
	}
}

// TestGlobal shows that an id which is surely global stands for something and has
// no scope.
func TestGlobal(t *testing.T) {
	global := 0
	for _, id := range []string{"", "-", "req-7", "00000000-0000-0000-0000-000000000000", "0000000000000000000000000000000000000000", "abcdefgh-123456789",
		"abcdefghijklmnop-123456789", "4bf92f3577b34da6a3ce929d0e0e4736", "6b0c7f3e-5b0e-4a35-9a51-3d6a3c1c8f10", "00000000000000000000000000000001", "- - - - - - - - - - -"} {
		if Global([]byte(id)) {
			if global++; None([]byte(id)) || Scoped([]byte(id)) || Hash([]byte(id), 7) != model.HashID(id, 0) {
				t.Errorf("%q is not global", id)
			}
		}
	}
	if global < 2 {
		t.Errorf("%d ids are global", global)
	}
}
