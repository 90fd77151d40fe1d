package query

import (
	"slices"
	"strings"
)

// insightsStages may begin a query without a leading | (R13).
var insightsStages = []string{"fields", "filter", "stats", "parse", "display", "sort", "limit", "dedup"}

// refuse is fail for what another language has: such a query is never taken
// for words (R13).
func (p *parser) refuse(off int, expected, format string, args ...any) error {
	err := errorAt(p.src, off, expected, format, args...)
	err.refused = true
	return err
}

// insights reads the first stage of a query in Insights' spelling, which has
// no leading |; nil if the text is a filter (R13).
func (p *parser) insights() (Stage, error) {
	start := p.pos
	word := p.ident()
	p.pos = start
	if !slices.Contains(insightsStages, word) || !p.spaceAt(start+len(word)) {
		return nil, nil
	}
	p.plain = true
	s, err := p.stage()
	p.space()
	piped := p.pos < len(p.src) && p.src[p.pos] == '|'
	switch e, _ := err.(*Error); {
	case e != nil && e.refused && (word == "stats" || strings.Contains(p.src, "|")):
		return nil, err
	case err != nil, !piped && p.pos < len(p.src):
	case piped, word == "stats", word == "filter" && compares(s):
		return s, nil
	}
	p.pos, p.plain, p.groups, p.depth = start, false, 0, 0
	return nil, nil
}

// compares reports whether a filter stage begins with a comparison.
func compares(s Stage) bool {
	e := s.(*FilterStage).Filter
	for {
		switch t := e.(type) {
		case *And:
			e = t.Terms[0]
		case *Or:
			e = t.Terms[0]
		case *Not:
			e = t.Term
		case *Test, *Exists:
			return true
		default:
			return false
		}
	}
}
