package query

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Vocabulary is what a log has shown so far, most frequent first. Calls are
// quick: they are made on each key.
type Vocabulary interface {
	// Fields are names of fields of the input.
	Fields() []string
	// Values are the values of a field.
	Values(field string) []string
}

// Completion proposes what may stand at a cursor.
type Completion struct {
	From  int      // the proposals replace the characters from here up to the cursor
	Items []string // most useful first
}

// ownFields are the record's own fields in the order in which they are offered.
var ownFields = []string{"level", "status", "duration", "domain", "source", "path", "method", "message", "ts", "request_id", "correlation_id", "traceback", "client"}

// Complete proposes what may stand at the cursor, which counts characters. v
// may be nil.
func Complete(text string, cursor int, v Vocabulary) Completion {
	head := firstRunes(text, cursor)
	part := head
	inStage := false
	if i := lastPipe(head); i >= 0 {
		part, inStage = head[i+1:], true
	}
	word := lastWord(part)
	at := utf8.RuneCountInString(head) - utf8.RuneCountInString(word)
	done := strings.Fields(part[:len(part)-len(word)])
	var items []string
	switch {
	case !inStage || len(done) > 0 && done[0] == "filter":
		inRequest := strings.LastIndex(part, "request(") > strings.LastIndex(part, ")")
		from, more := completeTerm(word, inRequest, v)
		return Completion{at + utf8.RuneCountInString(word[:from]), more}
	case len(done) == 0:
		items = append(items, stageNames...)
	default:
		items = completeStage(done, part, head, v)
	}
	return Completion{at, matching(items, word)}
}

// firstRunes is the first n characters of s.
func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// lastPipe is where the last stage of s begins, -1 if it is all filter.
func lastPipe(s string) int {
	last := -1
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"', '`':
			end := closing(s, i+1, s[i])
			if end < 0 {
				return last
			}
			i = end
		case '\'', '/':
			p := parser{src: s, pos: i}
			switch tight := i > 0 && !isSpace(s[i-1]) && strings.IndexByte("(~-!=,", s[i-1]) < 0; {
			case tight: // in a word: can't, a/b
			case s[i] == '\'':
				if _, ok := p.singleQuoted(",)"); ok {
					i = p.pos - 1
				}
			default:
				if end, flags := p.regexpEnd(); end > 0 {
					i = end + len(flags)
				}
			}
		case '|':
			last = i
		}
	}
	return last
}

// lastWord is what stands directly before the cursor.
func lastWord(s string) string {
	i := strings.LastIndexAny(s, " \t\n(")
	w := s[i+1:]
	if len(w) > 1 && (w[0] == '-' || w[0] == '!') {
		w = w[1:]
	}
	return w
}

// matching are the items that begin with prefix, then those that hold it,
// without regard to case.
func matching(items []string, prefix string) []string {
	var head, tail []string
	low := strings.ToLower(prefix)
	for _, it := range items {
		switch l := strings.ToLower(it); {
		case it == prefix || slices.Contains(head, it) || slices.Contains(tail, it):
		case strings.HasPrefix(l, low):
			head = append(head, it)
		case strings.Contains(l, low):
			tail = append(tail, it)
		}
	}
	return append(head, tail...)
}

// completeTerm proposes the rest of a term of a filter: a field or, behind its
// operator, a value. from is where in word the proposals begin.
func completeTerm(word string, inRequest bool, v Vocabulary) (from int, items []string) {
	field, end := fieldAt(word, 0, false)
	if end > 0 {
		if k := operatorAt(word, end); k >= 0 {
			from = end + len(operators[k].text)
			if c := strings.LastIndexByte(word[from:], ','); c >= 0 && operators[k].op <= Has {
				from += c + 1
			}
			return from, matching(fieldValues(field, inRequest, v), word[from:])
		}
	}
	names := slices.Clone(ownFields)
	if inRequest {
		names = slices.Clone(rowColumns)
	}
	names = append(append(names, seenFields(v)...), "exists(")
	if !inRequest {
		names = append(names, "request(")
	}
	return 0, matching(names, word)
}

// seenFields are the fields that the log has shown, as they stand in a query.
func seenFields(v Vocabulary) []string {
	if v == nil {
		return nil
	}
	var names []string
	for _, name := range v.Fields() {
		if strings.IndexByte(name, '`') < 0 { // such a name has no spelling
			names = append(names, fieldText(name))
		}
	}
	return names
}

// fieldValues proposes values of a field.
func fieldValues(field string, inRequest bool, v Vocabulary) []string {
	var items []string
	switch {
	case columnOf(field) == colLevel:
		return []string{"error", "warning", "info", "debug", "notice", "critical", "trace", none}
	case columnOf(field) == colTime:
		return []string{"-5m", "-15m", "-1h", "end-5m", "end-15m", "end-1h"}
	case columnOf(field) == colDuration:
		return []string{"100ms", "500ms", "1s", "2s", "10s"}
	case inRequest && field == "state":
		return []string{"failed", "hung", "in_flight", "complete", "no_start", "unmarked"}
	case inRequest && field == "kind":
		return []string{"http", "task", "job", "span", "access", "canonical", "group"}
	case columnOf(field) == colStatus:
		items = []string{"5xx", "4xx"}
	}
	if v != nil {
		for _, s := range v.Values(field) {
			items = append(items, facetValue(field, s).String())
		}
	}
	return append(items, none)
}

// completeStage proposes a stage's arguments; done are its words before the
// cursor.
func completeStage(done []string, part, head string, v Vocabulary) []string {
	names := append(append(columnsMade(head), ownFields...), seenFields(v)...)
	open := strings.LastIndexByte(part, '(') > strings.LastIndexByte(part, ')')
	switch done[0] {
	case "stats":
		if open {
			return names
		}
		if slices.Contains(done, "by") {
			return append([]string{"bin(1m)", "bin(5m)", "bin(1h)"}, names...)
		}
		var calls []string
		for _, f := range Functions {
			calls = append(calls, f+"(")
		}
		return append(calls, "by")
	case "sort":
		return append(names, "desc", "asc")
	case "top", "fields", "display", "dedup", "parse":
		return names
	}
	return nil
}

// columnsMade are the columns that the stages before the cursor made.
func columnsMade(head string) []string {
	i := lastPipe(head)
	if i < 0 {
		return nil
	}
	q, err := Parse(head[:i])
	if err != nil {
		return nil
	}
	var names []string
	for _, s := range q.Stages {
		switch s := s.(type) {
		case *Stats:
			for _, a := range s.Aggs {
				names = append(names, fieldText(a.Column()))
			}
			for _, k := range s.By {
				names = append(names, fieldText(k.Column()))
			}
		case *Extract:
			names = append(names, s.Names...)
		}
	}
	return names
}
