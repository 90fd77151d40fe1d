package canvas_test

import (
	"strings"
	"testing"
	"time"

	"ravel/theme"
	"ravel/ui/canvas"
)

func TestCount(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0", 204: "204", 999: "999", 1000: "1k", 4100: "4.1k", 5600: "5.6k", 12_400: "12.4k", 98_000: "98k", 99_949: "99.9k",
		99_950: "100k", 100_000: "100k", 999_499: "999k", 999_500: "1.00M", 1_195_000: "1.20M", 1_182_600: "1.18M",
		12_345_678: "12.3M", 123_456_789: "123M", 999_600_000: "1.00G", 2_500_000_000_000: "2.50T",
	} {
		if got := canvas.Count(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestDurations(t *testing.T) {
	for ns, want := range map[int64]string{
		-1: "-", 0: "0ms", 4e5: "0.4ms", 1e6: "1ms", 182e6: "182ms", 1250e6: "1.25s", 12345e6: "12.3s", 125e9: "2m05s", 3*3600e9 + 300e9: "3h05m",
	} {
		if got := canvas.Took(ns); got != want {
			t.Errorf("%d ns took %s, want %s", ns, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 41 * time.Second: "41s", 902 * time.Second: "15m02s", 52 * time.Hour: "2d04h",
	} {
		if got := canvas.Span(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
	for ns, want := range map[int64]string{0: "+0ms", 36e6: "+36ms", 1250e6: "+1.250s", -5e6: "-5ms", 125e9: "+2m05s"} {
		if got := string(canvas.AppendDelta(nil, ns)); got != want {
			t.Errorf("%d: %s, want %s", ns, got, want)
		}
	}
}

func newLine() *canvas.Line {
	return &canvas.Line{Pen: canvas.Pen{Theme: theme.Must("mono"), Glyphs: &theme.ASCII}}
}

func TestLine(t *testing.T) {
	draw := func(width int, f func(l *canvas.Line)) string {
		l := newLine()
		l.Begin(nil, width, theme.Text)
		f(l)
		return string(l.End())
	}
	for _, c := range []struct {
		name, got, want string
	}{
		{"put", draw(10, func(l *canvas.Line) { l.Put(theme.Text, "abc") }), "abc"},
		{"cut", draw(5, func(l *canvas.Line) { l.Put(theme.Text, "abcdefg") }), "abcd>"},
		{"exact", draw(5, func(l *canvas.Line) { l.Put(theme.Text, "abcde") }), "abcde"},
		{"fit", draw(9, func(l *canvas.Line) { l.Fit(theme.Text, "ab", 4); l.Put(theme.Text, "c") }), "ab  c"},
		{"right", draw(9, func(l *canvas.Line) { l.Right(theme.Text, "ab", 9) }), "       ab"},
		{"right without room", draw(4, func(l *canvas.Line) { l.Put(theme.Text, "abc"); l.Right(theme.Text, "xyz", 4) }), "abc>"},
		{"wide rune at the edge", draw(4, func(l *canvas.Line) { l.Put(theme.Text, "a日本") }), "a日>"},
		{"pan", draw(9, func(l *canvas.Line) { l.PutFrom(theme.Text, "hello world", 6) }), "world"},
		{"pan beyond", draw(9, func(l *canvas.Line) { l.PutFrom(theme.Text, "hello", 60) }), ""},
		{"no room", draw(0, func(l *canvas.Line) { l.Put(theme.Text, "abc"); l.Pad(3) }), ""},
		{"style", draw(9, func(l *canvas.Line) { l.Put(theme.Title, "T"); l.Put(theme.Text, "x") }), "\x1b[1mT\x1b[mx"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestCursorRowIsFilled(t *testing.T) {
	l := newLine()
	l.Begin(nil, 6, theme.Cursor)
	l.Put(theme.Text, "ab")
	l.End()
	if l.At() != 6 {
		t.Errorf("the row ends at %d", l.At())
	}
}

func TestHighlight(t *testing.T) {
	for _, c := range []struct{ find, text, want string }{
		{"cat", "GET /Catalog cat", "GET /[Cat]alog [cat]"},
		{"Cat", "GET /Catalog cat", "GET /[Cat]alog cat"},
		{"/c.t/", "GET /Catalog cut", "GET /Catalog [cut]"},
		{"/x*/", "abc", "abc"},
		{"aa", "aaaa", "[aa][aa]"},
	} {
		f, err := canvas.NewFinder(c.find)
		if err != nil {
			t.Fatal(err)
		}
		l := newLine()
		l.Begin(nil, 80, theme.Text)
		l.Find(f)
		l.Put(theme.Text, c.text)
		got := strings.NewReplacer("\x1b[7m", "[", "\x1b[m", "]").Replace(string(l.End()))
		if got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.find, c.text, got, c.want)
		}
	}
	if _, err := canvas.NewFinder("/a(/"); err == nil {
		t.Error("a broken regexp was taken")
	}
	if f, err := canvas.NewFinder(""); f != nil || err != nil {
		t.Error("nothing typed must find nothing")
	}
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "größe": 5, "日本": 4, "a\tb": 2 + 7, strings.Repeat("日", 100): 200} {
		if got := canvas.Width(s); got != want {
			t.Errorf("%q is %d cells, want %d", s, got, want)
		}
	}
}

func TestShortName(t *testing.T) {
	for _, c := range []struct {
		name  string
		width int
		want  string
	}{
		{"app", 6, "app"}, {"talk2me.errors", 8, "errors"}, {"com.example.orders.Repo", 12, "orders.Repo"},
		{"com.example.OrderController", 8, "OrderController"}, {"scheduler", 6, "scheduler"}, {"a.b.", 3, "b."}, {"", 3, ""},
	} {
		if got := canvas.ShortName(c.name, c.width); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.name, c.width, got, c.want)
		}
	}
}
