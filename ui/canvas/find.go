package canvas

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
)

// Finder finds what a search looks for within one row: literal text, in any
// case unless it has a capital, or a regexp.
type Finder struct {
	text []byte
	fold bool
	re   *regexp.Regexp
}

// NewFinder makes a finder of what was typed behind the slash: /re/ is a
// regexp, all else is literal. Empty text gives nil.
func NewFinder(typed string) (*Finder, error) {
	text, isRegexp := SearchText(typed)
	if text == "" {
		return nil, nil
	}
	if isRegexp {
		re, err := regexp.Compile(text)
		return &Finder{re: re}, err
	}
	fold := strings.IndexFunc(text, unicode.IsUpper) < 0
	if fold {
		text = strings.ToLower(text)
	}
	return &Finder{text: []byte(text), fold: fold}, nil
}

// SearchText tells a regexp in slashes from literal text.
func SearchText(typed string) (text string, isRegexp bool) {
	if len(typed) > 2 && typed[0] == '/' && typed[len(typed)-1] == '/' {
		return typed[1 : len(typed)-1], true
	}
	return typed, false
}

// next is the first match at or after from, or -1. It never returns an empty one.
func (f *Finder) next(text []byte, from int) (start, end int) {
	if f.re != nil {
		for from < len(text) {
			m := f.re.FindIndex(text[from:])
			if m == nil {
				return -1, -1
			}
			if m[1] > m[0] {
				return from + m[0], from + m[1]
			}
			from += m[0] + 1
		}
		return -1, -1
	}
	if !f.fold {
		if i := bytes.Index(text[from:], f.text); i >= 0 {
			return from + i, from + i + len(f.text)
		}
		return -1, -1
	}
	for i := from; i+len(f.text) <= len(text); i++ {
		if foldEqual(text[i:i+len(f.text)], f.text) {
			return i, i + len(f.text)
		}
	}
	return -1, -1
}

// foldEqual compares ASCII letters in any case and all else exactly; lower is
// in lower case.
func foldEqual(text, lower []byte) bool {
	for i, c := range text {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
