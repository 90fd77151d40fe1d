package parse

import (
	"strings"
	"testing"
	"time"

	"ravel/model"
)

// parsed are the records of one input, decoded.
func parsed(t *testing.T, o Options, input string) []model.Record {
	t.Helper()
	o.Names = model.NewNames()
	if o.Domain == "" {
		o.Domain = "app"
	}
	checkLossless(t, []byte(input), o, 5)
	b := &model.Batch{Buf: []byte(input)}
	New(o).Parse(b, 0, true)
	d := NewDecoder(o.Formats, o.Names, func(uint16) StreamInfo { return StreamInfo{Zone: o.Zone, Fields: o.Fields} })
	records := make([]model.Record, b.Len())
	for i := range records {
		d.Decode(b, i, &records[i])
	}
	return records
}

// short says a record in one line: lines, time, level, message.
func short(r *model.Record) string {
	ts := "-"
	if r.Time != model.NoTime {
		ts = time.Unix(0, r.Time).UTC().Format("2006-01-02T15:04:05.999999999Z")
	}
	tb := ""
	if r.Traceback != nil {
		tb = " !" + r.Traceback.Type
	}
	return strings.Join([]string{itoa(int(r.Line)) + "+" + itoa(r.Lines), ts, r.Level.String(), strings.ReplaceAll(r.Message, "\n", "⏎")}, " ") + tb
}

func itoa(n int) string { return string(appendInt(nil, int64(n))) }

// ruleCase is an input and its records as short has them.
type ruleCase struct {
	name, input string
	want        []string
}

func checkCases(t *testing.T, o Options, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			records := parsed(t, o, c.input)
			for i := range max(len(records), len(c.want)) {
				got := "none"
				if i < len(records) {
					got = short(&records[i])
				}
				if want := at(c.want, i); got != want {
					t.Errorf("record %d\n got %s\nwant %s", i, got, want)
				}
			}
		})
	}
}

func TestRule1ContinuationOrRecord(t *testing.T) {
	checkCases(t, Options{}, []ruleCase{
		{"after a stamped record a line that matches nothing continues it", "2026-01-01 10:00:00 INFO a\nb\n  c\n{\"x\": 1}\n{\n2026-01-01 10:00:01 INFO d\n", []string{
			`1+5 2026-01-01T10:00:00Z INFO a⏎b⏎  c⏎{"x": 1}⏎{`, "6+1 2026-01-01T10:00:01Z INFO d"}},
		{"after JSON it is a record", `{"level":"info","message":"a"}` + "\nb\n  c\n", []string{"1+1 - INFO a", "2+1 - none b", "3+1 - none   c"}},
		{"after logfmt it is a record", "level=info msg=a\nb\n", []string{"1+1 - INFO a", "2+1 - none b"}},
		{"before any stamped one it is a record", "a\n  b\n", []string{"1+1 - none a", "2+1 - none   b"}},
		{"a JSON log line among stamped text", "2026-01-01 10:00:00 INFO a\n{\"level\":\"error\",\"message\":\"b\"}\n", []string{
			"1+1 2026-01-01T10:00:00Z INFO a", "2+1 - ERROR b"}},
		{"a Go panic begins a record", "2026-01-01 10:00:00 INFO a\npanic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/x/main.go:3 +0x1d\nexit status 2\n", []string{
			"1+1 2026-01-01T10:00:00Z INFO a", "2+6 - CRITICAL  !panic"}},
		{"Python's traceback joins the record before it", "{\"level\":\"info\",\"message\":\"a\"}\nTraceback (most recent call last):\n  File \"/x.py\", line 3, in f\n    g()\nValueError: no\nnext\n", []string{
			"1+5 - INFO a !ValueError", "6+1 - none next"}},
		{"what follows a trace in its record is message", "2026-01-01 10:00:00 INFO a\npanic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/x/main.go:3 +0x1d\nexit status 2\nserver stopped\n2026-01-01 10:00:01 ERROR b\njava.io.IOException: no\n\tat a.B.c(B.java:3)\nbehind\n", []string{
			"1+1 2026-01-01T10:00:00Z INFO a", "2+7 - CRITICAL server stopped !panic", "9+4 2026-01-01T10:00:01Z ERROR b⏎behind !java.io.IOException"}},
		{"Java's head begins a record", "2026-01-01 10:00:00 INFO a\nException in thread \"main\" java.lang.IllegalStateException: x\n\tat C.b(C.java:5)\n", []string{
			"1+1 2026-01-01T10:00:00Z INFO a", "2+2 - CRITICAL  !java.lang.IllegalStateException"}},
	})
}

