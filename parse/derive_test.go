package parse

import (
	goast "go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestDerivedFieldsAreListed reads this package's source: every field that is
// named in it must be one that Derives knows, or queries would pass over it.
func TestDerivedFieldsAreListed(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	fset := gotoken.NewFileSet()
	seen := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := goparser.ParseFile(fset, e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		goast.Inspect(file, func(n goast.Node) bool {
			if a, ok := n.(*goast.AssignStmt); ok {
				for _, name := range namesListed(a) {
					seen++
					if !derived[name] {
						t.Errorf("%s: the field %q is not in derived", fset.Position(a.Pos()), name)
					}
				}
			}
			call, ok := n.(*goast.CallExpr)
			if !ok || len(call.Args) != 2 && len(call.Args) != 3 {
				return true
			}
			fn := ""
			switch f := call.Fun.(type) {
			case *goast.SelectorExpr:
				fn = f.Sel.Name
			case *goast.Ident:
				fn = f.Name
			}
			lit, ok := call.Args[0].(*goast.BasicLit)
			if !ok || lit.Kind != gotoken.STRING || !strings.Contains(" text number scalar field add ", " "+fn+" ") {
				return true
			}
			name, _ := strconv.Unquote(lit.Value)
			seen++
			if !derived[name] {
				t.Errorf("%s: the field %q is not in derived", fset.Position(lit.Pos()), name)
			}
			return true
		})
	}
	if seen < 20 {
		t.Fatalf("only %d named fields found in the source", seen)
	}
}

// namesListed are the strings in an assignment such as names := []string{…}.
func namesListed(a *goast.AssignStmt) (names []string) {
	id, ok := a.Lhs[0].(*goast.Ident)
	lit, isLit := a.Rhs[0].(*goast.CompositeLit)
	if !ok || !isLit || id.Name != "names" {
		return nil
	}
	for _, e := range lit.Elts {
		if b, ok := e.(*goast.BasicLit); ok && b.Kind == gotoken.STRING {
			if s, err := strconv.Unquote(b.Value); err == nil && s != "" {
				names = append(names, s)
			}
		}
	}
	return names
}
