package parse

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ravel/model"
)

// TestRule1CrashHeads puts each runtime's crash behind a stamped record, which
// any other line would continue.
func TestRule1CrashHeads(t *testing.T) {
	for _, head := range []string{
		"panic: boom", "fatal error: all goroutines are asleep - deadlock!", "goroutine 7 [running]:",
		"thread 'main' panicked at src/main.rs:3:5:", `Exception in thread "main" java.lang.Error: no`, "Unhandled exception. System.Exception: no",
		"Uncaught TypeError: no", "/app/x.rb:3:in `open': no (RuntimeError)",
	} {
		records := parsed(t, Options{}, "2026-01-01 10:00:00 INFO a\n"+head+"\n2026-01-01 10:00:01 INFO b\n")
		if len(records) != 3 || records[1].Level != model.Critical {
			t.Errorf("%s: %d records, the second %s", head, len(records), short(&records[min(1, len(records)-1)]))
		}
	}
}

// TestRule6ClockAlone chooses the day of stamps that have none: by the record
// before, else by the stream's end.
func TestRule6ClockAlone(t *testing.T) {
	newest := time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC).UnixNano()
	checkCases(t, Options{Newest: newest}, []ruleCase{
		{"the last day that is not in the future", "11:59:00 INFO a\n", []string{"1+1 2026-03-05T11:59:00Z INFO a"}},
		{"the day before, where it would be", "13:00:00 INFO a\n", []string{"1+1 2026-03-04T13:00:00Z INFO a"}},
		{"over midnight", "23:59:59 INFO a\n00:00:01 INFO b\n", []string{"1+1 2026-03-04T23:59:59Z INFO a", "2+1 2026-03-05T00:00:01Z INFO b"}},
		{"that of the record before", "2026-02-01 10:00:00 INFO a\n10:00:01 INFO b\n09:59:59 INFO c\n", []string{
			"1+1 2026-02-01T10:00:00Z INFO a", "2+1 2026-02-01T10:00:01Z INFO b", "3+1 2026-02-01T09:59:59Z INFO c"}},
		{"that of data before", `{"time":"2026-02-01T23:59:59Z","level":"info","msg":"a"}` + "\n00:00:01 INFO b\n", []string{
			"1+1 2026-02-01T23:59:59Z INFO a", "2+1 2026-02-02T00:00:01Z INFO b"}},
	})
	checkCases(t, Options{}, []ruleCase{
		{"none known", "10:00:00 INFO a\n", []string{"1+1 1970-01-01T10:00:00Z INFO a"}},
	})
}

// TestRule6ClockAcrossBatches cuts a stream behind each line: the day must not
// depend on it.
func TestRule6ClockAcrossBatches(t *testing.T) {
	input := "2026-02-01 10:00:00 INFO a\n10:00:01 INFO b\n2026-01-01 10:00:00 INFO c\n10:00:01 INFO d\n"
	p := New(Options{Names: model.NewNames(), Newest: time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC).UnixNano()})
	var days []string
	buf := []byte{}
	for _, line := range strings.SplitAfter(input, "\n") {
		buf = append(buf, line...)
		b := &model.Batch{Buf: buf}
		next := p.Parse(b, 0, line == "")
		for _, ns := range b.Time {
			days = append(days, time.Unix(0, ns).UTC().Format("01-02"))
		}
		buf = append([]byte{}, buf[next:]...)
	}
	if got := strings.Join(days, " "); got != "02-01 02-01 01-01 01-01" {
		t.Errorf("the days are %s", got)
	}
}

// TestRule8Status takes Datadog's status as a level where no other key has one,
// and no other words or numbers.
func TestRule8Status(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`{"status":"error","message":"m"}`, "ERROR"}, {`{"status":"warn","message":"m"}`, "WARNING"}, {`{"status":"info","message":"m"}`, "INFO"},
		{`{"status":"emergency","message":"m"}`, "CRITICAL"}, {`{"status":"ok","message":"m"}`, "none"}, {`{"status":"success","message":"m"}`, "none"},
		{`{"status":"active","message":"m"}`, "none"}, {`{"status":30,"message":"m"}`, "none"}, {`{"status":"error","level":"info","message":"m"}`, "INFO"},
		{`{"context":{"status":"error"},"message":"m"}`, "none"}, {`status=error msg=m`, "ERROR"},
	} {
		one := parsed(t, Options{}, c.line+"\n")[0]
		many := parsed(t, Options{}, strings.Repeat(c.line+"\n", 40)) // by a plan
		if one.Level.String() != c.want || many[39].Level.String() != c.want {
			t.Errorf("%s: %s, and %s at last, want %s", c.line, one.Level, many[39].Level, c.want)
		}
	}
}