func TestRule2BlankLines(t *testing.T) {
	checkCases(t, Options{}, []ruleCase{
		{"belong to the record before", "2026-01-01 10:00:00 INFO a\n\n  \n2026-01-01 10:00:01 INFO b\n", []string{
			"1+3 2026-01-01T10:00:00Z INFO a", "4+1 2026-01-01T10:00:01Z INFO b"}},
		{"before the first record they are one", "\n\n2026-01-01 10:00:01 INFO b\n", []string{"1+2 - none ", "3+1 2026-01-01T10:00:01Z INFO b"}},
		{"within a message", "2026-01-01 10:00:00 INFO a\n\nb\n\n", []string{"1+4 2026-01-01T10:00:00Z INFO a⏎b"}},
	})
	b := &model.Batch{Buf: []byte("\n\na\n")}
	New(Options{Names: model.NewNames()}).Parse(b, 0, true)
	if b.Flags[0]&model.Blank == 0 || b.Flags[1]&model.Blank != 0 {
		t.Errorf("flags are %x: the first alone is blank", b.Flags)
	}
}

func TestRule3LineEnds(t *testing.T) {
	checkCases(t, Options{}, []ruleCase{
		{"CR before LF belongs to the end", "2026-01-01 10:00:00 INFO a\r\nb\r\n", []string{"1+2 2026-01-01T10:00:00Z INFO a⏎b"}},
		{"a lone CR is data", "a\rb\n", []string{"1+1 - none a\rb"}},
		{"other separators are data", "a\v\f\u0085\u2028b\n", []string{"1+1 - none a\v\f\u0085\u2028b"}},
		{"the last line without LF", "a\nb", []string{"1+1 - none a", "2+1 - none b"}},
		{"a byte order mark", "\ufeff2026-01-01 10:00:00 INFO a\n", []string{"1+1 2026-01-01T10:00:00Z INFO a"}},
	})
}

func TestRule4LinesOfInterleavedStreams(t *testing.T) {
	records := parsed(t, Options{}, "web-1  | 2026-01-01 10:00:00 ERROR a\ndb-1   | 2026-01-01 10:00:00 INFO b\nweb-1  | Traceback (most recent call last):\nweb-1  |   File \"/x.py\", line 3, in f\ndb-1   |   more of b\nweb-1  | ValueError: no\n")
	if len(records) != 2 {
		t.Fatalf("%d records", len(records))
	}
	a, b := &records[0], &records[1]
	if got := short(a); got != "1+4 2026-01-01T10:00:00Z ERROR a !ValueError" {
		t.Error(got)
	}
	if got := short(b); got != "2+2 2026-01-01T10:00:00Z INFO b⏎  more of b" {
		t.Error(got)
	}
	if len(a.LineList) != 4 || a.LineList[3] != 6 || len(b.LineList) != 2 || b.LineList[1] != 5 {
		t.Errorf("lines are %v and %v", a.LineList, b.LineList)
	}
	if v, _ := model.Lookup(a.Fields, "container"); v.Str != "web-1" {
		t.Errorf("container is %q", v.Str)
	}
}

