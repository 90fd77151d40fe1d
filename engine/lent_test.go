package engine

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"ravel/ingest"
	"ravel/model"
	"ravel/model/request"
	"ravel/parse"
	"ravel/parse/lifecycle"
	"ravel/sources"
	"ravel/sources/file"
	"ravel/testdata/gen/logs"
)

// TestBytesThatGoBack reads files whose blocks are written over as soon as they
// are given back: whatever the engine keeps of them must be its own.
func TestBytesThatGoBack(t *testing.T) {
	for format, lines := range map[string]int{"aindo": 55_000, "json": 30_000} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			var text bytes.Buffer
			if _, err := logs.Write(logs.Options{Seed: 3, Lines: lines, Format: format}, func(string) (io.Writer, error) { return &text, nil }); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "api.log")
			if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			given := 0
			lent := readFile(t, path, func(b *model.Batch) {
				if b.Release != nil {
					buf := b.Buf
					b.Release = func() {
						given++
						for i := range buf {
							buf[i] = '#'
						}
					}
				}
			})
			kept := readFile(t, path, func(b *model.Batch) { b.Release = nil })
			if given < 3 {
				t.Errorf("%d blocks were given back: the test shows nothing", given)
			}
			same(t, "read again", lent, kept)
			for lent.Warm() {
			}
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
			same(t, "warm", lent, kept)
		})
	}
}

// readFile reads a file into an engine, each batch through touch.
func readFile(t *testing.T, path string, touch func(*model.Batch)) *Engine {
	t.Helper()
	srcs, errs := file.Expand([]string{path}, file.Options{Reread: true})
	if len(errs) > 0 {
		t.Fatal(errs[0])
	}
	names := model.NewNames()
	var e *Engine
	in := ingest.New(ingest.Options{Names: names, Zone: time.UTC, Prepare: func(b *model.Batch) any { return e.Prepare(b) }, Report: func(ev sources.Event) { e.Report(ev) }})
	dec := parse.NewDecoder(nil, names, in.StreamInfo)
	e = New(Options{Names: names, Decoder: dec, Request: request.Options{Names: names, Decoder: dec, Lifecycle: lifecycle.Builtin()}})
	err := in.Run(t.Context(), srcs, func(b *model.Batch) error {
		touch(b)
		return e.Consume(b)
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// same compares all that two engines say of their records and requests.
func same(t *testing.T, when string, a, b *Engine) {
	t.Helper()
	n := int(a.State().Records)
	if rows, want := a.Rows(1, 1, n, true), b.Rows(1, 1, n, true); len(rows) != n || !reflect.DeepEqual(rows, want) {
		t.Errorf("%s: %d of %d rows are there, or they differ", when, len(rows), n)
	}
	for _, q := range []string{"| requests", "| errors", "| stats count() by domain, level"} {
		got, err := a.Table(context.Background(), q)
		want, err2 := b.Table(context.Background(), q)
		if err != nil || err2 != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %s differs: %v, %v", when, q, err, err2)
		}
	}
}
