package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ravel/cli"
	"ravel/testdata/gen/logs"
)

// printed runs the program on args and returns its output lines as JSON.
func printed(t *testing.T, args ...string) []map[string]any {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var errs strings.Builder
	env := func(name string) string { return map[string]string{"XDG_CONFIG_HOME": t.TempDir()}[name] }
	if status := cli.Run(context.Background(), args, cli.Stdio{Out: out, Err: &errs, Getenv: env}); status != 0 {
		t.Fatalf("ravel %s: status %d: %s", strings.Join(args, " "), status, errs.String())
	}
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var row map[string]any
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
		rows = append(rows, row)
	}
	return rows
}

// generate writes logs of a format and returns their truth and the rows that
// -o requests shall print.
func generate(t *testing.T, format string, lines int) (files []string, truth *logs.Truth, rows []logs.Row) {
	t.Helper()
	dir := t.TempDir()
	var open []*os.File
	truth, err := logs.Write(logs.Options{
		Seed: 11, Lines: lines, Format: format,
		Row: func(r logs.Row) error { rows = append(rows, r); return nil },
	}, func(name string) (io.Writer, error) {
		f, err := os.Create(filepath.Join(dir, name))
		open = append(open, f)
		return f, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range open {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		files = append(files, f.Name())
	}
	return files, truth, rows
}

// TestCountsAreTheGeneratorsTruth compares what -o json says of generated logs
// with what the generator knows.
func TestCountsAreTheGeneratorsTruth(t *testing.T) {
	for _, format := range logs.Formats() {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			files, truth, _ := generate(t, format, 2500)
			args := append([]string{"-o", "json", "--source-timezone", "UTC"}, files...)
			rows := printed(t, args...)
			got := logs.Truth{Levels: map[string]int{}, Domains: map[string]int{}, Statuses: map[int]int{}, Tracebacks: map[string]int{}}
			for i, r := range rows {
				if r["seq"] != float64(i+1) {
					t.Fatalf("record %d has seq %v", i+1, r["seq"])
				}
				got.Lines += int(r["lines"].(float64))
				count(got.Levels, r["level"])
				count(got.Domains, r["domain"])
				if tb, ok := r["traceback"].(map[string]any); ok {
					count(got.Tracebacks, tb["type"])
				}
				if s, ok := find(r["fields"], "status").(float64); ok && s >= 100 {
					got.Statuses[int(s)]++
				}
			}
			if len(rows) != truth.Records || got.Lines != truth.Lines {
				t.Errorf("%d records of %d lines, want %d of %d", len(rows), got.Lines, truth.Records, truth.Lines)
			}
			for name, pair := range map[string][2]any{
				"levels": {got.Levels, truth.Levels}, "domains": {got.Domains, truth.Domains},
				"statuses": {got.Statuses, truth.Statuses}, "tracebacks": {got.Tracebacks, truth.Tracebacks},
			} {
				if fmt.Sprint(pair[0]) != fmt.Sprint(pair[1]) {
					t.Errorf("%s: got %v, want %v", name, pair[0], pair[1])
				}
			}
		})
	}
}

func count(m map[string]int, v any) {
	if s, ok := v.(string); ok {
		m[s]++
	}
}

// find looks a key up in fields and one level inside.
func find(fields any, key string) any {
	m, _ := fields.(map[string]any)
	if v, ok := m[key]; ok {
		return v
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if inner, ok := m[name].(map[string]any); ok {
			if v, ok := inner[key]; ok {
				return v
			}
		}
	}
	return nil
}

// TestRule18RequestsAreTheGeneratorsTruth compares -o requests row by row.
func TestRule18RequestsAreTheGeneratorsTruth(t *testing.T) {
	for _, format := range logs.Formats() {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			files, _, want := generate(t, format, 2500)
			args := append([]string{"-o", "requests", "--source-timezone", "UTC"}, files...)
			got := printed(t, args...)
			wrong := 0
			left := map[string][]string{}
			for _, r := range want {
				text := normal(t, r)
				if unpaired(text) {
					continue
				}
				left[rowKey(text)] = append(left[rowKey(text)], text)
			}
			for _, r := range got {
				text := normal(t, r)
				if unpaired(text) {
					continue
				}
				k := rowKey(text)
				if i := slices.Index(left[k], text); i >= 0 {
					left[k] = slices.Delete(left[k], i, i+1)
					continue
				}
				if wrong++; wrong <= 3 {
					t.Errorf("printed, but not true: %s\n        of those like it: %s", text, strings.Join(left[k][:min(3, len(left[k]))], "\n                          "))
				}
			}
			if left := slices.Concat(slices.Collect(maps.Values(left))...); len(left) > 0 || wrong > 0 {
				t.Errorf("%d rows, want %d; %d of them wrong; not printed: %.1000s", len(got), len(want), wrong, strings.Join(left, "\n"))
			}
		})
	}
}

// unpaired reports whether a row is of a task without an id that could not be
// paired (rule 21): whether its end stands in the row of one of the starts that
// it may belong to, or in one of its own, is left open.
func unpaired(row string) bool {
	return strings.Contains(row, `"state":"unmarked"`) && strings.Contains(row, `"request_id":null`) &&
		strings.Contains(row, `"correlation_id":null`)
}

// rowKey is what tells which request a row speaks of.
func rowKey(row string) string {
	var r struct {
		ID    any `json:"request_id"`
		Kind  any `json:"kind"`
		Start any `json:"start"`
	}
	_ = json.Unmarshal([]byte(row), &r) // it was made by json.Marshal
	return fmt.Sprint(r.ID, r.Kind, r.Start)
}

// normal is a row as JSON with sorted keys and sources, the latter by their
// files' names.
func normal(t *testing.T, row any) string {
	t.Helper()
	text, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	var names []string // in which order a request met its sources is not told
	for _, v := range m["sources"].([]any) {
		names = append(names, filepath.Base(v.(string)))
	}
	slices.Sort(names)
	m["sources"] = names
	if e, ok := m["error"].(map[string]any); ok { // the generator knows the first line of a message
		e["message"], _, _ = strings.Cut(fmt.Sprint(e["message"]), "\n")
	}
	text, err = json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
