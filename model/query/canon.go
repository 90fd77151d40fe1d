package query

import (
	"slices"
	"strings"
)

// keywords never stand bare as a word or a name: beside other terms they would
// be read as something else.
var keywords = []string{"and", "or", "not", "AND", "OR", "NOT", "in", "like"}

// quote writes s as a string in double quotes.
func quote(s string) string {
	var sb strings.Builder
	sb.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"', s[i] == '\\' && (i+1 == len(s) || s[i+1] == '"' || s[i+1] == '\\'):
			sb.WriteByte('\\')
		}
		sb.WriteByte(s[i])
	}
	sb.WriteByte('"')
	return sb.String()
}

// plainWord reports whether s stands for itself wherever a term may: it reads
// back as that word, and no neighbour can draw it into a test.
func plainWord(s string) bool {
	if s == "" || strings.IndexByte("=<>!~-'\"`)", s[0]) >= 0 || slices.Contains(keywords, s) {
		return false
	}
	p := &parser{src: s + ")", groups: 1, calls: true} // as the last one of a group: an open "(" would take that
	e, err := p.filter()
	if err != nil || p.pos != len(s) {
		return false
	}
	t, ok := e.(*Text)
	return ok && t.Word == s
}

// fieldText is a field's name as it stands in a query.
func fieldText(name string) string {
	if n, end := fieldAt(name, 0, false); end == len(name) && n == name && !strings.HasSuffix(name, "-") && !slices.Contains(keywords, name) {
		return name
	}
	return "`" + name + "`"
}

// filterText is a query's filter with its first word quoted where it would be
// taken for Insights' first stage (R13).
func filterText(e Expr, staged bool) string {
	s := e.String()
	word, _, _ := strings.Cut(s, " ")
	if !slices.Contains(insightsStages, word) {
		return s
	}
	probe := s
	if staged {
		probe += " | requests"
	}
	p := &parser{src: probe}
	if first, err := p.insights(); first == nil && err == nil {
		return s
	}
	return quote(word) + s[len(word):]
}

// bareValue reports whether v reads back as that value without quotes.
func bareValue(s string) bool {
	if s == "" || strings.IndexByte("=~<>:!'\"", s[0]) >= 0 || strings.HasPrefix(s, "//") || strings.HasSuffix(s, ">") {
		return false
	}
	for i := 0; i < len(s); i++ {
		if isSpace(s[i]) || strings.IndexByte("|,()[]", s[i]) >= 0 {
			return false
		}
	}
	return true
}
