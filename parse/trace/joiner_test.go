package trace

import (
	"strings"
	"testing"
)

// joined cuts lines into records as a parser does that knows no format but
// stamps of the form `2026-… `: the verdicts decide the rest by rule 1.
func joined(text string) []string {
	var j Joiner
	var records []string
	stamped := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "2026-") {
			j.Reset()
			records, stamped = append(records, line), true
			continue
		}
		v := j.Line([]byte(line))
		more := v == More || v == Opens || v != Head && stamped || line == ""
		if v == Head && stamped && strings.HasPrefix(line, "goroutine ") {
			more = strings.Contains(records[len(records)-1], "panic")
		}
		if more && len(records) > 0 {
			records[len(records)-1] += "\n" + line
			continue
		}
		records, stamped = append(records, line), false
	}
	return records
}

// crashes are whole traces, each of which must stay one record.
var crashes = map[string]string{
	"go": `panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x65a0a3]

goroutine 1 [running]:
main.(*T).m(0x0, {0x1, 0x2})
	/src/main.go:8 +0x323
created by main.main in goroutine 1
	/src/main.go:14 +0x1d3
exit status 2`,
	"go overflow": `runtime: goroutine stack exceeds 1000000000-byte limit
runtime: sp=0x64622388388 stack=[0x64622388000, 0x64642388000]
fatal error: stack overflow

runtime stack:
runtime.throw({0x75282d?, 0x200000001?})
	/usr/local/go/src/runtime/panic.go:1229 +0x48 fp=0x646022ede98

goroutine 1 gp=0x6460229a1e0 m=3 mp=0x646022d7008 [running]:
main.f(0x0?)
	/src/main.go:16 +0x1d
...22369472 frames elided...
main.f(0x1?)
	/src/main.go:16 +0x1d
...additional frames elided...

goroutine 2 [force gc (idle)]:
runtime.gopark(0x4739b8)
	/usr/local/go/src/runtime/proc.go:280 +0x12c`,
	"go quit": `SIGQUIT: quit
PC=0x45f8e1 m=0 sigcode=0

goroutine 0 [idle]:
runtime.futex()
	/usr/local/go/src/runtime/sys_linux_amd64.s:520 +0x21

rax    0xca
rbx    0x0
rip    0x45f8e1`,
	"java": `Exception in thread "main" java.lang.Exception: service layer:
  second message line
third, not indented
	at C.b(C.java:5)
	Suppressed: java.io.IOException: close failed
		at C$Repo.close(C.java:3)
		... 1 more
Caused by: java.lang.IllegalArgumentException: bad order 17
of two lines
	at java.base/java.util.Objects.checkIndex(Objects.java:361)
	... 2 more
Caused by: [CIRCULAR REFERENCE: java.lang.Exception: x]`,
	"dotnet": `Unhandled exception. System.InvalidOperationException: outer
 ---> System.Exception: inner
   at App.P.Low() in /src/P.cs:line 4
   --- End of inner exception stack trace ---
   at App.P.Main(String[] args) in /src/P.cs:line 9`,
	"mono": `Unhandled Exception:
System.NullReferenceException: Object reference not set to an instance of an object
  at P.Main (System.String[] args) [0x00007] in <3b4a>:0
[ERROR] FATAL UNHANDLED EXCEPTION: System.NullReferenceException: Object reference not set to an instance of an object
  at P.Main (System.String[] args) [0x00007] in <3b4a>:0`,
	"node": `/app/crash.js:3
  throw Object.assign(new Error('bad'), {code: 'E_BAD'})
  ^

Error: bad
second line
    at f (/app/crash.js:3:9)
    at Object.<anonymous> (/app/crash.js:5:1)
    at node:internal/main/run_main_module:28:49 {
  code: 'E_BAD',
  [cause]: TypeError: x is not a function
      at g (/app/crash.js:1:1)
}

Node.js v20.19.2`,
	"node internal": `node:internal/process/promises:394
      triggerUncaughtException(err, true /* fromPromise */);
      ^

[UnhandledPromiseRejection: This error originated either by throwing inside of an async function without a catch block] {
  code: 'ERR_UNHANDLED_REJECTION'
}

Node.js v20.19.2`,
	"node assert": `node:assert:126
  throw new AssertionError(obj);
  ^

AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

1 !== 2

    at Object.<anonymous> (/app/t.js:1:19) {
  generatedMessage: true
}

Node.js v20.19.2`,
	"node string": `/app/crash.js:1
throw "text";
^
text
(Use ` + "`node --trace-uncaught ...`" + ` to show where the exception was thrown)

Node.js v20.19.2`,
	"node memory": `<--- Last few GCs --->

[1:0x6b2]  1234 ms: Mark-sweep 2046.2 (2081.5) -> 2045.8 (2081.5) MB

<--- JS stacktrace --->

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
 1: 0xb9c310 node::Abort() [node]
 2: 0xaa27ee  [node]`,
	"dotnet aggregate": `Unhandled exception. System.AggregateException: One or more errors occurred. (a) (b)
 ---> System.Exception: a
   at P.F() in /src/P.cs:line 4
   --- End of inner exception stack trace ---
   at P.Main() in /src/P.cs:line 9
---> (Inner Exception #1) System.Exception: b
   at P.G() in /src/P.cs:line 6<---`,
	"rust overflow": `thread 'main' has overflowed its stack
fatal runtime error: stack overflow`,
	"ruby": `/prod/crash/c.rb:2:in ` + "`low': undefined method `upcase' for nil:NilClass (NoMethodError)" + `

def low; nil.upcase; end
            ^^^^^^^
	from /prod/crash/c.rb:5:in ` + "`<main>'" + `
/prod/crash/c.rb:9:in ` + "`mid': the cause (AppError)" + `
second line
	from /prod/crash/c.rb:9:in ` + "`r'" + `
	 ... 10068 levels...
	from /prod/crash/c.rb:9:in ` + "`<main>'",
	"rust": `thread 'main' (17163) panicked at src/main.rs:11:22:
first line

third line
stack backtrace:
   0: rust_begin_unwind
             at /rustc/x/library/std/src/panicking.rs:645:5
   1: app::main
             at ./src/main.rs:11:22
note: Some details are omitted, run with ` + "`RUST_BACKTRACE=full`" + ` for a verbose backtrace.`,
	"php": `PHP Fatal error:  Uncaught Exception: message in /app/a.php:5
Stack trace:
#0 /app/a.php(9): func1()
#1 {main}
  thrown in /app/a.php on line 5`,
	"dart": `Unhandled exception:
FormatException: Unexpected end of input (at line 2, character 5)
{"order": 
       ^

#0      main.<anonymous closure> (file:///srv/shop/bin/orders.dart:31:9)
<asynchronous suspension>
#1      readOrder (file:///srv/shop/bin/orders.dart:58:17)`,
	"python thread": `Exception in thread Thread-1 (work):
Traceback (most recent call last):
  File "/usr/lib/python3.11/threading.py", line 1038, in _bootstrap_inner
    self.run()
  File "/app/x.py", line 3, in work
    1/0
    ~^~
ZeroDivisionError: division by zero`,
	"python logging": `--- Logging error ---
Traceback (most recent call last):
  File "/usr/lib/python3.11/logging/__init__.py", line 1110, in emit
    msg = self.format(record)
TypeError: not all arguments converted during string formatting
Call stack:
  File "/app/x.py", line 9, in <module>
    log.info("x", 1)
Message: 'x'
Arguments: (1,)`,
	"python fatal": `Fatal Python error: Segmentation fault

Current thread 0x00007f1c2c0b0740 (most recent call first):
  File "/app/x.py", line 4 in f
  File "/app/x.py", line 9 in <module>

Extension modules: numpy.core (total: 12)`,
}

