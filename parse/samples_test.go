package parse

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ravel/model"
)

// TestSamples parses small logs in the layouts of many programs, written for
// this test, and compares what is taken from each record: the files hold one
// log behind each line that begins with ####.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob("testdata/samples/*.log")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".log"), func(t *testing.T) {
			input, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, log := range strings.Split("\n"+string(input), "\n#### ")[1:] {
				title, text, _ := strings.Cut(log, "\n")
				fmt.Fprintf(&got, "#### %s\n", title)
				checkSample(t, &got, text)
			}
			golden := strings.TrimSuffix(name, ".log") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("records differ from %s:\n%s", golden, firstDiff(got.String(), string(want)))
			}
		})
	}
}

// checkSample prints the records of one log, shortly.
func checkSample(t *testing.T, out *strings.Builder, text string) {
	t.Helper()
	o := Options{Newest: time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC).UnixNano()}
	for _, r := range parsed(t, o, strings.TrimRight(text, "\n")+"\n") {
		head := strings.SplitN(short(&r), " ", 4)
		fmt.Fprintf(out, "%s <%s>", strings.Join(head[:3], " "), strings.TrimPrefix(r.Domain, "app"))
		if r.RequestID != "" || r.CorrelationID != "" {
			fmt.Fprintf(out, " [%s|%s]", r.RequestID, r.CorrelationID)
		}
		fmt.Fprintf(out, " %q", r.Message)
		if len(r.Fields) > 0 {
			fmt.Fprintf(out, " %s", printValue(model.Value{Kind: model.Object, Keys: r.Fields}))
		}
		out.WriteByte('\n')
		if tb := r.Traceback; tb != nil {
			fmt.Fprintf(out, "    %s: %q", tb.Type, tb.Message)
			for _, f := range tb.Frames {
				fmt.Fprintf(out, " %s:%d:%s", f.File, f.Line, f.Function)
			}
			for _, c := range tb.Causes {
				fmt.Fprintf(out, " cause %s: %q", c.Type, c.Message)
			}
			fmt.Fprintf(out, " (%d lines)\n", strings.Count(tb.Text, "\n")+1)
		}
	}
}
