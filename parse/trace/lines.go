package trace

import "bytes"

// kind is what a line is, looked at alone.
type kind uint8

const (
	plain kind = iota
	blank
	indented
	pyHead     // Traceback (most recent call last):
	pyChain    // During handling of the above exception, …
	pyFrame    //   File "x.py", line 3, in f
	goRoutine  // goroutine 1 [running]:
	className  // java.lang.Exception: message
	railsName  // NoMethodError (message):
	cause      // Caused by: …
	atFrame    //   at f(File.java:3)
	moreFrames //   ... 12 more
	numFrame   // #0 f (file:3)
	imageFrame // 0   libshop.so   0x00007f2c f + 42
	rubyFrame  // x.rb:3:in `f'
	goPlace    //   /src/main.go:3 +0x1d
	nodeTail   // Node.js v20.1.0
	rustNote   // note: run with …
	rustTrace  // stack backtrace:

	// The heads of crashes, each the beginning of a record of its own.
	goHead
	rustHead
	rubyHead
	atHead
	pyPreamble
	reportHead // of a race detector or a sanitizer
)

// crash reports whether the line begins a record of its own, always.
func (k kind) crash() bool { return k >= goHead }

func trimRight(line []byte) []byte {
	n := len(line)
	for n > 0 && (line[n-1] == ' ' || line[n-1] == '\t' || line[n-1] == '\r' || line[n-1] == '\n') {
		n--
	}
	return line[:n]
}

// classify looks at a line alone; its trailing white space is gone.
func classify(line []byte) kind {
	if len(line) == 0 {
		return blank
	}
	if line[0] == ' ' || line[0] == '\t' {
		return classifyIndented(line)
	}
	if k := classifyWord(line); k != plain {
		return k
	}
	return classifyShape(line)
}

func classifyIndented(line []byte) kind {
	t := bytes.TrimLeft(line, " \t")
	switch t[0] {
	case 'a':
		if has(t, "at ") && isAtFrame(t[3:]) {
			return atFrame
		}
	case 'F':
		if has(t, `File "`) && bytes.Contains(t, []byte(`", line `)) {
			return pyFrame
		}
	case 'f':
		if has(t, "from ") && isRubyPlace(t[5:]) > 0 {
			return rubyFrame
		}
	case '.':
		if has(t, "... ") && len(t) > 4 && isDigit(t[4]) {
			return moreFrames
		}
	case 'C', 'S', 'W':
		if has(t, "Caused by: ") || has(t, "Suppressed: ") || has(t, "Wrapped by: ") {
			return cause
		}
	case '#':
		if len(t) > 2 && isDigit(t[1]) {
			return numFrame
		}
	case '+', '|':
		if bytes.HasSuffix(t, []byte("Traceback (most recent call last):")) || isBoxHead(t) {
			return pyHead
		}
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if isReversedRuby(t) {
			return rubyFrame
		}
		if isImageFrame(t) {
			return imageFrame
		}
	case '\xe2':
		if isBoxHead(t) {
			return pyHead
		}
	case 'T':
		if has(t, "Traceback (most recent call last):") { // in a message that its logger indents
			return pyHead
		}
	case '-':
		if has(t, "---> ") {
			return cause
		}
	case '@':
		if isJuliaPlace(t) {
			return atFrame
		}
	}
	return classifyWithin(line, t)
}

// classifyWithin looks at an indented line whose first letters tell nothing; t is
// the line without its margin.
func classifyWithin(line, t []byte) kind {
	if isRubyPlace(t) > 0 {
		return rubyFrame
	}
	if line[0] == ' ' && len(line)-len(t) == 1 {
		if k := classifyName(t); k == railsName {
			return k
		}
	}
	if isGoPlace(t) {
		return goPlace
	}
	if i := bytes.Index(t, []byte(" called at ")); i > 0 && (t[i-1] == ')' || t[i-1] == ',') { // Perl's Carp, Haskell's CallStack
		return atFrame
	}
	if isLuaFrame(t) || isElixirFrame(t) {
		return atFrame
	}
	return indented
}