func TestRule6Times(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Skip(err)
	}
	checkCases(t, Options{Zone: rome}, []ruleCase{
		{"a stamp without a zone is local", "2026-07-01 10:00:00 INFO a\n", []string{"1+1 2026-07-01T08:00:00Z INFO a"}},
		{"one with a zone is not", "2026-07-01T10:00:00Z INFO a\n", []string{"1+1 2026-07-01T10:00:00Z INFO a"}},
	})
	checkCases(t, Options{}, []ruleCase{
		{"the record's own goes before the carrier's", "2026-07-01T10:00:01.5Z stdout F 2026-07-01T10:00:00Z INFO a\n", []string{"1+1 2026-07-01T10:00:00Z INFO a"}},
		{"else the carrier's", "2026-07-01T10:00:01.5Z stdout F plain\n", []string{"1+1 2026-07-01T10:00:01.5Z none plain"}},
		{"a zone is found by the carrier's", "2026-07-01T10:00:01.123456789Z stdout F 2026-07-01 15:30:00,500 INFO a\n", []string{"1+1 2026-07-01T10:00:00.5Z INFO a"}},
	})
	newest := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	checkCases(t, Options{Newest: newest}, []ruleCase{
		{"years are chosen so that time goes on", "Dec 31 23:59:59 h a[1]: x\nJan  1 00:00:00 h a[1]: y\n", []string{
			"1+1 2025-12-31T23:59:59Z none x", "2+1 2026-01-01T00:00:00Z none y"}},
	})
}

func TestRule8Levels(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`{"level":30,"time":1700000000000,"pid":1,"hostname":"h","msg":"pino"}`, "INFO"},
		{`{"v":0,"level":50,"msg":"bunyan"}`, "ERROR"},
		{`{"level":30,"message":"python"}`, "WARNING"},
		{`{"level":400,"level_name":"ERROR","channel":"app","message":"monolog"}`, "ERROR"},
		{`{"level":250,"message":"monolog"}`, "NOTICE"},
		{`{"PRIORITY":"3","MESSAGE":"journal","__REALTIME_TIMESTAMP":"1700000000000000"}`, "ERROR"},
		{`{"level":5,"message":"no scale"}`, "none"},
		{`{"severity":"notice","message":"gcp"}`, "NOTICE"},
		{`{"level":"info","severity":"error","message":"the first wins"}`, "INFO"},
		{`{"severity":"error","level":"info","message":"by rank, not by place"}`, "INFO"},
		{`{"log.level":"warn","message":"ecs"}`, "WARNING"},
		{`{"log":{"level":"warn"},"message":"ecs"}`, "WARNING"},
		{`{"status":503,"method":"GET","path":"/","message":"class"}`, "ERROR"},
		{`{"level":"Metadata","kind":"Event","auditID":"a","stage":"x","message":"no severity"}`, "none"},
		{`<34>Oct 11 22:14:15 h su: x`, "CRITICAL"},
		{`<165>1 2026-01-01T00:00:00Z h app - - - x`, "NOTICE"},
		{`10.0.0.1 - - [20/Mar/2025:13:24:27 +0000] "GET / HTTP/1.1" 404 1 "-" "-"`, "WARNING"},
		{`2026/01/01 00:00:00 [crit] 1#1: x`, "CRITICAL"},
		{`I0222 14:30:45.123456   42 file.go:7] x`, "INFO"},
		{`2026-01-01 00:00:00 FATAL x`, "CRITICAL"},
		{`2026-01-01 00:00:00 W x`, "WARNING"},
		{`WARN: x`, "WARNING"},
	} {
		if r := parsed(t, Options{}, c.line+"\n"); r[0].Level.String() != c.want {
			t.Errorf("%s: %s, want %s", c.line, r[0].Level, c.want)
		}
	}
}

