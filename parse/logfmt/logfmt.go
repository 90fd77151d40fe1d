// Package logfmt walks lines of key=value pairs without copying them. It
// allocates nothing; all functions are safe for concurrent use.
package logfmt

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

	b   []byte
	pos int
}

// Pairs begins at the line's first word.
func Pairs(line []byte) Iter { return Iter{b: line} }

// Next moves to the next word; false at the end of the line.
func (it *Iter) Next() bool { return false }

// Looks reports whether a line is logfmt: pairs from its first word on, at
// least two of them or one with a key that loggers use (level, msg, …), and no
// more than a few bare words.
func Looks(line []byte) bool { return false }

// Unquote appends the text that a quoted value's span stands for. Escapes that
// are none stay as written.
func Unquote(dst, span []byte) []byte { return append(dst, span...) }
