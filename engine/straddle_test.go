package engine

import (
	"slices"
	"strings"
	"testing"

	"ravel/model"
)

// TestRequestFilterFollows checks that a filter which speaks of requests lets
// the records of one pass, or hides them, once its end has told: whatever was
// known when they came.
func TestRequestFilterFollows(t *testing.T) {
	lines := strings.SplitAfter(strings.TrimSpace(twoRequests()), "\n")
	for _, c := range []struct {
		filter       string
		flat, folded []model.Seq
	}{
		{"request(status>=500)", []model.Seq{2, 4, 6}, []model.Seq{6}},
		{"-request(status=200)", []model.Seq{1, 2, 4, 6, 7}, []model.Seq{1, 6, 7}},
		{"request(level>=error)", []model.Seq{2, 4, 6}, []model.Seq{6}},
		{"request(Traceback) -status=500", []model.Seq{2, 4}, []model.Seq{6}},
		{"-status=500 -request(status=500)", []model.Seq{1, 3, 5, 7}, []model.Seq{1, 5, 7}},
	} {
		f := newFixture(t, 0)
		f.query(t, c.filter)
		for i, l := range lines {
			if i >= 4 && i <= 7 { // the traceback comes with its record
				continue
			}
			if i == 3 {
				l = strings.Join(lines[3:8], "")
			}
			f.feed(t, strings.TrimSuffix(l, "\n")+"\n")
			f.settle(t)
		}
		if got := seqs(f.Rows(0, 1, 10, true)); !slices.Equal(got, c.flat) {
			t.Errorf("%s lets %v pass, want %v", c.filter, got, c.flat)
		}
		if got := seqs(f.Rows(0, 1, 10, false)); !slices.Equal(got, c.folded) {
			t.Errorf("%s folded: %v, want %v", c.filter, got, c.folded)
		}
		if n := f.State().Matched; n != uint64(len(c.flat)) {
			t.Errorf("%s counts %d", c.filter, n)
		}
	}
}
