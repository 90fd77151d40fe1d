package parse

import (
	"bytes"
	"fmt"
	"testing"

	"ravel/model"
)

// TestClonesParseBlocksAsOneParserDoes is what bulk reading rests on: blocks
// cut at a head, each parsed by a clone of a steady parser, come to the same
// records as one parser makes of the whole.
func TestClonesParseBlocksAsOneParserDoes(t *testing.T) {
	for _, name := range []string{"ids", "json", "stamped"} {
		line := benchLines[name]
		t.Run(name, func(t *testing.T) {
			input := benchInput(line)
			input = input[:nextStart(input, 300_000)]
			names := model.NewNames()
			o := Options{Names: names, Domain: "app"}
			whole := &model.Batch{Buf: input}
			New(o).Parse(whole, 0, true)

			p := New(o)
			b := &model.Batch{Buf: input[:60_000]}
			at := int(p.Parse(b, 0, false))
			want, steady := p.Steady()
			if !steady {
				t.Fatalf("%s is not steady", name)
			}
			got := b.Len()
			sameColumns(t, whole, 0, b, 0, 0)
			lines := p.Lines() - uint32(bytes.Count(input[at:60_000], []byte{'\n'}))
			for at < len(input) {
				end := len(input)
				if at+50_000 < end {
					cut := nextStart(input, at+50_000)
					if h := p.Head(input[cut:]); h >= 0 {
						end = cut + h
					}
				}
				c := p.Clone()
				block := &model.Batch{Buf: input[at:end]}
				if n := c.Parse(block, 0, true); int(n) != end-at {
					t.Fatalf("a clone left %d bytes", end-at-int(n))
				}
				sameColumns(t, whole, got, block, uint32(at), lines)
				if c.State() != want {
					t.Fatalf("a block ended in %+v, not in %+v", c.State(), want)
				}
				got += block.Len()
				lines += c.Lines()
				at = end
			}
			if got != whole.Len() {
				t.Fatalf("%d records in blocks, %d in one", got, whole.Len())
			}
		})
	}
}

// nextStart is where the next line begins.
func nextStart(b []byte, i int) int {
	for b[i-1] != '\n' {
		i++
	}
	return i
}

// sameColumns compares the records of a block with those of the whole.
func sameColumns(t *testing.T, whole *model.Batch, first int, block *model.Batch, at, lines uint32) {
	t.Helper()
	for i := range block.Len() {
		m := block.Meta(i)
		m.Start, m.End, m.Line = m.Start+at, m.End+at, m.Line+lines
		if w := whole.Meta(first + i); w != m {
			t.Fatalf("record %d:\nblock %s\nwhole %s", first+i, fmt.Sprintf("%+v", m), fmt.Sprintf("%+v", w))
		}
	}
}
