package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/stamp"
)

// afterLevel takes the tokens between the level and the message.
func (s *scan) afterLevel() {
	t := s.t
	glued := s.i < len(t) && (t[s.i] == '[' || t[s.i] == ':' && s.i+1 < len(t) && t[s.i+1] == '[')
	tabs := s.i < len(t) && t[s.i] == '\t'
	if s.component() {
		return
	}
	for range maxHeadTokens {
		start := s.i
		sep := s.gap()
		if s.i >= len(t) {
			return
		}
		if sep == '-' && !s.loggerField(" - ") || sep == ':' && len(s.h.domain) > 0 && t[s.i-1] == ' ' {
			return
		}
		took := false
		switch c := t[s.i]; {
		case c == '[' || c == '<' || c == '(' || c == '{' && s.i+1 < len(t) && isAlpha(t[s.i+1]):
			took = s.bracket(glued)
		case tabs && sep == '\t':
			took = s.tabField()
		case sep == '|' && bytes.IndexByte(t[s.i:], '|') >= 0:
			took = s.pipeField()
		case isDigit(c):
			took = s.number()
		case isWord(c) || c == '/' || c >= 0x80:
			took = s.logger(sep)
		}
		if !took {
			return
		}
		if s.i <= start {
			return
		}
	}
}

// component takes what loggers of one kind each put behind the level: MongoDB's
// `NETWORK  [thread]` after a level of one letter, Flask's `in module:`, nginx'
// `42#0: *7`.
func (s *scan) component() bool {
	i := skipSpace(s.t, s.i)
	rest := s.t[i:]
	n := token(rest, 0)
	switch {
	case hasPrefix(rest, "in ") && s.i > 0:
		k := token(rest, 3)
		name := bytes.TrimRight(rest[3:k], ":")
		if at := bytes.IndexByte(name, '['); at > 0 { // logback's own: in Logger[default] - message
			name = name[:at]
		}
		if !isName(name) || rest[k-1] != ':' && !hasPrefix(rest[k:], " - ") {
			return false
		}
		s.h.setDomain(name)
		s.i = i + k
		s.separators()
		return true
	case n > 3 && rest[0] == ':' && isWord(rest[1]): // LEVEL:logger:message
		end := bytes.IndexByte(rest[1:], ':')
		if end < 1 || !isName(rest[1:1+end]) {
			return false
		}
		s.h.setDomain(rest[1 : 1+end])
		s.i = i + end + 2
		return true
	case i >= 2 && s.i == i-1 && isUpper(s.t[s.i-1]) && s.t[s.i-2] == ' ' && (n >= 3 && allCaps(rest[:n]) || n == 1 && hasPrefix(rest, "-  ")): // I NETWORK
		if n > 1 {
			s.h.setDomain(rest[:n])
		}
		s.i = skipSpace(s.t, i+n)
		if s.i < len(s.t) && s.t[s.i] == '[' {
			if end := closing(s.t[s.i:], 80); end > 0 {
				s.h.text("thread", s.t[s.i+1:s.i+end])
				s.i = skipSpace(s.t, s.i+end+1)
			}
		}
		return true
	}
	if hash := bytes.IndexByte(rest[:n], '#'); hash > 0 && n > hash+2 && rest[n-1] == ':' && isDigits(rest[:hash]) && isDigits(rest[hash+1:n-1]) {
		s.h.number("pid", rest[:hash])
		s.i = skipSpace(s.t, i+n)
		if star := s.t[s.i:]; len(star) > 2 && star[0] == '*' {
			if k := token(star, 0); isDigits(star[1:k]) {
				s.h.number("connection", star[1:k])
				s.i = skipSpace(s.t, s.i+k)
			}
		}
		s.h.nginxTail(s.t[s.i:])
		return true
	}
	return false
}

