package parse

import (
	"regexp"
	"regexp/syntax"
	"sync"
)

// expression is a regular expression that matches whole lines. Parsing it is a
// quarter of what it takes until it can match: the rest is done when it is first
// asked for. It is safe for concurrent use.
type expression struct {
	parsed *syntax.Regexp
	prog   func() *syntax.Prog // nil if it is too large for one
	re     func() *regexp.Regexp
}

// newExpression reads what stands between a line's ends.
func newExpression(pattern string) (*expression, error) {
	whole := `\A(?:` + pattern + `)\z`
	parsed, err := syntax.Parse(whole, syntax.Perl)
	if err != nil {
		return nil, err
	}
	return &expression{
		parsed: parsed,
		prog: sync.OnceValue(func() *syntax.Prog {
			prog, err := syntax.Compile(parsed.Simplify())
			if err != nil {
				return nil
			}
			return prog
		}),
		re: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(whole) }), // it has been parsed
	}, nil
}

// leadBytes is for how many bytes at the beginning of a line it is known
// beforehand which ones may stand there.
const leadBytes = 6

// lead is which bytes may stand at the first places of a match, each as pairs of
// the first and the last of a run; "" is any.
type lead [leadBytes]string

// allows reports whether a line that begins like t may match.
func (l *lead) allows(t []byte) bool {
	for i, c := range t[:min(len(t), leadBytes)] {
		if l[i] != "" && !l.has(i, c) {
			return false
		}
	}
	return true
}

// has reports whether l[i] has c.
func (l *lead) has(i int, c byte) bool {
	for runs := l[i]; len(runs) > 0; runs = runs[2:] {
		if runs[0] <= c && c <= runs[1] {
			return true
		}
	}
	return false
}

// lead returns e's.
func (e *expression) lead() (l lead) {
	prog := e.prog()
	if prog == nil || !e.anchored() {
		return l
	}
	from := []uint32{uint32(prog.Start)}
	for i := range l {
		pcs, open := reach(prog, i == 0, from...)
		if open {
			break
		}
		var set [256]bool
		from = from[:0]
		for _, pc := range pcs {
			in := &prog.Inst[pc]
			from = append(from, in.Out)
			for c := range 128 {
				set[c] = set[c] || in.MatchRune(rune(c))
			}
			set[128] = set[128] || beyondASCII(in)
		}
		for c := 129; c < 256; c++ {
			set[c] = set[128]
		}
		if l[i] = runs(&set); set[128] {
			break // of how many bytes is not known
		}
	}
	return l
}

// beyondASCII reports whether an instruction takes other runes, too: two of them
// fold to s and k.
func beyondASCII(in *syntax.Inst) bool {
	return in.Op != syntax.InstRune && in.Op != syntax.InstRune1 || in.Rune[len(in.Rune)-1] >= 128 || in.MatchRune('ſ') || in.MatchRune('\u212a')
}

// anchored reports whether e matches whole lines only: a pattern may break out
// of what is put around it.
func (e *expression) anchored() bool {
	return e.parsed.Op == syntax.OpConcat && e.parsed.Sub[0].Op == syntax.OpBeginText
}

// runs writes a set of bytes as pairs of the first and the last of a run.
func runs(set *[256]bool) string {
	var b []byte
	for c := 0; c < 256; c++ {
		if from := c; set[c] {
			for c < 255 && set[c+1] {
				c++
			}
			b = append(b, byte(from), byte(c))
		}
	}
	return string(b)
}

// needs returns the longest text that every match holds, "" if there is none of
// two bytes: a cheap test before the dear one.
func (e *expression) needs() string {
	best := ""
	var walk func(x *syntax.Regexp)
	walk = func(x *syntax.Regexp) {
		switch x.Op {
		case syntax.OpLiteral:
			if x.Flags&syntax.FoldCase == 0 && len(string(x.Rune)) > len(best) {
				best = string(x.Rune)
			}
		case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
			for _, sub := range x.Sub {
				walk(sub)
			}
		}
	}
	if walk(e.parsed.Simplify()); len(best) < 2 {
		return ""
	}
	return best
}
