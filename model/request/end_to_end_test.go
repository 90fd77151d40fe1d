package request_test

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"testing"
	"time"

	"ravel/ingest"
	"ravel/model"
	"ravel/model/request"
	"ravel/parse"
	"ravel/parse/lifecycle"
	"ravel/sources"
	"ravel/sources/sourcetest"
	"ravel/testdata/gen/logs"
)

// follow reads files in memory the way ravel does and returns the rows, in the
// order in which they are told, and what happened on the way.
func follow(t testing.TB, files sourcetest.Memory, o request.Options, each func(*model.Batch)) []model.Request {
	t.Helper()
	return followDecoded(t, files, o, func(b *model.Batch, _ model.Decoder) {
		if each != nil {
			each(b)
		}
	})
}

func followDecoded(t testing.TB, files sourcetest.Memory, o request.Options, each func(*model.Batch, model.Decoder)) []model.Request {
	t.Helper()
	names := model.NewNames()
	in := ingest.New(ingest.Options{Names: names, Zone: time.UTC, Report: func(e sources.Event) {
		if e.Err != nil {
			t.Error(e.Err)
		}
	}})
	o.Rows, o.Names, o.Lifecycle = true, names, lifecycle.Builtin()
	o.Decoder = parse.NewDecoder(parse.Builtin(), names, in.StreamInfo)
	tr := request.New(o)
	var rows []model.Request
	err := in.Run(t.Context(), []sources.Source{files}, func(b *model.Batch) error {
		tr.Add(b)
		rows = append(rows, tr.Settled()...)
		each(b, o.Decoder)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return append(rows, tr.Finish(0)...)
}

// line is a row as the generator's truth spells it.
func line(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func stamp(ns int64) *string {
	if ns == model.NoTime {
		return nil
	}
	return text(time.Unix(0, ns).UTC().Format("2006-01-02T15:04:05.000000000Z"))
}

// printed is a request in the form of -o requests.
func printed(q *model.Request) logs.Row {
	r := logs.Row{
		RequestID: text(q.ID), CorrelationID: text(q.CorrelationID), Kind: q.Kind.String(), Name: text(q.Name), State: q.State.String(),
		Start: stamp(q.Start), End: stamp(q.End), Method: text(q.Method), Path: text(q.Path), Client: text(q.Client),
		Level: q.Level.String(), Records: q.Records, Sources: slices.Sorted(slices.Values(q.Sources)),
	}
	if q.State == model.InFlight || q.State == model.Hung {
		r.End = nil
	}
	if q.Duration >= 0 {
		ms := float64(q.Duration) / 1e6
		r.DurationMS = &ms
	}
	if q.Status > 0 {
		r.Status = &q.Status
	}
	if q.ErrorType != "" || q.ErrorMessage != "" {
		r.Error = &logs.Failure{Type: q.ErrorType, Message: q.ErrorMessage}
	}
	return r
}

// TestGeneratedLogs compares every row of every generated format with the
// generator's truth.
func TestGeneratedLogs(t *testing.T) {
	for _, format := range logs.Formats() {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			files := map[string]*bytes.Buffer{}
			var want []string
			truth, err := logs.Write(logs.Options{Seed: 5, Lines: 12_000, Format: format, Row: func(r logs.Row) error {
				slices.Sort(r.Sources)
				want = append(want, line(t, r))
				return nil
			}}, func(name string) (io.Writer, error) {
				files[name] = new(bytes.Buffer)
				return files[name], nil
			})
			if err != nil {
				t.Fatal(err)
			}
			m := sourcetest.Memory{}
			for name, b := range files {
				m[name] = b.Bytes()
			}
			var got []string
			records := 0
			for _, q := range follow(t, m, request.Options{}, func(b *model.Batch) { records += b.Len() }) {
				got = append(got, line(t, printed(&q)))
			}
			if records != truth.Records {
				t.Fatalf("%d records were read of %d: this is not the tracker's fault", records, truth.Records)
			}
			compare(t, got, want)
		})
	}
}

// compare reports rows that only one side has, a few of each.
func compare(t *testing.T, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	missing, extra := 0, 0
	for i, j := 0, 0; i < len(got) || j < len(want); {
		switch {
		case j == len(want) || i < len(got) && got[i] < want[j]:
			if extra++; extra <= 3 {
				t.Errorf("not in the truth: %s", got[i])
			}
			i++
		case i == len(got) || want[j] < got[i]:
			if missing++; missing <= 3 {
				t.Errorf("missing: %s", want[j])
			}
			j++
		default:
			i, j = i+1, j+1
		}
	}
	if missing+extra > 0 {
		t.Errorf("%d of %d rows missing, %d too many", missing, len(want), extra)
	}
}
