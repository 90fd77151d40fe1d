package parse

import (
	"sync"
	"testing"

	"ravel/model"
)

// TestDecodersAndParsersShareASet runs several of both at once: the numbers of
// shapes and domains are shared.
func TestDecodersAndParsersShareASet(t *testing.T) {
	names := model.NewNames()
	d := NewDecoder(nil, names, nil)
	input := benchInput(mixedLine)
	input = input[:nextStart(input, 40_000)]
	want := &model.Batch{Buf: input}
	New(Options{Names: names, Domain: "x"}).Parse(want, 0, true)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			b := &model.Batch{Buf: input}
			New(Options{Names: names, Domain: "x"}).Parse(b, 0, true)
			if b.Len() != want.Len() {
				t.Errorf("%d records, not %d", b.Len(), want.Len())
				return
			}
			var mine, theirs model.Record
			for i := range b.Len() {
				d.Decode(b, i, &mine)
				d.Decode(want, i, &theirs)
				if mine.Message != theirs.Message || mine.Domain != theirs.Domain || mine.Format != theirs.Format {
					t.Errorf("record %d: %q of %s, not %q of %s", i, mine.Message, mine.Format, theirs.Message, theirs.Format)
					return
				}
			}
		})
	}
	group.Wait()
}