// nginxTail takes what nginx appends to an error: `, client: 10.0.0.7, server:
// _, request: "GET / HTTP/1.1", host: "x"`.
func (h *head) nginxTail(msg []byte) {
	if h.caps == nil {
		return
	}
	from := bytes.Index(msg, []byte(", client: "))
	if from < 0 {
		return
	}
	for rest := msg[from:]; len(rest) > 2; {
		name, val, ok := bytes.Cut(rest[2:], []byte(": "))
		if !ok || !isName(name) {
			return
		}
		if len(val) > 0 && val[0] == '"' {
			end := quoteEnd(val)
			if end < 0 {
				return
			}
			h.text(string(name), val[1:end])
			rest = val[end+1:]
			continue
		}
		end := bytes.Index(val, []byte(", "))
		if end < 0 {
			end = len(val)
		}
		h.text(string(name), val[:end])
		rest = val[end:]
	}
}

// allCaps reports whether a word is capital letters only.
func allCaps(w []byte) bool {
	for _, c := range w {
		if !isUpper(c) && c != '_' {
			return false
		}
	}
	return true
}

// gap passes over spaces and one separator and says which: ' ', '\t', '|',
// '-' for one dash or two, '=' for three, ':' or '>'; 0 for nothing.
func (s *scan) gap() (sep byte) {
	t := s.t
	for s.i < len(t) {
		c := t[s.i]
		switch {
		case c == ' ':
			if sep == 0 {
				sep = ' '
			}
		case c == '\t', c == '|':
			if sep == '|' && c == '|' { // an empty field
				s.i++
				continue
			}
			sep = c
		case c == ':' && (sep == 0 || sep == ' ' || sep == ':'):
			sep = ':'
		case c == '-' && dashes(t, s.i) > 0 && sep != '-' && sep != '=':
			n := dashes(t, s.i)
			sep = '-'
			if n == 3 {
				sep = '='
			}
			s.i += n
			continue
		default:
			return sep
		}
		s.i++
	}
	return sep
}

// loggerField reports whether the next field, up to sep, is one word: then it
// is a logger and the message comes after it.
func (s *scan) loggerField(sep string) bool {
	rest := s.t[s.i:]
	end := bytes.Index(rest, []byte(sep))
	return len(s.h.domain) == 0 && end > 0 && end < 80 && bytes.IndexByte(bytes.TrimRight(rest[:end], " "), ' ') < 0
}

// bracket takes a bracket after the level if it is a part of the head.
func (s *scan) bracket(glued bool) bool {
	t := s.t[s.i:]
	end := closing(t, 200)
	if end < 0 {
		return false
	}
	next := byte(' ')
	if end+1 < len(t) {
		next = t[end+1]
	}
	in := t[1:end]
	kind := s.r.bracketed(in, s.h, true)
	switch kind {
	case groupOther:
		if first, _, ok := cutByte(in, ','); ok && sleuth(first, in[len(first)+1:], s.h) {
			s.i += end + 1
			return true
		}
		if hasPrefix(in, "Originator@") || len(in) > 8 && bytes.IndexByte(in, '=') > 0 && glued {
			s.i += end + 1
			return true
		}
		if end+1 < len(t) && next == ' ' && tagsOnly(in) && loggerDash(t[end+1:]) {
			s.h.text("tags", in)
			s.i += end + 1
			return true
		}
		if bytes.HasPrefix(t[end+1:], []byte(" - ")) || hasSpacedColon(t[end+1:]) { // a thread with spaces in its name
			s.h.text("thread", trimSpace(in))
			s.i += end + 1
			return true
		}
		return false
	case groupName, groupPlace:
		if next == ':' && !glued && kind == groupName && t[0] != '(' || next == ',' || next == '.' || isWord(next) {
			return false
		}
	case groupEmpty, groupNumber, groupLevel:
		if isWord(next) || next == ',' {
			return false
		}
	}
	s.r.bracketed(in, s.h, false)
	s.i += end + 1
	return true
}

