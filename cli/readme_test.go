package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"ravel/keymap"
	"ravel/model/query"
	"ravel/parse"
)

// TestReadmeIsUpToDate compares the README's tables of flags and keys with the
// program's own. RAVEL_UPDATE=1 (make golden) writes them.
func TestReadmeIsUpToDate(t *testing.T) {
	const file = "../README.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := replaceBetween(t, string(text), "flags", flagTable())
	want = replaceBetween(t, want, "keys", keymap.Default().Markdown())
	if want == string(text) {
		return
	}
	if os.Getenv("RAVEL_UPDATE") == "" {
		t.Error("README.md: the table of flags or of keys is not that of the program: run `make golden`")
		return
	}
	if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// replaceBetween puts a table between the comments that name it.
func replaceBetween(t *testing.T, text, name, table string) string {
	t.Helper()
	before, rest, ok := strings.Cut(text, "<!-- "+name+":")
	comment, rest, ok2 := strings.Cut(rest, "-->\n")
	_, after, ok3 := strings.Cut(rest, "<!-- /"+name+" -->")
	if !ok || !ok2 || !ok3 {
		t.Fatalf("README.md: the comments around the table of %s are gone", name)
	}
	return before + "<!-- " + name + ":" + comment + "-->\n" + strings.TrimRight(table, "\n") + "\n<!-- /" + name + " -->" + after
}

// flagTable is the shared flags as Markdown.
func flagTable() string {
	var sb strings.Builder
	sb.WriteString("| flag | meaning |\n|---|---|\n")
	root := (&app{}).rootCommand()
	root.Flags().VisitAll(func(f *pflag.Flag) {
		term, usage := flagTerm(f)
		name := "`" + strings.Replace(term, ", ", "`, `", 1) + "`"
		fmt.Fprintf(&sb, "| %s | %s |\n", name, strings.ReplaceAll(usage, "|", `\|`))
	})
	return sb.String()
}

// TestReadmesQueriesParse reads every query of the README's table of recipes.
func TestReadmesQueriesParse(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(text), "| question | query |\n|---|---|\n")
	if !ok {
		t.Fatal("README.md: the table of recipes is gone")
	}
	n := 0
	for row := range strings.Lines(table) {
		if !strings.HasPrefix(row, "|") {
			break
		}
		row = strings.ReplaceAll(row, `\|`, "\x00") // a pipe within a cell
		cells := strings.Split(row, "|")
		parts := strings.Split(cells[2], "`")
		for i := 1; i < len(parts); i += 2 {
			q := strings.TrimPrefix(strings.ReplaceAll(parts[i], "\x00", "|"), "… ")
			if _, err := query.Parse(q); err != nil {
				t.Errorf("%s: %v", q, err)
			}
			n++
		}
	}
	if n < 10 {
		t.Errorf("only %d queries found", n)
	}
}

// TestTheFormatInTheDocsWorks checks the example of docs/formats.md by its own
// sample.
func TestTheFormatInTheDocsWorks(t *testing.T) {
	text, err := os.ReadFile("../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```toml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("docs/formats.md: the example is gone")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "shop.toml"), []byte(example), 0o644); err != nil {
		t.Fatal(err)
	}
	set, err := parse.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range set.Check("shop") {
		t.Error(err)
	}
}
