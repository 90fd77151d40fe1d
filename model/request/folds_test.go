package request_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ravel/model"
	"ravel/model/request"
	"ravel/sources/sourcetest"
	"ravel/testdata/gen/logs"
)

var printFolds = flag.Bool("print-folds", false, "print what was found in testdata/folds in the form of its truth, to be read with care")

// fold is a line of a truth.jsonl: a request's row, its records in order, each
// as file:line, and the exceptions that they carry.
type fold struct {
	Row        logs.Row `json:"row"`
	Records    []string `json:"records"`
	Tracebacks []string `json:"tracebacks,omitempty"`
}

// seen is a record that passed by.
type seen struct {
	seq   model.Seq
	hash  uint64
	where string
	tb    string
}

// TestFolds compares the fold corpus with its truth: every row, in the order in
// which rows are told, with all of its records.
func TestFolds(t *testing.T) {
	dirs, err := filepath.Glob("../../testdata/folds/*/truth.jsonl")
	if err != nil || len(dirs) < 10 {
		t.Fatalf("%d cases in testdata/folds, %v", len(dirs), err)
	}
	for _, truth := range dirs {
		dir := filepath.Dir(truth)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			var got []string
			for _, f := range foldsOf(t, dir) {
				got = append(got, line(t, f))
			}
			text, err := os.ReadFile(truth)
			if err != nil {
				t.Fatal(err)
			}
			if *printFolds {
				fmt.Printf("== %s\n%s\n", dir, strings.Join(got, "\n"))
			}
			var want []string
			for l := range strings.Lines(string(text)) {
				var f fold
				if err := json.Unmarshal([]byte(l), &f); err != nil {
					t.Fatalf("%s: %v in %s", truth, err, l)
				}
				want = append(want, line(t, f))
			}
			for i := range max(len(got), len(want)) {
				switch {
				case i >= len(got):
					t.Errorf("missing: %s", want[i])
				case i >= len(want):
					t.Errorf("too many: %s", got[i])
				case got[i] != want[i]:
					t.Errorf("row %d\n got %s\nwant %s", i+1, got[i], want[i])
				}
			}
		})
	}
}

// foldsOf follows the files of a case.
func foldsOf(t *testing.T, dir string) []fold {
	t.Helper()
	files := sourcetest.Memory{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch e.Name() {
		case "truth.jsonl", "stream.txt", "filters.txt":
			continue
		}
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	var all []seen
	rows := followDecoded(t, files, request.Options{}, func(b *model.Batch, d model.Decoder) {
		for i := range b.Len() {
			var r model.Record
			d.Decode(b, i, &r)
			s := seen{seq: b.First + model.Seq(i), hash: b.Req[i], where: fmt.Sprintf("%s:%d", r.Source, b.LineAt(i))}
			if r.Traceback != nil {
				s.tb = strings.Clone(r.Traceback.Type)
			}
			all = append(all, s)
		}
	})
	var folds []fold
	for i := range rows {
		q := &rows[i]
		f := fold{Row: printed(q)}
		for _, s := range all {
			switch {
			case s.seq < q.FirstSeq || s.seq > q.LastSeq:
			case q.Hash != 0 && s.hash == q.Hash, q.Hash == 0 && (s.seq == q.FirstSeq || s.seq == q.EndSeq):
				f.Records = append(f.Records, s.where)
				if s.tb != "" {
					f.Tracebacks = append(f.Tracebacks, s.tb)
				}
			}
		}
		folds = append(folds, f)
	}
	return folds
}

// TestFoldsCover checks that the corpus' README tells of each case, that each of
// the rules has cases, and that every state occurs.
func TestFoldsCover(t *testing.T) {
	readme, err := os.ReadFile("../../testdata/folds/README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile("`([a-z]+)`")
	told, rules := map[string]bool{}, map[int]bool{}
	for line := range strings.Lines(string(readme)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		var rule int
		if _, err := fmt.Sscan(cells[1], &rule); err != nil {
			if name := names.FindStringSubmatch(cells[1]); name != nil {
				told[name[1]] = true
			}
			continue
		}
		for _, name := range names.FindAllStringSubmatch(cells[2], -1) {
			rules[rule] = true
			if _, err := os.Stat("../../testdata/folds/" + name[1] + "/truth.jsonl"); err != nil {
				t.Errorf("rule %d: %v", rule, err)
			}
		}
	}
	for rule := 13; rule <= 22; rule++ {
		if !rules[rule] {
			t.Errorf("no case of rule %d", rule)
		}
	}
	states := map[string]int{}
	truths, _ := filepath.Glob("../../testdata/folds/*/truth.jsonl")
	for _, path := range truths {
		if name := filepath.Base(filepath.Dir(path)); !told[name] {
			t.Errorf("the README does not tell of %s", name)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			var f fold
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				t.Fatal(err)
			}
			states[f.Row.State]++
		}
	}
	for s := range model.NumStates {
		if states[s.String()] == 0 {
			t.Errorf("no request is %v", s)
		}
	}
}
