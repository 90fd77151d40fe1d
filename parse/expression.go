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

// firstBytes returns the bytes with which a match can begin; "" is any.
func (e *expression) firstBytes() string {
	var set [256]bool
	prog := e.prog()
	if prog == nil || !reach(prog, uint32(prog.Start), map[uint32]bool{}, &set) {
		return anyByte
	}
	var out []byte
	for c, in := range set {
		if in {
			out = append(out, byte(c))
		}
	}
	return string(out)
}

// reach adds the first bytes of what the program reads from pc on. It reports
// false if it can match without reading.
func reach(prog *syntax.Prog, pc uint32, seen map[uint32]bool, set *[256]bool) bool {
	if seen[pc] {
		return true
	}
	seen[pc] = true
	in := &prog.Inst[pc]
	switch in.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return reach(prog, in.Out, seen, set) && reach(prog, in.Arg, seen, set)
	case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
		return reach(prog, in.Out, seen, set)
	case syntax.InstMatch:
		return false
	case syntax.InstFail:
		return true
	}
	for c := range 128 {
		if in.MatchRune(rune(c)) {
			set[c] = true
		}
	}
	if in.Op != syntax.InstRune && in.Op != syntax.InstRune1 || len(in.Rune) > 0 && in.Rune[len(in.Rune)-1] >= 128 {
		for c := 128; c < 256; c++ {
			set[c] = true
		}
	}
	return true
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
