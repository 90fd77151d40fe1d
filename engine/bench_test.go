package engine

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"ravel/ingest"
	"ravel/model"
	"ravel/model/query"
	"ravel/model/request"
	"ravel/parse"
	"ravel/parse/lifecycle"
	"ravel/sources"
	"ravel/sources/file"
	"ravel/testdata/gen/logs"
)

// loaded reads a generated file of so many lines, or the file that the
// environment variable names, into an engine with that budget.
func loaded(tb testing.TB, lines int, budget int64) *Engine {
	tb.Helper()
	path := os.Getenv("RAVEL_BENCH_LOG")
	if path == "" {
		var text bytes.Buffer
		if _, err := logs.Write(logs.Options{Seed: 1, Lines: lines, Format: "aindo"}, func(string) (io.Writer, error) { return &text, nil }); err != nil {
			tb.Fatal(err)
		}
		path = filepath.Join(tb.TempDir(), "api.log")
		if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	srcs, errs := file.Expand([]string{path}, file.Options{Reread: true})
	if len(errs) > 0 {
		tb.Fatal(errs[0])
	}
	names := model.NewNames()
	var e *Engine
	in := ingest.New(ingest.Options{Names: names, Report: func(ev sources.Event) { e.Report(ev) }})
	dec := parse.NewDecoder(nil, names, in.StreamInfo)
	e = New(Options{
		Names: names, Decoder: dec, Budget: budget, Loaded: in.CaughtUp,
		Request: request.Options{Names: names, Decoder: dec, Lifecycle: lifecycle.Builtin()},
	})
	if err := in.Run(tb.Context(), srcs, e.Consume); err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { e.Run(ctx) })
	tb.Cleanup(func() { stop(); wg.Wait() })
	return e
}

// benchLines is what the benchmarks load; RAVEL_BENCH_LOG names a larger file.
const benchLines = 400_000

// BenchmarkScreen is what one frame, or one key, asks for: State, a screenful
// of rows at the end and in the middle, the histogram; and what runs beside.
func BenchmarkScreen(b *testing.B) {
	for _, held := range []struct {
		name   string
		budget int64
	}{{"memory", 3 << 30}, {"file", 64 << 20}} {
		e := loaded(b, benchLines, held.budget)
		s := e.State()
		middle := s.First + (s.Last-s.First)/2
		step := model.Seq(0)
		for _, c := range []struct {
			name string
			do   func()
		}{
			{"state", func() { e.State() }},
			{"rows", func() { e.Rows(^model.Seq(0), -1, 50, false) }},
			{"scroll", func() { step += 97; e.Rows(middle+step%100_000, 1, 50, false) }},
			{"jump", func() { step += 1_234_567; e.Rows(s.First+step%(s.Last-s.First), 1, 50, false) }},
			{"histogram", func() { e.Histogram(140) }},
			{"facet/level", func() { _, _ = e.Facet(context.Background(), "level", 50) }},
			{"table/requests", func() { _, _ = e.Table(context.Background(), "| requests") }},
			{"table/slowest", func() { _, _ = e.Table(context.Background(), "| requests | sort duration desc | limit 50") }},
		} {
			b.Run(held.name+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					c.do()
				}
			})
		}
	}
}

// BenchmarkRare is what a frame asks for under a filter that passes few records,
// in a file for most of whose columns there is no room.
func BenchmarkRare(b *testing.B) {
	e := loaded(b, benchLines, 1<<30)
	for _, text := range []string{"zzqqxx", "needle-7f3a"} {
		if err := e.SetQuery(text); err != nil {
			b.Fatal(err)
		}
		for e.State().Scanning {
			<-e.Changed()
		}
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e.Rows(^model.Seq(0), -1, 50, false)
			}
		})
	}
}

// BenchmarkRequestFilter is the exact count of records under a filter that
// speaks of requests: of columns of their rows, of what their first records
// tell, of their records.
func BenchmarkRequestFilter(b *testing.B) {
	e := loaded(b, benchLines, 3<<30)
	for _, text := range []string{"request(status>=500)", "-request(status=404)", "request(path:/catalogs)", "request(Traceback)", "request(state=unmarked)"} {
		b.Run(text, func(b *testing.B) {
			q, err := query.Parse(text)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				r, err := e.compile(q)
				if err != nil {
					b.Fatal(err)
				}
				r.catchUp(context.Background(), e, func() {})
				b.ReportMetric(float64(r.sums(e.store.Snapshot()).matched), "records")
			}
		})
	}
}

// BenchmarkWordWithoutColumns is the exact count of records that hold a word
// which is in none, in a file for most of whose columns there is no room.
func BenchmarkWordWithoutColumns(b *testing.B) {
	e := loaded(b, benchLines, 1<<30)
	from, to := e.store.Snapshot().Chunk(0).Base, int64(0)
	for _, c := range e.store.Snapshot().Chunks() {
		to = max(to, c.Base)
	}
	b.SetBytes(to - from)
	for n := 0; b.Loop(); n++ {
		q, err := query.Parse(fmt.Sprint("zzq", n))
		if err != nil {
			b.Fatal(err)
		}
		r, err := e.compile(q)
		if err != nil {
			b.Fatal(err)
		}
		r.catchUp(context.Background(), e, func() {})
	}
}
