// Package docs carries the documents that the program prints (`ravel help
// query`): on a host that has nothing but the binary there is no other place to
// look them up.
package docs

import (
	"embed"
	"slices"
	"strings"
)

//go:embed query.md output.md requests.md formats.md kubernetes.md
var files embed.FS

// Topic is the text of the document of that name, which has no extension, and
// whether there is one.
func Topic(name string) (string, bool) {
	text, err := files.ReadFile(name + ".md")
	return string(text), err == nil
}

// Topics are the names of the documents, sorted.
func Topics() []string {
	entries, _ := files.ReadDir(".") // of what is compiled in
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".md")
	}
	slices.Sort(names)
	return names
}