// sleuth takes `[request,session]` and Spring's `[application,trace,span]`: the
// first part that is an id is the request's.
func sleuth(first, rest []byte, h *head) bool {
	if isID(first) {
		h.setID(first)
		h.text("tags", rest)
		return true
	}
	trace, span, _ := cutByte(rest, ',')
	if !isID(trace) || !isName(first) {
		return false
	}
	h.text("application", first)
	h.setID(trace)
	span, _, _ = cutByte(span, ',')
	h.text("span_id", span)
	return true
}

// tagsOnly reports whether in is words set off by commas.
func tagsOnly(in []byte) bool {
	for _, c := range in {
		if !isWord(c) && c != ',' && c != '-' && c != ' ' && c != ':' && c != '=' {
			return false
		}
	}
	return bytes.IndexByte(in, ',') > 0
}

// loggerDash reports whether b goes on with a word and dashes: a logger.
func loggerDash(b []byte) bool {
	i := skipSpace(b, 0)
	n := token(b, i)
	return i > 0 && n > i && headGoesOn(b[n:]) && isName(b[i:n])
}

// hasSpacedColon reports whether b goes on with ` : ` or `: ` where a
// bracket's head ends.
func hasSpacedColon(b []byte) bool { return hasPrefix(b, " : ") || hasPrefix(b, " -- ") }

// tabField takes one tab-separated field that is a logger or a place.
func (s *scan) tabField() bool {
	rest := s.t[s.i:]
	end := bytes.IndexByte(rest, '\t')
	if end <= 0 || bytes.IndexByte(rest[:end], ' ') >= 0 {
		return false
	}
	field := rest[:end]
	if isPlace(field) {
		s.h.text("caller", field)
		s.i += end + 1 // the message is next, whatever it looks like
		s.h.msg = s.t[s.i:]
		return false
	}
	if len(s.h.domain) > 0 {
		return false
	}
	after := rest[end+1:]
	if next := bytes.IndexByte(after, '\t'); next > 0 && isPlace(after[:next]) || isLogger(field) {
		s.h.setDomain(field)
		s.i += end
		return true
	}
	return false
}

// pipeField takes one field that another | ends, if it is one word.
func (s *scan) pipeField() bool {
	rest := s.t[s.i:]
	end := bytes.IndexByte(rest, '|')
	if end < 0 || end > 160 {
		return false
	}
	field := trimSpace(rest[:end])
	switch {
	case len(field) == 0 || string(field) == "-":
	case isID(field):
		s.h.setID(field)
	case bytes.IndexByte(field, '=') > 0 && pairsOnly(field):
		s.h.pairs(field)
	case s.stampField(field):
	case bytes.IndexByte(field, ' ') >= 0:
		return false
	case isPlace(field) || loggerPlace(field):
		s.h.place(field)
	case isProcess(field):
		s.h.scalar("pid", field)
	case len(s.h.domain) > 0 && s.h.level != model.LevelNone && s.h.hasTime && !isThread(field):
		return false // a message of one word, with more fields behind it
	default:
		s.h.name(field)
	}
	s.i += end
	return true
}

// stampField takes a field that begins with a stamp, where none was seen yet.
func (s *scan) stampField(field []byte) bool {
	if s.h.hasTime || !isDigit(field[0]) {
		return false
	}
	st, ok := stamp.At(field, s.r.loc)
	if !ok || !st.Date {
		return false
	}
	s.h.setTime(st)
	s.h.stamped = true
	if rest := trimSpace(field[st.Len:]); len(rest) > 2 && rest[0] == '[' {
		s.r.bracketed(rest[1:len(rest)-1], s.h, false)
	}
	return true
}

// place takes logger:function:line, logger:line and file:line.
func (h *head) place(field []byte) {
	i := bytes.IndexByte(field, ':')
	switch {
	case i > 0 && bytes.IndexByte(field[i+1:], ':') > 0:
		h.setDomain(field[:i])
		field = field[i+1:]
	case i > 0 && isLogger(field[:i]):
		h.setDomain(field[:i])
	}
	h.text("caller", field)
}

