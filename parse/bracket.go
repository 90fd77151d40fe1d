package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/lifecycle"
	"ravel/parse/logfmt"
	"ravel/parse/stamp"
)

// group is what the inside of a bracket in a head is.
type group uint8

const (
	groupOther group = iota
	groupEmpty       // nothing, or a dash
	groupLevel
	groupID
	groupPairs  // key=value …
	groupNumber // a process or thread
	groupPlace  // file:line
	groupName   // one word: a logger or a thread
	groupTime
	groupClient // Apache's [client address:port]
)

// bracket is what stands inside a bracket, classified.
type bracket struct {
	group  group
	in     []byte
	level  model.Level
	logger []byte // or what else stands beside the main thing
	stamp  stamp.Stamp
}

// bracketed classifies what stands inside a bracket and takes from it what a
// head can use.
func (r *reader) bracketed(in []byte, h *head) group {
	b := r.classify(in, h)
	b.take(h)
	return b.group
}

// classify tells what stands inside a bracket.
func (r *reader) classify(in []byte, h *head) (b bracket) {
	padded := len(in) > 0 && (in[len(in)-1] == ' ' || in[0] == ' ')
	if in = trimSpace(in); len(in) > 2 && in[0] == '{' && in[len(in)-1] == '}' { // Airflow's older {{…}}
		in = in[1 : len(in)-1]
	}
	b.in = in
	if len(in) == 0 || string(in) == "-" || string(in) == "unknown" { // the last is PostgreSQL's
		b.group = groupEmpty
		return b
	}
	if isProcess(in) {
		b.group = groupNumber
		if !h.hasTime && len(in) >= 8 && in[2] == ':' && in[5] == ':' {
			if s, ok := r.stampAt(in); ok && s.Len == len(in) {
				b.group, b.stamp = groupTime, s
			}
		}
		return b
	}
	if hasPrefix(in, "client ") {
		b.group = groupClient
		return b
	}
	if level, logger, ok := bracketLevel(in, h.level == model.LevelNone); ok {
		b.group, b.level, b.logger = groupLevel, level, logger
		return b
	}
	if isID(in) {
		b.group, b.in = groupID, in[:token(in, 0)] // OpenStack: req-… user project
		return b
	}
	if i := bytes.LastIndexByte(in, ':'); i > 1 && in[i-1] == ' ' && isDigits(in[i+1:]) && isName(bytes.TrimRight(in[:i], " ")) { // Salt: name   :123
		b.group, b.in = groupName, bytes.TrimRight(in[:i], " ")
		return b
	}
	if len(in) > 24 { // trace-span
		if dash := bytes.IndexByte(in, '-'); (dash == 16 || dash == 32) && isID(in[:dash]) && len(in) > dash+8 {
			b.group, b.in, b.logger = groupID, in[:dash], in[dash+1:]
			return b
		}
	}
	if !h.hasTime && len(in) >= 8 && (isDigit(in[0]) || isAlpha(in[0])) {
		if s, ok := r.stampAt(in); ok && (s.Date || s.Len == len(in)) {
			b.group, b.stamp = groupTime, s
			return b
		}
	}
	b.group = pairsOrName(in, padded)
	return b
}

// take gives the head what the bracket holds.
func (b *bracket) take(h *head) {
	switch b.group {
	case groupNumber:
		h.process(b.in)
	case groupClient:
		h.client(b.in[7:])
	case groupLevel:
		h.level = b.level
		if len(b.logger) > 0 {
			h.name(b.logger)
		}
	case groupID:
		h.setID(b.in)
		h.text("span_id", b.logger)
	case groupTime:
		h.setTime(b.stamp)
	case groupPairs:
		h.pairs(b.in)
	case groupPlace:
		h.place(b.in)
	case groupName:
		h.name(b.in)
	}
}

// pairsOrName tells key=value lists, file:line and names apart.
func pairsOrName(in []byte, padded bool) group {
	space, mark, equal, colon := false, false, false, false
	for _, c := range in {
		switch c {
		case ' ', '\t':
			space = true
		case ',', ';', '"', '\'', '|':
			mark = true
		case '=':
			equal = true
		case ':':
			colon = true
		}
	}
	switch {
	case equal && pairsOnly(in) && !lineMark(in):
		return groupPairs
	case colon && (isPlace(in) || loggerPlace(in) || functionPlace(in)):
		return groupPlace
	case colon && lineMark(in):
		return groupName
	case mark || space && !padded || space && bytes.IndexByte(in, ' ') >= 0:
		return groupOther
	}
	return groupName
}

