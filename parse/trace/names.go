package trace

import (
	"bytes"
	"strings"
)

// classifyName knows the name of an exception with its message behind it.
func classifyName(line []byte) kind {
	n := nameEnd(line)
	if n == 0 || !isExceptionName(line[:n]) {
		return plain
	}
	rest := line[n:]
	switch {
	case len(rest) == 0, has(rest, ": "), len(rest) == 1 && rest[0] == ':', has(rest, " --->"), has(rest, " [") && bytes.Contains(rest, []byte("]: ")):
		return className
	case has(rest, " (") && (bytes.HasSuffix(rest, []byte("):")) || bytes.HasSuffix(rest, []byte(")"))):
		return railsName
	}
	return plain
}

// namesException reports whether the line of a cause names an exception.
func namesException(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	i := bytes.IndexByte(line, ' ')
	if has(line, "Caused by: ") || has(line, "Wrapped by: ") {
		i = bytes.Index(line, []byte(": ")) + 1
	}
	return i > 0 && classifyName(bytes.TrimLeft(line[i:], " ")) == className
}

// nameEnd measures a qualified name at the start of t: words joined by dots,
// colons, dollars, slashes of modules.
func nameEnd(t []byte) int {
	n := 0
	for n < len(t) && n < 256 {
		c := t[n]
		switch {
		case c|0x20-'a' < 26, c == '_':
		case n > 0 && (isDigit(c) || c == '$' || c == '`' || c == '/' || c == '+'):
		case c == '\\' && n > 0 && n+1 < len(t) && t[n+1]|0x20-'a' < 26: // PHP
		case n > 0 && n+1 < len(t) && (c == '.' || c == ':' && t[n+1] == ':' || c == ':' && t[n-1] == ':') && t[n+1] != ' ':
		default:
			return n
		}
		n++
	}
	return n
}

// isExceptionName reports whether a name ends as those of exceptions do.
func isExceptionName(name []byte) bool {
	if i := bytes.LastIndexByte(name, '$'); i > 0 && isExceptionName(name[:i]) { // a class within it
		return true
	}
	for _, end := range [...]string{"Error", "Exception", "Throwable", "Failure", "Fault", "Panic", "Interrupt", "ExceptionInfo"} {
		if bytes.HasSuffix(name, []byte(end)) {
			return true
		}
	}
	return false
}

// nameWithin looks for the name of an exception within a line and takes what
// stands behind it as its message: `GET / failed: java.io.IOException: reset`.
func nameWithin(line string) (typ, msg string) {
	for i := 0; i < len(line); {
		n := nameEnd([]byte(line[i:]))
		if n == 0 {
			i++
			continue
		}
		name := strings.TrimRight(line[i:i+n], ".:/")
		bare := name == "Error" || name == "Exception" // any sentence may have these
		if isExceptionName([]byte(name)) && (!bare || strings.HasPrefix(line[i+len(name):], ": ")) {
			if i > 1 && line[i-1] == '(' && line[len(line)-1] == ')' { // Ruby: message (Type)
				return name, strings.TrimSpace(line[:i-1])
			}
			return name, strings.TrimSpace(strings.TrimPrefix(line[i+len(name):], ":"))
		}
		i += n
	}
	return "", ""
}

// splitName cuts the line that names an exception: `a.b.C: message`.
func splitName(line string) (typ, msg string) {
	n := nameEnd([]byte(line))
	name := line[:n]
	rest := line[n:]
	switch {
	case n == 0:
		return "", strings.TrimSpace(line)
	case strings.HasPrefix(rest, " [") && strings.Contains(rest, "]: "): // Node: TypeError [ERR_X]: message
		_, msg, _ = strings.Cut(rest, "]: ")
		return name, msg
	case strings.HasPrefix(rest, ":"):
		return name, strings.TrimSpace(rest[1:])
	case strings.TrimSpace(rest) == "":
		return name, ""
	case strings.HasPrefix(rest, " --->"):
		return name, strings.TrimSpace(rest)
	}
	return "", strings.TrimSpace(line)
}

// place cuts file:line or file:line:column.
func place(s string) (file string, line int) {
	s = strings.TrimPrefix(s, "file://")
	file, n := cutNumber(s)
	if n < 0 {
		return s, 0
	}
	if shorter, m := cutNumber(file); m >= 0 {
		return shorter, m
	}
	return file, n
}

// cutNumber cuts a colon and a number off the end of s; -1 if there are none.
func cutNumber(s string) (rest string, n int) {
	i := len(s)
	for i > 0 && isDigit(s[i-1]) {
		i--
	}
	if i == len(s) || i < 2 || s[i-1] != ':' {
		return s, -1
	}
	return s[:i-1], number(s[i:])
}

// number reads the digits with which s begins; 0 if there are none or it has no
// room for them.
func number(s string) int {
	n := 0
	for i := 0; i < len(s) && isDigit(s[i]); i++ {
		if n = n*10 + int(s[i]-'0'); n > 1<<30 {
			return 0
		}
	}
	return n
}
