package parse

import "bytes"

// place takes logger:function:line, logger:line and file:line.
func (h *head) place(field []byte) {
	i := bytes.IndexByte(field, ':')
	switch {
	case functionPlace(field):
	case i > 0 && bytes.IndexByte(field[i+1:], ':') > 0:
		h.setDomain(field[:i])
		field = field[i+1:]
	case i > 0 && isLogger(field[:i]):
		h.setDomain(field[:i])
	case i > 0:
		if last := bytes.LastIndexByte(field, ':'); last > i && isLogger(field[:last]) { // shop::cart:31
			h.setDomain(field[:last])
		}
	}
	h.text("caller", field)
}

// loggerPlace reports whether a word is logger:function:line.
func loggerPlace(w []byte) bool {
	i, j := bytes.IndexByte(w, ':'), bytes.LastIndexByte(w, ':')
	return i > 0 && j > i+1 && w[i+1] != '/' && isDigits(w[j+1:]) && isName(w[:i]) && !isDigits(w[:i])
}

// functionPlace reports whether a word is file.ext:line:function.
func functionPlace(w []byte) bool {
	j := bytes.LastIndexByte(w, ':')
	return j > 4 && j+1 < len(w) && (isAlpha(w[j+1]) || w[j+1] == '_' || w[j+1] == '<') && isPlace(w[:j])
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
	return humps > 1 && !thrownName(w)
}

// thrownName reports whether a name ends as those of exceptions do.
func thrownName(w []byte) bool {
	if hasPrefix(w, "Errno::") { // Ruby's
		return true
	}
	for _, end := range [...]string{"Error", "Exception", "Warning", "Failure", "Interrupt"} {
		if bytes.HasSuffix(w, []byte(end)) {
			return true
		}
	}
	return false
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

// processTag reports whether a word is a name with a process or an id in
// brackets.
func processTag(w []byte) bool {
	i := bytes.IndexByte(w, '[')
	if i < 1 || len(w) < i+3 || w[len(w)-1] != ']' || !isName(w[:i]) || w[i-1] == ':' {
		return false
	}
	in := w[i+1 : len(w)-1]
	return isID(in) || isProcess(in)
}

// moduleLine reports whether a word is a module and a line in it: cart:31.
func moduleLine(w []byte) bool {
	i := bytes.LastIndexByte(w, ':')
	return i > 1 && isDigits(w[i+1:]) && isName(w[:i]) && bytes.IndexByte(w[:i], ':') < 0
}

// classLine reports whether a word is a class and a line in it.
func classLine(w []byte) bool {
	i := bytes.LastIndexByte(w, ':')
	return i > 1 && isDigits(w[i+1:]) && isName(w[:i]) && isUpper(w[0])
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
	return after[i] == ':' && after[i+1] == ' ' && i > 1 || after[i] == '|' || after[i] == '>' && after[i+1] == ' '
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
	class, _, method := cutByte(word, '#')
	return parts > 1 && len(word) < 120 && !fileOrHost(word) && (method || !thrownName(class))
}

// fileOrHost reports whether a dotted word ends as files and hosts do.
func fileOrHost(word []byte) bool {
	ext := word[bytes.LastIndexByte(word, '.')+1:]
	switch string(ext) {
	case "log": // a method's name, too
		return bytes.Count(word, []byte{'.'}) < 3
	case "com", "org", "net", "io", "dev", "local", "internal", "txt", "json", "yaml", "yml", "xml", "py", "go", "js", "ts",
		"java", "rb", "php", "cpp", "cc", "cxx", "hpp", "rs", "kt", "scala", "cs", "swift", "tsx", "jsx", "mjs", "cjs", "vue", "ex", "exs", "erl", "hs",
		"lua", "pl", "pm", "mm", "dart", "groovy", "clj", "pyx", "html", "conf", "cfg", "sh", "so", "dll", "exe", "jar", "gz", "zip", "sql", "csv", "md", "lock", "toml", "pem", "key", "crt":
		return true
	}
	return false
}

// methodPlace takes the logger, method and place that Log4j's %l prints, a word of
// n bytes: a.Shop.open(Shop.java:42).
func (s *scan) methodPlace(word []byte, n int) bool {
	open := bytes.IndexByte(word, '(')
	if open < 3 || word[len(word)-1] != ')' || !isLogger(word[:open]) || !isPlace(word[open+1:len(word)-1]) {
		return false
	}
	s.h.setDomain(word[:open])
	s.h.text("caller", word[open+1:len(word)-1])
	s.i += n
	return true
}

// threadNext reports whether b goes on with a thread in brackets.
func threadNext(b []byte) bool {
	if !hasPrefix(b, " [") {
		return false
	}
	end := closing(b[1:], 80)
	return end > 1 && isThread(b[2:1+end]) && hasPrefix(b[2+end:], " ")
}

// subscripts reports whether the brackets with which t begins, each close to the
// next, are a part of a sentence: [orders][0], node …
func subscripts(t []byte) bool {
	for len(t) > 0 && t[0] == '[' {
		end := closing(t, 100)
		if end < 0 {
			return false
		}
		t = t[end+1:]
	}
	return len(t) > 0 && (t[0] == ',' || t[0] == '.' || t[0] == ';')
}

// placeLast reports whether b is a dash and a place, with which Trantor and others
// end their lines.
func placeLast(b []byte) bool {
	b = trimSpace(b)
	return hasPrefix(b, "- ") && isPlace(trimSpace(b[2:]))
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

// lineMark reports whether in ends as ZooKeeper's places do: thread:Class@774.
func lineMark(in []byte) bool {
	at := bytes.LastIndexByte(in, '@')
	return at > 0 && isDigits(in[at+1:])
}
