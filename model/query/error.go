package query

import (
	"fmt"
	"unicode/utf8"
)

// Error is a query that cannot be understood: where and what would have been.
type Error struct {
	Col      int    // 1-based, in characters
	Msg      string // what is wrong, in words for a person
	Expected string // what could stand there; "" if Msg says it all

	refused bool // it is another language's and never words
}

// Error is one line: the column, what is wrong, what was expected.
func (e *Error) Error() string {
	if e.Expected == "" {
		return fmt.Sprintf("query, column %d: %s", e.Col, e.Msg)
	}
	return fmt.Sprintf("query, column %d: %s; expected %s", e.Col, e.Msg, e.Expected)
}

// errorAt makes an Error at byte off of src.
func errorAt(src string, off int, expected, format string, args ...any) *Error {
	off = min(off, len(src))
	return &Error{Col: utf8.RuneCountInString(src[:off]) + 1, Msg: fmt.Sprintf(format, args...), Expected: expected}
}
