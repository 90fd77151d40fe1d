package parse

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestHeadCacheChangesNothing: a reader that has seen other lines takes from
// each what a new one takes.
func TestHeadCacheChangesNothing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	pick := func(s ...string) string { return s[rnd.IntN(len(s))] }
	r := newReader(time.UTC)
	r.layout = 0
	set := Builtin()
	n, _ := set.find("stamped")
	for range 20_000 {
		line := "2026-02-22 14:30:45,123" + pick(" ", " - ", " | ", "\t", " : ") + pick("agents", "a.b.C", "[main]", "42", "INFO", "warn") +
			pick(" ", " - ", " | ", "\t", " : ", ": ", " --- ") + pick("INFO", "ERROR", "W", "info", "x", "[INFO]", "a.b") +
			pick(" ", " - ", " | ", "\t", " : ", ": ", "  : ", " -- ") + pick("hello", "a.b.C: x", "- x", "in mod: x", "[t] x", "a - b", "x.y z", ": x", "| y", "42 x", "task[0123456789abcdef]: m", "")
		var cold, warm head
		fresh := newReader(time.UTC)
		cold.reset()
		warm.reset()
		f1 := set.formats[n].try(&fresh, []byte(line), &cold)
		f2 := set.formats[n].try(&r, []byte(line), &warm)
		if f1 != f2 || cold.level != warm.level || string(cold.domain) != string(warm.domain) || string(cold.msg) != string(warm.msg) ||
			string(cold.rid) != string(warm.rid) || cold.time.Nanos != warm.time.Nanos {
			t.Fatalf("%q\ncold %v %s %q %q\nwarm %v %s %q %q", line, f1, cold.level, cold.domain, cold.msg, f2, warm.level, warm.domain, warm.msg)
		}
	}
	if r.heads.hits == 0 {
		t.Error("no head was found again")
	}
}
