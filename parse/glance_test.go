package parse

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// TestGlanceTurnsNoMatchAway asks each pattern for lines that it matches, and
// for what random changes make of these.
func TestGlanceTurnsNoMatchAway(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	away := 0
	for _, f := range Builtin().formats {
		if f.pattern == nil {
			continue
		}
		for _, other := range Builtin().formats {
			for _, s := range other.about().Samples {
				for range 30 {
					line := []byte(s.Line)
					for len(line) > 0 && rng.IntN(3) > 0 {
						line[rng.IntN(len(line))] = "0 a:[]-/\x00é\n"[rng.IntN(12)]
					}
					if f.pattern.glance.may(line) {
						continue
					}
					if away++; f.pattern.recipe().expr.re().Match(line) {
						t.Fatalf("%s turns %q away, which it matches", f.Name, line)
					}
				}
			}
		}
	}
	if away == 0 {
		t.Error("no line is turned away")
	}
}

// TestGlances asks the glances of a line's first byte, and each pattern that they
// rule out.
func TestGlances(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	s := Builtin()
	away := 0
	for _, f := range s.formats {
		for _, sample := range f.about().Samples {
			for k := range 200 {
				line := []byte(sample.Line)
				for k > 0 && rng.IntN(3) > 0 {
					line[rng.IntN(len(line))] = "0 a:[]-/\x00é\n"[rng.IntN(12)]
				}
				if rng.IntN(4) == 0 {
					line = line[:1+rng.IntN(len(line))]
				}
				g := s.glances[line[0]]
				may := g.may(line)
				if k%2 == 0 {
					may = g.needed(line) // as for the first lines
				}
				for _, n := range s.byFirst[line[0]] {
					p := s.formats[n].pattern
					if p == nil || may.has(n) {
						continue
					}
					if away++; p.recipe().expr.re().Match(line) {
						t.Fatalf("%s is ruled out for %q, which it matches", s.formats[n].Name, line)
					}
				}
			}
		}
	}
	if away == 0 {
		t.Error("no line is turned away")
	}
}

func TestGlance(t *testing.T) {
	for _, c := range []struct{ pattern, yes, no string }{
		{`a+b`, "aaab", "b|aaac|c"},
		{`(?:a*)*c`, "aac|c", "ab|d"},
		{`(?i)warn: .*`, "wArN: x", "war|walk: "},
		{`\bword\b.*`, "word x", ""},
		{`(?m)^x$\n.*`, "x\ny", ""},
		{`\d\d$`, "12", "1a"},
		{`é.*`, "éa", "a"},
		{`)0|(`, "10", ""}, // breaks out of the group: not anchored
	} {
		g := glanceOf(t, c.pattern)
		for _, s := range strings.Split(c.yes, "|") {
			if !g.may([]byte(s)) {
				t.Errorf("%s turns %q away", c.pattern, s)
			}
		}
		for _, s := range strings.Split(c.no, "|") {
			if s != "" && g.may([]byte(s+" and more")) {
				t.Errorf("%s may match %q", c.pattern, s)
			}
		}
	}
}

func glanceOf(t *testing.T, pattern string) *glance {
	t.Helper()
	e, err := newExpression(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return newGlance(func() *expression { return e })
}

// TestGlanceIsShared asks one glance from several goroutines.
func TestGlanceIsShared(t *testing.T) {
	g := glanceOf(t, `(?P<a>\S+) (?P<b>[A-Z]+)\[(?P<c>\d+)\]: .*`)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 100 {
				if !g.may([]byte("host NAME[12]: text")) || g.may([]byte("host name[12]: text")) {
					t.Error("a wrong answer")
				}
			}
		})
	}
	group.Wait()
}

func FuzzGlance(f *testing.F) {
	f.Add(`(?:a|b)*c\d?`, "abc1")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		e, err := newExpression(pattern)
		if err == nil && e.re().MatchString(text) && !newGlance(func() *expression { return e }).may([]byte(text)) {
			t.Errorf("%q turns %q away", pattern, text)
		}
	})
}
