package ingest

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ravel/model"
	"ravel/parse"
	"ravel/sources"
)

// searchFor begins the search of a buffer for a text.
func searchFor(text string) func([]byte) Search {
	return func(buf []byte) Search {
		return func(from int) int {
			if i := bytes.Index(buf[from:], []byte(text)); i >= 0 {
				return from + i
			}
			return -1
		}
	}
}

// oddLines are what makes a line less than sure of being a record.
var oddLines = []string{
	"{\n", "}\n", "{\"timestamp\":\"2025-03-20T13:24:26Z\",\"level\":\"INFO\",\"message\":\"a \\u0041\"}\n", "\n", "  indented item\n",
	"2025-03-20T13:24:26.013Z [27e5709d853308415bb0bc26774c4de1][-] INFO --- db --- a zone, an item\n",
	"2025-03-20 13:24:26,013 - agents - INFO - of another format, an item\n", "INFO: no stamp\n", "panic: boom\n", "goroutine 1 [running]:\n",
	"2025-03-20T13:24:26.013 [-][-] INFO --- db --- an item without id\n", "\xef\xbb\xbf2025-03-20T13:24:26.013 [-][-] INFO --- db --- an item\n",
	"2025-03-20T13:24:26.013 [27e5709d853308415bb0bc26774c4de1][-] INFO --- db --- \x1b[1man item\x1b[0m\n",
	"2025-03-20T13:24:26.013 [27e5709d853308415bb0bc26774c4de1][-] INFO --- db --- {}\n",
	"2025-03-20T13:24:26.013 [27e5709d853308415bb0bc26774c4de1][-] INFO --- db --- C:\\temp\\x\n",
}

// oddLog is requestLog with odd lines between.
func oddLog(r *rand.Rand, n, every int) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(requestLog(r, n)) {
		if b.Write(line); b.Len() > 64<<10 && r.IntN(every) == 0 {
			b.WriteString(oddLines[r.IntN(len(oddLines))])
		}
	}
	return b.Bytes()
}

// checkSkimmed fails the test unless what a skimming reader gave are records
// of want under their numbers, and all that hold the text.
func checkSkimmed(t *testing.T, text string, got map[model.Seq]flat, want []flat) {
	t.Helper()
	for i, w := range want {
		g, ok := got[model.Seq(i+1)]
		switch {
		case ok && g != w:
			t.Fatalf("%q: record %d\n got %+v\nwant %+v", text, i+1, g, w)
		case !ok && (strings.Contains(w.raw, text) || w.m.Flags&(model.HasEscape|model.HasCarrier) != 0):
			t.Fatalf("%q: record %d is left out: %+v", text, i+1, w)
		}
		delete(got, model.Seq(i+1))
	}
	for seq, g := range got {
		t.Fatalf("%q: record %d is too many: %+v", text, seq, g)
	}
}

func TestSkimmedBlocks(t *testing.T) {
	passed := 0
	for seed := range uint64(9) {
		r := rand.New(rand.NewPCG(seed, 31))
		file := oddLog(r, 250_000, []int{20, 200, 3000}[seed%3])
		o := options()
		want := sequential(parse.New(o), file)
		for _, text := range []string{"item", "no such", "-- took 77", "nowhere"} {
			p, begun, off := steadyParser(t, o, file)
			got, seq := map[model.Seq]flat{}, model.Seq(0)
			take := func(records []flat) {
				for _, f := range records {
					seq++
					got[seq] = f
				}
			}
			take(begun)
			b := newBulk(p, bytes.NewReader(file), []int{3_000, 30_000, 200_000}[seed/3%3], func(b *model.Batch) error {
				seq += model.Seq(b.Skipped)
				take(appendFlat(nil, b, file))
				return nil
			})
			b.need, b.leave = &Need{Begin: searchFor(text)}, func(n uint64) { seq += model.Seq(n); passed += int(n) }
			end, err := b.run(off, int64(len(file))-off)
			if err != nil {
				t.Fatal(err)
			}
			take(sequential(b.p, file[end:]))
			checkSkimmed(t, text, got, want)
		}
	}
	if passed == 0 {
		t.Error("nothing was passed over")
	}
}

func TestRequireThroughAStream(t *testing.T) {
	file := requestLog(rand.New(rand.NewPCG(3, 32)), 7<<20)
	o := options()
	want := sequential(parse.New(o), file)
	in := New(Options{Names: o.Names, Zone: time.UTC})
	in.Require(Need{Begin: searchFor("no such")})
	src := funcSource(func(s sources.Stream) error {
		_, err := s.Bulk(&model.Origin{R: bytes.NewReader(file)}, 0, int64(len(file)))
		return err
	})
	got, n := map[model.Seq]flat{}, 0
	err := in.Run(t.Context(), []sources.Source{src}, func(b *model.Batch) error {
		for i, f := range appendFlat(nil, b, file) {
			got[b.First+model.Seq(i)] = f
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n > len(want)/2 {
		t.Errorf("%d of %d records came: few hold the text", n, len(want))
	}
	checkSkimmed(t, "no such", got, want)
}
