package request_test

import (
	"bytes"
	"io"
	"testing"

	"ravel/model"
	"ravel/model/request"
	"ravel/parse"
	"ravel/parse/lifecycle"
	"ravel/testdata/gen/logs"
)

// generated is one generated file in memory.
func generated(tb testing.TB, format string, lines int) []byte {
	tb.Helper()
	var all bytes.Buffer
	if _, err := logs.Write(logs.Options{Seed: 1, Lines: lines, Format: format}, func(string) (io.Writer, error) { return &all, nil }); err != nil {
		tb.Fatal(err)
	}
	return all.Bytes()
}

// parsed cuts text into batches of about a megabyte, as reading a file does.
func parsed(text []byte, names *model.Names, each func(*model.Batch)) {
	p := parse.New(parse.Options{Names: names, Source: 1, Domain: "app"})
	seq := model.Seq(1)
	rest := []byte(nil)
	for len(text) > 0 || len(rest) > 0 {
		n := min(len(text), 1<<20)
		b := &model.Batch{First: seq, Buf: append(append(make([]byte, 0, len(rest)+n), rest...), text[:n]...)}
		text = text[n:]
		next := p.Parse(b, 0, len(text) == 0)
		rest = bytes.Clone(b.Buf[next:])
		seq += model.Seq(b.Len())
		each(b)
		if len(text) == 0 && n == 0 {
			return
		}
	}
}

// BenchmarkFold is what folding costs beside parsing: compare parse with
// parse+fold, and split with merge for what may run on many cores.
func BenchmarkFold(b *testing.B) {
	for _, format := range []string{"aindo", "json", "nginx"} {
		text := generated(b, format, 250_000)
		var batches []*model.Batch
		records := 0
		parsed(text, model.NewNames(), func(batch *model.Batch) { batches = append(batches, batch); records += batch.Len() })
		run := func(name string, f func()) {
			b.Run(format+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(records), "ns/record")
			})
		}
		run("parse", func() { parsed(text, model.NewNames(), func(*model.Batch) {}) })
		run("split", func() {
			for _, batch := range batches {
				request.Split(batch, false)
			}
		})
		run("split+merge", func() {
			tr := request.New(request.Options{})
			for _, batch := range batches {
				tr.Add(batch)
			}
		})
		run("rows", func() {
			names := model.NewNames()
			tr := request.New(request.Options{Rows: true, Names: names, Decoder: parse.NewDecoder(nil, names, nil), Lifecycle: lifecycle.Builtin()})
			for _, batch := range batches {
				tr.Add(batch)
				tr.Settled()
			}
			tr.Finish(0)
		})
		run("parse+split+merge", func() {
			tr := request.New(request.Options{})
			parsed(text, model.NewNames(), func(batch *model.Batch) { tr.Add(batch) })
		})
	}
}
