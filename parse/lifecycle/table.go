package lifecycle

import (
	"fmt"
	"strings"

	"ravel/model"
)

// Rule is one phrase of a lifecycle. Pattern is literal text with captures in
// braces; it must match from the start of the message and end at a word's end:
//
//	{method}  GET, POST, …                     {status}  100 to 599
//	{path}    up to white space, ? splits it   {dur}     12ms, 1.5 s, 250µs, 2 sec
//	{client}  up to white space                {ms} {s}  a number in that unit
//	{name}    up to the literal that follows   {id}      up to the literal that follows
//	{*}       anything up to what follows      {end}     nothing may follow
//
// Letters match in either case, and space, `_`, `-` and `.` match each other,
// so that an event's name and its sentence are one rule.
type Rule struct {
	Pattern string
	Kind    model.Kind
	Event   model.Event
	// Pair names what this rule starts and ends: an end closes a start that
	// has a pair in common with it. Several are separated by spaces.
	Pair string
	// Name is the request's name where the pattern captures none.
	Name string
	// NeedsID: the phrase is too common to mean anything without an id.
	NeedsID bool
}

// Table is a compiled set of rules. It is safe for concurrent use.
type Table struct {
	rules  []rule
	first  [256][]entry // rules that begin with text, by its first byte, folded
	method []uint16     // rules that begin with {method}; they are tried last
	client []uint16     // rules that begin with {client}, which is an address then
}

// entry is a rule with the first four bytes of its text, by which nearly every
// message that it does not match is turned away.
type entry struct {
	head, mask uint32
	rule       uint16
}

type rule struct {
	Rule
	pairBits uint64 // a bit for each word of Pair
	ops      []op
}

type op struct {
	lit   string // folded literal; "" for a capture
	exact string // the literal as the rule spells it: compared first, being the common case
	cap   capture
	until byte   // first byte of the literal that follows a capture, 0 if none
	next  string // that literal
}

type capture uint8

const (
	noCapture capture = iota
	capMethod
	capPath
	capClient
	capName
	capID
	capStatus
	capDur
	capMS
	capS
	capAny
	capEnd
)

var captures = map[string]capture{
	"method": capMethod, "path": capPath, "client": capClient, "name": capName, "id": capID,
	"status": capStatus, "dur": capDur, "ms": capMS, "s": capS, "*": capAny, "end": capEnd,
}

// fold maps a byte to what it is compared as.
var fold = func() (t [256]byte) {
	for i := range t {
		c := byte(i)
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case c == '_' || c == '-' || c == '.':
			c = ' '
		}
		t[i] = c
	}
	return t
}()

// Compile makes a Table of rules; of those that begin alike earlier ones win.
// Pairs of the built-in rules' names are theirs. The error names the rule and
// what is wrong with it.
func Compile(own []Rule) (*Table, error) {
	t := &Table{rules: make([]rule, len(own))}
	pairs := map[string]uint64{}
	for _, r := range rules {
		for _, word := range strings.Fields(r.Pair) {
			if _, known := pairs[word]; !known {
				pairs[word] = 1 << len(pairs)
			}
		}
	}
	for i, r := range own {
		ops, err := compile(r.Pattern)
		if err != nil {
			return nil, fmt.Errorf("lifecycle rule %q: %w", r.Pattern, err)
		}
		t.rules[i] = rule{Rule: r, ops: ops}
		for _, word := range strings.Fields(r.Pair) {
			if _, known := pairs[word]; !known {
				if len(pairs) == 64 {
					return nil, fmt.Errorf("lifecycle rule %q: pair %q is one too many, there may be 64", r.Pattern, word)
				}
				pairs[word] = 1 << len(pairs)
			}
			t.rules[i].pairBits |= pairs[word]
		}
		switch ops[0].cap {
		case capMethod:
			t.method = append(t.method, uint16(i))
			continue
		case capClient:
			t.client = append(t.client, uint16(i))
			continue
		}
		e := entry{rule: uint16(i)}
		for k := range min(4, len(ops[0].lit)) {
			e.head |= uint32(ops[0].lit[k]) << (8 * k)
			e.mask |= 0xff << (8 * k)
		}
		c := ops[0].lit[0]
		t.first[c] = append(t.first[c], e)
	}
	return t, nil
}

func compile(pattern string) ([]op, error) {
	var ops []op
	for rest := pattern; rest != ""; {
		lit, after, found := strings.Cut(rest, "{")
		if lit != "" {
			ops = append(ops, op{lit: foldString(lit), exact: lit})
		}
		if !found {
			break
		}
		name, tail, closed := strings.Cut(after, "}")
		c, known := captures[name]
		if !closed || !known {
			return nil, fmt.Errorf("{%s is no capture; there are {method} {path} {client} {name} {id} {status} {dur} {ms} {s} {*} {end}", name)
		}
		ops = append(ops, op{cap: c})
		rest = tail
	}
	if len(ops) == 0 {
		return nil, fmt.Errorf("the pattern is empty")
	}
	if o := ops[0]; o.lit == "" && o.cap != capMethod && o.cap != capClient {
		return nil, fmt.Errorf("a pattern begins with text, {method} or {client}")
	}
	for i := range ops[:len(ops)-1] {
		if ops[i].cap == noCapture {
			continue
		}
		if ops[i].next = ops[i+1].lit; ops[i].next != "" {
			ops[i].until = ops[i].next[0]
		} else if ops[i].cap == capAny && ops[i+1].cap != capEnd {
			return nil, fmt.Errorf("{*} needs text behind it to end at")
		}
	}
	return ops, nil
}

func foldString(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = fold[c]
	}
	return string(b)
}

// Rule returns rule number i, a Hit's Rule.
func (t *Table) Rule(i uint16) Rule { return t.rules[i].Rule }

// Paired reports whether the end of rule end may close a start of rule start.
func (t *Table) Paired(start, end uint16) bool {
	return t.rules[start].pairBits&t.rules[end].pairBits != 0
}
