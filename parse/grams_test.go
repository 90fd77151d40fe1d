package parse

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ravel/model"
)

// plainObjects are n lines of a JSON logger that say nothing of durations.
func plainObjects(n int) []byte {
	return bytes.Repeat([]byte(`{"timestamp": "2025-03-20T13:24:26.123Z", "level": "INFO", "logger": "app", "message": "pool size 80", "request_id": "d669b032f7eeb4b5b17e6deb4288af45"}`+"\n"), n)
}

// tellsOf is what looks for durations in the stream of lines.
func tellsOf(t *testing.T, lines, sample []byte) *Tells {
	t.Helper()
	p := New(Options{Names: model.NewNames(), Domain: "app"})
	p.Parse(&model.Batch{Buf: lines}, 0, true)
	tells := p.Tells("duration_ms")
	if tells == nil {
		t.Fatal("nothing looks for durations")
	}
	tells.Sample(sample)
	return tells
}

// TestGrams compares what is found by AVX2 and a byte at a time.
func TestGrams(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	lines := plainObjects(40)
	tells := tellsOf(t, lines, lines)
	odd := []string{"duration_ms", "\n", "\n{\"timestamp\": \"", "\n{", "\x1b", `\`, "aki", "\xc3\xa4", "[0", "}{", "GET ", "took", "TIME_MS", "stream\"", "\x80\x91\xa2"}
	for range 3000 {
		var b []byte
		for len(b) < r.IntN(400) {
			if r.IntN(3) == 0 {
				b = append(b, odd[r.IntN(len(odd))]...)
			}
			at := r.IntN(len(lines))
			b = append(b, lines[at:min(len(lines), at+r.IntN(60))]...)
		}
		for from := 0; from <= len(b); {
			got, want := tells.next(b, from), tells.nextByte(b, from)
			if got != want {
				t.Fatalf("%q from %d: %d, want %d", b, from, got, want)
			}
			from = got + 1
		}
	}
}

// spelled is a text that has all parts of x.
func spelled(r *rand.Rand, x tellingText) string {
	var b strings.Builder
	for _, part := range x.parts {
		for _, c := range []byte(part) {
			switch {
			case c == '"':
				c = `"'`[r.IntN(2)]
			case c == ' ':
				c = " _-."[r.IntN(4)]
			case x.folded && c == '0':
				c = byte('0' + r.IntN(10))
			case x.folded && isAlpha(c) && r.IntN(2) == 0:
				c ^= 0x20
			}
			b.WriteByte(c)
		}
		b.WriteString("/x")
	}
	return b.String()
}

// TestTellingTexts checks that each text is found wherever it stands, whatever the
// sample was.
func TestTellingTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	lines := plainObjects(40)
	all := []byte(strings.Repeat(strings.Join(func() (s []string) {
		for _, x := range tellingTexts() {
			s = append(s, strings.Join(x.parts, " "))
		}
		return s
	}(), ", "), 4))
	for _, sample := range [][]byte{lines, all, nil, lines[:300]} {
		tells := tellsOf(t, lines, sample)
		for _, x := range tellingTexts() {
			for range 20 {
				text := spelled(r, x)
				line := append(append(bytes.Clone(lines[:r.IntN(60)]), text...), lines[:200]...)
				if at, _ := tells.Next(line, 0); at == len(line) {
					t.Fatalf("%q is not found in %q", x.parts, line)
				}
			}
		}
	}
}

// saying are lines that say in many ways how long something took.
func saying(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"testdata/samples/*.log", "../testdata/folds/*/*.log", "../testdata/logs/*", "testdata/seeds/*.log"} {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, strings.Split(string(text[:min(len(text), 300_000)]), "\n")...)
		}
	}
	for _, f := range Builtin().formats {
		for _, s := range f.about().Samples {
			all = append(all, s.Line)
		}
	}
	return append(all, telling...)
}

