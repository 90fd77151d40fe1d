package query

import (
	"slices"
	"strings"
)

// Rest is what a record that passes parent must pass as well to pass e, nil if
// that is nothing: who knows which records pass parent asks these for no more.
// ok is false unless every record that passes e is known to pass parent. Both
// mean the same moment by the times in them.
func Rest(e, parent Expr) (rest Expr, ok bool) {
	left := slices.Clone(terms(&Query{Filter: e}))
	for _, p := range terms(&Query{Filter: parent}) {
		text := p.String()
		if k := slices.IndexFunc(left, func(t Expr) bool { return t.String() == text }); k >= 0 {
			left = slices.Delete(left, k, k+1)
			continue
		}
		if !slices.ContainsFunc(left, func(t Expr) bool { return holdsPart(t, p) }) {
			return nil, false
		}
	}
	return All(left...), true
}

// holdsPart reports whether part is a word that stands in every text in which
// the word e does: a part of it. Where it has a capital, so has e, and then case
// counts for both.
func holdsPart(e, part Expr) bool {
	t, ok := e.(*Text)
	p, ok2 := part.(*Text)
	if !ok || !ok2 || !isASCII(t.Word) {
		return false
	}
	return strings.Contains(t.Word, p.Word) || foldable(p.Word) && strings.Contains(strings.ToLower(t.Word), p.Word)
}

// isASCII reports whether s has no other characters: their cases may be of
// several kinds.
func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}
