package query

import (
	"regexp"
	"sort"

	"ravel/model"
)

// scan is the scratch of one Narrow call: nothing in it is shared.
type scan struct {
	p        *Predicate
	b        *model.Batch
	rec      model.Record
	at       int // record that rec holds, -1 none
	freq     frequencies
	sampled  bool // freq holds a sample of b
	spare    []model.Bits
	text     []byte                  // the last message
	fetched  byte                    // of each, which does not care what it is
	dfas     map[*regexp.Regexp]*dfa // a nil one would be too large
	constant map[uint32]*constant    // of the field being asked, by source and format
}

// sample is the frequencies of b's bytes.
func (s *scan) sample() *frequencies {
	if !s.sampled {
		s.freq = frequencies{}
		s.freq.sample(s.b.Buf)
		s.sampled = true
	}
	return &s.freq
}

// matches is re.Match of a text in which no match begins before byte at, by this
// scan's own dfa.
func (s *scan) matches(re *regexp.Regexp, text []byte, at int) bool {
	if d := s.dfaOf(re); d != nil {
		return d.match(text, at)
	}
	return re.Match(text)
}

// matchEach tells of each record of set whether its bytes match.
func (s *scan) matchEach(re *regexp.Regexp, set model.Bits, tell func(i int, matches bool)) {
	if d := s.dfaOf(re); d != nil {
		d.each(s.b, set, tell)
		return
	}
	for i := set.Next(0); i >= 0; i = set.Next(i + 1) {
		tell(i, re.Match(trimEOL(s.b.Raw(i))))
	}
}

// dfaOf is this scan's dfa of re, nil if that would be too large.
func (s *scan) dfaOf(re *regexp.Regexp) *dfa {
	d, ok := s.dfas[re]
	if !ok {
		if s.dfas == nil {
			s.dfas = map[*regexp.Regexp]*dfa{}
		}
		d = newDFA(re)
		s.dfas[re] = d
	}
	return d
}

// fetchAhead is how many records are fetched from memory at a time, and
// fetchBytes how much of each, in lines of the processor's cache.
const (
	fetchAhead = 16
	fetchBytes = 256
	cacheLine  = 64
)

// each calls do for the records of set with their bytes. Where they lie apart,
// the processor does not foresee which comes next, and would wait for the memory
// once for each: so it is made to fetch some at a time.
func (s *scan) each(set model.Bits, do func(i int, rec []byte)) {
	b := s.b
	var next [fetchAhead]int
	for i := set.Next(0); i >= 0; {
		n, x := 0, byte(0)
		for ; i >= 0 && n < len(next); i = set.Next(i + 1) {
			next[n] = i
			n++
			for off := b.Start[i]; off < min(b.End[i], b.Start[i]+fetchBytes); off += cacheLine {
				x ^= b.Buf[off]
			}
		}
		s.fetched = x
		for _, i := range next[:n] {
			do(i, b.Raw(i))
		}
	}
}

// copyBits is a copy of bits to work on; give it back by free.
func (s *scan) copyBits(bits model.Bits) model.Bits {
	var c model.Bits
	if n := len(s.spare); n > 0 {
		c, s.spare = s.spare[n-1], s.spare[:n-1]
	}
	return append(c[:0], bits...)
}

// empty is a set without records, as large as bits; give it back by free.
func (s *scan) empty(bits model.Bits) model.Bits {
	c := s.copyBits(bits)
	clear(c)
	return c
}

// free gives a copy back.
func (s *scan) free(bits model.Bits) { s.spare = append(s.spare, bits) }

// recordAt is the record from number from on whose run of bytes holds off; -1
// if none does.
func (s *scan) recordAt(off, from int) int {
	start := s.b.Start
	// Hits are mostly near each other: double the step before halving it.
	step, hi := 1, from+1
	for hi < len(start) && int(start[hi]) <= off {
		from, hi, step = hi, hi+step, step*2
	}
	hi = min(hi, len(start))
	i := from + sort.Search(hi-from, func(k int) bool { return int(start[from+k]) > off }) - 1
	if i < from || off >= int(s.b.End[i]) {
		return -1
	}
	return i
}

// scattered reports whether record i's lines are not one run.
func (s *scan) scattered(i int) bool {
	_, ok := s.b.Extra[i]
	return ok
}

// subject is record i decoded; valid until the next call.
func (s *scan) subject(i int) *subject {
	if s.at != i {
		s.rec = model.Record{}
		if d := s.p.env.Decoder; d != nil {
			d.Decode(s.b, i, &s.rec)
		} else {
			s.rec = bare(s.p.env.Names, s.b, i)
		}
		s.at = i
	}
	return &subject{r: &s.rec, b: s.b, i: i}
}

// message is record i's message, which is not always decoded for it; valid until
// the next call.
func (s *scan) message(i int) []byte {
	if g, ok := s.p.env.Decoder.(Glancer); ok && s.b.Flags[i]&(model.HasCarrier|model.Marker|model.HasTraceback) == 0 {
		if text, known := g.Glance(s.b, i, "message"); known {
			return text
		}
	}
	s.text = append(s.text[:0], s.subject(i).rec().Message...)
	return s.text
}

// bare is what is known of a record without a decoder.
func bare(names *model.Names, b *model.Batch, i int) model.Record {
	raw := b.Raw(i)
	r := model.Record{
		Seq: b.First + model.Seq(i), Line: b.LineAt(i), Lines: 1, Time: b.Time[i], Level: b.Level[i],
		Raw: raw, Text: raw, Message: string(trimEOL(raw)), Mark: b.Mark[i], Flags: b.Flags[i],
	}
	if names != nil {
		r.Domain, r.Source = names.Domains.Name(b.Domain[i]), names.Sources.Name(b.Source[i])
	}
	return r
}

// Keeper is what a Decoder may implement to spare queries from decoding records
// whose carrier wrote them, as syslog does.
type Keeper interface {
	// Keeps reports whether the own text of records of a format number
	// (Batch.Format) has all of their lines.
	Keeps(format uint8) bool
}

// own reports whether what stands in record i's bytes stands in its own text.
func (s *scan) own(i int) bool {
	f := s.b.Flags[i]
	if f&model.HasCarrier == 0 {
		return true
	}
	k, ok := s.p.env.Decoder.(Keeper)
	return ok && f&model.Multiline == 0 && k.Keeps(s.b.Format[i])
}

// trimEOL is text without the line end at its end.
func trimEOL(text []byte) []byte {
	if n := len(text); n > 0 && text[n-1] == '\n' {
		text = text[:n-1]
	}
	if n := len(text); n > 0 && text[n-1] == '\r' {
		text = text[:n-1]
	}
	return text
}