// TestRule10Captures takes what access lines and lifecycles say as fields.
func TestRule10Captures(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"2026-01-01 10:00:00 INFO Completed 500 Internal Server Error in 38ms", "status=500 duration_ms=38"},
		{"2026-01-01 10:00:00 INFO Started GET /a?b=1 HTTP/1.1 from 10.1.2.3", `method="GET" path="/a" query="b=1" client="10.1.2.3"`},
		{`INFO:     10.1.2.3:51514 - "GET /a HTTP/1.1" 404 Not Found`, `method="GET" path="/a" client="10.1.2.3" status=404`},
	} {
		var got []string
		for _, f := range parsed(t, Options{}, c.line+"\n")[0].Fields {
			got = append(got, fmt.Sprintf("%s=%s", f.Name, printValue(f.Value)))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s, want %s", c.line, s, c.want)
		}
	}
}

// TestRule13Containers looks for an id in each of the objects that rule 13 names,
// and for none in others.
func TestRule13Containers(t *testing.T) {
	for _, in := range []string{"context", "extra", "extra_fields", "fields", "labels", "attributes", "mdc", "ctx", "req", "request", "data"} {
		line := fmt.Sprintf(`{"message":"a","%s":{"request_id":"inside-00001"}}`, in)
		if r := parsed(t, Options{}, line+"\n")[0]; r.RequestID != "inside-00001" {
			t.Errorf("%s: %q", line, r.RequestID)
		}
	}
	for _, none := range []string{`"-"`, `""`, "null", `"N/A"`, `"0000"`, `"00000000-0000-0000-0000-000000000000"`} {
		line := fmt.Sprintf(`{"message":"a","request_id":%s}`, none)
		if r := parsed(t, Options{}, line+"\n")[0]; r.RequestID != "" {
			t.Errorf("%s: %q", line, r.RequestID)
		}
	}
	if r := parsed(t, Options{}, `{"message":"a","other":{"request_id":"inside-00001"}}`+"\n")[0]; r.RequestID != "" {
		t.Errorf("of another object: %q", r.RequestID)
	}
}

// TestRule32Arrays reads arrays of records, on one line and on many.
func TestRule32Arrays(t *testing.T) {
	checkCases(t, Options{}, []ruleCase{
		{"on one line", `[{"level":"info","message":"a"},{"level":"error","message":"b"}]` + "\n", []string{"1+1 - INFO a", "1+1 - ERROR b"}},
		{"an element a line", "[\n{\"level\":\"info\",\"message\":\"a\"},\n{\"level\":\"error\",\"message\":\"b\"}\n]\n", []string{"1+2 - INFO a", "3+2 - ERROR b"}},
		{"as gcloud prints it", "[\n  {\n    \"severity\": \"ERROR\",\n    \"textPayload\": \"a\",\n    \"timestamp\": \"2026-01-01T10:00:00Z\"\n  },\n  {\n    \"severity\": \"INFO\",\n    \"jsonPayload\": {\n      \"message\": \"b\"\n    },\n    \"timestamp\": \"2026-01-01T10:00:01Z\"\n  }\n]\n", []string{
			"1+6 2026-01-01T10:00:00Z ERROR a", "7+8 2026-01-01T10:00:01Z INFO b"}},
	})
}

// TestOddBytes keeps what is odd: nothing is lost, and heads are found all the
// same.
func TestOddBytes(t *testing.T) {
	long := strings.Repeat("x", 300_000)
	checkCases(t, Options{}, []ruleCase{
		{"NULs", "2026-01-01 10:00:00 INFO a\x00b\n\x00\x00\n2026-01-01 10:00:01 INFO c\n", []string{"1+2 2026-01-01T10:00:00Z INFO a\x00b⏎\x00\x00", "3+1 2026-01-01T10:00:01Z INFO c"}},
		{"bytes that are no UTF-8", "2026-01-01 10:00:00 INFO \xff\xfe\n", []string{"1+1 2026-01-01T10:00:00Z INFO \xff\xfe"}},
		{"tabs", "2026-01-01 10:00:00\tINFO\tshop.cart\topened\tnow\n", []string{"1+1 2026-01-01T10:00:00Z INFO opened\tnow"}},
		{"a very long line", "2026-01-01 10:00:00 INFO " + long + "\n", []string{"1+1 2026-01-01T10:00:00Z INFO " + long}},
		{"broken JSON", `{"level":"info","msg":"a` + "\n" + `{"level":"info","msg":"b",}` + "\n" + `{"level":"info","msg":NaN}` + "\n" + `{"level":"info","msg":"c"} d` + "\n", []string{
			`1+1 - INFO {"level":"info","msg":"a`, `2+1 - INFO {"level":"info","msg":"b",}`, `3+1 - INFO NaN`, `4+1 - none {"level":"info","msg":"c"} d`}},
		{"keys twice: the first counts", `{"level":"info","msg":"a","msg":"b","level":"error"}` + "\n", []string{"1+1 - INFO a"}},
		{"escapes", `{"level":"info","msg":"\u00e9 \ud83d\ude00 \ud83d \u0000 \/ \n"}` + "\n", []string{"1+1 - INFO é 😀 \ufffd \x00 /"}},
	})
}