// pythons are tracebacks that join the record before them.
var pythons = map[string]string{
	"chained": `Traceback (most recent call last):
  File "/prod/boom.py", line 5, in db
    def db(q): raise ConnectionRefusedError(111, 'Connection refused')
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
ConnectionRefusedError: [Errno 111] Connection refused

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/prod/boom.py", line 15, in cause
    except OSError as e: raise RepoError('could not load order 17') from e
boom.RepoError: could not load order 17

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/prod/boom.py", line 35, in <module>
anyio.WouldBlock`,
	"group": `  + Exception Group Traceback (most recent call last):
  |   File "/prod/boom.py", line 30, in group
  |     raise ExceptionGroup('validation failed', errs)
  | ExceptionGroup: validation failed (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/prod/boom.py", line 27, in group
    |     int('x')
    | ValueError: invalid literal for int() with base 10: 'x'
    +---------------- 2 ----------------
    | TypeError: bad type
    +------------------------------------`,
	"syntax": `Traceback (most recent call last):
  File "/prod/x.py", line 1, in <module>
    import y
  File "/prod/y.py", line 3
    def f(:
          ^
SyntaxError: invalid syntax`,
	"sqlalchemy": `Traceback (most recent call last):
  File "/prod/x.py", line 1, in <module>
    q()
sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: orders
[SQL: SELECT * FROM orders]
[parameters: {'id': 4}]
(Background on this error at: https://sqlalche.me/e/20/e3q8)`,
	"pydantic": `Traceback (most recent call last):
  File "/prod/x.py", line 1, in <module>
    Order()
pydantic_core._pydantic_core.ValidationError: 2 validation errors for Order
id
  Input should be a valid integer [type=int_parsing]
    For further information visit https://errors.pydantic.dev/2.5/v/int_parsing
items.0
  Field required [type=missing]`,
	"interrupt": `Traceback (most recent call last):
  File "/prod/x.py", line 1, in <module>
    sleep(1)
KeyboardInterrupt`,
}