func TestRule10Fields(t *testing.T) {
	r := parsed(t, Options{}, `{"timestamp":"2026-01-01T00:00:00Z","level":"warn","severity":"x","logger":"a.b","message":"m k=v","n":1.50,"big":123456789012345678901234567890,"o":{"p":[true,null,"s"]},"request_id":"abcdef0123456789","job_id":"bulk-77"}`+"\n")[0]
	want := `level = "warn"
severity = "x"
n = 1.50
big = 123456789012345678901234567890
o = {p: [true, null, "s"]}
job_id = "bulk-77"
`
	var got strings.Builder
	for _, f := range r.Fields {
		got.WriteString(f.Name + " = " + printValue(f.Value) + "\n")
	}
	if got.String() != want {
		t.Errorf("fields are\n%s", got.String())
	}
}

func TestRule13WhichID(t *testing.T) {
	for _, c := range []struct{ line, request, correlation string }{
		{`{"message":"a","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","request_id":"req-0001-aaaa"}`, "req-0001-aaaa", "4bf92f3577b34da6a3ce929d0e0e4736"},
		{`{"message":"a","context":{"requestId":"inside-00001"}}`, "inside-00001", ""},
		{`{"message":"a","req":{"id":"of-the-request"}}`, "of-the-request", ""},
		{`{"message":"a","correlation_id":"corr-000001"}`, "", "corr-000001"},
		{`{"message":"a","traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}`, "4bf92f3577b34da6a3ce929d0e0e4736", ""},
		{`{"message":"a request_id=in-the-text-1"}`, "in-the-text-1", ""},
		{`{"message":"a","request_id":"-","task_id":"task-number-one"}`, "task-number-one", ""},
		{`{"message":"a","request_id":"00000000-0000-0000-0000-000000000000"}`, "", ""},
		{`2026-01-01 10:00:00 INFO a request_id=in-the-text-2 b`, "in-the-text-2", ""},
		{`level=info msg=a requestId=pair-00001`, "pair-00001", ""},
		{`2025-03-20T13:24:26.898 [-][-] INFO --- app --- none`, "", ""},
	} {
		r := parsed(t, Options{}, c.line+"\n")[0]
		if r.RequestID != c.request || r.CorrelationID != c.correlation {
			t.Errorf("%s: %q and %q, want %q and %q", c.line, r.RequestID, r.CorrelationID, c.request, c.correlation)
		}
	}
}

