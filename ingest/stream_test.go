package ingest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ravel/model"
	"ravel/sources"
)

// TestRule25Tail: the last records of each stream, however they came.
func TestRule25Tail(t *testing.T) {
	var long strings.Builder
	for i := range 200000 {
		fmt.Fprintf(&long, "line %d\n", i)
	}
	rows := collect(t, Options{Tail: 3},
		&textSource{info: sources.Info{Name: "long"}, text: long.String()},
		&textSource{info: sources.Info{Name: "short", Order: 1}, text: "a\nb\n"})
	var got []string
	for i, r := range rows {
		if r.seq != model.Seq(i+1) {
			t.Errorf("record %d has seq %d", i, r.seq)
		}
		got = append(got, fmt.Sprintf("%d:%s", r.line, strings.TrimSpace(r.text)))
	}
	if g := strings.Join(got, " "); g != "199998:line 199997 199999:line 199998 200000:line 199999 1:a 2:b" {
		t.Errorf("got %s", g)
	}
	if rows := collect(t, Options{Tail: -1}, &textSource{info: sources.Info{Name: "x"}, text: "a\n"}); len(rows) > 0 {
		t.Errorf("got %v", rows)
	}
}

// TestNext (rules 4 and 11): lines count in the physical file, which is the
// source; a record does not go on in the next file.
func TestNext(t *testing.T) {
	rows := collect(t, Options{}, sourceFunc(func(_ context.Context, sink sources.Sink) error {
		st := sink.Open(sources.Info{Name: "app.log.1"})
		sink.Ready()
		_, err := st.Write([]byte("a\nb"))
		st.Next(sources.Info{Name: "app.log"})
		_, _ = st.Write([]byte("c\nd\n"))
		return err
	}))
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprintf("%s:%d=%s", r.source, r.line, strings.TrimSpace(r.text)))
	}
	if g := strings.Join(got, " "); g != "app.log.1:1=a app.log.1:2=b app.log:1=c app.log:2=d" {
		t.Errorf("got %s", g)
	}
}

// TestResumedStream: a stream opened again under its name counts its lines on.
func TestResumedStream(t *testing.T) {
	rows := collect(t, Options{}, sourceFunc(func(_ context.Context, sink sources.Sink) error {
		for _, text := range []string{"a\n", "b\n"} {
			st := sink.Open(sources.Info{Name: "pod"})
			sink.Ready()
			if _, err := st.Write([]byte(text)); err != nil {
				return err
			}
			st.Close()
		}
		return nil
	}))
	if len(rows) != 2 || rows[1].line != 2 || rows[1].source != "pod" {
		t.Errorf("got %v", rows)
	}
}

// TestMark: a record of ravel's own stands between what was written before and
// after it, and says that it is one.
func TestMark(t *testing.T) {
	names := model.NewNames()
	in := New(Options{Names: names, Zone: time.UTC})
	var texts []string
	var flags []model.Flags
	err := in.Run(t.Context(), []sources.Source{sourceFunc(func(_ context.Context, sink sources.Sink) error {
		st := sink.Open(sources.Info{Name: "pod"})
		sink.Ready()
		_, err := st.Write([]byte("before\n"))
		st.Mark(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), model.Warning, "restarted", []model.Field{{Name: "exit_code", Value: model.NumberValue("137")}})
		_, _ = st.Write([]byte("after\n"))
		return err
	})}, func(b *model.Batch) error {
		for i := range b.Len() {
			texts = append(texts, string(b.Raw(i)))
			flags = append(flags, b.Flags[i]&model.Marker)
		}
		return nil
	})
	want := `before|{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"restarted","exit_code":137}|after|`
	if got := strings.ReplaceAll(strings.Join(texts, ""), "\n", "|"); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if fmt.Sprint(flags) != fmt.Sprint([]model.Flags{0, model.Marker, 0}) {
		t.Errorf("flags %v", flags)
	}
}

// TestLongLine: a record larger than a batch's block passes whole, up to the
// parser's cap.
func TestLongLine(t *testing.T) {
	text := "short\n" + strings.Repeat("x", 900<<10) + "\nshort\n" + strings.Repeat("y", 900<<10) + "\n"
	rows := collect(t, Options{}, &textSource{info: sources.Info{Name: "x"}, text: text})
	var all strings.Builder
	for _, r := range rows {
		all.WriteString(r.text)
	}
	if all.String() != text {
		t.Errorf("%d bytes, want %d", all.Len(), len(text))
	}
}

// TestRule5EntangledLines: where the lines of several containers interleave,
// the batches hold whole runs of the input's lines, so that raw output is in
// the order read.
func TestRule5EntangledLines(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var text strings.Builder
	var waits [3][]string // lines of each container that are to come
	for i := 0; text.Len() < 3*blockBytes; i++ {
		k := rng.IntN(3)
		if len(waits[k]) == 0 {
			waits[k] = []string{fmt.Sprintf("2025-03-20 13:%02d:%02d,%03d - app - INFO - message %d", i/60000%60, i/1000%60, i%1000, i)}
			for range rng.IntN(8) / 4 * 5 {
				waits[k] = append(waits[k], "    at some.place(Of.java:1)")
			}
		}
		fmt.Fprintf(&text, "web-%d  | %s\n", k, waits[k][0])
		waits[k] = waits[k][1:]
	}
	for _, rng := range []*rand.Rand{nil, rng} {
		in := New(Options{Names: model.NewNames(), Zone: time.UTC})
		src := &textSource{info: sources.Info{Name: "x"}, text: text.String(), rng: rng}
		var got strings.Builder
		scattered := 0
		err := in.Run(t.Context(), []sources.Source{src}, func(b *model.Batch) error {
			var all []model.Extent
			for i := range b.Len() {
				if ext, ok := b.Extra[i]; ok {
					all = append(all, ext...)
					scattered++
				} else {
					all = append(all, model.Extent{Start: b.Start[i], End: b.End[i]})
				}
			}
			slices.SortFunc(all, func(a, b model.Extent) int { return int(a.Start) - int(b.Start) })
			for _, e := range all {
				got.Write(b.Buf[e.Start:e.End])
			}
			return nil
		})
		if err != nil || got.String() != text.String() {
			t.Errorf("the input did not come back: %d bytes, want %d; %v", got.Len(), text.Len(), err)
		}
		if scattered == 0 {
			t.Error("no record's lines were apart: this test tests nothing")
		}
	}
}

// TestWriteAfterClose: a read that was left behind when its source ended, of a
// terminal say, finds the stream closed.
func TestWriteAfterClose(t *testing.T) {
	rows := collect(t, Options{}, sourceFunc(func(_ context.Context, sink sources.Sink) error {
		st := sink.Open(sources.Info{Name: "x"})
		sink.Ready()
		_, err := st.Write([]byte("a\n"))
		st.Close()
		st.Close()
		if _, late := st.Write(make([]byte, 4*blockBytes)); !errors.Is(late, sources.ErrStopped) {
			t.Errorf("got %v", late)
		}
		if _, late := st.ReadFrom(strings.NewReader("b\n")); !errors.Is(late, sources.ErrStopped) {
			t.Errorf("got %v", late)
		}
		return err
	}))
	if len(rows) != 1 {
		t.Errorf("got %v", rows)
	}
}
