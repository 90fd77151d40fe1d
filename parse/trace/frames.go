package trace

import "bytes"

// isReversedRuby knows a frame of Ruby's older order, the outermost first:
// `2: from x.rb:9:in `f'`.
func isReversedRuby(t []byte) bool {
	n := 0
	for n < len(t) && isDigit(t[n]) {
		n++
	}
	return has(t[n:], ": from ") && isRubyPlace(t[n+len(": from "):]) > 0
}

// isLuaFrame knows the frames behind Lua's `stack traceback:`.
func isLuaFrame(t []byte) bool {
	if has(t, "[C]: in ") {
		return true
	}
	i := bytes.Index(t, []byte(": in "))
	if i < 1 || !isDigit(t[i-1]) {
		return false
	}
	for _, p := range [...]string{"function ", "main chunk", "method ", "upvalue ", "local ", "field "} {
		if has(t[i+len(": in "):], p) {
			return true
		}
	}
	return false
}

// isElixirFrame knows `(app 1.2.3) lib/x.ex:3: Mod.f/1`, its first part or its
// place left out.
func isElixirFrame(t []byte) bool {
	app := false
	if t[0] == '(' {
		end := bytes.Index(t, []byte(") "))
		if end < 2 || bytes.IndexByte(t[:end], ' ') < 0 && bytes.Count(t[:end], []byte{'.'}) == 0 {
			return false
		}
		app, t = true, t[end+2:]
	}
	if i := bytes.Index(t, []byte(": ")); i > 4 && isDigit(t[i-1]) && bytes.IndexByte(t[:i], ' ') < 0 {
		colon := bytes.LastIndexByte(t[:i], ':')
		if colon < 3 {
			return false
		}
		switch string(t[bytes.LastIndexByte(t[:colon], '.')+1 : colon]) {
		case "ex", "exs", "erl", "eex", "heex", "leex":
			return true
		}
		return false
	}
	slash := bytes.LastIndexByte(t, '/')
	return app && slash > 2 && slash == len(t)-2 && isDigit(t[slash+1]) && bytes.IndexByte(t, ' ') < 0
}

// isRustPlace knows file.rs:3, which backtraces never print without a column.
func isRustPlace(t []byte) bool {
	i := bytes.LastIndex(t, []byte(".rs:"))
	if i < 1 || i+4 == len(t) {
		return false
	}
	for _, c := range t[i+4:] {
		if !isDigit(c) {
			return false
		}
	}
	return true
}

// isBareFrame knows the frame of a trace whose indentation was lost: `at
// a.B.c(B.java:3)`, `at f (/x.js:3:4)`.
func isBareFrame(t []byte) bool {
	open := bytes.LastIndexByte(t, '(')
	if open < 1 || t[len(t)-1] != ')' || bytes.IndexByte(bytes.TrimSuffix(t[:open], []byte(" ")), ' ') >= 0 {
		return false
	}
	in := t[open+1 : len(t)-1]
	n := len(in)
	for n > 0 && isDigit(in[n-1]) {
		n--
	}
	return n < len(in) && n > 1 && in[n-1] == ':' || string(in) == "Native Method" || string(in) == "Unknown Source"
}

// isSwiftHead knows `file.swift:3: Fatal error: message`.
func isSwiftHead(line []byte) bool {
	i := bytes.Index(line, []byte(": Fatal error: "))
	return i > 8 && isDigit(line[i-1]) && bytes.Contains(line[:i], []byte(".swift:")) && bytes.IndexByte(line[:i], ' ') < 0
}

// isReportEdge knows the line of equal signs around a race detector's report.
func isReportEdge(line []byte) bool {
	return len(line) >= 18 && len(bytes.Trim(line, "=")) == 0
}

// isReportTail knows what a sanitizer prints behind its summary.
func isReportTail(line []byte) bool {
	for _, p := range [...]string{"Shadow byte", "=>0x", "SUMMARY: ", "HINT: ", "Hint: ", "Command: "} {
		if has(line, p) {
			return true
		}
	}
	return has(line, "==") && (bytes.HasSuffix(line, []byte("==ABORTING")) || bytes.Contains(line, []byte("==HINT")))
}

// isJuliaPlace knows the line of a frame of Julia that says where it is: `@ Main
// ~/x.jl:3`. The function stands in the line above, behind its number.
func isJuliaPlace(t []byte) bool {
	return has(t, "@ ") && (bytes.Contains(t, []byte(".jl:")) || bytes.Contains(t, []byte(" REPL[")))
}
