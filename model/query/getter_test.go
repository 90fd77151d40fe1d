package query

import (
	"strings"
	"testing"

	"ravel/model"
	"ravel/parse"
)

// gotten are fields of records that getters are asked for: columns, what
// phrases, tracebacks and streams give, and keys that stand somewhere.
var gotten = []string{
	"ts", "level", "domain", "source", "status", "duration", "line", "lines", "seq", "request_id", "correlation_id", "message", "@message", "raw",
	"traceback", "format", "method", "path", "query", "client", "bytes", "duration_ms", "fields.status", "fields.duration_ms", "user", "user_id", "pid", "thread",
	"exception.type", "error.message", "error", "stream", "pod", "context", "context.user", "name", "logger", "msg", "key", "key#2", "model", "tags", "port",
	"fields.path", "fields.source", "a.", "protocol", "caller", "hostname", "content_length", "url", "http.method", "x",
}

// realGetters compares what getters take out of records with what decoding them
// tells.
func realGetters(t *testing.T, path string, b *model.Batch, env Env) {
	t.Helper()
	s := &scan{p: &Predicate{env: env}, b: b, at: -1}
	for _, g := range getters(gotten, &env) {
		for i := range b.Len() {
			r := row{batched: true, subject: subject{b: b, i: i, s: s}}
			plain := r
			want, ok := plain.field(g.name)
			got, have := g.of(&r)
			if have != ok || ok && (got.Kind != want.Kind || valueText(got) != valueText(want)) {
				t.Errorf("%s: record %d %q: %s is %v %v, decoded %v %v", path, i, b.Raw(i), g.name, have, got, ok, want)
				break
			}
		}
	}
}

// TestGetterDecodesNothing counts what getters have decoded of records whose
// bytes or columns tell.
func TestGetterDecodesNothing(t *testing.T) {
	lines := strings.Repeat("2025-03-20T13:24:26.000 [d669b032f7eeb4b5b17e6deb4288af45][-] INFO --- app --- Started GET /api/v1/jobs/49577?a=b HTTP/1.1 from 127.0.0.1\n"+
		"2025-03-20T13:24:26.003 [-][-] INFO --- db --- Connection pool size 80\n", 20)
	objects := strings.Repeat(`{"timestamp": "2025-03-20T13:24:26.000Z", "level": "INFO", "logger": "app", "message": "request_start", "path": "/a", "nth": 7, "request_id": "d669b032f7ee"}`+"\n"+
		`{"timestamp": "2025-03-20T13:24:26.000Z", "level": "INFO", "logger": "db", "message": "Connection pool size 80"}`+"\n", 20)
	for _, text := range []string{lines, objects} {
		names := model.NewNames()
		b := &model.Batch{First: 1, Buf: []byte(text)}
		parse.New(parse.Options{Names: names}).Parse(b, 0, true)
		env := Env{Decoder: parse.NewDecoder(nil, names, nil), Names: names}
		for _, g := range getters([]string{"ts", "level", "domain", "path", "nth", "nothing", "duration", "status"}, &env) {
			for i := range b.Len() {
				r := row{batched: true, subject: subject{b: b, i: i, s: &scan{p: &Predicate{env: env}, b: b, at: -1}}}
				if g.of(&r); r.r != nil {
					t.Errorf("%s of %q had it decoded", g.name, b.Raw(i))
				}
			}
		}
	}
}
