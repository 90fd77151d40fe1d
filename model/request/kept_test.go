package request_test

import (
	"testing"

	"ravel/model"
	"ravel/model/request"
	"ravel/parse"
	"ravel/parse/lifecycle"
)

// TestKept gives up every batch of a generated file and compares what is kept
// with what the tracker tells.
func TestKept(t *testing.T) {
	names := model.NewNames()
	o := request.Options{Names: names, Decoder: parse.NewDecoder(nil, names, nil), Lifecycle: lifecycle.Builtin()}
	folds, rows := request.New(o), request.Options{Rows: true, Names: names, Decoder: o.Decoder, Lifecycle: o.Lifecycle}
	told := request.New(rows)
	kept, few := request.NewKept(1<<30, o), request.NewKept(200_000, o)
	want := map[model.Seq]model.Request{}
	inOne := map[model.Seq]bool{}
	parsed(generated(t, "aindo", 20_000), names, func(b *model.Batch) {
		f := folds.Add(b)
		kept.Add(b, f.Rows)
		few.Add(b, f.Rows)
		for _, r := range f.Rows {
			inOne[b.First+model.Seq(r.At)] = r.Back <= r.At
		}
		told.Add(b)
		for _, q := range told.Settled() {
			want[q.EndSeq] = q
		}
	})
	for _, q := range told.Finish(0) {
		want[q.EndSeq] = q
	}
	n, last := 0, ^model.Seq(0)
	kept.Newest(func(q model.Request) bool {
		n++
		if q.EndSeq >= last {
			t.Fatalf("%d is told after %d", q.EndSeq, last)
		}
		last = q.EndSeq
		w := want[q.EndSeq]
		if q.ID != w.ID || q.State != w.State || q.Status != w.Status || q.Duration != w.Duration || q.Start != w.Start || q.FirstSeq != w.FirstSeq ||
			inOne[q.EndSeq] && (q.Method != w.Method || q.Path != w.Path) || q.Evicted != w.Records {
			t.Fatalf("got %+v\nwant %+v", q, w)
		}
		return true
	})
	if n != kept.Len() || n < 4000 || kept.Dropped() != 0 {
		t.Errorf("%d told, %d kept, %d dropped", n, kept.Len(), kept.Dropped())
	}
	if few.Len()+int(few.Dropped()) != n || few.Dropped() == 0 {
		t.Errorf("of %d, %d are kept and %d dropped", n, few.Len(), few.Dropped())
	}
}
