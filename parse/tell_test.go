package parse

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"ravel/model"
	"ravel/parse/lifecycle"
)

// TestTellAgrees checks on every line of the samples, and on those that tell
// most of requests under several heads, that Tell says what decoding does.
func TestTellAgrees(t *testing.T) {
	var texts [][]byte
	patterns := []string{"testdata/samples/*", "../testdata/folds/*/*.log", "../testdata/logs/*"}
	if dir := os.Getenv("RAVEL_CORPUS"); dir != "" {
		patterns = append(patterns, dir+"/*/*", dir+"/*/*/*")
	}
	for _, pattern := range patterns {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			if text, err := os.ReadFile(f); err == nil {
				texts = append(texts, text[:min(len(text), 200_000)])
			}
		}
	}
	for _, head := range []string{
		"2025-03-20T13:24:26.898 [ca0c88f4f627937033181aeae24a5282][-] INFO --- app --- ", "2025-03-20T13:24:26.898 [-][9d3e2c1b0a998877] INFO --- app --- ",
		"2026-02-22 14:30:45,123 - agents - INFO - ", "INFO:     ", "[INFO] ", "",
	} {
		var text []byte
		for _, l := range telling {
			text = append(append(append(text, head...), l...), '\n')
		}
		for _, phrase := range []string{
			"Started GET /a/b?x=1 HTTP/1.1 from 127.0.0.1", "Started GET http://host/ping HTTP/1.1 from ::1", "Completed 200 OK in 3ms", "Task started", "Task failed: bulk",
			"Request received", "Validation complete  ", `Started POST /a HTTP/1.1 from "x"`, "Task shop.tasks.resize[0f7c1d7e-5b1a-4f6e-9c3b-1a2b3c4d5e6f] received", "Starting step: load", "user said {hi}",
		} {
			text = append(append(append(text, head...), phrase...), '\n')
		}
		texts = append(texts, text)
	}
	told, records := 0, 0
	for _, text := range texts {
		names := model.NewNames()
		p := New(Options{Names: names, Source: names.Sources.ID([]byte("x")), Domain: "x"})
		d := NewDecoder(nil, names, nil)
		b := &model.Batch{Buf: text}
		p.Parse(b, 0, true)
		for i := range b.Len() {
			records++
			var got model.Told
			if !d.Tell(b, i, &got) {
				continue
			}
			told++
			var r model.Record
			d.Decode(b, i, &r)
			want := model.Told{Facts: d.set.Facts(&r), RequestID: r.RequestID, CorrelationID: r.CorrelationID}
			if lean := lifecycle.Builtin().Facts(&r); !reflect.DeepEqual(got, want) || !reflect.DeepEqual(got.Facts, lean) {
				t.Fatalf("%s%q tells\n%+v, decoded\n%+v", r.Format, b.Raw(i), got, want)
			}
		}
	}
	if told < records/10 || told == records {
		t.Errorf("%d of %d records tell", told, records)
	}
}
