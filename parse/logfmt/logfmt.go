// Package logfmt walks lines of key=value pairs without copying them. It
// allocates nothing; all functions are safe for concurrent use.
package logfmt

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// Iter walks the words of a line. It is a value; make one with Pairs. After
// each Next that returns true the exported fields describe the pair.
type Iter struct {
	Key     []byte // of a bare word: the word
	Val     []byte // without its quotes, escapes as written; nil of a bare word
	Bare    bool   // a word without `=`
	Quoted  bool   // Val stood in quotes: it is text, never a number
	Escaped bool   // Val holds a backslash escape: Unquote it
	Open    bool   // the closing quote is missing; Val goes to the end of the line
	Start   int    // where the pair begins in the line
	End     int    // where it ends, its closing quote included
	Single  bool   // set by the caller: values may stand in single quotes, too

	b   []byte
	pos int
}

// Pairs begins at the line's first word.
func Pairs(line []byte) Iter { return Iter{b: line} }

// The classes of bytes: what ends a key, what ends a value.
const (
	endsKey = 1 << iota
	endsVal
)

var class = [256]uint8{
	' ': endsKey | endsVal, '\t': endsKey | endsVal, '\n': endsKey | endsVal, '\r': endsKey | endsVal,
	'=': endsKey,
}

// Next moves to the next word; false at the end of the line.
func (it *Iter) Next() bool {
	b, i := it.b, it.pos
	for i < len(b) && class[b[i]]&endsVal != 0 {
		i++
	}
	if i == len(b) {
		it.pos = i
		return false
	}
	it.Start = i
	it.Val, it.Bare, it.Quoted, it.Escaped, it.Open = nil, false, false, false, false
	for i < len(b) && class[b[i]]&endsKey == 0 {
		i++
	}
	if i == it.Start || i == len(b) || b[i] != '=' { // a bare word, `=` at its front included
		for i < len(b) && class[b[i]]&endsVal == 0 {
			i++
		}
		it.Key, it.Bare = b[it.Start:i:i], true
		it.End, it.pos = i, i
		return true
	}
	it.Key = b[it.Start:i:i]
	i++
	if i < len(b) && b[i] == '"' {
		it.quoted(i + 1)
		return true
	}
	if it.Single && i < len(b) && b[i] == '\'' && it.single(i+1) {
		return true
	}
	from := i
	for i < len(b) && class[b[i]]&endsVal == 0 {
		i++
	}
	it.Val = b[from:i:i]
	it.End, it.pos = i, i
	return true
}

// single reads the value whose text begins at i if it stands in single quotes, as
// Python writes them. What only begins with one is a bare value.
func (it *Iter) single(i int) bool {
	b := it.b
	for n := i; n < len(b); n++ {
		switch {
		case b[n] == '\\':
			it.Escaped = true
			n++
		case b[n] == '\'' && (n+1 == len(b) || class[b[n+1]]&endsVal != 0):
			it.Val, it.Quoted = b[i:n:n], true
			it.End, it.pos = n+1, n+1
			return true
		}
	}
	it.Escaped = false
	return false
}

// quoted reads the value whose text begins at i, behind its quote.
func (it *Iter) quoted(i int) {
	b, from := it.b, i
	it.Quoted = true
	for {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			it.Escaped = it.Escaped || bytes.IndexByte(b[i:], '\\') >= 0
			it.Open = true
			it.Val = b[from:]
			it.End, it.pos = len(b), len(b)
			return
		}
		slash := bytes.IndexByte(b[i:i+n], '\\')
		if slash < 0 {
			i += n
			it.Val = b[from:i:i]
			it.End, it.pos = i+1, i+1
			return
		}
		it.Escaped = true
		i = min(i+slash+2, len(b))
	}
}

// The bounds of Look: how many words it reads, and how many bare words it
// forgives for each pair.
const (
	lookWords = 12
	barePer   = 2
)

// Look judges by the first words of a line whether it is logfmt: pairs from its
// first word on, at least two of them or one with a key that loggers use (level,
// msg, …), and no more than a few bare words. The zero Look has seen none.
type Look struct {
	words, pairs, bare int
	known              bool
}

// Add takes the word at which it stands, and reports whether the line may still
// be logfmt.
func (l *Look) Add(it *Iter) bool {
	if l.words++; l.words > lookWords {
		return true
	}
	if it.Bare {
		l.bare++
		return l.pairs > 0 && (l.words < lookWords || l.Fits())
	}
	if !isKey(it.Key) {
		return false
	}
	l.pairs++
	l.known = l.known || isLoggerKey(it.Key)
	return l.words < lookWords || l.Fits()
}

// Fits reports whether a line of the words seen is logfmt.
func (l *Look) Fits() bool {
	if l.pairs == 1 {
		return l.known && l.bare == 0
	}
	return l.pairs > 1 && (l.bare*barePer <= l.pairs || l.known && l.bare <= l.pairs)
}

// isKey reports whether a word can be a key: no JSON, no URL, no expression.
func isKey(k []byte) bool {
	if len(k) > 64 {
		return false
	}
	for _, c := range k {
		switch {
		case c|0x20-'a' < 26, c-'0' <= 9, c == '_', c == '-', c == '.', c == '@', c == '/', c == ':', c >= utf8.RuneSelf:
		default:
			return false
		}
	}
	c := k[0]
	return c|0x20-'a' < 26 || c == '_' || c == '@' || c >= utf8.RuneSelf
}

// isLoggerKey reports whether loggers, rather than prose, write such a key.
func isLoggerKey(k []byte) bool {
	switch string(k) {
	case "level", "lvl", "severity", "msg", "message", "SeverityText", "log.level", "ts", "timestamp", "Timestamp", "logger", "caller", "loglevel", "logLevel":
		return true
	}
	return false
}

// Unquote appends the text that a quoted value's span stands for. Escapes that
// are none stay as written.
func Unquote(dst, span []byte) []byte {
	for {
		i := bytes.IndexByte(span, '\\')
		if i < 0 {
			return append(dst, span...)
		}
		dst = append(dst, span[:i]...)
		span = span[i:]
		if len(span) > 1 && span[1] == '/' { // JSON's, which Go does not have
			dst, span = append(dst, '/'), span[2:]
			continue
		}
		r, multibyte, tail, err := strconv.UnquoteChar(string(span[:min(len(span), 10)]), '"')
		if err != nil {
			dst, span = append(dst, '\\'), span[1:]
			continue
		}
		span = span[min(len(span), 10)-len(tail):]
		if r < utf8.RuneSelf || !multibyte {
			dst = append(dst, byte(r))
		} else {
			dst = utf8.AppendRune(dst, r)
		}
	}
}