// bare are traces that begin with the name of an exception only.
var bare = map[string]string{
	"java": `javax.servlet.ServletException: the order could not be stored
    at net.shop.web.AuthFilter.doFilter(AuthFilter.java:48)
Caused by: net.shop.orders.StoreException
    at net.shop.orders.OrderServlet.doPost(OrderServlet.java:77)
    ... 14 common frames omitted`,
	"js": `Error
    at price (<anonymous>:5:11)
    at <anonymous>:6:4
    at total
    at Object.evaluate (<anonymous>)`,
	"dotnet": `System.InvalidOperationException: outer ---> System.InvalidOperationException: inner
  at A.Low() in c:/shop/Store.cs:line 33
  --- End of inner exception stack trace ---
  at A.Main(String[] args) in c:/shop/Program.cs:line 11`,
	"rails": " NoMethodError (undefined method `reload_prices' for #<CartsController:0x00007f21c40b1e90>):" + `
  app/controllers/carts_controller.rb:31:in ` + "`reload_prices'" + `
  lib/tagging.rb:12:in ` + "`tagged'",
	"php": `exception 'Exception' with message 'cart is empty' in /srv/shop/cart.php:5
Stack trace:
#0 /srv/shop/cart.php(9): func1()
#1 {main}`,
	"elixir": `** (RuntimeError) boom
    (app 0.1.0) lib/app.ex:3: App.run/0`,
}

const (
	ordinary = "This is not an exception."
	stamped  = "2026-03-04 09:00:00,967 INFO worker ready"
)

func checkRecords(t *testing.T, name string, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d records, want %d:\n%s", name, len(got), len(want), strings.Join(got, "\n-----\n"))
		return
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: record %d is\n%s\nwant\n%s", name, i, got[i], want[i])
		}
	}
}

func lines(parts ...string) string { return strings.Join(parts, "\n") }

func TestCrashIsItsOwnRecord(t *testing.T) {
	for name, trace := range crashes {
		checkRecords(t, name, joined(lines(stamped, trace, stamped)), stamped, trace, stamped)
		checkRecords(t, name+" first", joined(lines(trace, stamped)), trace, stamped)
		switch name {
		case "node", "ruby", "mono", "node memory", "rust overflow":
			continue // their ends cannot be seen, or further lines like their own belong to them
		}
		if strings.HasPrefix(name, "python") {
			continue
		}
		checkRecords(t, name+" among text", joined(lines(ordinary, trace, ordinary, trace, trace)), ordinary, trace, ordinary, trace, trace)
	}
}

