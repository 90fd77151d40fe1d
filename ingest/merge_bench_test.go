package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"ravel/model"
	"ravel/sources"
)

// BenchmarkMerge reads four streams whose records interleave one by one, and,
// paired off, four that hold a quarter of the same records.
func BenchmarkMerge(b *testing.B) {
	for _, group := range []string{"", "/l"} {
		var texts [4]strings.Builder
		total := 0
		for i := range 200000 {
			line := fmt.Sprintf("2025-03-20T13:%02d:%02d.%06d [%032x][-] INFO --- app --- Started GET /api/v1/catalogs/%d HTTP/1.1\n", i/60000, i/1000%60, i%1000*1000, i, i)
			texts[i%4].WriteString(line)
			if group != "" && i%4 == 0 {
				texts[1].WriteString(line)
			}
		}
		var srcs []sources.Source
		for k := range texts {
			text := []byte(texts[k].String())
			total += len(text)
			info := sources.Info{Name: fmt.Sprint(k), Order: k, Group: group}
			srcs = append(srcs, sourceFunc(func(_ context.Context, sink sources.Sink) error {
				st := sink.Open(info)
				sink.Ready()
				_, err := st.Write(text)
				return err
			}))
		}
		b.Run("group="+group, func(b *testing.B) {
			b.SetBytes(int64(total))
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				err := New(Options{Names: model.NewNames(), Zone: time.UTC}).Run(b.Context(), srcs, func(m *model.Batch) error {
					n += m.Len()
					return nil
				})
				if err != nil || n != 200000 {
					b.Fatal(n, err)
				}
			}
		})
	}
}
