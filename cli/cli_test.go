package cli

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"ravel/model/query"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"512MB": 512e6, "512M": 512e6, "1GiB": 1 << 30, "1gi": 1 << 30, "1.5 GiB": 3 << 29, "33554432": 1 << 25, "64 MiB": 1 << 26, "20000k": 2e7,
	} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("parseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "MB", "x", "1XB", "-5GB", "1..2GB", "1k", "99999999999T"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("parseSize(%q) = %d, want an error", text, got)
		}
	}
}

// host writes the files that memory reads below a root.
func host(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestRule31MemoryIsTheControlGroups(t *testing.T) {
	const info = "MemTotal:       16777216 kB\nMemFree:  1 kB\n"
	for name, tc := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"nothing known": {nil, 0},
		"a machine":     {map[string]string{"proc/meminfo": info}, 16 << 30},
		"a container":   {map[string]string{"proc/meminfo": info, "sys/fs/cgroup/memory.max": "536870912\n"}, 512 << 20},
		"no limit":      {map[string]string{"proc/meminfo": info, "sys/fs/cgroup/memory.max": "max\n"}, 16 << 30},
		"version 1":     {map[string]string{"proc/meminfo": info, "sys/fs/cgroup/memory/memory.limit_in_bytes": "1073741824"}, 1 << 30},
		"a group above": {map[string]string{
			"proc/meminfo": info, "proc/self/cgroup": "0::/user.slice/app.scope\n",
			"sys/fs/cgroup/user.slice/memory.max": "2147483648", "sys/fs/cgroup/user.slice/app.scope/memory.max": "max",
		}, 2 << 30},
	} {
		if got := memory(host(t, tc.files)); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

func TestRule26WhatCountsFromTheNewest(t *testing.T) {
	now := time.Date(2025, 3, 20, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]bool{
		"15m": false, "now": false, "2025-03-20": false, "2025-03-20T10:00:00Z": false, "end-15m": true, "14:05": true, "nonsense": false,
	} {
		if got := countsFromNewest(text, now, time.UTC); got != want {
			t.Errorf("countsFromNewest(%q) = %v", text, got)
		}
	}
	for text, want := range map[string]bool{
		"level>=error": false, "ts>end-5m": true, "a or (ts>=14:05 b)": true, "request(ts>-5m)": false, "-ts<end-1h": true, "end-15m": false,
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		s := &settings{query: q, now: now, zone: time.UTC}
		if got := s.needsNewest(); got != want {
			t.Errorf("needsNewest(%q) = %v", text, got)
		}
	}
}

func TestRule31SchemesKeepContextsWithSlashesAndColons(t *testing.T) {
	schemes["test"] = nil
	defer delete(schemes, "test")
	if _, rest, ok := lookupScheme("test://prod/deploy/api/app?context=arn:aws:eks:eu-1:1:cluster/prod"); !ok || rest != "prod/deploy/api/app?context=arn:aws:eks:eu-1:1:cluster/prod" {
		t.Errorf("got %q, %v", rest, ok)
	}
	for _, file := range []string{"app.log", "./test", "other://x", "C:/logs/app.log"} {
		if _, _, ok := lookupScheme(file); ok {
			t.Errorf("%q is a file", file)
		}
	}
}

func TestRule23IncludeAndExcludeAreTermsOfTheQuery(t *testing.T) {
	s := &settings{flags: flags{query: "db", include: []string{"/api/v1", `a b\/c`}, exclude: []string{"/health"}}}
	if err := s.readQuery(); err != nil {
		t.Fatal(err)
	}
	text := s.query.String()
	if want := `(/\/api\/v1/ or /a\x20b\/c/) -/\/health/ db`; text != want {
		t.Errorf("query %s, want %s", text, want)
	}
	if again, err := query.Parse(text); err != nil || again.String() != text {
		t.Errorf("%s reads back as %v, %v", text, again, err)
	}
}
