package query

import "strings"

// meant is what people write of other languages' stages, functions and levels,
// and what it is called here.
var meant = map[string]string{
	"where": "filter", "search": "filter", "grep": "filter", "order": "sort", "orderby": "sort", "take": "limit", "first": "head", "last": "tail",
	"select": "fields", "project": "fields", "table": "fields", "group": "stats", "summarize": "stats", "count": "stats count()",
	"distinct": "dedup", "uniq": "dedup", "unique": "dedup", "extract": "parse", "rex": "parse", "patterns": "templates", "pattern": "templates",
	"median": "p50", "mean": "avg", "average": "avg", "dc": "count_distinct", "percentile": "pct", "perc": "pct",
}

// suggestion is " (WORD?)", the one of known that was probably meant by word;
// "" if none is near.
func suggestion(word string, known []string) string {
	word = strings.ToLower(word)
	if m := meant[word]; m != "" {
		for _, k := range known {
			if strings.HasPrefix(m, k) {
				return " (" + m + "?)"
			}
		}
	}
	best, least := "", max(len(word)/3, 1)+1
	for _, k := range known {
		d := distance(word, k)
		if len(word) > 1 && strings.HasPrefix(k, word) {
			d = 1
		}
		if d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return " (" + best + "?)"
}

// distance is how many letters must be put in, taken out, changed, or swapped
// with their neighbour to make b of a.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+btoi(a[i-1] != b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
