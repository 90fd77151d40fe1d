package ui

import (
	"reflect"
	"testing"
	"time"

	"ravel/theme"
)

func TestBars(t *testing.T) {
	for _, c := range []struct {
		counts []int
		want   string
	}{
		{nil, ""}, {[]int{0}, " "}, {[]int{7}, "#"}, {[]int{0, 1, 4, 2}, " :#="},
		{[]int{1, 1000}, ".#"},
		{[]int{9, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}, "#.      #"}, // 17 in 9 cells, the last one whole
	} {
		if got := bars(theme.ASCII.Bars, c.counts); got != c.want {
			t.Errorf("%v is drawn %q, want %q", c.counts, got, c.want)
		}
	}
}

func TestChange(t *testing.T) {
	for _, c := range []struct {
		counts []int
		want   string
	}{
		{nil, ""}, {[]int{5}, ""}, {[]int{0, 0}, ""}, {[]int{0, 3}, "new"}, {[]int{3, 0}, "gone"}, {[]int{3, 3}, "="},
		{[]int{100, 2, 2, 1, 5}, "+50%"}, {[]int{4, 1}, "-75%"}, {[]int{1, 25}, "x25"},
	} {
		if got := changeOf(c.counts); got != c.want {
			t.Errorf("%v changed %q, want %q", c.counts, got, c.want)
		}
	}
}

func TestSpanText(t *testing.T) {
	for d, want := range map[time.Duration]string{16 * time.Second: "16s", 4 * time.Minute: "4m", 68 * time.Minute: "1h8m", time.Hour: "1h", 90 * time.Second: "1m30s"} {
		if got := spanText(d); got != want {
			t.Errorf("%v is written %s", d, got)
		}
	}
}

// The views of errors and of patterns turn the engine's counts into what a
// person reads.
func TestShowTrend(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	raw := Table{
		Columns: []string{"count", "trend", "message", "trend_step"}, Num: []bool{true, false, false, false},
		Rows: [][]string{{"6", "2, 0, 0, 4", "a", "2s"}, {"0", "", "no stamps", ""}}, Open: []string{"x", "y"},
	}
	got := m.showTrend(raw, false)
	want := Table{
		Columns: []string{"count", "trend", "message"}, Num: []bool{true, true, false},
		Rows: [][]string{{"6", "=  #", "a"}, {"0", "", "no stamps"}}, Open: []string{"x", "y"}, Note: "trend: the last 8s",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("errors:\n got %+v\nwant %+v", got, want)
	}
	want.Columns, want.Note = []string{"count", "change", "message"}, "change: the last 4s to the 4s before"
	want.Rows = [][]string{{"6", "+100%", "a"}, {"0", "", "no stamps"}}
	if got := m.showTrend(raw, true); !reflect.DeepEqual(got, want) {
		t.Errorf("patterns:\n got %+v\nwant %+v", got, want)
	}
}
