package ingest

import (
	"bytes"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"ravel/model"
	"ravel/sources"
)

// TestPreviewIsTheEnd compares what is shown beforehand with what comes: the
// same bytes at the same offsets, and it comes before the end does.
func TestPreviewIsTheEnd(t *testing.T) {
	file := requestLog(rand.New(rand.NewPCG(5, 5)), 8<<20)
	type at struct {
		off int64
		raw string
	}
	list := func(all []at, b *model.Batch) []at {
		for i := range b.Len() {
			all = append(all, at{b.Base + int64(b.Start[i]), string(b.Raw(i))})
		}
		return all
	}
	var end, got []at
	var told atomic.Int32
	o := Options{Names: model.NewNames(), Preview: func(batches []*model.Batch, n int64) {
		told.Add(1)
		for _, b := range batches {
			end = list(end, b)
		}
	}}
	in := New(o)
	in.previewFrom = 4 << 20
	origin := &model.Origin{R: bytes.NewReader(file)}
	err := in.Run(t.Context(), []sources.Source{funcSource(func(s sources.Stream) error {
		_, err := s.Bulk(origin, 0, int64(len(file)))
		return err
	})}, func(b *model.Batch) error { got = list(got, b); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if told.Load() != 1 || len(end) < 1000 || len(end) > len(got)/2 {
		t.Fatalf("%d previews, %d records of %d", told.Load(), len(end), len(got))
	}
	for i, want := range got[len(got)-len(end):] {
		if end[i] != want {
			t.Fatalf("record %d from the end is shown as %+v, and is %+v", len(end)-i, end[i], want)
		}
	}
}

// TestPreviewIsOfTheNewestFile: the end of an older file of a rotated set is
// not shown as if nothing came behind it.
func TestPreviewIsOfTheNewestFile(t *testing.T) {
	file := requestLog(rand.New(rand.NewPCG(6, 6)), 8<<20)
	older, newer := &model.Origin{R: bytes.NewReader(file)}, &model.Origin{R: bytes.NewReader(file)}
	var of atomic.Pointer[model.Origin]
	var told atomic.Int32
	in := New(Options{Names: model.NewNames(), Preview: func(end []*model.Batch, n int64) {
		told.Add(1)
		of.Store(end[0].Origin)
	}})
	in.previewFrom = 4 << 20
	err := in.Run(t.Context(), []sources.Source{funcSource(func(s sources.Stream) error {
		s.Next(sources.Info{Name: "api.log.1", More: true})
		if _, err := s.Bulk(older, 0, int64(len(file))); err != nil {
			return err
		}
		s.Next(sources.Info{Name: "api.log"})
		_, err := s.Bulk(newer, 0, int64(len(file)))
		return err
	})}, func(*model.Batch) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if told.Load() != 1 || of.Load().R != newer.R {
		t.Errorf("%d previews; of the newer file: %v", told.Load(), of.Load() != nil && of.Load().R == newer.R)
	}
}