func TestRule32Carriers(t *testing.T) {
	checkCases(t, Options{}, []ruleCase{
		{"CRI parts are joined", "2026-07-01T10:00:01.000000001Z stdout P 2026-07-01T10:00:00Z INFO a \n2026-07-01T10:00:01.000000002Z stdout F long line\n", []string{
			"1+2 2026-07-01T10:00:00Z INFO a long line"}},
		{"CRI around JSON around a trace", `2026-07-01T10:00:01.000000001Z stderr F {"level":"error","message":"m","exc_info":"Traceback (most recent call last):\n  File \"/x.py\", line 3, in f\n    g()\nValueError: no"}` + "\n", []string{
			"1+1 2026-07-01T10:00:01.000000001Z ERROR m !ValueError"}},
		{"docker's json-file", `{"log":"2026-07-01 10:00:00 WARN a\n","stream":"stderr","time":"2026-07-01T10:00:00.5Z"}` + "\n", []string{"1+1 2026-07-01T10:00:00Z WARNING a"}},
		{"kubectl's prefix", "[pod/api-7f9c/api] 2026-07-01 10:00:00 WARN a\n[pod/api-7f9c/api] b\n[pod/db-0/db] c\n", []string{
			"1+2 2026-07-01T10:00:00Z WARNING a⏎b", "3+1 - none c"}},
		{"stern's", "api-7f9c api 2026-07-01 10:00:00 WARN a\napi-7f9c api   b\n", []string{"1+2 2026-07-01T10:00:00Z WARNING a⏎  b"}},
		{"JSON behind a text prefix", `api: {"level":"error","msg":"m","n":1}` + "\nplain\n", []string{"1+1 - ERROR m", "2+1 - none plain"}},
		{"JSON behind a stamp", `2026-07-01T10:00:00Z api {"level":"error","msg":"m"}` + "\n", []string{"1+1 2026-07-01T10:00:00Z ERROR m"}},
		{"aws logs tail", "2026-07-01T10:00:01.123000+00:00 ecs/api/0a1b [INFO] a\n", []string{"1+1 2026-07-01T10:00:01.123Z INFO a"}},
		{"aws logs tail at a whole second", "2026-07-01T10:00:01.123000+00:00 ecs/api/0a1b [INFO] a\n2026-07-01T10:00:02+00:00 ecs/api/0a1b [ERROR] b\n", []string{
			"1+1 2026-07-01T10:00:01.123Z INFO a", "2+1 2026-07-01T10:00:02Z ERROR b"}},
		{"syslog around a stamped line", "Jul  1 10:00:01 h app[4]: 2026-07-01 10:00:00,250 ERROR a\nJul  1 10:00:01 h app[4]: Traceback (most recent call last):\nJul  1 10:00:01 h app[4]:   File \"/x.py\", line 3, in f\nJul  1 10:00:01 h app[4]: ValueError: no\n", []string{
			"1+4 2026-07-01T10:00:00.25Z ERROR a !ValueError"}},
		{"text in an array of events", `{"events":[{"message":"[INFO] a"},{"message":"2026-07-01 10:00:00 ERROR b"},{"message":"  more"}]}` + "\n", []string{
			"1+1 - INFO a", "1+1 2026-07-01T10:00:00Z ERROR b⏎  more"}},
		{"text in events over several lines", "{\n  \"events\": [\n    {\n      \"timestamp\": 1700000000000,\n      \"message\": \"[WARN] a\",\n      \"ingestionTime\": 1700000000001\n    }\n  ]\n}\n", []string{
			"1+9 2023-11-14T22:13:20Z WARNING a"}},
		{"a trace within a string", `{"insertId":"a","textPayload":"2026-07-01 10:00:00 ERROR a\nTraceback (most recent call last):\n  File \"/x.py\", line 3, in f\nValueError: no","severity":"INFO","resource":{}}` + "\n", []string{
			"1+1 2026-07-01T10:00:00Z ERROR a !ValueError"}},
		{"parts that another line breaks", `{"log":"a","stream":"stdout","time":"2026-07-01T10:00:00Z"}` + "\nb\n" + `{"log":"c\n","stream":"stdout","time":"2026-07-01T10:00:01Z"}` + "\n", []string{
			"1+1 2026-07-01T10:00:00Z none a", "2+1 - none b", "3+1 2026-07-01T10:00:01Z none c"}},
		{"kubectl --timestamps", "2026-07-01T10:00:01.000000001Z 2026-07-01 10:00:00 WARN a\n2026-07-01T10:00:01.000000002Z b\n", []string{"1+2 2026-07-01T10:00:00Z WARNING a⏎b"}},
	})
}

func TestColoursAreNoPartOfTheText(t *testing.T) {
	checkCases(t, Options{}, []ruleCase{
		{"around the head", "\x1b[90m2026-07-01 10:00:00\x1b[0m \x1b[32mINFO\x1b[0m \x1b[1mapp.main:\x1b[0m hello\n\x1b[31m  more\x1b[0m\n", []string{
			"1+2 2026-07-01T10:00:00Z INFO hello⏎  more"}},
		{"before a bracket", "\x1b[32m[Nest] 7  - \x1b[39m08/02/2023, 7:32:47 PM \x1b[33m   WARN\x1b[39m \x1b[38;5;3m[AuthService] \x1b[39mno\n", []string{
			"1+1 2023-08-02T19:32:47Z WARNING no"}},
		{"within docker's string", `{"log":"\u001b[31m2026-07-01 10:00:00 ERROR\u001b[0m x\n","stream":"stderr","time":"2026-07-01T10:00:00.5Z"}` + "\n", []string{
			"1+1 2026-07-01T10:00:00Z ERROR x"}},
		{"other sequences are data", "a\x1b]0;t\x07b\n", []string{"1+1 - none a\x1b]0;t\x07b"}},
	})
}
