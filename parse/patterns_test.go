package parse

import (
	"bytes"
	"fmt"
	goformat "go/format"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// TestPatternsAreIndexed holds the index of the built-in formats against their
// files. RAVEL_UPDATE=1 (make golden) writes it.
func TestPatternsAreIndexed(t *testing.T) {
	const file = "patterns.go"
	sub, err := fs.Sub(embedded, "formats")
	if err != nil {
		t.Fatal(err)
	}
	recipes, err := readRecipes(sub, "formats", true)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString("package parse\n\n// patterns is the index of formats/*.toml; `make golden` writes it.\nvar patterns = [...]indexed{\n")
	for _, r := range recipes {
		if _, err := fs.Stat(sub, r.about.Name+".toml"); err != nil {
			t.Errorf("the file of the format %s has not its name", r.about.Name)
		}
		fit := map[fit]string{weak: "weak", strong: "strong"}[r.fit]
		var lead []string
		for _, runs := range r.expr.lead() { // once any byte may stand, what follows is not known
			if runs != "" {
				lead = append(lead, fmt.Sprintf("%q", runs))
			}
		}
		fmt.Fprintf(&b, "{%q, lead{%s}, %s, %s},\n", r.about.Name, strings.Join(lead, ", "), quoted(r.expr.needs()), fit)
	}
	b.WriteString("}\n")
	want, err := goformat.Source(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	switch {
	case err != nil:
		t.Fatal(err)
	case bytes.Equal(got, want):
	case os.Getenv("RAVEL_UPDATE") == "":
		t.Errorf("%s is not that of formats/*.toml: run `make golden`", file)
	default:
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// quoted is a string literal, with as few escapes as can be.
func quoted(s string) string {
	if strings.ContainsAny(s, "`\n\\") {
		return fmt.Sprintf("%q", s)
	}
	return "`" + s + "`"
}
