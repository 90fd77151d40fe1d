package trace

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"ravel/model"
	"ravel/parse/jsonscan"
)

// show prints a trace for a golden: type, message, frames, causes.
func show(b *strings.Builder, tb *model.Traceback) {
	fmt.Fprintf(b, "%s: %q\n", tb.Type, tb.Message)
	for _, f := range tb.Frames {
		fmt.Fprintf(b, "  %s:%d %s", f.File, f.Line, f.Function)
		if f.Code != "" {
			fmt.Fprintf(b, " | %s", f.Code)
		}
		b.WriteByte('\n')
	}
	for _, c := range tb.Causes {
		fmt.Fprintf(b, "  cause %s: %q, %d frames\n", c.Type, c.Message, c.Frames)
	}
}

// within are records in which a trace stands behind a message, or oddly.
var within = map[string]string{
	"python behind a message": "Generic exception\n" + pythons["chained"],
	"python with lines left out": `Generic exception
Traceback (most recent call last):
  File "/opt/venv/lib/python3.10/site-packages/anyio/streams/memory.py", line 111, in receive
    return self.receive_nowait()
  File "/opt/venv/lib/python3.10/site-packages/anyio/streams/memory.py", line 106, in receive_nowait
    raise WouldBlock
anyio.WouldBlock
[...]
  File "/app/api/api/features.py", line 18, in _enabled
    feature = getattr(config.features, key)
  File "/opt/venv/lib/python3.10/site-packages/pydantic/main.py", line 891, in __getattr__
    raise AttributeError(f'{type(self).__name__!r} object has no attribute {item!r}')
AttributeError: 'FeaturesConfig' object has no attribute 'sources'`,
	"python on the same line": "failed: Traceback (most recent call last):\n  File \"/a.py\", line 3, in f\n    x()\nValueError: bad",
	"java of spring":          "failed\norg.x.AppException: bad\n\tat org.x.C.m(C.java:3) ~[core-5.3.jar:5.3]\n\tat org.x.C.n(C.java:4) [classes/:na]\n\tat java.base/java.lang.Thread.run(Thread.java:840)\nWrapped by: org.x.Other: worse\n\tat org.x.D.d(D.java:1)",
	"java on the same line":   "failed: java.io.IOException: reset by peer\n\tat a.b.C.m(C.java:3)\n",
	"java named oddly":        "[some test] IndexNotFoundException[no such index]\n    at org.e.Resolver.java:133)\n    at org.e.Delete.run(Delete.java:75)",
	"java, native":            "java.lang.Error: x\n\tat sun.misc.Unsafe.park(Native Method)\n\tat a.B.c(Unknown Source)\n\tat app//a.B.<init>(B.java)",
	"served panic":            "http: panic serving [::1]:40812: nil cart\ngoroutine 24 [running]:\nnet/http.(*conn).serve.func1(0xc0000b4140)\n\t/usr/local/go/src/net/http/server.go:1947 +0xbe",
	"zap's stack":             "boom\t{\"n\": 1}\nmain.run\n\t/src/main.go:59\nruntime.main\n\t/usr/local/go/src/runtime/proc.go:250",
	"node":                    "oops TypeError: x is not a function\n    at async Promise.all (index 0)\n    at new A (file:///app/a.mjs:3:4)\n    at C:\\app\\b.js:5:6\n    at Object.f [as g] (/app/c.js:7:8)",
	"rails, tagged":           "  \n[df2d0fa1] KeyError (key not found: :total):\n[df2d0fa1]   \n[df2d0fa1] app.rb:74:in `rescue in boom'\n[df2d0fa1] app.rb:73:in `boom'",
	"rails, tagged at once":   "[df2d0fa1] KeyError (key not found: :total):\n[df2d0fa1]   \n[df2d0fa1] app.rb:74:in `rescue in boom'",
	"rails, two tags":         "oops\n[a] [b] KeyError (no):\n[a] [b] app.rb:74:in `boom'\n[a] [b]",
	"pino-pretty":             "cache miss\n    n: 339\n    err: {\n      \"type\": \"Error\",\n      \"stack\":\n          Error: could not load order 17\n              at err (/app/p.js:16:1)\n              at node:internal/main:28:49\n    }",
	"ruby's logger":           "divided by 0 (ZeroDivisionError)\napp.rb:7:in `/'\napp.rb:7:in `<main>'",
	"ruby 3.4":                "c.rb:2:in 'Integer#/': divided by 0 (ZeroDivisionError)\n\tfrom c.rb:2:in 'Object#low'",
	"old rust":                "thread 'main' panicked at 'index out of bounds: the len is 3', src/main.rs:4:5\nnote: run with `RUST_BACKTRACE=1`",
	"go, two paragraphs":      "panic: para one\n\n\tpara two\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:10 +0x3e6",
	"go, recovered":           "panic: first [recovered]\n\tpanic: again\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:10 +0x3e6",
	"node, errors of errors":  "[eval]:1\nthrow x\n^\n\nAggregateError: agg\n    at [eval]:1:7\n    ... 4 lines matching cause stack trace ...\n    at f (/a.js:1:1) {\n  [cause]: Error: c\n      at [eval]:1:71,\n  [errors]: [\n    Error: a\n        at g (/b.js:1:27),\n    RangeError: b\n        at h (/b.js:2:27)\n  ]\n}\n\nNode.js v20.20.2",
	"python, of a process":    "concurrent.futures.process._RemoteTraceback: \n\"\"\"\nTraceback (most recent call last):\n  File \"/a.py\", line 3, in f\nZeroDivisionError: division by zero\n\"\"\"\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n  File \"/b.py\", line 5, in <module>\nZeroDivisionError: division by zero",
	"rust, all of it":         "thread 'main' (7) panicked at src/main.rs:9:57:\nmessage\nstack backtrace:\n   0:     0x558f5580caba - std[e28293b1aa0f68bd]::backtrace::trace\n                               at /rustc/5/library/std/src/backtrace.rs:117:9\n   1:     0x558f5580cabb - app::main",
	"perl":                    "Can't open file at x.pl line 3.\n\tmain::f(1, 'a') called at x.pl line 7",
	"crlf":                    "Traceback (most recent call last):\r\n  File \"/a.py\", line 3, in f\r\n    x()\r\nValueError: bad\r",
	"nothing":                 "payload:\n{\n  \"id\": 7\n}",
	"sql":                     "slow query took 3.2s:\n  SELECT *\n  FROM orders\n  WHERE id = 4",
	"one line":                "panic: at the disco",
}