// TestTellsAll puts lines in a stream of JSON objects, as they are and within
// objects, whole and broken, and checks that those that tell a duration have a
// place where that is looked for, even if they begin as records do.
func TestTellsAll(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	plain := plainObjects(16)
	tells := tellsOf(t, plain, plain)
	const head = `{"timestamp": "`
	set, err := assemble(nil) // of its own: odd lines take up numbers of shapes
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	lines := saying(t)
	slices.Sort(lines)
	for _, line := range slices.Compact(lines) {
		quoted, _ := json.Marshal(line)
		cut := ""
		if strings.HasPrefix(line, "{") {
			cut = head + `2025-03-20T13:24:26Z", ` + line[1:]
		}
		for _, text := range []string{
			line, cut, cut[:r.IntN(len(cut)+1)], strings.ReplaceAll(cut, `"`, `'`), cut + cut, cut + " " + cut,
			head + `2025-03-20T13:24:26Z", "level": "INFO", "message": ` + string(quoted) + `}`,
			head + `2025-03-20T13:24:26Z", "stream": "stdout", "log": ` + string(quoted) + `}`,
			head + `2025-03-20T13:24:26Z", "message": ` + string(quoted) + `, "podName": "x"}`,
			head + `2025-03-20T13:24:26Z", "event": ` + string(quoted) + `}`,
			head + `2025-03-20T13:24:26Z" ` + line, head + line + `"}`, head + line + `}`,
		} {
			if !strings.HasPrefix(text, head) || r.IntN(4) > 0 {
				continue
			}
			text += "\n"
			b := &model.Batch{Buf: slices.Concat(plain, []byte(text), plain[:len(plain)/2])}
			New(Options{Formats: set, Names: model.NewNames(), Domain: "app"}).Parse(b, 0, true)
			if !slices.ContainsFunc(b.Dur, func(d uint32) bool { return d != model.NoDur }) {
				continue
			}
			told++
			if at, _ := tells.Next([]byte(text), 0); at == len(text) {
				t.Errorf("no place in %q", text)
			}
		}
	}
	t.Logf("%d lines tell", told)
	if told < 200 {
		t.Errorf("only %d lines tell a duration", told)
	}
}

// FuzzTells looks for lines that tell a duration without a place where that is
// looked for.
func FuzzTells(f *testing.F) {
	const head = `{"timestamp": "`
	for _, s := range []string{
		`2025-03-20T13:24:26Z", "level": "INFO", "message": "Completed 200 OK in 12ms"}`, `2025-03-20T13:24:26Z", "took": "5s"}`, `x", 'elapsed': 5, "message": "m"}`,
		`2025-03-20T13:24:26Z", "message": "m", "res": {"responseTime": 5}}`, `" 1.2.3.4 - - [20/Mar/2025:13:24:26 +0000] "GET /x HTTP/1.1" 200 1 0.5`,
		`2025-03-20T13:24:26Z", "log": "1286536308.779    180 192.168.0.224 TCP_MISS/200 411 GET http://a/b - DIRECT/1.2.3.4 text/html", "stream": "stdout"}`,
		`2025-03-20T13:24:26Z", "message": "m"} {"timestamp": "2025-03-20T13:24:26Z", "message": "m", "latency_ms": 7}`,
	} {
		f.Add(s)
	}
	plain := plainObjects(16)
	p := New(Options{Names: model.NewNames(), Domain: "app"})
	p.Parse(&model.Batch{Buf: plain}, 0, true)
	tells := p.Tells("duration_ms")
	tells.Sample(plain)
	f.Fuzz(func(t *testing.T, line string) {
		if strings.Contains(line, "\n") {
			return
		}
		text := head + line + "\n"
		b := &model.Batch{Buf: slices.Concat(plain, []byte(text), plain[:len(plain)/2])}
		New(Options{Names: model.NewNames(), Domain: "app"}).Parse(b, 0, true)
		if !slices.ContainsFunc(b.Dur, func(d uint32) bool { return d != model.NoDur }) {
			return
		}
		if at, _ := tells.Next([]byte(text), 0); at == len(text) {
			t.Errorf("no place in %q", text)
		}
	})
}
