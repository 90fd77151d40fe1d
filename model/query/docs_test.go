package query

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocsExamples parses what docs/query.md shows as a query: its indented
// blocks and the first cell of its tables of writing, and the recipes.
func TestDocsExamples(t *testing.T) {
	doc, err := os.ReadFile("../../docs/query.md")
	if err != nil {
		t.Fatal(err)
	}
	var examples []string
	var block []string
	code := regexp.MustCompile("``? ?([^`]+|.+?) ?``?")
	column := -1
	for _, line := range append(strings.Split(string(doc), "\n"), "") {
		if rest, ok := strings.CutPrefix(line, "    "); ok {
			block = append(block, rest)
			continue
		}
		if len(block) > 0 {
			examples = append(examples, strings.Join(block, "\n"))
			block = nil
		}
		switch {
		case line == "| write | to find |", line == "| write | holds for |", line == "| write | means |", line == "| stage | does |":
			column = 1
		case line == "| to ask | write |":
			column = 2
		case !strings.HasPrefix(line, "|"):
			column = -1
		case column > 0 && !strings.HasPrefix(line, "|---"):
			cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
			for _, m := range code.FindAllStringSubmatch(cells[column], -1) {
				examples = append(examples, strings.ReplaceAll(m[1], "\x00", "|"))
			}
		}
	}
	if len(examples) < 40 {
		t.Fatalf("only %d examples found", len(examples))
	}
	log := shopLog()
	for _, e := range examples {
		e = strings.ReplaceAll(e, "…", "x")
		q, err := Parse(e)
		if err == nil && len(q.Stages) == 0 && isStage(e) {
			q, err = Parse("| " + e)
		}
		if err != nil {
			t.Errorf("%q: %v", e, err)
			continue
		}
		env := log.env()
		env.Requests = func(*RequestFilter) Membership { return nobody{} }
		if _, err := q.Compile(env); err != nil {
			t.Errorf("%q: %v", e, err)
		}
		if _, err := NewPipeline(q.Normal().Stages, env, nil); err != nil {
			t.Errorf("%q: %v", e, err)
		}
	}
}

// isStage reports whether an example is a stage without its |.
func isStage(s string) bool {
	word, _, _ := strings.Cut(s, " ")
	for _, n := range stageNames {
		if n == word {
			return true
		}
	}
	return false
}
