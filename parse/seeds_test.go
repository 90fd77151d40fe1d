package parse

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ravel/model"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestSeeds parses every example that the documents of the project's users
// print, and compares every field of every record.
func TestSeeds(t *testing.T) {
	files, err := filepath.Glob("testdata/seeds/*.log")
	if err != nil || len(files) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			input, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			checkLossless(t, input, Options{Domain: "seed"}, 1)
			got := render(t, input, Options{Domain: "seed"})
			golden := strings.TrimSuffix(name, ".log") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("records differ from %s:\n%s", golden, firstDiff(got, string(want)))
			}
		})
	}
}

// render parses input and prints all that its records hold.
func render(t testing.TB, input []byte, o Options) string {
	t.Helper()
	o.Names = model.NewNames()
	p := New(o)
	b := &model.Batch{Buf: input}
	if next := p.Parse(b, 0, true); int(next) != len(input) {
		t.Fatalf("Parse stopped at %d of %d", next, len(input))
	}
	d := NewDecoder(o.Formats, o.Names, nil)
	var out strings.Builder
	for i := range b.Len() {
		var r model.Record
		d.Decode(b, i, &r)
		printRecord(&out, &r, b.Meta(i))
	}
	return out.String()
}

func printRecord(out *strings.Builder, r *model.Record, m model.Meta) {
	ts := "-"
	if r.Time != model.NoTime {
		ts = time.Unix(0, r.Time).UTC().Format("2006-01-02T15:04:05.000000000Z")
	}
	fmt.Fprintf(out, "line %d+%d  %s  %s  domain=%s  format=%s\n", r.Line, r.Lines, ts, r.Level, r.Domain, r.Format)
	fmt.Fprintf(out, "  request=%q correlation=%q", r.RequestID, r.CorrelationID)
	if m.Mark.Event() != model.NoEvent {
		fmt.Fprintf(out, "  mark=%s/%d", m.Mark.Kind(), m.Mark.Event())
	}
	if m.Status != 0 {
		fmt.Fprintf(out, "  status=%d", m.Status)
	}
	if m.Dur != model.NoDur {
		fmt.Fprintf(out, "  dur=%dus", m.Dur)
	}
	if m.Req == 0 {
		out.WriteString("  no req")
	}
	fmt.Fprintf(out, "\n  message: %q\n", r.Message)
	for _, f := range r.Fields {
		fmt.Fprintf(out, "  %s = %s\n", f.Name, printValue(f.Value))
	}
	if tb := r.Traceback; tb != nil {
		fmt.Fprintf(out, "  %s: %s\n", tb.Type, tb.Message)
		for _, f := range tb.Frames {
			fmt.Fprintf(out, "    %s:%d %s | %s\n", f.File, f.Line, f.Function, f.Code)
		}
		for _, c := range tb.Causes {
			fmt.Fprintf(out, "    cause %s: %s\n", c.Type, c.Message)
		}
		fmt.Fprintf(out, "    text %d bytes\n", len(tb.Text))
	}
}

func printValue(v model.Value) string {
	switch v.Kind {
	case model.String:
		return fmt.Sprintf("%q", v.Str)
	case model.Null:
		return "null"
	case model.Array:
		var parts []string
		for _, x := range v.Items {
			parts = append(parts, printValue(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case model.Object:
		var parts []string
		for _, f := range v.Keys {
			parts = append(parts, f.Name+": "+printValue(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return v.Str
}

// firstDiff shows where two texts part.
func firstDiff(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if at(g, i) != at(w, i) {
			return fmt.Sprintf("line %d\n got: %s\nwant: %s", i+1, at(g, i), at(w, i))
		}
	}
	return ""
}
