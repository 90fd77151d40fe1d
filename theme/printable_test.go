package theme_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"

	"ravel/theme"
)

func TestPrintable(t *testing.T) {
	for _, c := range []struct {
		name, in string
		width    int
		want     string
		cells, n int
	}{
		{"plain", "hello world", 80, "hello world", 11, 11},
		{"cut", "hello world", 5, "hello", 5, 5},
		{"no bound", "hello", -1, "hello", 5, 5},
		{"empty", "", 10, "", 0, 0},
		{"no room", "abc", 0, "", 0, 0},
		{"escape", "a\x1b[31mb", 80, "a␛[31mb", 7, 7},
		{"controls", "a\x00\r\x7fb", 80, "a···b", 5, 5},
		{"tab", "a\tb", 80, "a       b", 9, 3},
		{"tab cut", "abc\tb", 5, "abc  ", 5, 4},
		{"bad utf-8", "a\xffb", 80, `a\xffb`, 6, 3},
		{"bad utf-8 cut", "ab\xff", 5, "ab", 2, 2},
		{"c1", "a\u009bb", 80, "a\ufffdb", 3, 4},
		{"bidi", "a\u202eb", 80, "a\ufffdb", 3, 5},
		{"wide", "日本語", 5, "日本", 4, 6},
		{"combining", "e\u0301x", 80, "e\u0301x", 2, 4},
		{"leading mark", "\u0301x", 80, "x", 1, 3},
		{"zalgo", "e" + strings.Repeat("\u0301", 9) + "x", 80, "e" + strings.Repeat("\u0301", 4) + "x", 2, 20},
		{"joiner", "👩\u200d👧", 80, "👩👧", 4, 11},
		{"skin tone", "👍🏽!", 80, "👍!", 3, 9},
		{"zero width", "a\u200bb", 80, "ab", 2, 5},
	} {
		out, cells, n := theme.Printable(nil, c.in, c.width)
		if string(out) != c.want || cells != c.cells || n != c.n {
			t.Errorf("%s: got %q, %d cells, %d bytes; want %q, %d, %d", c.name, out, cells, n, c.want, c.cells, c.n)
		}
	}
	if out, _, _ := theme.ASCII.PrintableString(nil, "a\x1b\x01\u009b", 80); string(out) != "a^.?" {
		t.Errorf("ASCII signs: %q", out)
	}
}

func FuzzPrintable(f *testing.F) {
	for _, s := range []string{"plain", "a\x1b]8;;http://x\x07link", "\xff\xfe\u202e日本\t\r\n", "👩‍👧 e\u0301\u0301", "\u1100\u1161\u11a8"} {
		f.Add([]byte(s), 7)
	}
	f.Fuzz(func(t *testing.T, src []byte, width int) {
		width %= 200
		before := string(src)
		out, cells, n := theme.Printable([]byte("keep"), src, width)
		if string(src) != before {
			t.Fatal("the source was written")
		}
		got, ok := strings.CutPrefix(string(out), "keep")
		if !ok || !utf8.ValidString(got) {
			t.Fatalf("%q is not a valid continuation", out)
		}
		sum := 0
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%U survived in %q", r, got)
			}
			sum += displaywidth.Rune(r)
		}
		if sum != cells || (width >= 0 && cells > width) {
			t.Fatalf("%q: %d cells counted, %d told, width %d", got, sum, cells, width)
		}
		if n > len(src) || (width < 0 && n != len(src)) {
			t.Fatalf("%d of %d bytes taken at width %d", n, len(src), width)
		}
		rest, _, m := theme.Printable(nil, src[n:], -1)
		if n+m != len(src) {
			t.Fatalf("the rest %q takes %d bytes of %d", rest, m, len(src)-n)
		}
	})
}

func TestPrintableDoesNotAllocate(t *testing.T) {
	dst := make([]byte, 0, 1024)
	hostile := "日本\x1b[31m\xff\u202e e\u0301 \t tail"
	for _, s := range []string{strings.Repeat("plain text ", 20), hostile} {
		if n := testing.AllocsPerRun(100, func() { dst, _, _ = theme.Printable(dst[:0], s, 160) }); n != 0 {
			t.Errorf("%v allocations for %q", n, s)
		}
	}
}

func BenchmarkPrintable(b *testing.B) {
	dst := make([]byte, 0, 1024)
	for _, c := range []struct{ name, text string }{
		{"ascii", strings.Repeat("GET /api/v1/catalogs 200 ", 6)},
		{"unicode", strings.Repeat("größe 日本 naïve ", 6)},
		{"hostile", strings.Repeat("\x1b[31m\xff\u202e\t\r", 20)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				dst, _, _ = theme.Printable(dst[:0], c.text, 160)
			}
		})
	}
}