// loggerPlace reports whether a word is logger:function:line.
func loggerPlace(w []byte) bool {
	i, j := bytes.IndexByte(w, ':'), bytes.LastIndexByte(w, ':')
	return i > 0 && j > i+1 && isDigits(w[j+1:]) && isName(w[:i])
}

// number takes a number after the level: a stamp, or a process where the head
// goes on behind it.
func (s *scan) number() bool {
	rest := s.t[s.i:]
	if !s.h.hasTime {
		if st, ok := stamp.At(rest, s.r.loc); ok && st.Date && !countLayout(st.Layout) {
			s.h.setTime(st)
			s.h.stamped = true
			s.i += st.Len
			s.djangoVerbose()
			return true
		}
	}
	n := token(rest, 0)
	after := rest[n:]
	if isPlace(bytes.TrimRight(rest[:n], ":")) {
		return s.logger(' ')
	}
	if !isProcess(bytes.TrimRight(rest[:n], ":")) {
		return false
	}
	if hasPrefix(after, " --- ") || hasPrefix(after, " [") || rest[n-1] == ':' || isProcess(rest[:token(rest, skipSpace(rest, n))]) {
		s.h.scalar("pid", bytes.TrimRight(rest[:n], ":"))
		s.i += n
		return true
	}
	return false
}

// djangoVerbose takes `module process thread` of Django's verbose layout.
func (s *scan) djangoVerbose() {
	t, i := s.t, skipSpace(s.t, s.i)
	a := token(t, i)
	b := token(t, min(a+1, len(t)))
	c := token(t, min(b+1, len(t)))
	if a > i && b > a+1 && c > b+1 && isName(t[i:a]) && isDigits(t[a+1:b]) && isDigits(t[b+1:c]) {
		s.h.setDomain(t[i:a])
		s.h.number("pid", t[a+1:b])
		s.h.number("thread", t[b+1:c])
		s.i = c
	}
}

// logger takes a word after the level if it names a logger or a place.
func (s *scan) logger(sep byte) bool {
	rest := s.t[s.i:]
	n := token(rest, 0)
	word, after := rest[:n], rest[n:]
	bare := bytes.TrimRight(word, ":")
	colon := len(bare) == n-1
	switch {
	case isPlace(bare) || loggerPlace(bare):
		s.h.place(bare)
		s.i += n
		if hasPrefix(after, " > ") {
			s.i += 3
			return false
		}
		return true
	case tomcatLogger(bare) && headGoesOn(after):
		s.h.setDomain(bare)
		s.i += n
		return true
	case isLogger(bare) && hasPrefix(bytes.TrimLeft(after, " "), ": "): // Spring: what stood before was the application
		s.h.text("application", s.h.domain)
		s.h.domain = bare
		s.i += n
		return true
	case len(bare) > 2 && bare[len(bare)-1] == ']' && bytes.IndexByte(bare, '[') > 0: // name[42]
		s.word(bare)
		s.i += n
		return true
	case len(s.h.domain) > 0 && !colon && !headGoesOn(after):
		return false
	case isLogger(bare):
		s.h.setDomain(bare)
		s.i += n
		return !colon
	case colon && sep == ' ' && camelCase(bare):
		s.h.setDomain(bare)
		s.i += n
		return false
	case sep == '=' || headGoesOn(after) && isName(word):
		s.name(word)
		s.i += n
		return true
	case pythonLogger(word) && len(after) > 0 && after[0] == ' ':
		s.h.setDomain(word)
		s.i += n
		return false
	case isName(word) && loggerFollows(after):
		s.h.text("name", word)
		s.i += n
		return true
	}
	return false
}

// tomcatLogger reports whether a word is a logger with brackets in its name:
// o.a.c.c.C.[.[.[/].[dispatcherServlet].
func tomcatLogger(w []byte) bool { return bytes.Contains(w, []byte(".[")) && w[len(w)-1] == ']' }

