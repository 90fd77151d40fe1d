// Package redact masks secrets in log text: keys, tokens, passwords and, on
// request, e-mail addresses. Only the bytes of the secret's value change. It is
// applied where text leaves the program (screen, copy, export), never to what
// is stored.
package redact

import (
	"fmt"
	"math/bits"
	"regexp"
	"slices"
	"strings"
)

// Options chooses what is masked.
type Options struct {
	Email bool     // mask e-mail addresses too
	Mask  string   // what stands for a secret; "" is DefaultMask
	Rules []Rule   // further rules
	Keys  []string // further field names whose whole value is masked, any case
}

// DefaultMask stands for a secret where no other mask is chosen.
const DefaultMask = "[REDACTED]"

// Rule is one kind of secret.
type Rule struct {
	Name    string // for messages and `ravel` listings
	Pattern string // RE2; what its first group matches is masked, or the whole match if it has none
	Literal string // text that stands in every match, any case: lines without it are not tried. "" tries every line
}

// Redactor masks text. It is immutable and safe for concurrent use.
type Redactor struct {
	mask  string
	email bool
	keys  map[string]bool // of Options.Keys, as normal spells them
	gate  gate
	rules []rule           // those of the gate, by number
	every []*regexp.Regexp // the user's rules without a literal
}

// New compiles the built-in rules and opts. The error names a user's rule that
// does not compile.
func New(opts Options) (*Redactor, error) {
	r := &Redactor{mask: opts.Mask, email: opts.Email, keys: map[string]bool{}}
	if r.mask == "" {
		r.mask = DefaultMask
	}
	r.rules = builtin()
	for _, k := range opts.Keys {
		name := normal([]byte(k))
		r.keys[string(name)] = true
		r.rules = append(r.rules, rule{name: k, literal: k, fold: true, find: keyed})
	}
	for _, u := range opts.Rules {
		re, err := regexp.Compile(u.Pattern)
		if err != nil {
			return nil, fmt.Errorf("rule %q: pattern %q: %w; mend the pattern or take the rule out", u.Name, u.Pattern, err)
		}
		if len(u.Literal) < minLiteral {
			r.every = append(r.every, re)
			continue
		}
		r.rules = append(r.rules, rule{name: u.Name, literal: u.Literal, fold: true, re: re})
	}
	for i := range r.rules {
		if len(r.rules[i].literal) >= minLiteral {
			r.gate.add(i, &r.rules[i])
		}
	}
	return r, nil
}

// span is a run of bytes to mask. quote says that the mask needs quotes of its
// own, because it takes the place of a JSON number.
type span struct {
	from, to int
	quote    bool
}

// Append appends src to dst with its secrets masked. It allocates nothing when
// src holds none and dst has room. dst and src must not overlap.
func (r *Redactor) Append(dst, src []byte) []byte {
	var room [16]span
	spans := r.spans(room[:0], src)
	if len(spans) == 0 {
		return append(dst, src...)
	}
	return r.write(dst, src, spans)
}

// write copies src with spans masked, which it sorts and joins.
func (r *Redactor) write(dst, src []byte, spans []span) []byte {
	slices.SortFunc(spans, func(a, b span) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return b.to - a.to
	})
	at := 0
	for _, s := range spans {
		if s.to <= at {
			continue
		}
		if s.from < at { // overlaps the span before, which is masked already
			at = s.to
			continue
		}
		dst = append(dst, src[at:s.from]...)
		if s.quote {
			dst = append(dst, '"')
		}
		dst = append(dst, r.mask...)
		if s.quote {
			dst = append(dst, '"')
		}
		at = s.to
	}
	return append(dst, src[at:]...)
}

