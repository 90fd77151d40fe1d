package trace

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type corpusTrace struct {
	where, text string
	named       bool
}

// corpusTraces are the records that the corpus' truth calls traces, of the
// sets whose files are plain text, and whose lines show a frame.
func corpusTraces(t *testing.T, root string) (traces []corpusTrace) {
	t.Helper()
	truths, err := filepath.Glob(filepath.Join(root, "truth", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]string{}
	for _, truth := range truths {
		f, err := os.Open(truth)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for in := bufio.NewScanner(f); in.Scan(); {
			var r struct {
				Set, File, Kind string
				First           int `json:"first_line"`
				Count           int `json:"line_count"`
			}
			if json.Unmarshal(in.Bytes(), &r) != nil || r.Kind != "trace" || r.Count < 2 || strings.HasPrefix(r.Set, "wrapped") {
				continue
			}
			path := filepath.Join(root, r.Set, r.File)
			if _, ok := files[path]; !ok {
				b, err := os.ReadFile(path)
				if err != nil {
					continue
				}
				files[path] = strings.Split(string(b), "\n")
			}
			text := strings.Join(files[path][r.First-1:r.First-1+r.Count], "\n")
			if strings.Contains(text, "\n\tat ") || strings.Contains(text, "\n  File ") || strings.Contains(text, "\n    at ") || strings.Contains(text, "\n   at ") || strings.Contains(text, ".go:") && strings.Contains(text, "\n\t/") {
				traces = append(traces, corpusTrace{fmt.Sprintf("%s:%d", path, r.First), text, true})
			}
		}
	}
	return traces
}
