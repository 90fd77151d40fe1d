package parse

import (
	"bytes"

	"ravel/model"
)

// writtenLevel maps a level that is a value: also slog's levels between its
// own, such as INFO+2, and MongoDB's D1 to D5.
func writtenLevel(val []byte) (model.Level, bool) {
	if level := commonWord(val); level != model.LevelNone {
		return level, true
	}
	if level, ok := model.ParseLevel(val); ok {
		return level, true
	}
	if len(val) == 2 && val[0] == 'D' && isDigit(val[1]) {
		return model.Debug, true
	}
	i := bytes.IndexAny(val, "+-")
	if i < 1 || !isDigits(val[i+1:]) {
		return model.LevelNone, false
	}
	level, ok := model.ParseLevel(val[:i])
	switch {
	case level == model.Debug && val[i] == '-':
		level = model.Trace
	case level == model.Error && val[i] == '+' && atoi(val[i+1:], 99) >= 4:
		level = model.Critical
	}
	return level, ok
}

// levelToken measures the level word with which b begins and returns its
// length. A word in capitals is a level anywhere in a head; one in small
// letters or a single letter only where the caller says that nothing else can
// stand there.
func levelToken(b []byte) (level model.Level, n int, caps bool) {
	for n < len(b) && n < 13 && isAlpha(b[n]) {
		n++
	}
	if n < len(b) && isDigit(b[n]) && n >= 3 { // DEBUG1 … DEBUG5
		n++
	}
	if n == 1 && b[0] == 'D' && len(b) > 2 && b[1]-'1' < 5 && b[2] == ' ' { // MongoDB's D1 to D5
		return model.Debug, 2, true
	}
	if n == 0 || n < len(b) && (isWord(b[n]) || b[n] >= 0x80) {
		return model.LevelNone, 0, false
	}
	if level = commonWord(b[:n]); level != model.LevelNone {
		return level, n, isUpper(b[n-1])
	}
	level, ok := model.ParseLevel(b[:n])
	if !ok {
		return model.LevelNone, 0, false
	}
	caps = true
	for _, c := range b[:n] {
		caps = caps && !isLower(c)
	}
	return level, n, caps
}

// commonLevel reports whether a level's spelling is one that loggers print on
// their own: not a word of everyday English that some logger happens to use.
func commonLevel(word []byte) bool {
	if len(word) < 3 {
		return false
	}
	switch string(word) {
	case "LOG", "NOTE", "HTTP", "DEFAULT", "SUCCESS", "QUIET", "ALERT", "FAIL", "FAILURE", "ASSERT", "SPAM", "FINE", "CONFIG":
		return false
	}
	return true
}

// logLevel reports whether a level's spelling in small letters is no word with
// which sentences name their subject before a colon: `http: …`, `config: …`.
func logLevel(word []byte) bool {
	switch string(word) {
	case "log", "note", "http", "default", "success", "config", "fine", "spam", "assert", "failure", "silly", "deprecation", "grave", "quiet", "lifecycle":
		return false
	}
	return true
}

// plainLevel reports whether a small-letter or capitalised word, standing
// alone after a stamp, is surely meant as a level: sentences seldom begin with
// these.
func plainLevel(word []byte) bool {
	switch string(word) {
	case "info", "debug", "trace", "warn", "notice", "verbose", "Info", "Debug", "Trace", "Warn", "Verbose", "Information":
		return true
	}
	return false
}

// commonWord knows the words of most lines without a look at the table.
func commonWord(w []byte) model.Level {
	switch string(w) {
	case "INFO", "info":
		return model.Info
	case "DEBUG", "debug":
		return model.Debug
	case "ERROR", "error":
		return model.Error
	case "WARN", "WARNING", "warn", "warning":
		return model.Warning
	case "TRACE", "trace":
		return model.Trace
	}
	return model.LevelNone
}

// tailLevel finds the level with which the word at hand ends: `channel.LEVEL:`,
// `name[42].LEV`, `file.py[LEVEL]:`. It returns where the level stands, and its
// length.
func tailLevel(t []byte) (at, size int) {
	end := token(t, 0)
	if open := bytes.IndexByte(t[:end], '['); open > 0 && end-open > 5 && hasPrefix(t[end-2:], "]:") && isName(t[:open]) {
		if _, n, caps := levelToken(t[open+1:]); n > 2 && caps && open+1+n == end-2 {
			return open + 1, n
		}
	}
	dot := bytes.IndexByte(t[:end], '.')
	if dot < 1 {
		return 0, 0
	}
	_, n, caps := levelToken(t[dot+1:])
	if n < 3 || !caps || dot+1+n >= len(t) {
		return 0, 0
	}
	if next := t[dot+1+n]; next == ':' || t[dot-1] == ']' && (next == ' ' || next == '-') {
		return dot + 1, n
	}
	return 0, 0
}

// numericLevel maps a level's number: syslog's 0 to 7, pino's and bunyan's 10
// to 60, Python's 10 to 50, Monolog's 100 to 600.
func numericLevel(digits []byte, syslog, pino bool) (model.Level, bool) {
	if !isDigits(digits) {
		return model.LevelNone, false
	}
	n := atoi(digits, 1000)
	switch {
	case syslog && n <= 7:
		return syslogLevels[n], true
	case pino && n >= 10 && n <= 69:
		return [...]model.Level{model.Trace, model.Debug, model.Info, model.Warning, model.Error, model.Critical}[n/10-1], true
	case n >= 10 && n <= 59:
		return [...]model.Level{model.Debug, model.Info, model.Warning, model.Error, model.Critical}[n/10-1], true
	case n >= 60 && n <= 69: // above what Python has
		return model.Critical, true
	case n >= 100 && n <= 699:
		return monolog(n), true
	}
	return model.LevelNone, false
}

func monolog(n uint64) model.Level {
	switch {
	case n < 200:
		return model.Debug
	case n < 250:
		return model.Info
	case n < 300:
		return model.Notice
	case n < 400:
		return model.Warning
	case n < 500:
		return model.Error
	}
	return model.Critical
}
