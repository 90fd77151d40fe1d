package parse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ravel/model"
)

// TestRaisedAgrees checks on the samples, and on the files of RAVEL_CORPUS, that
// Raised names the exceptions that decoding finds, at once and remembered.
func TestRaisedAgrees(t *testing.T) {
	patterns := []string{"testdata/samples/*.log", "../testdata/folds/*/*.log", "../testdata/logs/*", "testdata/seeds/*.log"}
	if dir := os.Getenv("RAVEL_CORPUS"); dir != "" {
		patterns = append(patterns, dir+"/*/*", dir+"/*/*/*")
	}
	logs := []string{`{"ts":"2026-02-22T14:30:45Z","level":"error","msg":"a","error":{"message":"x","stack":"Error: x\n    at f (/a.js:1:2)"}}
{"ts":"2026-02-22T14:30:45Z","level":"error","msg":"b","error":{"message":"x","stack":"Error: x\n    at f (/a.js:1:2)"},"error_type":"Odd"}
{"ts":"2026-02-22T14:30:45Z","level":"error","msg":"c","attributes":{"exception":{"stacktrace":"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: b"}}}
{"ts":"2026-02-22T14:30:45Z","level":"error","msg":"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: b"}
{"ts":"2026-02-22T14:30:45Z","level":"error","msg":"d","\u0065rror":{"type":"A","stack":"A: x\n    at f (/a.js:1:2)"}}
{"events":[{"ts":"2026-02-22T14:30:45Z","level":"error","msg":"e","exc_info":"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: b"}]}
{"ts":"2026-02-22T14:30:45Z","level":"error","msg":"f","exc_info":"no trace, but\nlines"}
`}
	for _, pattern := range patterns {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			if text, err := os.ReadFile(f); err == nil {
				logs = append(logs, strings.Split(string(text[:min(len(text), 400_000)]), "\n#### ")...)
			}
		}
	}
	names := model.NewNames()
	d := NewDecoder(nil, names, nil) // one for all: what it remembers must not tell of other records
	known := 0
	for _, text := range logs {
		if _, rest, ok := strings.Cut(text, "\n"); ok && text[0] != '{' { // a sample's title
			text = rest
		}
		b := &model.Batch{Buf: []byte(text)}
		New(Options{Names: names, Source: names.Sources.ID([]byte("x")), Domain: "x"}).Parse(b, 0, true)
		for i, flags := range b.Flags {
			if flags&model.HasTraceback == 0 {
				continue
			}
			var r model.Record
			want := ""
			if d.Decode(b, i, &r); r.Traceback != nil {
				want = r.Traceback.Type
			}
			for range 2 {
				got, ok := d.Raised(b, i)
				if ok {
					known++
				}
				if ok && got != want {
					t.Errorf("%q: %q, want %q", b.Raw(i), got, want)
				}
			}
		}
	}
	if known < 100 {
		t.Errorf("only %d were known", known)
	}
}