// bracketLevel finds a level in a bracket: alone, `module:level`,
// `LEVEL logger` or `LEVEL:logger`.
func bracketLevel(in []byte, wanted bool) (level model.Level, logger []byte, ok bool) {
	if !wanted {
		return 0, nil, false
	}
	level, n, caps := levelToken(in)
	if n == len(in) && n > 0 {
		return level, nil, true
	}
	if n > 0 && caps && (n > 1 && (in[n] == ' ' || in[n] == ':') || in[n] == '|') { // Foreman's has one letter
		rest := trimSpace(in[n+1:])
		if in[n] == '|' {
			rest, _, _ = cutByte(rest, '|')
		}
		if bytes.IndexByte(rest, ' ') < 0 {
			return level, rest, true
		}
	}
	if i := bytes.LastIndexByte(in, '/'); i > 0 { // Server thread/INFO
		if level, n, caps := levelToken(in[i+1:]); n > 2 && caps && n == len(in)-i-1 {
			return level, in[:i], true
		}
	}
	if i := bytes.LastIndexAny(in, ":#"); i >= 0 && bytes.IndexByte(in, ' ') < 0 { // Twisted has the second
		if level, n, _ = levelToken(in[i+1:]); n > 1 && n == len(in)-i-1 {
			return level, in[:i], true
		}
	}
	return 0, nil, false
}

// process takes a process and a thread: 42, #42, pid 42:tid 7, ThreadId 3.
func (h *head) process(in []byte) {
	switch {
	case hasPrefix(in, "tid "), hasPrefix(in, "ThreadId "):
		h.scalar("thread", in[bytes.IndexByte(in, ' ')+1:])
	case hasPrefix(in, "pid ") || hasPrefix(in, "PID "):
		pid, tid, ok := bytes.Cut(in[4:], []byte(":tid "))
		h.scalar("pid", pid)
		if ok {
			h.scalar("thread", tid)
		}
	default:
		h.scalar("pid", bytes.TrimLeft(in, "#"))
	}
}

// onHost takes what pino and bunyan put behind the level: [name/]42 on host.
func (h *head) onHost(in []byte) bool {
	name, rest, ok := bytes.Cut(in, []byte(" on "))
	pid := name[bytes.LastIndexByte(name, '/')+1:]
	if !ok && len(pid) == len(name) || !isDigits(pid) || bytes.IndexByte(rest, ' ') >= 0 || bytes.IndexByte(name, ' ') >= 0 {
		return false
	}
	h.number("pid", pid)
	h.text("hostname", rest)
	if len(pid) < len(name) {
		h.setDomain(name[:len(name)-len(pid)-1])
	}
	return true
}

// setDomain takes the first logger that is offered.
func (h *head) setDomain(name []byte) {
	if string(name) == "undefined" { // JavaScript's nothing
		return
	}
	if len(h.domain) == 0 && len(name) > 0 && len(name) <= 200 {
		h.domain = name
		return
	}
	h.text("name", name)
}

// setID takes the first id as the request's, the second as the correlation's.
func (h *head) setID(id []byte) {
	switch {
	case lifecycle.None(id):
	case h.rid == nil:
		h.rid = id
	case h.cid == nil:
		h.cid = id
	}
}

// name takes one word of a bracket: a logger if it looks like one and none is
// known, else a thread.
func (h *head) name(word []byte) {
	if hasPrefix(word, "MY-") && isDigits(word[3:]) { // MySQL
		h.text("code", word)
		return
	}
	if i := bytes.LastIndexByte(word, '/'); i > 0 && isLogger(word[:i]) && isNumber(word[i+1:]) { // Kea: logger/process.thread
		h.setDomain(word[:i])
		h.scalar("pid", word[i+1:])
		return
	}
	if at := bytes.LastIndexByte(word, '@'); at > 0 && isDigits(word[at+1:]) { // ZooKeeper: thread:Class@line
		if colon := bytes.LastIndexByte(word[:at], ':'); colon > 0 {
			h.text("thread", word[:colon])
			h.setDomain(word[colon+1 : at])
			return
		}
	}
	if len(h.domain) == 0 && !isThread(word) && (isAlpha(word[0]) || word[0] == '_' || word[0] >= 0x80) {
		h.domain = word
		return
	}
	if len(h.domain) > 0 && h.level != model.LevelNone && moduleLine(word) { // behind both: [method:line]
		h.text("caller", word)
		return
	}
	h.text("thread", word)
}

// client takes the address, and the port, of Apache's `[client 10.0.0.1:80]`.
func (h *head) client(addr []byte) {
	if i := bytes.LastIndexByte(addr, ':'); i > 0 && isDigits(addr[i+1:]) {
		h.number("port", addr[i+1:])
		addr = addr[:i]
	}
	h.text("client", addr)
}

// pairs takes the key=value pairs of a bracket.
func (h *head) pairs(in []byte) {
	for it := logfmt.Pairs(in); it.Next(); {
		if it.Bare {
			continue
		}
		if h.level == model.LevelNone && (string(it.Key) == "level" || string(it.Key) == "severity") {
			h.level, _ = model.ParseLevel(it.Val)
			continue
		}
		key, val := it.Key, it.Val
		for more := !it.Quoted; more; { // a=1,b=2
			comma := bytes.IndexByte(val, ',')
			if comma < 0 || comma+1 < len(val) && bytes.IndexByte(val[comma:], '=') < 2 {
				break
			}
			h.known(key, val[:comma], false)
			key, val, more = cutByte(val[comma+1:], '=')
		}
		h.known(key, val, it.Quoted)
	}
}

// known takes a pair whose value says something.
func (h *head) known(key, val []byte, quoted bool) {
	if len(key) > 0 && !lifecycle.None(val) {
		h.pair(key, val, quoted)
	}
}
