package parse

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"ravel/model"
)

// TestEscapesAreFlagged compares the flag with the bytes of each record, for
// records that come in one piece and in several, and with others between.
func TestEscapesAreFlagged(t *testing.T) {
	lines := []string{
		`{"timestamp":"2025-03-20T13:24:26Z","level":"INFO","message":"caf\u00e9"}`,
		`{"timestamp":"2025-03-20T13:24:26Z","level":"INFO","message":"plain"}`,
		`2025-03-20T13:24:26.013 [27e5709d853308415bb0bc26774c4de1][-] INFO --- db --- plain`,
		`2025-03-20T13:24:26.013 [27e5709d853308415bb0bc26774c4de1][-] INFO --- db --- C:\temp`,
		`  indented`, `  C:\temp`, `api-1  | 2025-03-20 13:24:26,013 ERROR a \ b`, `db-1   | 2025-03-20 13:24:26,013 ERROR b`, `api-1  |   more of \ it`, ``,
	}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 5))
		var text strings.Builder
		kind := lines[r.IntN(len(lines)):]
		for range 300 {
			text.WriteString(kind[r.IntN(len(kind))] + "\n")
		}
		p := New(Options{Names: model.NewNames()})
		all := []byte(text.String())
		b := model.Batch{}
		next := uint32(0)
		for n := 0; n < len(all); {
			n = min(n+1+r.IntN(4000), len(all))
			b.Buf = all[:n]
			next = p.Parse(&b, next, n == len(all))
		}
		for i := range b.Len() {
			if got, want := b.Flags[i]&model.HasEscape != 0, bytes.IndexByte(b.Raw(i), '\\') >= 0; got != want {
				t.Fatalf("record %d %s: flagged %v", i, fmt.Sprintf("%q", b.Raw(i)), got)
			}
		}
	}
}