// camelCase reports whether a word before a colon is a class that logs under
// its name, not an exception that a sentence speaks of.
func camelCase(w []byte) bool {
	humps := 0
	for i, c := range w {
		if !isAlpha(c) && !isDigit(c) || i == 0 && !isUpper(c) {
			return false
		}
		if isUpper(c) && (i == 0 || isLower(w[i-1])) {
			humps++
		}
	}
	for _, end := range [...]string{"Error", "Exception", "Warning", "Failure", "Interrupt"} {
		if bytes.HasSuffix(w, []byte(end)) {
			return false
		}
	}
	return humps > 1
}

// pythonLogger reports whether a word is a name of one part under which a
// well-known library logs. Behind a level it is that library's record, not the
// sentence's first word.
func pythonLogger(word []byte) bool {
	switch string(word) {
	case "asyncio", "root", "celery", "kombu", "urllib3", "httpx", "httpcore", "uvicorn", "gunicorn", "werkzeug", "django", "aiohttp", "sqlalchemy",
		"alembic", "botocore", "boto3", "s3transfer", "paramiko", "tornado", "scrapy", "apscheduler", "hypercorn", "daphne":
		return true
	}
	return false
}

// name takes a word of which the separator behind it says that it is a part of
// the head.
func (s *scan) name(word []byte) {
	if isThread(word) {
		s.h.text("thread", word)
		return
	}
	s.h.setDomain(word)
}

// headGoesOn reports whether what follows a word shows that the message is
// still to come: a dash or a padded colon that stands alone.
func headGoesOn(after []byte) bool {
	i := skipSpace(after, 0)
	if i == 0 || i+1 >= len(after) {
		return false
	}
	if after[i] == '-' {
		return dashes(after, i) > 0
	}
	return after[i] == ':' && after[i+1] == ' ' && (i > 1 || false) || after[i] == '|' || after[i] == '>' && after[i+1] == ' '
}

// loggerFollows reports whether the next word is a dotted logger that ends
// with a colon.
func loggerFollows(after []byte) bool {
	i := skipSpace(after, 0)
	if i == 0 {
		return false
	}
	word := after[i:token(after, i)]
	return len(word) > 3 && word[len(word)-1] == ':' && isLogger(word[:len(word)-1])
}

// isName reports whether word is made of what names are made of.
func isName(word []byte) bool {
	for _, c := range word {
		if !isWord(c) && c != '.' && c != '-' && c != '/' && c != '$' && c != ':' && c != '@' {
			return false
		}
	}
	return len(word) > 0 && len(word) < 80
}

// isLogger reports whether a word is a dotted or ::-separated name as loggers
// have: no file name, no host, no sentence's end.
func isLogger(word []byte) bool {
	parts, start := 0, 0
	for i := 0; i <= len(word); i++ {
		if i < len(word) && word[i] != '.' && !(word[i] == ':' && i+1 < len(word) && word[i+1] == ':') {
			if c := word[i]; !isWord(c) && c != '-' && c != '$' && c != '<' && c != '>' && c != '#' {
				return false
			}
			continue
		}
		part := word[start:i]
		if len(part) == 0 || isDigit(part[0]) {
			return false
		}
		parts++
		if i < len(word) && word[i] == ':' {
			i++
		}
		start = i + 1
	}
	return parts > 1 && len(word) < 120 && !fileOrHost(word)
}

// fileOrHost reports whether a dotted word ends as files and hosts do.
func fileOrHost(word []byte) bool {
	ext := word[bytes.LastIndexByte(word, '.')+1:]
	switch string(ext) {
	case "com", "org", "net", "io", "dev", "local", "internal", "txt", "log", "json", "yaml", "yml", "xml", "py", "go", "js", "ts",
		"java", "rb", "php", "html", "conf", "cfg", "sh", "so", "dll", "exe", "jar", "gz", "zip", "sql", "csv", "md", "lock", "toml", "pem", "key", "crt":
		return true
	}
	return false
}
