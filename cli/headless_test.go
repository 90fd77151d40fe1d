package cli

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// oddities are lines between those that a file is made of: records of several
// lines, escapes, other formats, carriers, arrays, what is no record.
var oddities = []string{
	"Traceback (most recent call last):\n  File \"/srv/a.py\", line 3, in get_rare\nValueError: rare one\n", "\n", "  rare and indented\n",
	"2025-03-20 13:24:26,013 - agents - INFO - another format, rare one\n", "panic: rare one\n\ngoroutine 1 [running]:\nmain.main()\n",
	"{\"timestamp\":\"2025-03-20T13:24:26Z\",\"level\":\"INFO\",\"message\":\"r\\u0061re one\",\"duration_ms\":9000}\n",
	"{\"timestamp\":\"2025-03-20T13:24:26Z\",\"level\":\"INFO\",\"message\":\"m\",\"elapsed\":\"9s\",\"tenant\":\"rare\"}\n",
	"{\n  \"timestamp\": \"2025-03-20T13:24:26Z\",\n  \"message\": \"rare one\", \"level\": \"INFO\"\n}\n",
	"[\n{\"timestamp\":\"2025-03-20T13:24:26Z\",\"level\":\"INFO\",\"message\":\"rare one\"},\n]\n", "rare text without a stamp\n",
	"{\"message\":\"Completed 200 OK in 9000ms\",\"level\":\"INFO\",\"timestamp\":\"2025-03-20T13:24:26Z\"}\n", "tenant=rare level=info\n", "\x1b[1mrare\x1b[0m\r\n",
}

// carried are lines after which a stream is not what it was.
var carried = []string{
	"web-1  | rare one of compose\n", "2025-03-20T13:24:26.013000000Z stdout F rare one\n", "{\"log\":\"rare one\\n\",\"stream\":\"stdout\",\"time\":\"2025-03-20T13:24:26Z\"}\n",
}

// headlessLog is n bytes of one format's lines, with rarely an odd one.
func headlessLog(r *rand.Rand, n int, json bool, every int, odd []string) []byte {
	var b bytes.Buffer
	at := time.Date(2025, 3, 20, 13, 24, 26, 0, time.UTC)
	for b.Len() < n {
		at = at.Add(time.Duration(r.IntN(int(20 * time.Millisecond))))
		text := fmt.Sprintf("took %d us", r.IntN(1e6))
		if r.IntN(20_000) == 0 {
			text = "a rare one"
		}
		if json {
			fmt.Fprintf(&b, `{"timestamp": "%s", "level": "INFO", "logger": "app", "message": "%s"`, at.Format("2006-01-02T15:04:05.000Z"), text)
			if r.IntN(3) == 0 {
				fmt.Fprintf(&b, `, "duration_ms": %d, "tenant": "t%d"`, r.IntN(2002), r.IntN(99))
			}
			b.WriteString("}\n")
		} else {
			fmt.Fprintf(&b, "%s [%032x][-] INFO --- app --- %s\n", at.Format("2006-01-02T15:04:05.000"), r.Uint64(), text)
		}
		if r.IntN(every) == 0 {
			b.WriteString(odd[r.IntN(len(odd))])
		}
	}
	return b.Bytes()
}

// printed is what a run prints of input, as a file if path is not "", else
// through a pipe, where every line is read in order.
func printed(t *testing.T, input []byte, path string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	in, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if path != "" {
		args = append(args, path)
		input = nil
	}
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		_, _ = w.Write(input) // it fails where enough was read
		_ = w.Close()
	}()
	getenv := func(name string) string { return map[string]string{"TZ": "UTC", "NO_COLOR": "1"}[name] }
	status := Run(t.Context(), args, Stdio{In: in, Out: &out, Err: &errs, Getenv: getenv})
	_ = in.Close()
	if <-fed; status != exitOK {
		t.Fatalf("ravel %s: status %d, %s", strings.Join(args, " "), status, errs.String())
	}
	if path == "" {
		return out.String()
	}
	return strings.ReplaceAll(out.String(), path, "stdin")
}

// TestHeadlessFilesAreReadAsPipes compares what is printed of files, which are
// searched and skimmed, with what is of the same bytes from a pipe.
func TestHeadlessFilesAreReadAsPipes(t *testing.T) {
	runs := [][]string{
		{"-q", "rare", "-o", "raw"}, {"-q", "rare one", "-o", "text"}, {"-q", "rare", "-o", "json"}, {"-q", "rare", "-o", "csv"},
		{"-q", "rare -agents level=info", "-o", "raw"}, {"-q", "/rare o.e/", "-o", "raw", "--redact"}, {"-q", "rare", "-o", "raw", "-C", "2"},
		{"-q", "rare", "--tail", "9000", "-o", "raw"}, {"-q", "rare line>20000", "-o", "raw"}, {"-q", "rare", "--since", "end-10s", "-o", "raw"},
		{"-q", "tenant=rare or nothing", "-o", "raw"}, {"-q", "tenant=rare", "-o", "raw"}, {"-q", "duration_ms>2000", "-o", "raw"}, {"-q", "duration>=2001ms", "-o", "json"},
		{"-q", "tenant=t7 duration_ms>1990", "-o", "text"}, {"-q", "exists(tenant) | stats count() by tenant", "-o", "json"},
		{"-q", "rare | stats count(), max(line) by domain, line", "-o", "json"}, {"-q", "rare | stats count() by level", "-o", "json"},
		{"-q", "duration_ms>1990 | stats count(), p95(duration) by tenant", "-o", "csv"}, {"-q", "rare | limit 3", "-o", "raw"}, {"-q", "rare | fields seq, line, message", "-o", "json"}, {"-q", "no such thing", "-o", "raw"}, {"-q", "took", "-o", "raw"},
	}
	for seed, name := range []string{"ids", "JSON", "ids at last carried", "JSON at last carried", "ids that become JSON", "many oddities"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(seed), 51))
			json := strings.HasPrefix(name, "JSON")
			every, odd := 4000, oddities
			switch name {
			case "ids":
				odd = oddities[:3]
			case "JSON":
				odd = oddities[1:2]
			case "many oddities":
				every = 100
			}
			input := headlessLog(r, 5<<20, json, every, odd)
			switch {
			case strings.HasSuffix(name, "carried"):
				input = append(input, carried[r.IntN(len(carried))]...)
				input = append(input, headlessLog(r, 1<<20, json, every, append(oddities, carried...))...)
			case strings.HasSuffix(name, "become JSON"):
				input = append(input, headlessLog(r, 5<<20, true, every, oddities)...)
			}
			path := filepath.Join(t.TempDir(), "stdin")
			if err := os.WriteFile(path, input, 0o600); err != nil {
				t.Fatal(err)
			}
			for k, args := range runs {
				if seed > 1 && (k+seed)%4 > 0 { // the first two are what a sieve is sure of
					continue
				}
				want, got := printed(t, input, "", args...), printed(t, nil, path, args...)
				if got != want {
					g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
					k := 0
					for k < min(len(g), len(w)) && g[k] == w[k] {
						k++
					}
					t.Errorf("%q: %d lines, want %d; they differ at %d\n got %.300q\nwant %.300q", args, len(g), len(w), k, g[k:min(k+3, len(g))], w[k:min(k+3, len(w))])
				}
			}
		})
	}
}
