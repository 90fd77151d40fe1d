package query

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"ravel/model"
)

// naiveFind is where needle stands in text at or after from, by the rules of a
// finder; -1 if nowhere.
func naiveFind(text, needle string, fold bool, from int) int {
	low := func(s string) string {
		b := []byte(s)
		for i, c := range b {
			if 'A' <= c && c <= 'Z' {
				b[i] += 'a' - 'A'
			}
		}
		return string(b)
	}
	if fold {
		text, needle = low(text), low(needle)
	}
	if from > len(text) {
		return -1
	}
	i := strings.Index(text[from:], needle)
	if i < 0 {
		return -1
	}
	return from + i
}

func FuzzFinder(f *testing.F) {
	f.Add("a Needle in the hay needle", "needle", true)
	f.Add("0000000100000", "0001", false)
	f.Add("aAaAaAb", "aab", true)
	f.Fuzz(func(t *testing.T, text, needle string, sampled bool) {
		if needle == "" || len(text) > 300 {
			return
		}
		fd := newFinder(needle, true)
		if fd.wide {
			return // compared with package strings in TestFinderWide
		}
		c := cursor{f: fd}
		if sampled {
			var q frequencies
			q.sample([]byte(text))
			c.aim(&q)
		} else {
			c.aim(nil)
		}
		for at := 0; ; at++ {
			got, want := c.next([]byte(text), at), naiveFind(text, needle, fd.fold, at)
			if got != want {
				t.Fatalf("%q in %q from %d: %d, want %d", needle, text, at, got, want)
			}
			if at = got; at < 0 {
				return
			}
		}
	})
}

// TestFinderExhaustive tries every needle and text over a small alphabet, with
// bytes so frequent that every way of searching is taken.
func TestFinderExhaustive(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	letters := "aAbB0-"
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = letters[rng.IntN(len(letters))]
		}
		return string(b)
	}
	for range 20000 {
		text, needle := strings.Repeat(word(2), rng.IntN(100))+word(rng.IntN(30)), word(1+rng.IntN(4))
		fd := newFinder(needle, rng.IntN(2) == 0)
		var q frequencies
		q.sample([]byte(text))
		c := cursor{f: fd}
		c.aim(&q)
		for at := 0; at >= 0; {
			got, want := c.next([]byte(text), at), naiveFind(text, needle, fd.fold, at)
			if got != want {
				t.Fatalf("%q (fold %v) in %q from %d: %d, want %d", needle, fd.fold, text, at, got, want)
			}
			if at = got; at >= 0 {
				at += 1 + rng.IntN(3)
			}
		}
	}
}

func TestFinderWide(t *testing.T) {
	for _, c := range []struct {
		text, word string
		want       bool
	}{
		{"GRÖSSE", "größe", false}, {"Größe", "größe", true}, {"CAFÉ", "café", true}, {"café", "CAFÉ", false}, {"日本", "日本", true}, {"xÜberlauf", "überlauf", true}, {"ÅÅ", "åå", true}, {"\u212bngstrom", "ångstrom", true},
		{"straße", "strasse", false}, {"ΑΒΓ", "αβγ", true}, {"\u212a", "k", false}, {"\xffcafé", "café", true}, {"caf\xc3", "café", false},
	} {
		if got := newFinder(c.word, true).inString(c.text); got != c.want {
			t.Errorf("%q in %q: %v", c.word, c.text, got)
		}
	}
}

// TestFinderEverywhere searches for words beyond ASCII among words of both kinds,
// by package strings' lower case.
func TestFinderEverywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 10))
	words := []string{"ошибка", "ОШИБКА", "error at ", "Größe", "\u212bngstrom", "日本", " ", "12345678", "\xff", "ß", "x"}
	for range 3000 {
		var text []byte
		for range rng.IntN(8) {
			text = append(text, words[rng.IntN(len(words))]...)
		}
		word := strings.ToLower(words[rng.IntN(6)])
		c := cursor{f: newFinder(word, true)}
		c.naive = true
		want := -1
		for i := 0; i < len(text) && want < 0; i++ {
			if c.f.at(text, i) {
				want = i
			}
		}
		if got := c.next(text, 0); got != want {
			t.Fatalf("%q in %q: %d, want %d", word, text, got, want)
		}
	}
}

// FuzzSkim compares skimming with decoding by encoding/json: an answer that is
// not unsure must be the right one.
func FuzzSkim(f *testing.F) {
	f.Add(`{"a":1,"b":{"c":"x","d":[1,{"c":2}]},"context":{"u":null}}`, "b.c")
	f.Add(`{"a.b":1,"a":{"b":2}}`, "a.b")
	f.Add(`{"k\u0061":"v\"w", "x" : tru}`, "ka")
	f.Fuzz(func(t *testing.T, text, path string) {
		got, found := skimField([]byte(text), path)
		if found == unsure || !utf8.ValidString(text) || path == "" {
			return
		}
		if !json.Valid([]byte(text)) {
			return // a broken record has no right answer
		}
		fields := decodeJSON(text)
		want, ok := model.Lookup(fields, path)
		if !ok && !strings.Contains(path, ".") {
			want, ok = lookupInside(fields, path)
		}
		if ok != (found == present) || ok && (want.Kind != got.Kind || want.Str != got.Str) {
			t.Fatalf("skimField(%q, %q) = %v %v, decoded %v %v", text, path, got, found, want, ok)
		}
	})
}

func TestRequiredLiteral(t *testing.T) {
	for _, c := range []struct{ expr, want string }{
		{"timeout", "timeout"}, {"time.?out", "time"}, {"(?i)TimeOut", "timeout"}, {"(?i)task failed", " failed"}, {"a|b", ""}, {"[0-9]+", ""},
		{"(foo)+bar", "foo"}, {"x(abc)d", "xabcd"}, {"^Started GET", "Started GET"}, {"(abc){2,}x", "abcabc"}, {"(abc)?defg", "defg"}, {"a.b", ""},
	} {
		got := ""
		if f := requiredLiteral(c.expr); f != nil {
			got = string(f.needle)
		}
		if got != c.want {
			t.Errorf("requiredLiteral(%q) = %q, want %q", c.expr, got, c.want)
		}
	}
}

func TestRegexpPrintsAsOneTerm(t *testing.T) {
	pat, err := PatternOf(`a b/\sc`)
	if err != nil {
		t.Fatal(err)
	}
	e := &Regexp{Pattern: pat}
	q := mustParse(t, e.String())
	back, ok := q.Filter.(*Regexp)
	if !ok || !bytes.Equal([]byte(back.Pattern.Source), []byte(`a\x20b\/\sc`)) {
		t.Errorf("%s reads back as %s", e, tree(q.Filter))
	}
}

func TestRelaxed(t *testing.T) {
	for _, c := range []struct{ expr, want string }{
		{"abc", ""}, {"^abc$", "abc"}, {`\bx(a|^b)\B`, "x(a|(?:)b)"}, {`(?m)^a$`, "a"},
	} {
		got := relaxed(c.expr)
		if (got == "") != (c.want == "") {
			t.Errorf("relaxed(%q) = %q", c.expr, got)
			continue
		}
		if got == "" {
			continue
		}
		a, b := regexp.MustCompile(got), regexp.MustCompile(c.want)
		for _, s := range []string{"abc", "xabcx", "xa", "xb", "zxbz", "a", ""} {
			if a.MatchString(s) != b.MatchString(s) {
				t.Errorf("relaxed(%q) = %q, which on %q says %v", c.expr, got, s, a.MatchString(s))
			}
		}
	}
}
