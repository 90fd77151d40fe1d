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
	case e != nil && e.refused && (word == "stats" || word == "filter" || strings.Contains(p.src, "|")):
		return nil, err
	case err != nil, !piped && p.pos < len(p.src):
	case piped, word == "stats", word == "filter" && compares(s):
		return s, nil
	}
	p.pos, p.plain, p.calls, p.groups, p.depth = start, false, false, 0, 0
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

// insightsFunctions are those of Insights that this language does not have.
var insightsFunctions = []string{
	"abs", "ceil", "floor", "greatest", "least", "log", "sqrt", "strlen", "toupper", "tolower", "trim", "ltrim", "rtrim", "substr", "replace",
	"strcontains", "concat", "coalesce", "isempty", "isblank", "isValidIp", "isValidIpV4", "isValidIpV6", "isIpInSubnet", "isIpv4InSubnet",
	"isIpv6InSubnet", "datefloor", "dateceil", "fromMillis", "toMillis", "now", "jsonParse", "jsonStringify",
}

// notInsights refuses what would be a part of a comparison in Insights and is
// none here: to look for its text would find nothing, in silence (R13). The
// word ends at the cursor.
func (p *parser) notInsights(word string, off int) error {
	after := p.pos
	defer func() { p.pos = after }()
	p.space()
	k := operatorAt(p.src, p.pos)
	compared := k >= 0 && operators[k].op != Has
	name, _, called := strings.Cut(word, "(")
	_, end := fieldAt(word, 0, true)
	switch {
	case called && slices.Contains(insightsFunctions, name) || called && compared:
		return p.refuse(off, "a field, such as duration>2s", "there is no function %s here", name)
	case end > 0 && end < len(word) && strings.IndexByte(arithmetic, word[end]) >= 0 && (compared || strings.ContainsAny(word[end:], "<>=")):
		return p.refuseArithmetic(off + end)
	case len(word) == 1 && strings.Contains(arithmetic, word):
		return p.refuseArithmetic(off)
	case compared:
		return p.refuse(off, "such as duration>2s, or a name in `backticks`", "%s is no field's name", p.shown(off))
	case p.atKeyword("like"):
		p.pos += len("like")
		p.space()
		return p.refuse(p.pos, `"text" or /regular expression/`, "%s like compares with nothing that it knows", word)
	}
	return nil
}