func TestPythonJoinsItsRecord(t *testing.T) {
	for name, trace := range pythons {
		checkRecords(t, name, joined(lines(stamped, trace, stamped)), lines(stamped, trace), stamped)
		if name != "pydantic" {
			checkRecords(t, name+" among text", joined(lines(ordinary, trace, ordinary, trace, trace)), lines(ordinary, trace), lines(ordinary, trace), trace)
		}
	}
}

func TestBareTrace(t *testing.T) {
	for name, trace := range bare {
		checkRecords(t, name, joined(lines(stamped, trace, stamped)), lines(stamped, trace), stamped)
		checkRecords(t, name+" among text", joined(lines(ordinary, trace, ordinary, trace, trace)), ordinary, trace, ordinary, trace, trace)
	}
}

func TestServedPanic(t *testing.T) {
	served := "2026-01-15 07:48:05 http: panic serving [::1]:40812: nil cart"
	dump := "goroutine 24 [running]:\nnet/http.(*conn).serve.func1(0xc0000b4140)\n\t/usr/local/go/src/net/http/server.go:1947 +0xbe"
	checkRecords(t, "panic", joined(lines(served, dump, stamped)), lines(served, dump), stamped)
	checkRecords(t, "dump", joined(lines(stamped, dump, stamped)), stamped, dump, stamped)
}

// TestCauseAlone: a cause joins what it follows, its message only if it is an
// exception's.
func TestCauseAlone(t *testing.T) {
	named := "Caused by: java.io.IOException: reset\nby peer\n\tat a.B.c(B.java:1)"
	checkRecords(t, "named", joined(lines(ordinary, named, ordinary)), lines(ordinary, named), ordinary)
	said := "Caused by: an operator's error"
	checkRecords(t, "said", joined(lines(ordinary, said, ordinary)), lines(ordinary, said), ordinary)
}

// TestRestOfCrash: in a stream of stamped records, what follows a crash without
// a stamp is the rest of it; in a stream without any stamps it is not.
func TestRestOfCrash(t *testing.T) {
	crash := "Exception in thread Thread-1:\nTraceback (most recent call last):\n  File \"/a.py\", line 2, in w\nValueError: multi"
	checkRecords(t, "stamped", joined(lines(stamped, crash, "line", "bye", stamped)), stamped, lines(crash, "line", "bye"), stamped)
	checkRecords(t, "none", joined(lines(ordinary, crash, "line", "bye")), ordinary, crash, "line", "bye")
	var j Joiner
	j.Reset()
	j.Line([]byte("panic: x"))
	for range 2 * maxMessage {
		j.Line([]byte("text"))
	}
	if v := j.Line([]byte("text")); v != Neither {
		t.Errorf("a crash without an end swallows its stream: %v", v)
	}
}

func TestOrdinaryText(t *testing.T) {
	for _, text := range []string{
		"at the end of the day", "  at three o'clock", "from here to there", "#12 is fixed", "note to self", "File not found", "Processing 1-2:",
		"thread pool is full", "goroutines: 12", "stack of cards", "  indented text", "Caused byzantine faults", "x.rb is a file", "12:30:45: in `x",
	} {
		var j Joiner
		if v := j.Line([]byte(text)); v != Neither || j.Active() {
			t.Errorf("%q is %d", text, v)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	var text [][]byte
	for _, trace := range crashes {
		for line := range strings.Lines(trace) {
			text = append(text, []byte(line))
		}
	}
	if n := testing.AllocsPerRun(20, func() {
		var j Joiner
		for _, line := range text {
			j.Line(line)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkLine(b *testing.B) {
	line := []byte("Loading the configuration of the service from its usual place")
	var j Joiner
	for b.Loop() {
		j.Line(line)
	}
}