func TestFind(t *testing.T) {
	var b strings.Builder
	for _, set := range []map[string]string{crashes, pythons, bare, within} {
		for _, name := range slices.Sorted(maps.Keys(set)) {
			text := set[name]
			tb, at, _, ok := Find([]byte(text))
			if !ok {
				fmt.Fprintf(&b, "== %s: none\n", name)
				continue
			}
			fmt.Fprintf(&b, "== %s at %d\n", name, at)
			show(&b, tb)
			if want := strings.ReplaceAll(strings.TrimRight(text[at:], " \t\r\n"), "\r\n", "\n"); tb.Text != want {
				t.Errorf("%s: the text is\n%s", name, tb.Text)
			}
		}
	}
	golden.RequireEqual(t, b.String())
}

// objects are records of loggers that write JSON.
var objects = []string{
	`{"exception":{"type":"AttributeError","message":"no attr","traceback":["File \"/app/a.py\", line 18, in _enabled","x = 1"]}}`,
	`{"exception":{"type":"AttributeError","message":"no attr","traceback":"Traceback (most recent call last):\n  File \"/app/a.py\", line 18, in _enabled\n    f = 1\nAttributeError: no attr"}}`,
	`{"msg":"x","exc_info":"Traceback (most recent call last):\n  File \"/app/a.py\", line 18, in _enabled\n    f = 1\nAttributeError: no attr"}`,
	`{"err":{"type":"TypeError","message":"x is not a function","stack":"TypeError: x is not a function\n    at f (/app/a.js:1:2)"}}`,
	`{"err":{"type":"Error","message":"boom","code":"E_BAD"}}`,
	`{"err":{"name":"HttpError","message":"boom","cause":{"name":"TypeError","message":"deep"}}}`,
	`{"stack":["main.main","\t/src/main.go:3"]}`,
	`{"stacktrace":"main.main\n\t/src/main.go:3\nruntime.main\n\t/go/proc.go:250","error":"boom"}`,
	`{"thrown":{"name":"java.lang.X","message":"bad","extendedStackTrace":[{"class":"C","method":"a","file":"C.java","line":4}]}}`,
	`{"error":{"type":"java.lang.RuntimeException","message":"boom","stack_trace":"java.lang.RuntimeException: boom\n\tat C.a(C.java:4)\nCaused by: java.io.IOException: y\n\tat D.b(D.java:5)\n\t... 1 more"}}`,
	`{"error.type":"java.lang.RuntimeException","error.message":"boom","error.stack_trace":"\tat C.a(C.java:4)\n\tat C.b(C.java:5)"}`,
	`{"exception":[{"exc_type":"ValueError","exc_value":"x","frames":[{"filename":"a.py","lineno":3,"name":"f","line":""}]},{"exc_type":"KeyError","exc_value":"y","frames":[]}]}`,
	`{"exception":{"name":"KeyError","message":"key not found","stack_trace":["app.rb:74:in 'boom'","app.rb:73:in 'x'"]}}`,
	`{"exception":{"type":"ValueError","message":"bad","traceback":["...full stack trace..."]}}`,
	`{"exception":{"type":"ValueError","message":"bad","traceback":["Traceback (most recent call last):\n","  File \"/a.py\", line 3, in f\n    x()\n","ValueError: bad\n"]}}`,
	`{"@x":"System.Exception: boom\n   at A.B(String x) in /src/a.cs:line 5"}`,
	`{"exception":{"type":"SMTPAuthenticationError","message":"(535)","module":"smtplib"}}`,
	`{"context":{"exception":{"class":"App\\Err","message":"m","trace":["/a.php:3","/b.php:4"]}}}`,
	`{"error":"just text"}`,
	`{"error":{"message":"not found","code":404}}`,
	`{"err":{"name":"orders","message":"hello"}}`,
	`{"exception":null,"stack":"","trace":"abc123","exc_info":true}`,
}

