package jsonscan

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// walked is what a walk saw, in words.
func walked(b string, leads [][]Lead) (seen string, learnt [][]Lead) {
	it := Object([]byte(b))
	var sb strings.Builder
	for k := 0; ; k++ {
		took, ok := false, false
		if k < len(leads) {
			for i := range leads[k] {
				if took, ok = it.Follow(&leads[k][i]); took {
					break
				}
			}
		}
		prev := it.End()
		if !took {
			if ok = it.Next(); ok {
				for len(leads) <= k {
					leads = append(leads, nil)
				}
				leads[k] = append(leads[k], it.Lead(prev))
			}
		}
		if !ok {
			break
		}
		fmt.Fprintf(&sb, "%q=%q %v %v %v at %d to %d\n", it.Key, it.Val, it.Kind, it.Escaped, it.KeyEsc, it.Off, it.End())
	}
	n, ok := it.Done()
	fmt.Fprintf(&sb, "%d %v", n, ok)
	return sb.String(), leads
}

func TestFollowIsNext(t *testing.T) {
	parts := []string{`{`, `}`, `"a"`, `"level"`, `"k\n"`, `:`, `: `, `, `, `,`, ` `, `1`, `-2.5e3`, `"text"`, `"a\"b"`, `{"x":1}`, `[1,2]`, `null`, `true`, `x`, "\t"}
	whole := []string{`{"a":1,"level": "text", "k\n":[1,2]}`, ` { "a" : {"x":1} , "level":"a\"b"}`, `{"a":1}`, `{}`, `{"level": 1, "a":true}`}
	var leads [][]Lead
	rng := rand.New(rand.NewPCG(1, 4))
	for range 20000 {
		text := whole[rng.IntN(len(whole))]
		for rng.IntN(3) == 0 {
			at := rng.IntN(len(text) + 1)
			text = text[:at] + parts[rng.IntN(len(parts))] + text[min(len(text), at+rng.IntN(3)):]
		}
		want, _ := walked(text, nil)
		var got string
		if got, leads = walked(text, leads); got != want {
			t.Fatalf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
