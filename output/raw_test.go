package output

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"ravel/model"
)

// lines makes a batch of one record a line.
func lines(text string) *model.Batch {
	b := &model.Batch{First: 1}
	for line := range strings.SplitAfterSeq(text, "\n") {
		if line == "" {
			continue
		}
		start := uint32(len(b.Buf))
		b.Buf = append(b.Buf, line...)
		b.Add(model.Meta{Start: start, End: uint32(len(b.Buf)), Time: model.NoTime, Dur: model.NoDur, Line: uint32(b.Len() + 1)})
	}
	return b
}

// holds is a filter for the records that contain a text.
type holds string

func (h holds) Prune(*model.Zone) model.Verdict { return model.Maybe }

func (h holds) Narrow(b *model.Batch, bits model.Bits) {
	for i := range b.Len() {
		if !bytes.Contains(b.Raw(i), []byte(h)) {
			bits.Clear(i)
		}
	}
}

func printAll(t *testing.T, o Options, batches ...*model.Batch) string {
	t.Helper()
	var out bytes.Buffer
	p := New(&out, o)
	first := model.Seq(1)
	for _, b := range batches {
		b.First = first
		first += model.Seq(b.Len())
		if err := p.Consume(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRule5RawIsTheInput(t *testing.T) {
	for _, text := range []string{"", "a\nb\n", "a\r\nb\r\n\r\n", "no end", "\x00\xff\n\x1b[31m"} {
		if got := printAll(t, Options{Format: Raw}, lines(text)); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
}

func TestRule5OneLineFeedOnlyWhereARecordLacksIt(t *testing.T) {
	got := printAll(t, Options{Format: Raw}, lines("end of one"), lines("end of two"), lines("c\nd"))
	if want := "end of one\nend of two\nc\nd"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	got = printAll(t, Options{Format: Raw, Filter: holds("end")}, lines("end of one"), lines("two"))
	if want := "end of one"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRule5RawHoldsNoRecordOfRavelsOwn(t *testing.T) {
	all := func() []*model.Batch {
		gap := lines("{\"message\":\"restarted\"}\n")
		gap.Flags[0] |= model.Marker
		return []*model.Batch{lines("a\n"), gap, lines("b\n")}
	}
	for _, n := range []int{0, 1} {
		if got, want := printAll(t, Options{Format: Raw, Context: n}, all()...), "a\nb\n"; got != want {
			t.Errorf("context %d: got %q, want %q", n, got, want)
		}
	}
}

func TestRule5InterleavedRecordsKeepTheOrderRead(t *testing.T) {
	b := lines("a1\nb1\na2\nb2\nc\n")
	// Records a (lines 1, 3), b (lines 2, 4), c.
	b = &model.Batch{Buf: b.Buf, First: 1}
	for i, start := range []uint32{0, 3, 12} {
		b.Add(model.Meta{Start: start, End: start + 3, Time: model.NoTime, Dur: model.NoDur, Line: uint32(i + 1)})
	}
	b.End[2] = 14
	b.Extra = map[int][]model.Extent{0: {{Start: 0, End: 3, Line: 1}, {Start: 6, End: 9, Line: 3}}, 1: {{Start: 3, End: 6, Line: 2}, {Start: 9, End: 12, Line: 4}}}
	if got := printAll(t, Options{Format: Raw}, b); got != "a1\nb1\na2\nb2\nc\n" {
		t.Errorf("got %q", got)
	}
	if got := printAll(t, Options{Format: Raw, Filter: holds("b")}, b); got != "b1\nb2\n" {
		t.Errorf("got %q", got)
	}
}

// rawDecoder decodes only what a text line needs.
type rawDecoder struct{}

func (rawDecoder) Decode(b *model.Batch, i int, r *model.Record) {
	*r = model.Record{Seq: b.First + model.Seq(i), Time: model.NoTime, Message: strings.TrimRight(string(b.Raw(i)), "\r\n")}
}

// TestRule23ContextAgainstANaiveOracle compares -C N over random batches with
// the plain definition: a record is printed if a match is within N of it.
func TestRule23ContextAgainstANaiveOracle(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 300 {
		n := 1 + rng.IntN(4)
		var all []string
		var batches []*model.Batch
		for range rng.IntN(8) {
			var text strings.Builder
			for range rng.IntN(6) {
				line := fmt.Sprintf("line %d", len(all)+1)
				if rng.IntN(6) == 0 {
					line += " hit"
				}
				all = append(all, line)
				text.WriteString(line + "\n")
			}
			batches = append(batches, lines(text.String()))
		}
		var want strings.Builder
		last := -1
		for i, line := range all {
			near := false
			for k := max(0, i-n); k <= min(len(all)-1, i+n); k++ {
				near = near || strings.HasSuffix(all[k], "hit")
			}
			if !near {
				continue
			}
			if last >= 0 && i > last+1 {
				want.WriteString("--\n")
			}
			last = i
			want.WriteString(line + "\n")
		}
		got := printAll(t, Options{Format: Text, Decoder: rawDecoder{}, Context: n, Filter: holds("hit")}, batches...)
		got = strings.ReplaceAll(got, strings.Repeat(" ", 24+1+8+1+domainWidth+1), "")
		if got != want.String() {
			t.Fatalf("round %d, -C %d\ngot\n%s\nwant\n%s", round, n, got, want.String())
		}
	}
}

func TestRule2AFilterSkipsTheBlankRecord(t *testing.T) {
	b := lines("\nnone\n")
	b.Flags[0] = model.Blank
	if got := printAll(t, Options{Format: Raw}, b); got != "\nnone\n" {
		t.Errorf("got %q", got)
	}
	if got := printAll(t, Options{Format: Raw, Filter: holds("")}, b); got != "none\n" {
		t.Errorf("got %q", got)
	}
}

// The pieces of a line that passes the cap are one line again.
func TestRule5PiecesAreOneLine(t *testing.T) {
	pieces := func(texts ...string) *model.Batch {
		b := &model.Batch{}
		for i, text := range texts {
			start := uint32(len(b.Buf))
			b.Buf = append(b.Buf, text...)
			m := model.Meta{Start: start, End: uint32(len(b.Buf)), Time: model.NoTime, Dur: model.NoDur, Line: 1, Flags: model.Cut}
			if i > 0 {
				m.Flags |= model.Continued
			}
			b.Add(m)
		}
		return b
	}
	one := pieces("aa", "bb", "cc\n")
	if got, want := printAll(t, Options{Format: Raw}, one), "aabbcc\n"; got != want {
		t.Errorf("in one batch: got %q, want %q", got, want)
	}
	var split []*model.Batch
	for i := range 3 {
		b := one.Slice(i, i+1)
		split = append(split, &b)
	}
	if got, want := printAll(t, Options{Format: Raw}, split...), "aabbcc\n"; got != want {
		t.Errorf("over batches: got %q, want %q", got, want)
	}
	stamped := Options{Format: Raw, Stamped: func(uint16) bool { return true }}
	if got, want := printAll(t, stamped, pieces("2026-01-02T10:00:00Z a b", " c d\n")), "a b c d\n"; got != want {
		t.Errorf("stamped: got %q, want %q", got, want)
	}
}

// TestRule5LinesAreWhole: a line of which a piece is wanted is written whole,
// wherever its pieces are cut into batches, and no other is.
func TestRule5LinesAreWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for round := range 2000 {
		all := &model.Batch{}
		var want strings.Builder
		for range 1 + rng.IntN(5) {
			line, source := "", uint16(rng.IntN(2))
			n := 1 + rng.IntN(4)
			for k := range n {
				piece := string("abc"[rng.IntN(3)])
				m := model.Meta{Time: model.NoTime, Dur: model.NoDur, Source: source}
				if n > 1 {
					m.Flags = model.Cut
				}
				if k > 0 {
					m.Flags |= model.Continued
				}
				if k == n-1 {
					piece += "\n"
				}
				m.Start = uint32(len(all.Buf))
				all.Buf = append(all.Buf, piece...)
				m.End = uint32(len(all.Buf))
				all.Add(m)
				line += piece
			}
			if strings.Contains(line, "a") {
				want.WriteString(line)
			}
		}
		var batches []*model.Batch
		for from := 0; from < all.Len(); {
			to := from + 1 + rng.IntN(all.Len()-from)
			b := all.Slice(from, to)
			batches = append(batches, &b)
			from = to
		}
		if got := printAll(t, Options{Format: Raw, Filter: holds("a")}, batches...); got != want.String() {
			t.Fatalf("round %d, %d batches of %q: got %q, want %q", round, len(batches), all.Buf, got, want.String())
		}
	}
}

// TestRule5LinesTooLongToHold: of a line that shows too late that it is wanted
// the end is written, and what is missing is counted.
func TestRule5LinesTooLongToHold(t *testing.T) {
	var batches []*model.Batch
	const pieces = 70
	for k := range pieces {
		piece := bytes.Repeat([]byte("."), 1<<20)
		flags := model.Cut | model.Continued
		switch k {
		case 0:
			flags = model.Cut
		case pieces - 1:
			piece = []byte("a\n")
		}
		b := &model.Batch{Buf: piece}
		b.Add(model.Meta{End: uint32(len(piece)), Time: model.NoTime, Dur: model.NoDur, Flags: flags})
		batches = append(batches, b)
	}
	var out bytes.Buffer
	p := New(&out, Options{Format: Raw, Filter: holds("a")})
	for _, b := range batches {
		if err := p.Consume(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if all := out.Len() + int(p.CutOff()); out.Len() != maxHeld+2 || all != (pieces-1)<<20+2 {
		t.Errorf("%d bytes written, %d cut off", out.Len(), p.CutOff())
	}
}