func TestFromJSON(t *testing.T) {
	var b strings.Builder
	for _, text := range objects {
		fields, err := jsonscan.Decode([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		tb, path, ok := FromJSON(fields)
		if !ok {
			fmt.Fprintf(&b, "== none in %s\n", text)
			continue
		}
		fmt.Fprintf(&b, "== %s of %s\n", path, text)
		show(&b, tb)
		if tb.Text == "" {
			t.Errorf("%s: no text", text)
		}
	}
	golden.RequireEqual(t, b.String())
}

// TestAsked checks that what FromJSON gives follows from the members that are
// asked, pairs of objects taken together.
func TestAsked(t *testing.T) {
	for _, a := range objects {
		for _, b := range append(objects, `{"exception.type":"T","error_message":"m","user":"u","attributes.exception.type":"A"}`) {
			text := a[:len(a)-1] + `,"time":"t","user":{"type":"X"},` + b[1:]
			fields, err := jsonscan.Decode([]byte(text))
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			some := slices.DeleteFunc(slices.Clone(fields), func(f model.Field) bool { return !Asked([]byte(f.Name)) })
			want, path, ok := FromJSON(fields)
			got, path2, ok2 := FromJSON(some)
			if path != path2 || ok != ok2 || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v of %s, want %+v of %s", text, got, path2, want, path)
			}
		}
	}
}

// FuzzFind looks for panics, for traces outside the text, and for a Joiner that
// does not go on from equal states alike.
func FuzzFind(f *testing.F) {
	for _, set := range []map[string]string{crashes, pythons, bare, within} {
		for _, text := range set {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		tb, at, _, ok := Find([]byte(text))
		if ok && (at < 0 || at >= len(text) || tb.Text == "" || len(tb.Frames) == 0 && tb.Type == "") {
			t.Fatalf("Find(%q) = %+v at %d", text, tb, at)
		}
		FromValue(model.StringValue(text))
		var j Joiner
		for line := range strings.Lines(text) {
			again := j
			if j.Line([]byte(line)) != again.Line([]byte(line)) || j != again {
				t.Fatalf("two equal Joiners part at %q", line)
			}
		}
	})
}

// TestCorpus checks that the traces of the corpus of real logs are found: it
// runs where RAVEL_CORPUS names its folder.
func TestCorpus(t *testing.T) {
	root := os.Getenv("RAVEL_CORPUS")
	if root == "" {
		t.Skip("RAVEL_CORPUS is not set: the corpus of real logs is not looked at")
	}
	for _, c := range corpusTraces(t, root) {
		tb, _, _, ok := Find([]byte(c.text))
		switch {
		case !ok:
			t.Errorf("%s: no trace in\n%s", c.where, c.text)
		case tb.Type == "" && c.named || len(tb.Frames) == 0:
			t.Errorf("%s: type %q, %d frames of\n%s", c.where, tb.Type, len(tb.Frames), c.text)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	text := []byte("Generic exception\n" + pythons["chained"])
	none := []byte(within["sql"])
	b.Run("python", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Find(text)
		}
	})
	b.Run("none", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Find(none)
		}
	})
}
