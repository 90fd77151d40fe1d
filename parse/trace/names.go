package trace

import "bytes"

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
	for _, end := range [...]string{"Error", "Exception", "Throwable", "Failure", "Fault", "Panic", "Interrupt"} {
		if bytes.HasSuffix(name, []byte(end)) {
			return true
		}
	}
	return false
}
