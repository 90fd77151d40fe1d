package lifecycle

import (
	"bytes"

	"ravel/model"
)

// maxPhrase bounds how much of a message a rule may look at: a megabyte on one
// line costs no more than a sentence.
const maxPhrase = 4096

// Match is the package's Match over the rules of t.
func (t *Table) Match(msg []byte, h *Hit) bool {
	if len(msg) < 4 {
		h.Reset()
		return false
	}
	head := folded4(msg)
	for _, e := range t.first[fold[msg[0]]] {
		if head&e.mask == e.head && t.try(e.rule, msg, h) {
			return true
		}
	}
	var more []uint16
	switch {
	case mayBeMethod(msg) && methodLen(msg) > 0:
		more = t.method
	case mayBeAddress(msg) && address(msg):
		more = t.client
	}
	for _, i := range more {
		if t.try(i, msg, h) {
			return true
		}
	}
	h.Reset()
	return false
}

// May reports whether the package's Match may find something in a message,
// whose first four bytes it looks at.
func May(msg []byte) bool { return Builtin().may(msg) }

func (t *Table) may(msg []byte) bool {
	head := folded4(msg)
	for _, e := range t.first[fold[msg[0]]] {
		if head&e.mask == e.head {
			return true
		}
	}
	return mayBeMethod(msg) || mayBeAddress(msg)
}

// folded4 is the first four bytes of a message, folded, as a number.
func folded4(msg []byte) uint32 {
	return uint32(fold[msg[0]]) | uint32(fold[msg[1]])<<8 | uint32(fold[msg[2]])<<16 | uint32(fold[msg[3]])<<24
}

func mayBeMethod(msg []byte) bool { return 'A' <= msg[1] && msg[1] <= 'Z' }

func mayBeAddress(msg []byte) bool { return digit(msg[0]) || msg[0] == '[' || msg[0] == ':' }

func (t *Table) try(i uint16, msg []byte, h *Hit) bool {
	r := &t.rules[i]
	if o := &r.ops[0]; o.lit != "" && !o.at(msg) {
		return false
	}
	h.Reset()
	if !run(r.ops, firstLine(msg), 0, h) {
		return false
	}
	h.Kind, h.Event, h.NeedsID, h.Rule = r.Kind, r.Event, r.NeedsID, i
	return true
}

func firstLine(msg []byte) []byte {
	if len(msg) > maxPhrase {
		msg = msg[:maxPhrase]
	}
	if i := bytes.IndexByte(msg, '\n'); i >= 0 {
		msg = msg[:i]
	}
	for len(msg) > 0 && (msg[len(msg)-1] == '\r' || msg[len(msg)-1] == ' ') {
		msg = msg[:len(msg)-1]
	}
	return msg
}

// at reports whether literal o stands at the start of b.
func (o *op) at(b []byte) bool {
	n := len(o.exact)
	return len(b) >= n && (string(b[:n]) == o.exact || hasFold(b, o.lit))
}

// hasFold reports whether msg begins with lit, which is folded.
func hasFold(msg []byte, lit string) bool {
	if len(msg) < len(lit) {
		return false
	}
	for i := range len(lit) {
		if fold[msg[i]] != lit[i] {
			return false
		}
	}
	return true
}

// run matches ops against msg from at. Captures that may stop at several
// places (those up to a literal) take the first at which the rest matches.
func run(ops []op, msg []byte, at int, h *Hit) bool {
	for k := range ops {
		o := &ops[k]
		if o.cap == noCapture {
			if !o.at(msg[at:]) {
				return false
			}
			at += len(o.lit)
			continue
		}
		if lazy := o.cap == capAny || o.cap == capName || o.cap == capID; lazy && o.next != "" {
			return runLazy(ops[k:], msg, at, h)
		}
		end, ok := take(o, msg, at, h)
		if !ok {
			return false
		}
		at = end
	}
	return ops[len(ops)-1].cap != noCapture || atWordEnd(msg, at)
}

func runLazy(ops []op, msg []byte, at int, h *Hit) bool {
	o := &ops[0]
	for end := at; end+len(o.next) <= len(msg); end++ {
		if fold[msg[end]] != o.until || !hasFold(msg[end:], o.next) {
			continue
		}
		if o.cap != capAny && end == at {
			return false // a name, an id is not empty
		}
		if run(ops[1:], msg, end, h) {
			set(o.cap, Span{uint32(at), uint32(end)}, h)
			return true
		}
	}
	return false
}

func set(c capture, s Span, h *Hit) {
	switch c {
	case capName:
		h.Name = s
	case capID:
		h.ID = s
	case capClient:
		h.Client = s
	case capMethod:
		h.Method = s
	}
}

