package engine

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ravel/ingest"
	"ravel/model"
	"ravel/model/query"
	"ravel/model/request"
	"ravel/output"
	"ravel/parse"
	"ravel/parse/lifecycle"
	"ravel/sources"
	"ravel/sources/sourcetest"
)

var printStream = flag.Bool("print-stream", false, "print the Stream view of testdata/folds, to be read with care")

// foldCase is a case of testdata/folds in an engine.
type foldCase struct {
	*fixture
	dir   string
	where map[model.Seq]string // file:line
	seqs  map[string]model.Seq
	rows  []foldRow
}

// foldRow is a line of a truth.jsonl, as far as it matters here.
type foldRow struct {
	Row struct {
		Kind, State string
		RequestID   *string `json:"request_id"`
		Client      *string
	}
	Records []string
	Text    string `json:"-"` // of Row
}

// eachFold runs a test on each case of the corpus, read in batches as they come
// and record by record.
func eachFold(t *testing.T, test func(t *testing.T, c *foldCase)) {
	t.Helper()
	dirs, err := filepath.Glob("../testdata/folds/*/truth.jsonl")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no cases in testdata/folds, %v", err)
	}
	for _, truth := range dirs {
		dir := filepath.Dir(truth)
		t.Run(filepath.Base(dir), func(t *testing.T) { test(t, loadFold(t, dir, 1<<20)) })
		t.Run(filepath.Base(dir)+" by records", func(t *testing.T) { test(t, loadFold(t, dir, 1)) })
	}
}

// loadFold reads a case the way ravel does, in batches of at most size records.
func loadFold(t *testing.T, dir string, size int) *foldCase {
	t.Helper()
	files := sourcetest.Memory{}
	paths, err := filepath.Glob(dir + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		switch filepath.Base(p) {
		case "truth.jsonl", "stream.txt", "filters.txt":
			continue
		}
		if files[filepath.Base(p)], err = os.ReadFile(p); err != nil {
			t.Fatal(err)
		}
	}
	names := model.NewNames()
	in := ingest.New(ingest.Options{Names: names, Zone: time.UTC, Report: func(e sources.Event) {
		if e.Err != nil {
			t.Error(e.Err)
		}
	}})
	dec := parse.NewDecoder(parse.Builtin(), names, in.StreamInfo)
	c := &foldCase{fixture: startFixture(t, Options{
		Names: names, Decoder: dec, Request: request.Options{Names: names, Decoder: dec, Lifecycle: lifecycle.Builtin()},
	}), dir: dir, where: map[model.Seq]string{}, seqs: map[string]model.Seq{}}
	consume := func(b *model.Batch) error {
		for lo := 0; lo < b.Len(); lo += size {
			part := b.Slice(lo, min(lo+size, b.Len()))
			if err := c.Consume(&part); err != nil {
				return err
			}
		}
		return nil
	}
	if err := in.Run(t.Context(), []sources.Source{files}, consume); err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Rows(0, 1, 1000, true) {
		at := fmt.Sprintf("%s:%d", r.Record.Source, r.Record.Line)
		c.where[r.Seq], c.seqs[at] = at, r.Seq
	}
	for _, line := range readLines(t, dir+"/truth.jsonl") {
		row := foldRow{Text: line[len(`{"row":`):strings.Index(line, `,"records":[`)]}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		c.rows = append(c.rows, row)
	}
	return c
}

func readLines(t *testing.T, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		lines = append(lines, s.Text())
	}
	return lines
}

// places are records by file and line.
func (c *foldCase) places(recs []*model.Record) []string {
	var out []string
	for _, r := range recs {
		out = append(out, c.where[r.Seq])
	}
	return out
}

// TestFoldsTold compares the requests as the explorer tells them with the truth,
// and counts their states.
func TestFoldsTold(t *testing.T) {
	eachFold(t, func(t *testing.T, c *foldCase) {
		var got, want []string
		var ended [model.NumStates]uint64
		add := func(q *model.Request) error {
			slices.Sort(q.Sources)
			if row := c.truth(q); row != nil && row.Row.Client == nil {
				q.Client = "" // here the line that ended it is asked, too
			}
			got = append(got, strings.TrimSpace(string(output.AppendRequest(nil, q))))
			if q.EndSeq > 0 {
				ended[q.State]++
			}
			return nil
		}
		running, unmarked := c.unfinished()
		for _, err := range []error{
			c.eachRequest(t.Context(), false, add), c.eachUnfinished(t.Context(), running, add), c.eachUnfinished(t.Context(), unmarked, add),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, row := range c.rows {
			want = append(want, string(row.Text))
		}
		slices.Sort(got)
		slices.Sort(want)
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Errorf("\n got %s\nwant %s", strings.Join(got[i:], "\n     "), strings.Join(want[i:], "\n     "))
				break
			}
		}
		if states := c.State().States; states != ended {
			t.Errorf("counted %v, ended %v", states, ended)
		}
	})
}

