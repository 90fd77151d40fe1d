package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "ravel"

// mayImport reads the table of ARCHITECTURE.md: which packages of this module a
// package may import. A name ending in /... stands for the packages below it.
func mayImport(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, ok := strings.Cut(string(text), "| may import |\n|---|---|---|\n")
	if !ok {
		t.Fatal("ARCHITECTURE.md: the table of packages is gone")
	}
	table := map[string][]string{}
	for row := range strings.Lines(rows) {
		cells := strings.Split(row, "|")
		if len(cells) != 5 {
			break
		}
		var list []string
		for _, name := range strings.Split(cells[3], ",") {
			if name = strings.TrimSpace(name); name == "everything" {
				list = append(list, "...")
			} else if name != "nothing" {
				list = append(list, name)
			}
		}
		for _, dir := range strings.Fields(strings.ReplaceAll(cells[1], "`", "")) {
			table[dir] = list
		}
	}
	return table
}

// goFiles walks the module's Go files that are neither tests nor fixtures.
func goFiles(t *testing.T, visit func(dir string, f *ast.File)) {
	t.Helper()
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "bin" || d.Name() == "dist"):
			return filepath.SkipDir
		case !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(fset, p, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		visit(filepath.ToSlash(filepath.Dir(p)), f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// lookup finds the entry of a table for a directory: its own, else that of its
// nearest parent with /... behind it.
func lookup(table map[string][]string, dir string) ([]string, bool) {
	if list, ok := table[dir]; ok {
		return list, true
	}
	for p := path.Dir(dir); p != "."; p = path.Dir(p) {
		if list, ok := table[p+"/..."]; ok {
			return list, true
		}
	}
	return nil, false
}

func allowed(list []string, dir string) bool {
	return slices.ContainsFunc(list, func(a string) bool {
		prefix, below := strings.CutSuffix(a, "...")
		return a == dir || below && strings.HasPrefix(dir, prefix)
	})
}

func TestImportDirections(t *testing.T) {
	table, unused := mayImport(t), mayImport(t)
	goFiles(t, func(dir string, f *ast.File) {
		list, ok := lookup(table, dir)
		if !ok {
			t.Errorf("%s: add the package to the table of ARCHITECTURE.md", dir)
			return
		}
		for row := range unused {
			if row == dir || strings.HasSuffix(row, "/...") && allowed([]string{row}, dir) {
				delete(unused, row)
			}
		}
		for _, imp := range f.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if to, ours := strings.CutPrefix(p, module+"/"); ours && !allowed(list, to) {
				t.Errorf("%s must not import %s", dir, to)
			}
		}
	})
	for row := range unused {
		t.Errorf("ARCHITECTURE.md: there is no package %s", row)
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	documented := map[string]bool{}
	goFiles(t, func(dir string, f *ast.File) {
		documented[dir] = documented[dir] || f.Doc != nil
	})
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: no file of it has a package comment", dir)
		}
	}
}

// TestNoPathOfOneMachine keeps paths that exist on one machine only out of the
// tree.
func TestNoPathOfOneMachine(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil || home == "/" {
		home = ""
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if p != "." && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".ci" || d.Name() == "bin" || d.Name() == "dist" || d.Name() == "big") {
				return filepath.SkipDir
			}
			return nil
		}
		switch filepath.Ext(p) {
		case ".go", ".md", ".toml", ".txtar", ".sh", ".yml", "":
		default:
			return nil
		}
		info, err := d.Info()
		if err != nil || info.Size() > 1<<20 || !info.Mode().IsRegular() {
			return err
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for _, bad := range []string{here + "/", home + "/"} {
			if len(bad) > 5 && strings.Contains(string(text), bad) {
				t.Errorf("%s names %s", p, bad)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
