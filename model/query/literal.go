package query

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// requiredLiteral is a finder of the longest text that stands in everything
// the regular expression matches; nil if no such text is known.
func requiredLiteral(expr string) *finder {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	var l literals
	l.add(re.Simplify())
	l.cut()
	if len(l.best) < 2 { // one byte is no better than trying
		return nil
	}
	f := newFinder(l.best, false)
	if l.bestFold {
		f = newFinder(strings.ToLower(l.best), true)
	}
	return f
}

// literals walks a regular expression and joins the literals that stand side
// by side.
type literals struct {
	run      strings.Builder
	fold     bool
	best     string
	bestFold bool
}

// cut ends the run of literals.
func (l *literals) cut() {
	if l.run.Len() > len(l.best) {
		l.best, l.bestFold = l.run.String(), l.fold
	}
	l.run.Reset()
}

// add appends what re requires to the run, or cuts it.
func (l *literals) add(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		l.literal(re)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			l.add(sub)
		}
	case syntax.OpCapture:
		l.add(re.Sub[0])
	case syntax.OpPlus:
		l.add(re.Sub[0])
		l.cut()
	case syntax.OpRepeat:
		if re.Min > 0 {
			l.add(re.Sub[0])
		}
		l.cut()
	case syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpEmptyMatch:
	default:
		l.cut()
	}
}

// literal appends a literal. Where case folds, letters with more than two
// cases (k has the Kelvin sign, s the long s) and all that is not ASCII cut it.
func (l *literals) literal(re *syntax.Regexp) {
	fold := re.Flags&syntax.FoldCase != 0
	if fold != l.fold {
		l.cut()
		l.fold = fold
	}
	for _, r := range re.Rune {
		if fold && (r >= utf8.RuneSelf || strings.ContainsRune("kKsS", r)) || r == utf8.RuneError {
			l.cut()
			continue
		}
		l.run.WriteRune(r)
	}
}

// relaxed is the expression without what it says about where text begins, ends
// or breaks: it matches wherever the expression matches a part of the text. It
// is "" if nothing was taken out.
func relaxed(expr string) string {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil || !relax(re) {
		return ""
	}
	return re.String()
}

// relax takes the assertions out of re and reports whether there were any.
func relax(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		*re = syntax.Regexp{Op: syntax.OpEmptyMatch}
		return true
	}
	any := false
	for _, sub := range re.Sub {
		any = relax(sub) || any
	}
	return any
}