// atWordEnd reports whether a word may end at offset at: "complete" is not
// found in "completed".
func atWordEnd(msg []byte, at int) bool {
	if at >= len(msg) {
		return true
	}
	if at > 0 && !isWord(msg[at-1]) {
		return true
	}
	return !isWord(msg[at])
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}

// take reads one capture at offset at and returns where it ends.
func take(o *op, msg []byte, at int, h *Hit) (int, bool) {
	rest := msg[at:]
	switch o.cap {
	case capEnd:
		return at, len(rest) == 0
	case capAny:
		return len(msg), true
	case capMethod:
		n := methodLen(rest)
		h.Method = Span{uint32(at), uint32(at + n)}
		return at + n, n > 0
	case capStatus:
		s, ok := statusAt(rest)
		h.Status = s
		return at + 3, ok
	case capDur, capMS, capS:
		dur, n := durationAt(rest, o.cap)
		h.Dur = dur
		return at + n, n > 0
	case capPath:
		n := tokenLen(rest, o.until)
		setPath(msg, at, at+n, h)
		return at + n, n > 0
	case capName, capID: // the last op: the rest of the line
		set(o.cap, Span{uint32(at), uint32(len(msg))}, h)
		return len(msg), len(rest) > 0
	default: // capClient
		n := tokenLen(rest, o.until)
		end := n
		for end > 0 && (rest[end-1] == ',' || rest[end-1] == ';') {
			end--
		}
		h.Client = Span{uint32(at), uint32(at + withoutPort(rest[:end]))}
		return at + n, end > 0
	}
}

// address reports whether b begins with a word that may be an IP address, with
// a port or without.
func address(b []byte) bool {
	dots, colons := 0, 0
	for _, c := range b[:min(len(b), 64)] {
		switch {
		case c == '.':
			dots++
		case c == ':':
			colons++
		case c == ' ':
			return dots == 3 || colons >= 2
		case !digit(c) && (c|0x20 < 'a' || c|0x20 > 'f') && c != '[' && c != ']':
			return false
		}
	}
	return false
}

// withoutPort is the length of an address without the :port behind it. An IPv6
// address has a port only in brackets.
func withoutPort(addr []byte) int {
	n := len(addr)
	i := n
	for i > 0 && digit(addr[i-1]) {
		i--
	}
	if i == n || i < 2 || addr[i-1] != ':' {
		return n
	}
	if host := addr[:i-1]; host[len(host)-1] == ']' || bytes.IndexByte(host, ':') < 0 {
		return len(host)
	}
	return n
}

// tokenLen is the length of the token at the start of b: up to white space or
// the byte that the next literal begins with.
func tokenLen(b []byte, until byte) int {
	for i, c := range b {
		if c == ' ' || c == '\t' || until != 0 && c == until {
			return i
		}
	}
	return len(b)
}

// setPath splits a request's target into path and query, without scheme and
// host.
func setPath(msg []byte, from, to int, h *Hit) {
	if to > from && msg[from] != '/' {
		if i := bytes.Index(msg[from:to], []byte("://")); i >= 0 {
			host := from + i + 3
			slash := bytes.IndexByte(msg[host:to], '/')
			if slash < 0 {
				return
			}
			from = host + slash
		}
	}
	end := to
	if q := bytes.IndexByte(msg[from:to], '?'); q >= 0 {
		end = from + q
		h.Query = Span{uint32(end + 1), uint32(to)}
	}
	h.Path = Span{uint32(from), uint32(end)}
}

// methodLen is the length of the HTTP method that b begins with, 0 if none.
func methodLen(b []byte) int {
	n := 0
	for n < len(b) && n < 9 && 'A' <= b[n] && b[n] <= 'Z' {
		n++
	}
	if n < 3 || n < len(b) && isWord(b[n]) {
		return 0
	}
	switch string(b[:n]) {
	case "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "PROPFIND":
		return n
	}
	return 0
}

func statusAt(b []byte) (uint16, bool) {
	if len(b) < 3 || b[0] < '1' || b[0] > '5' || !digit(b[1]) || !digit(b[2]) || len(b) > 3 && isWord(b[3]) {
		return 0, false
	}
	return uint16(b[0]-'0')*100 + uint16(b[1]-'0')*10 + uint16(b[2]-'0'), true
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// clampDur turns nanoseconds into a Dur column's value.
func clampDur(ns float64) uint32 {
	switch us := ns / 1e3; {
	case us < 0 || us != us:
		return model.NoDur
	case us >= float64(model.MaxDur):
		return model.MaxDur
	default:
		return uint32(us + 0.5)
	}
}
