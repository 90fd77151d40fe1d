package engine

import "testing"

// A percentage needs something that it is a part of.
func TestLoadedPct(t *testing.T) {
	for _, c := range []struct {
		name       string
		all, bytes int64
		want       int
	}{
		{"a file half read", 1000, 500, 50},
		{"a file read, its end not seen yet", 1000, 1000, 99},
		{"a pipe", 0, 1 << 30, -1},
		{"a compressed file", 1000, 5000, -1},
	} {
		e := New(Options{Backlog: func() int64 { return c.all }})
		e.bytes = c.bytes
		if got := e.State().LoadedPct; got != c.want {
			t.Errorf("%s: %d%%, want %d", c.name, got, c.want)
		}
	}
	e := New(Options{})
	if s := e.State(); !s.Loading || s.LoadedPct != -1 {
		t.Errorf("an unknown backlog: %+v", s)
	}
}
