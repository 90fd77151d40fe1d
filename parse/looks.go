package parse

import "bytes"

// isProcess reports whether in names a process or thread by number: 42, #42,
// 42:7, 0x7f12, pid 42:tid 7.
func isProcess(in []byte) bool {
	for _, p := range [...]string{"pid ", "pid:", "tid ", "PID ", "ThreadId "} {
		if hasPrefix(in, p) {
			return len(in) > len(p) && isDigit(in[len(p)])
		}
	}
	if in[0] == '#' {
		in = in[1:]
	}
	if hasPrefix(in, "0x") && len(in) > 2 && len(in) <= 18 {
		for _, c := range in[2:] {
			if !isHex(c) {
				return false
			}
		}
		return true
	}
	digits := false
	for _, c := range in {
		switch {
		case isDigit(c):
			digits = true
		case c != ':' && c != '#' && c != '/':
			return false
		}
	}
	return digits && len(in) < 20
}

// isID reports whether in is an id by its look: a UUID, 16 or more hex digits,
// or such a thing behind a short prefix (req-…).
func isID(in []byte) bool {
	if len(in) >= 20 && hasPrefix(in, "req-") {
		if sp := bytes.IndexByte(in, ' '); sp > 0 {
			in = in[:sp]
		}
		in = in[4:]
	}
	if len(in) == 36 && in[8] == '-' && in[13] == '-' && in[18] == '-' && in[23] == '-' {
		for _, c := range in {
			if !isHex(c) && c != '-' {
				return false
			}
		}
		return true
	}
	if i := bytes.IndexAny(in, "-_"); i > 0 && i <= 8 && len(in) > i+12 { // req-6f5a2e…, REQ_…
		for _, c := range in[:i] {
			if !isAlpha(c) {
				return false
			}
		}
		in = in[i+1:]
	} else if len(in) < 16 {
		return false
	}
	digit := false
	for _, c := range in {
		if !isHex(c) {
			return false
		}
		digit = digit || isDigit(c)
	}
	return digit && len(in) <= 64
}

// isPlace reports whether in is a place in source code: file.ext:line or
// logger:line.
func isPlace(in []byte) bool {
	i := bytes.LastIndexByte(in, ':')
	if i <= 0 || i == len(in)-1 || !isDigits(in[i+1:]) || bytes.IndexByte(in[:i], ' ') >= 0 {
		return false
	}
	if bytes.Contains(in[:i], []byte("//")) { // a URL's port
		return false
	}
	dot := bytes.LastIndexByte(in[:i], '.')
	return dot > 0 && i-dot <= 7 && isAlpha(in[dot+1]) || isLogger(in[:i])
}

// pairsOnly reports whether in is nothing but key=value pairs, a leading name
// aside (`vSAN@6876 sub=CnsSync`).
func pairsOnly(in []byte) bool {
	pairs, bare, quote := 0, 0, false
	for i := 0; i < len(in); {
		i = skipSpace(in, i)
		start, eq := i, false
		for i < len(in) && (quote || in[i] != ' ' && in[i] != ',') {
			switch in[i] {
			case '"':
				quote = !quote
			case '=':
				eq = true
			}
			i++
		}
		if i < len(in) {
			i++
		}
		switch {
		case eq:
			pairs++
		case i > start:
			if bare++; bytes.IndexByte(in[start:i], '@') < 0 && !bytes.Contains(in[start:i], []byte("::")) {
				return false
			}
		}
	}
	return pairs > 0 && bare <= 1
}

// isThread reports whether a word names a thread rather than a logger.
func isThread(word []byte) bool {
	if len(word) == 0 || isDigit(word[len(word)-1]) && bytes.IndexByte(word, '-') > 0 || bytes.Contains(word, []byte(":http")) {
		return true
	}
	if i := bytes.LastIndexByte(word, ':'); i > 0 && (i == len(word)-1 || isDigits(word[i+1:])) { // ScheduledTasks:1, myid:
		return true
	}
	return string(word) == "main" || hasPrefix(word, "Thread") || hasPrefix(word, "MainThread") ||
		bytes.Contains(word, []byte("thread")) || bytes.Contains(word, []byte("-exec-")) || hasPrefix(word, "pool-")
}