// words are the fixed beginnings of lines, by their first byte.
var words = [256][]struct {
	prefix string
	kind   kind
}{
	'T': {{"Task exception was never retrieved", pyPreamble}, {"Traceback (most recent call last)", pyHead}, {"Traceback (innermost last)", pyHead}, {"The above exception was the direct cause", pyChain}},
	'D': {{"During handling of the above exception", pyChain}},
	'p': {{"panic: ", goHead}},
	'f': {{"fatal error: ", goHead}},
	'u': {{"unexpected fault address ", goHead}},
	'r': {{"runtime: goroutine stack exceeds", goHead}, {"runtime: out of memory", goHead}, {"runtime: program exceeds", goHead}},
	'S': {{"SIGQUIT: quit", goHead}, {"SIGABRT: abort", goHead}, {"SIGSEGV: segmentation violation", goHead}, {"Stack trace:", moreFrames}, {"Stacktrace:", moreFrames}, {"Stack backtrace:", moreFrames}, {"Stack (most recent call last)", pyHead}, {"Suppressed: ", cause}},
	'E': {{`Exception in thread "`, atHead}, {"Exception in thread ", pyPreamble}, {"Exception ignored in", pyPreamble}, {"Emitted '", moreFrames}},
	'U': {{"Unhandled exception", atHead}, {"Unhandled Exception", atHead}, {"Uncaught ", atHead}},
	'P': {{"Program received signal ", atHead}, {"PHP Fatal error: ", atHead}, {"PHP Parse error: ", atHead}},
	'F': {{"Fatal error: Uncaught ", atHead}, {"Fatal Python error: ", pyPreamble}, {"Fatal error: uncaught ", atHead}, {"FATAL ERROR: ", atHead}, {"Fatal error: ", atHead}, {"Future exception was never retrieved", pyPreamble}},
	't': {{"terminate called after throwing ", atHead}},
	'C': {{"Caused by: ", cause}, {"Causing: ", cause}, {"CallStack (from HasCallStack):", moreFrames}, {"Current stack trace:", moreFrames}},
	'N': {{"Node.js v", nodeTail}},
	'W': {{"Wrapped by: ", cause}, {"WARNING: DATA RACE", reportHead}, {"WARNING: ThreadSanitizer: ", reportHead}},
	'n': {{"note: ", rustNote}},
	's': {{"stack backtrace:", rustTrace}, {"stack traceback:", moreFrames}},
	'[': {{"[ERROR] FATAL UNHANDLED EXCEPTION", atHead}},
	'-': {{"--- Logging error ---", pyPreamble}, {"--- End of ", moreFrames}, {"---> ", cause}},
	'*': {{"** (", className}, {"*** Terminating app due to uncaught exception ", atHead}},
	'e': {{"exception '", className}},
	'<': {{"<asynchronous suspension>", moreFrames}, {"<--- Last few GCs --->", atHead}},
}

// classifyWord knows lines by how they begin.
func classifyWord(line []byte) kind {
	for _, w := range words[line[0]] {
		if has(line, w.prefix) {
			return w.kind
		}
	}
	switch line[0] {
	case 'A', 'C', 'L', 'R':
		return classifyScript(line)
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if isImageFrame(line) {
			return imageFrame
		}
	case '=':
		if i := bytes.Index(line, []byte("==ERROR: ")); i > 2 && i < 12 && isDigit(line[2]) {
			return reportHead
		}
	case 'a':
		if has(line, "at ") && isBareFrame(line[3:]) {
			return atFrame
		}
	case 'g':
		if has(line, "goroutine ") && len(line) > 10 && isDigit(line[10]) && bytes.HasSuffix(line, []byte("]:")) {
			return goRoutine
		}
	case 't':
		if has(line, "thread '") && (bytes.Contains(line, []byte("panicked at")) || bytes.HasSuffix(line, []byte("has overflowed its stack"))) {
			return rustHead
		}
	case '#':
		if len(line) > 2 && isDigit(line[1]) {
			return numFrame
		}
		if has(line, "#<Thread:") && bytes.Contains(line, []byte("terminated with exception")) {
			return rubyHead
		}
	case '(':
		if has(line, "(node:") && bytes.Contains(line, []byte("UnhandledPromiseRejection")) {
			return className
		}
	case 'P':
		if has(line, "Process ") && line[len(line)-1] == ':' && bytes.IndexByte(line, '-') > 0 && isDigit(line[len(line)-2]) {
			return pyPreamble
		}
	case '+', '|', '\xe2':
		if bytes.HasSuffix(line, []byte("Traceback (most recent call last):")) || isBoxHead(line) {
			return pyHead
		}
	}
	return plain
}

// classifyScript knows lines of PowerShell, OCaml and Rust's anyhow.
func classifyScript(line []byte) kind {
	switch {
	case string(line) == "Caused by:":
		return cause
	case string(line) == "Line |":
		return moreFrames
	case has(line, "At ") && bytes.Contains(line, []byte(" char:")):
		return atFrame
	case (has(line, "Called from ") || has(line, "Raised ") || has(line, "Re-raised at ")) && isOCamlFrame(line):
		return atFrame
	}
	return plain
}

// classifyShape knows lines by their shape: places in Ruby and Node, and the
// names of exceptions.
func classifyShape(line []byte) kind {
	if n := isRubyPlace(line); n > 0 {
		if n < len(line) {
			return rubyHead
		}
		return rubyFrame
	}
	if bytes.HasSuffix(line, []byte("RemoteTraceback:")) && bytes.IndexByte(line, ' ') < 0 {
		return pyPreamble
	}
	if isNodePlace(line) || isSwiftHead(line) {
		return atHead
	}
	if isSymbolFrame(line) {
		return atFrame
	}
	return classifyName(line)
}

