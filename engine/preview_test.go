package engine

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ravel/model"
	"ravel/parse"
	"ravel/ui"
)

// fileBatches parses text as one file's, cut into batches of so many bytes,
// the end of a batch being the end of a line.
func (f *fixture) fileBatches(t *testing.T, text string, size int, o *model.Origin) []*model.Batch {
	t.Helper()
	p := parse.New(parse.Options{Names: f.o.Names, Source: f.o.Names.Sources.ID([]byte("api.log")), Domain: "api"})
	var all []*model.Batch
	for base := 0; base < len(text); {
		n := min(size, len(text)-base)
		n += strings.IndexByte(text[base+n-1:], '\n')
		b := &model.Batch{Buf: []byte(text[base : base+n]), Base: int64(base), Origin: o}
		p.Parse(b, 0, true)
		base += n
		all = append(all, b)
	}
	return all
}

// TestPreview shows the end of a file before the rest is read, stands on its
// last failed request, and still does when all has been read: the batch that
// holds the first previewed record is cut at any place.
func TestPreview(t *testing.T) {
	var lines []string
	id := ""
	for i := range 600 {
		switch id = fmt.Sprintf("%032x", i/3+1); {
		case i%3 == 0:
			lines = append(lines, line(i, id, "INFO", "app", fmt.Sprintf("Started GET /%d HTTP/1.1 from 127.0.0.1", i)))
		case i%3 == 1:
			lines = append(lines, line(i, id, "INFO", "app", "working"))
		case i%30 == 2:
			lines = append(lines, line(i, id, "ERROR", "app", "Completed 500 Internal Server Error in 2ms"))
		default:
			lines = append(lines, line(i, id, "INFO", "app", "Completed 200 OK in 2ms"))
		}
	}
	text := strings.Join(lines, "")
	for _, size := range []int{1, 1000, 5003, len(text)} {
		f := newFixture(t, 0)
		file := bytes.NewReader([]byte(text))
		end := f.fileBatches(t, text, len(text), &model.Origin{R: file})[0].Slice(500, 600)
		f.Preview([]*model.Batch{&end}, int64(len(text)))
		first := f.Rows(^model.Seq(0), -1, 1000, false)
		if got := len(first); got != 1+100/3 {
			t.Fatalf("%d rows of the preview, want %d", got, 1+100/3)
		}
		e, ok := f.Find(context.Background(), ^model.Seq(0), -1, ui.Target{Kind: ui.NextError})
		req := f.Rows(e, 1, 1, false)[0].Request
		if !ok || req == nil || req.State != model.Failed || req.Path != "/570" {
			t.Fatalf("the newest failed request is at %d: %+v", e, req)
		}
		if s := f.State(); s.Records != 0 || s.Last != first[0].Seq {
			t.Errorf("%d records are read, the last is %d, the last row %d", s.Records, s.Last, first[0].Seq)
		}
		next := model.Seq(1)
		for _, b := range f.fileBatches(t, text, size, &model.Origin{R: file}) {
			b.First = next
			next += model.Seq(b.Len())
			if err := f.Consume(b); err != nil {
				t.Fatal(err)
			}
		}
		f.Loaded()
		for f.ahead.Load() != nil {
			<-f.Changed()
		}
		rows := f.Rows(^model.Seq(0), -1, 1000, false)
		if len(rows) != 200 || rows[0].Seq != first[0].Seq {
			t.Errorf("%d rows from %d, want 200 from %d", len(rows), rows[0].Seq, first[0].Seq)
		}
		if got := f.Rows(e, 1, 1, false)[0]; got.Seq != e || got.Request == nil || got.Request.Path != "/570" || got.Request.Records != 3 {
			t.Errorf("the row at %d has become %+v", e, got)
		}
		if !slices.Equal(seqs(rows[:33]), seqs(first[:33])) {
			t.Errorf("rows moved: %v, they were %v", seqs(rows[:33]), seqs(first[:33]))
		}
		// the request that has records on both sides of the gap
		seam := rows[33]
		if seam.Request == nil || seam.Request.Records != 3 || len(f.Members(seam.Seq, 10)) != 3 {
			t.Errorf("the request across the gap: %+v", seam.Request)
		}
	}
}

// TestPreviewUnderFilter sets a filter while the file is being read.
func TestPreviewUnderFilter(t *testing.T) {
	var sb strings.Builder
	for i := range 100 {
		sb.WriteString(line(i, "-", []string{"INFO", "ERROR"}[i%2], "app", "x"))
	}
	f := newFixture(t, 0)
	o := &model.Origin{R: strings.NewReader(sb.String())}
	all := f.fileBatches(t, sb.String(), 1<<20, o)[0]
	end := all.Slice(80, 100)
	f.Preview([]*model.Batch{&end}, int64(sb.Len()))
	if err := f.SetQuery("level=error"); err != nil {
		t.Fatal(err)
	}
	for len(f.Rows(^model.Seq(0), -1, 100, false)) != 10 {
		<-f.Changed()
	}
	if m := f.State().Matched; m != 0 {
		t.Errorf("%d match of what is read, which is nothing", m)
	}
	all.First = 1
	if err := f.Consume(all); err != nil {
		t.Fatal(err)
	}
	f.Loaded()
	for f.ahead.Load() != nil {
		<-f.Changed()
	}
	if rows := f.Rows(^model.Seq(0), -1, 100, false); len(rows) != 50 {
		t.Errorf("%d rows, want 50", len(rows))
	}
}

// TestPreviewStays: all has been read, but the last records are still on their
// way; who stands on one of the preview keeps it.
func TestPreviewStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sb strings.Builder
		for i := range 100 {
			sb.WriteString(line(i, "-", "INFO", "app", "x"))
		}
		f := newFixture(t, 0)
		o := &model.Origin{R: strings.NewReader(sb.String())}
		all := f.fileBatches(t, sb.String(), 1<<20, o)[0]
		end, early, late := all.Slice(80, 100), all.Slice(0, 80), all.Slice(80, 100)
		f.Preview([]*model.Batch{&end}, int64(sb.Len()))
		last := f.State().Last
		early.First, late.First = 1, 81
		f.Loaded()
		if err := f.Consume(&early); err != nil {
			t.Fatal(err)
		}
		time.Sleep(lateBacklog / 2)
		synctest.Wait()
		if rows := f.Rows(last, +1, 1, false); len(rows) != 1 {
			t.Fatal("the preview is gone before its records have come")
		}
		if err := f.Consume(&late); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if rows := f.Rows(last, +1, 1, false); len(rows) != 1 || f.ahead.Load() != nil {
			t.Errorf("%d rows at the last record, a preview: %v", len(rows), f.ahead.Load() != nil)
		}
	})
}

// TestPreviewOfNothing: what it shows never comes, so it goes.
func TestPreviewOfNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := line(1, "-", "INFO", "app", "x")
		f := newFixture(t, 0)
		end := f.fileBatches(t, text, 1<<20, &model.Origin{R: strings.NewReader(text)})[0].Slice(0, 1)
		f.Preview([]*model.Batch{&end}, 100)
		f.Loaded()
		time.Sleep(3 * lateBacklog)
		synctest.Wait()
		if f.ahead.Load() != nil {
			t.Error("the preview stays")
		}
	})
}
