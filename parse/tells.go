package parse

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync"

	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
)

// Tells looks for places of a stream of JSON objects where something may say how
// long something took. What says so, however a line is read, is a key, a phrase, a
// layout of numbers or a member by which an object is the carrier of another text;
// each of these has four bytes in a row that are looked for. So a line that begins
// as the stream's records do and has no such place says nothing of the kind. It is
// safe for concurrent use.
type Tells struct {
	key   []byte // in quotes
	first int    // where its first place is in it
	once  sync.Once
	tables
}

// Tells returns what looks for durations in the stream of p, with key as a key
// that is looked for in any case. It is nil where lines cannot be passed over so.
func (p *Parser) Tells(key string) *Tells {
	if !p.Objects() || p.json == noFormat {
		return nil
	}
	first := p.r.plan.start.then[0]
	if first == nil || first.n > planHead || !first.bare {
		return nil
	}
	for _, n := range p.set.byFirst['{'] {
		if q := p.set.formats[n].pattern; q != nil && q.tellsDuration() {
			return nil
		}
	}
	t := &Tells{key: []byte(`"` + key + `"`)}
	for i := range copy(t.head[:], first.text) {
		t.mask[i] = 0xff
	}
	return t
}

// Sample shows t a part of the stream, from which it chooses what to look for. It
// is called before Next; after the first call it does nothing.
func (t *Tells) Sample(buf []byte) {
	t.once.Do(func() {
		texts := append(tellingTexts(), tellingText{parts: []string{string(t.key)}})
		t.choose(gramsOf(texts), len(texts), sampleOf(buf, t.key))
		t.first = t.nextByte(t.key, 0)
	})
}

// Next returns where something may tell a duration first in buf, at or after from:
// at a line feed, if the line behind it begins otherwise than records do; the end
// if nowhere. If key, the key stands there as one of JSON.
func (t *Tells) Next(buf []byte, from int) (at int, key bool) {
	for at = t.next(buf, from); at < len(buf); at = t.next(buf, at+1) {
		if k := at - t.first; k >= 0 && bytes.HasPrefix(buf[k:], t.key) {
			if end := k + len(t.key); end < len(buf) && buf[end] == ':' {
				return k, true
			}
		}
		if t.breaks(buf, at) || t.surely(buf, at) {
			return at, false
		}
	}
	return at, false
}

// Count returns where the value begins of the key that stands at a place, and how
// many digits it has if it is a count of at most seven; at least eight bytes follow
// then.
func (t *Tells) Count(buf []byte, place int) (from, digits int) {
	from = place + len(t.key) + 1
	if from < len(buf) && buf[from] == ' ' {
		from++
	}
	if len(buf)-from < 8 {
		return from, 0
	}
	digits = jsonscan.LeadingDigits(binary.LittleEndian.Uint64(buf[from:]))
	if digits == 0 || digits == 8 || buf[from+digits] != ',' && buf[from+digits] != '}' {
		return from, 0
	}
	return from, digits
}

// Begins reports whether a line begins as records do, which ends with a line feed.
func (t *Tells) Begins(line []byte) bool { return t.begins(line) }

// tellsDuration reports whether some group of the pattern, or a phrase of its
// format's own, may say how long something took.
func (p *pattern) tellsDuration() bool {
	r := p.recipe()
	return r.table != nil || slices.ContainsFunc(r.groups, func(g part) bool { return lifecycle.Key(lifecycle.Top, g.name) >= lifecycle.Elapsed })
}

// tellingText is what may stand where something tells a duration: all of its
// parts. Of folded ones a letter stands for both cases, a space for each separator
// and 0 for each digit.
type tellingText struct {
	parts  []string
	folded bool
}

// tellingTexts are all such texts.
func tellingTexts() []tellingText {
	texts := []tellingText{{parts: []string{"[0"}, folded: true}, {parts: []string{"}{"}, folded: true}} // an access log's stamp; objects that share a line
	for _, k := range lifecycle.DurationKeys() {
		texts = append(texts, tellingText{parts: []string{k}})
	}
	for k, m := range meanings {
		if m.role == roleShip || k == "log" || k == "textPayload" {
			texts = append(texts, tellingText{parts: []string{`"` + k + `"`}})
		}
	}
	slices.SortFunc(texts, func(a, b tellingText) int { return bytes.Compare([]byte(a.parts[0]), []byte(b.parts[0])) })
	for parts, method := range lifecycle.DurationPhrases {
		if !method {
			texts = append(texts, tellingText{parts, true})
			continue
		}
		for _, m := range lifecycle.Methods {
			texts = append(texts, tellingText{parts: []string{m[len(m)-3:] + parts[0][:1]}}) // with what follows it: methods alone are frequent
		}
	}
	return texts
}