// Value masks the value of the field named key: wholly if the name is a
// secret's (authorization, cookie, password, …), else what Append masks in it.
func (r *Redactor) Value(key, value string) string {
	if value == "" {
		return value
	}
	if key != "" && r.secretKey([]byte(key)) {
		return r.mask
	}
	src := []byte(value)
	var room [16]span
	spans := r.spans(room[:0], src)
	if len(spans) == 0 {
		return value
	}
	return string(r.write(make([]byte, 0, len(src)+len(r.mask)), src, spans))
}

// SecretKey reports whether the whole value of a field of that name is masked.
func (r *Redactor) SecretKey(key string) bool { return r.secretKey([]byte(key)) }

// Names lists the rules in force, the user's last.
func (r *Redactor) Names() []string {
	var names []string
	for i := range r.rules {
		if n := r.rules[i].name; !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	names = append(names, "card number")
	if r.email {
		names = append(names, "e-mail address")
	}
	return names
}

// spans appends what is to be masked in src.
func (r *Redactor) spans(dst []span, src []byte) []span {
	dst = r.gate.scan(dst, src, r)
	dst = cards(dst, src)
	if r.email {
		dst = emails(dst, src)
	}
	for _, re := range r.every {
		dst = matches(dst, src, re)
	}
	return dst
}

// matches appends what a user's pattern masks.
func matches(dst []span, src []byte, re *regexp.Regexp) []span {
	for _, m := range re.FindAllSubmatchIndex(src, -1) {
		from, to := m[0], m[1]
		if len(m) > 2 && m[2] >= 0 {
			from, to = m[2], m[3]
		}
		if from < to {
			dst = append(dst, span{from: from, to: to})
		}
	}
	return dst
}

// minLiteral is how long a literal must be for the gate.
const minLiteral = 3

// gate finds the literals of all rules in one pass: three bytes at a place
// choose, through a table each, which buckets of rules may have a literal that
// begins there.
type gate struct {
	first, second, third [256]uint64
	buckets              [64][]int // numbers of rules
}

// add puts rule i into its bucket, by its number.
func (g *gate) add(i int, r *rule) {
	bucket := i & 63
	g.buckets[bucket] = append(g.buckets[bucket], i)
	for k, table := range [...]*[256]uint64{&g.first, &g.second, &g.third} {
		c := r.literal[k]
		table[c] |= 1 << bucket
		if r.fold && c|0x20-'a' < 26 {
			table[c^0x20] |= 1 << bucket
		}
	}
}

// scan lets the rules look wherever their literal stands in src.
func (g *gate) scan(dst []span, src []byte, r *Redactor) []span {
	skip := 0 // places before it are masked already
	for i := 0; i+minLiteral <= len(src); i++ {
		m := g.first[src[i]] & g.second[src[i+1]] & g.third[src[i+2]]
		for ; m != 0 && i >= skip; m &= m - 1 {
			for _, n := range g.buckets[bits.TrailingZeros64(m)] {
				u := &r.rules[n]
				if !u.stands(src, i) {
					continue
				}
				if u.re != nil {
					dst = matches(dst, src, u.re)
					continue
				}
				if s, ok := u.find(r, u, src, i); ok {
					dst = append(dst, s)
					skip = max(skip, s.to)
				}
			}
		}
	}
	return dst
}

// stands reports whether the rule's literal stands at src[i].
func (u *rule) stands(src []byte, i int) bool {
	if i+len(u.literal) > len(src) {
		return false
	}
	at := src[i : i+len(u.literal)]
	if !u.fold {
		return string(at) == u.literal
	}
	for k, c := range at {
		l := u.literal[k]
		if c != l && (c|0x20 != l|0x20 || l|0x20-'a' >= 26) {
			return false
		}
	}
	return true
}

// normal spells a field's name without case and punctuation: `X-Api-Key` and
// `x_api_key` are xapikey.
func normal(name []byte) []byte {
	return []byte(strings.Map(func(c rune) rune {
		switch {
		case 'A' <= c && c <= 'Z':
			return c + 'a' - 'A'
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c >= 0x80:
			return c
		}
		return -1
	}, string(name)))
}
