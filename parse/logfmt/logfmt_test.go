package logfmt

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// words prints what Iter sees: key=value, quoted values in quotes, bare words
// alone, an open quote with a trailing ….
func words(line string) string {
	var out []string
	for it := Pairs([]byte(line)); it.Next(); {
		switch {
		case it.Bare:
			out = append(out, string(it.Key))
		case it.Open:
			out = append(out, fmt.Sprintf("%s=%q…", it.Key, it.Val))
		case it.Quoted:
			out = append(out, fmt.Sprintf("%s=%q", it.Key, it.Val))
		default:
			out = append(out, fmt.Sprintf("%s=%s", it.Key, it.Val))
		}
	}
	return strings.Join(out, "|")
}

func TestPairs(t *testing.T) {
	for line, want := range map[string]string{
		`level=info msg="hello world" dur=1.5s`:  `level=info|msg="hello world"|dur=1.5s`,
		`a= b=2 c="" d`:                          `a=|b=2|c=""|d`,
		`msg="say \"hi\"" n=1`:                   `msg="say \\\"hi\\\""|n=1`,
		`msg="no end`:                            `msg="no end"…`,
		`msg="ends in \`:                         `msg="ends in \\"…`,
		`msg="ends in \"`:                        `msg="ends in \\\""…`,
		`http.method=GET url=/a?b=c =x = deploy`: `http.method=GET|url=/a?b=c|=x|=|deploy`,
		"  a=1\tb=2  \r\n":                       `a=1|b=2`,
		`a="x"b=2`:                               `a="x"|b=2`,
		`a=b"c d"`:                               `a=b"c|d"`,
		`ключ=значение`:                          `ключ=значение`,
		``:                                       ``,
		`   `:                                    ``,
		`t=2023-03-14T06:10:23.36+02:00 uname= x`: `t=2023-03-14T06:10:23.36+02:00|uname=|x`,
	} {
		if got := words(line); got != want {
			t.Errorf("%q:\n got %s\nwant %s", line, got, want)
		}
	}
}

// looks reports whether a Look of all its words takes line for logfmt.
func looks(line []byte) bool {
	var l Look
	for it := Pairs(line); it.Next(); {
		if !l.Add(&it) {
			return false
		}
	}
	return l.Fits()
}

func TestLook(t *testing.T) {
	for line, want := range map[string]bool{
		`level=info msg="hello world"`:                              true,
		`msg="i like turtle" key=value1`:                            true,
		`key=value1 msg="i like turtle" key2=42`:                    true,
		`at=info method=GET path="/" host=x status=200`:             true,
		`logger=context userId=0 orgId=0 uname= t=2023-03-14T06:10`: true,
		`date=2024-10-14 time=13:46:40 tz="-0700"`:                  true,
		`level=info`:      true,
		`msg="half of it`: true,
		`level=warn msg=slow query took long n=2 m=3`: true,
		`a=1`:                                   false,
		`hello a=1 b=2`:                         false,
		`status=200 request done in time`:       false,
		`a=1 b=2 and so on goes the text of it`: false,
		`{"a":"b=1 c=2"}`:                       false,
		`x:=1 y:=2`:                             true,
		`http://h/?a=1 b=2`:                     false,
		`a+b=c d=e`:                             false,
		`1=2 3=4`:                               false,
		`==== =====`:                            false,
		``:                                      false,
	} {
		if got := looks([]byte(line)); got != want {
			t.Errorf("looks(%q) = %v", line, got)
		}
	}
}

func TestUnquote(t *testing.T) {
	for span, want := range map[string]string{
		`plain`: "plain", `a\nb`: "a\nb", `say \"hi\"`: `say "hi"`, `\u00e9\x41`: "éA", `\`: `\`, `c:\path\q`: `c:\path\q`,
		`a\/b`: "a/b", `\xff`: "\xff", `\U0001f600!`: "😀!", `it\'s`: `it\'s`,
	} {
		if got := string(Unquote(nil, []byte(span))); got != want {
			t.Errorf("Unquote(%q) = %q, want %q", span, got, want)
		}
	}
}

// TestRoundTrip writes random pairs as Go loggers do and reads them back.
func TestRoundTrip(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	letters := []rune("ab =\"\\\n\té世:{}.")
	for range 5000 {
		var line strings.Builder
		var want []string
		for i := range 1 + rnd.IntN(6) {
			v := make([]rune, rnd.IntN(8))
			for j := range v {
				v[j] = letters[rnd.IntN(len(letters))]
			}
			text := string(v)
			want = append(want, text)
			if text == "" || strings.ContainsAny(text, " =\"\\\n\t") {
				text = strconv.Quote(text)
			}
			fmt.Fprintf(&line, "k%d=%s ", i, text)
		}
		it := Pairs([]byte(line.String()))
		for i, w := range want {
			if !it.Next() {
				t.Fatalf("%q ends before pair %d", line.String(), i)
			}
			got := it.Val
			if it.Escaped {
				got = Unquote(nil, it.Val)
			}
			if string(got) != w || string(it.Key) != fmt.Sprint("k", i) {
				t.Fatalf("%q: pair %d is %q=%q, want %q", line.String(), i, it.Key, got, w)
			}
		}
		if it.Next() {
			t.Fatalf("%q: a pair too many: %q", line.String(), it.Key)
		}
	}
}

func FuzzPairs(f *testing.F) {
	for _, s := range []string{`a=b c="d e" f`, `a="\`, `=`, `a="x"b=`, "\xff=\xfe"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		last := 0
		for it := Pairs(b); it.Next(); {
			if it.Start < last || it.End <= it.Start || it.End > len(b) || len(bytes.TrimSpace(b[last:it.Start])) > 0 {
				t.Fatalf("%q: word at %d..%d after %d", b, it.Start, it.End, last)
			}
			last = it.End
			Unquote(nil, it.Val)
		}
		looks(b)
	})
}

var sample = []byte(`time="2026-11-20T15:17:02Z" level=warning msg="multi\nline message\n  third" dur=567.611454ms n=509 request_id=67fdb843-ae07-45c3-a68b-3c10008b460c host=api-1 method=GET path=/api/v1/datasets/54987 status=200`)

func TestNoAllocations(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		for it := Pairs(sample); it.Next(); {
		}
		looks(sample)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPairs(b *testing.B) {
	b.SetBytes(int64(len(sample)))
	b.ReportAllocs()
	for b.Loop() {
		for it := Pairs(sample); it.Next(); {
		}
	}
}

func BenchmarkLook(b *testing.B) {
	for b.Loop() {
		looks(sample)
	}
}