// isAtFrame reports whether text behind `at ` is a frame and not a sentence.
func isAtFrame(t []byte) bool {
	t = bytes.TrimSuffix(t, []byte(","))
	if len(t) == 0 || t[0] == ' ' {
		return false
	}
	if t[len(t)-1] == ')' && bytes.IndexByte(t, '(') >= 0 || bytes.Contains(t, []byte(") ")) || bytes.HasSuffix(t, []byte(" {")) {
		return true
	}
	if bytes.IndexByte(t, ' ') < 0 && isRustPlace(t) { // where Rust's tracing says that it was called
		return false
	}
	if bytes.IndexByte(t, ' ') < 0 { // one word: a.b.C, file:3:4, <anonymous>:6:4
		return bytes.IndexByte(t, '.') >= 0 || bytes.IndexByte(t, ':') >= 0
	}
	n := len(t)
	for n > 0 && isDigit(t[n-1]) {
		n--
	}
	return n < len(t) && n > 0 && t[n-1] == ':' || bytes.Contains(t, []byte(" in ")) && bytes.IndexByte(t, '(') > 0
}

// isRubyPlace measures a place in Ruby at the start of t, file:line:in `method',
// 0 if there is none. What is longer than its place says more: a message.
func isRubyPlace(t []byte) int {
	i := bytes.Index(t, []byte(":in "))
	if i < 3 || !isDigit(t[i-1]) || i+5 >= len(t) || t[i+4] != '`' && t[i+4] != '\'' {
		return 0
	}
	n := i - 1
	for n > 0 && isDigit(t[n]) {
		n--
	}
	if t[n] != ':' || n == 0 {
		return 0
	}
	end := bytes.Index(t[i+5:], []byte("': "))
	if end < 0 {
		return len(t)
	}
	return i + 5 + end + 1
}

// isGoPlace knows the line of a Go frame that names its file and line.
func isGoPlace(t []byte) bool {
	if i := bytes.IndexByte(t, ' '); i > 0 { // ` +0x1d`, and what the runtime prints of pointers
		if !has(t[i:], " +0x") {
			return false
		}
		t = t[:i]
	}
	i := bytes.LastIndexByte(t, ':')
	return i > 3 && i+1 < len(t) && isDigit(t[i+1]) && (bytes.HasSuffix(t[:i], []byte(".go")) || bytes.HasSuffix(t[:i], []byte(".s")))
}

// isNodePlace knows the line with which Node begins a crash: a script and the
// line in it.
func isNodePlace(line []byte) bool {
	n := len(line)
	for n > 0 && isDigit(line[n-1]) {
		n--
	}
	if n == len(line) || n < 4 || line[n-1] != ':' {
		return false
	}
	name := line[:n-1]
	if has(name, "node:") || string(name) == "[eval]" || string(name) == "[stdin]" || bytes.HasSuffix(name, []byte("<anonymous>")) || string(name) == "<anonymous_script>" {
		return true
	}
	if name[0] != '/' && !has(name, "file://") && !(len(name) > 3 && name[1] == ':' && name[2] == '\\') && !has(name, "internal/") {
		return false
	}
	dot := bytes.LastIndexByte(name, '.')
	if dot < 0 {
		return false
	}
	switch string(name[dot+1:]) {
	case "js", "mjs", "cjs", "ts", "mts", "cts", "jsx", "tsx":
		return true
	}
	return false
}

func has(line []byte, prefix string) bool {
	return len(line) >= len(prefix) && string(line[:len(prefix)]) == prefix
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// isOCamlFrame knows what OCaml prints of a place: f in file "x.ml", line 2,
// characters 58-65.
func isOCamlFrame(line []byte) bool {
	return bytes.Contains(line, []byte(`in file "`)) && bytes.Contains(line, []byte(`", line`))
}

// isSymbolFrame knows the frames of the C library's backtrace_symbols:
// ./shop(main+0xb3)[0x555e1dc89359].
func isSymbolFrame(t []byte) bool {
	if len(t) < 8 || t[len(t)-1] != ']' {
		return false
	}
	at := bytes.LastIndex(t, []byte("[0x"))
	return at > 2 && (t[at-1] == ')' || has(t[at-2:], ") ")) && bytes.IndexByte(t[:at], '(') > 0 && bytes.Contains(t[:at], []byte("+0x"))
}

// isImageFrame knows the frames that Swift, Apple's runtimes and the C library
// print: number, image, address, symbol and offset.
func isImageFrame(t []byte) bool {
	n := 0
	for n < len(t) && n < 4 && isDigit(t[n]) {
		n++
	}
	if n == 0 || n+2 >= len(t) || t[n] != ' ' || t[n+1] != ' ' {
		return false
	}
	at := bytes.Index(t, []byte(" 0x"))
	return at > n && bytes.LastIndex(t, []byte(" + ")) > at && isDigit(t[len(t)-1])
}