// truth is what the truth says of a request, nil if nothing.
func (c *foldCase) truth(q *model.Request) *foldRow {
	for k := range c.rows {
		if c.rows[k].Records[0] == c.where[q.FirstSeq] {
			return &c.rows[k]
		}
	}
	return nil
}

// TestFoldsOpen opens every request of the corpus from each of its records: it
// shows the records that the truth gives it.
func TestFoldsOpen(t *testing.T) {
	eachFold(t, func(t *testing.T, c *foldCase) {
		for _, row := range c.rows {
			for _, at := range row.Records {
				if got := c.places(c.Members(c.seqs[at], 100)); !slices.Equal(got, row.Records) {
					t.Errorf("opened at %s: %v, want %v", at, got, row.Records)
				}
			}
		}
	})
}

// TestFoldsStream compares the Stream view of the corpus with stream.txt: the
// place of each row and what it is, then the strip of what runs (rule 22).
func TestFoldsStream(t *testing.T) {
	eachFold(t, func(t *testing.T, c *foldCase) {
		var got []string
		for _, r := range c.Rows(0, 1, 1000, false) {
			text := c.where[r.Seq]
			if q := r.Request; q != nil {
				text += fmt.Sprintf(" %s %d %s %s", q.State, q.Status, q.Method, q.Path)
			}
			got = append(got, strings.TrimSpace(text))
		}
		flying, hung := c.Pending(8)
		for _, q := range slices.Concat(flying, hung) {
			got = append(got, fmt.Sprintf("strip: %s %s %s", q.State, q.Method, q.Path))
		}
		if *printStream {
			fmt.Printf("== %s\n%s\n", c.dir, strings.Join(got, "\n"))
		}
		if want := readLines(t, c.dir+"/stream.txt"); !slices.Equal(got, want) {
			t.Errorf("\n got %q\nwant %q", got, want)
		}
	})
}

// TestFoldsFilter asks the filters of filters.txt, lines of a filter, a tab and
// the numbers of the rows of the truth for which it holds: as | requests and, of
// records, as request(…) (rule 20).
func TestFoldsFilter(t *testing.T) {
	asked := 0
	eachFold(t, func(t *testing.T, c *foldCase) {
		if _, err := os.Stat(c.dir + "/filters.txt"); err != nil {
			return
		}
		for _, line := range readLines(t, c.dir+"/filters.txt") {
			filter, numbers, _ := strings.Cut(line, "\t")
			var want []string // first records of rows
			var recs []string
			for _, n := range strings.Fields(numbers) {
				var k int
				if _, err := fmt.Sscan(n, &k); err != nil {
					t.Fatal(err)
				}
				want = append(want, c.rows[k-1].Records[0])
				recs = append(recs, c.rows[k-1].Records...)
			}
			asked++
			if got := c.requestsFor(t, filter); !sameSet(got, want) {
				t.Errorf("%s | requests: %q, want %q", filter, got, want)
			}
			c.query(t, "request("+filter+")")
			var got []string
			for _, r := range c.Rows(0, 1, 1000, true) {
				got = append(got, c.where[r.Seq])
			}
			if !sameSet(got, recs) {
				t.Errorf("request(%s): %q, want %q", filter, got, recs)
			}
			c.query(t, "")
		}
	})
	if asked < 10 {
		t.Errorf("%d filters asked", asked)
	}
}

// requestsFor are the requests for which a filter holds, by their first
// records.
func (c *foldCase) requestsFor(t *testing.T, filter string) []string {
	t.Helper()
	q, err := query.Parse(filter + " | requests")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	p, err := query.NewPipeline(q.Stages, c.env(), func(row *query.Row) error {
		got = append(got, c.where[row.Request.FirstSeq])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Engine.feedRequests(t.Context(), q, p); err != nil {
		t.Fatal(err)
	}
	return got
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
