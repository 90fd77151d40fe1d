package trace

import "bytes"

// isPyException reports whether a line can be the last of a Python traceback:
// the name of a type, alone or with its message.
func isPyException(line []byte) bool {
	n := 0
	for n < len(line) && (line[n]|0x20-'a' < 26 || isDigit(line[n]) || line[n] == '_' || line[n] == '.' || line[n] == '<' || line[n] == '>' || line[n] >= 0x80) {
		n++
	}
	return n > 0 && !isDigit(line[0]) && (n == len(line) || line[n] == ':' && (n+1 == len(line) || line[n+1] == ' '))
}

// isPyRemark knows further lines of Python's reports: those of the logging
// module's own failures, of faulthandler, and of SQLAlchemy's messages.
func isPyRemark(line []byte) bool {
	for _, p := range [...]string{"Call stack:", "Message: ", "Arguments: ", "[SQL: ", "[parameters: ", "(Background on this error", "Current thread 0x", "Thread 0x", "Extension modules:"} {
		if has(line, p) {
			return true
		}
	}
	return false
}

// isPyThread knows the line with which faulthandler begins a thread's stack.
func isPyThread(line []byte) bool { return has(line, "Current thread 0x") || has(line, "Thread 0x") }

// endsOpen reports whether a message's first line says that more follows.
func endsOpen(line []byte) bool {
	return line[len(line)-1] == ':' && bytes.Contains(line, []byte(": ")) || bytes.Contains(line, []byte(" validation error"))
}

// isGoFunc reports whether a line names a function in a goroutine's dump, or,
// without its arguments, in the stacks that loggers print.
func isGoFunc(line []byte) bool {
	if has(line, "created by ") || has(line, "runtime stack:") || has(line, "panic(") {
		return true
	}
	if bytes.IndexByte(line, ' ') < 0 && bytes.IndexByte(line, '.') > 0 {
		return true
	}
	paren := bytes.IndexByte(line, '(')
	return paren > 0 && line[len(line)-1] == ')' && bytes.IndexByte(line[:paren], ' ') < 0 && bytes.IndexByte(line, '.') > 0
}

// isGoTail knows the lines around the goroutines of a dump.
func isGoTail(line []byte) bool {
	for _, p := range [...]string{"[signal ", "exit status ", "runtime stack:", "PC=0x", "[originating from goroutine"} {
		if has(line, p) {
			return true
		}
	}
	if has(line, "...") && bytes.HasSuffix(line, []byte("elided...")) {
		return true
	}
	n := 0 // a register: rax    0x0
	for n < len(line) && n < 6 && (line[n]-'a' < 26 || isDigit(line[n])) {
		n++
	}
	return n >= 2 && n < len(line) && line[n] == ' ' && has(bytes.TrimLeft(line[n:], " "), "0x")
}

// isAtTail knows lines without indentation among frames: the end of what Node
// prints of an error's properties, and PHP's next exception.
func isAtTail(line []byte) bool {
	switch line[0] {
	case '(', ')': // around what Apple's runtimes print
		return len(line) == 1
	case '*':
		return has(line, "*** First throw call stack:")
	case '+': // PowerShell shows the code
		return has(line, "+ ")
	case 'l':
		return has(line, "libc++abi: terminating ")
	case '}', ']':
		return len(line) <= 3
	case 'i':
		return has(line, "in expression starting at ") // Julia
	case 'N':
		return has(line, "Next ")
	case 'T':
		return has(line, "Thrown at:")
	}
	return false
}

// endsInPlace reports whether a line is one of PHP's errors that say all in one
// line: `… in /app/a.php on line 3`.
func endsInPlace(line []byte) bool {
	i := bytes.LastIndex(line, []byte(" on line "))
	return i > 0 && i+9 < len(line) && isDigit(line[i+9])
}
