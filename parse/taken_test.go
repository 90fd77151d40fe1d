package parse

import (
	"bytes"
	"strconv"
	"testing"

	"ravel/model"
)

// TestManyPairs: each name of a text's pairs becomes one field, the first one
// met, however many there are.
func TestManyPairs(t *testing.T) {
	for _, n := range []int{1, fewFields - 1, fewFields, fewFields + 1, 50_000} {
		var c decoding
		c.h.caps = &c.caps
		var msg bytes.Buffer
		for range 2 {
			for i := range n {
				msg.WriteString("key" + strconv.Itoa(i) + "=" + strconv.Itoa(i) + " ")
			}
		}
		c.pairs(msg.Bytes())
		if len(c.caps.fields) != n {
			t.Fatalf("%d fields of %d", len(c.caps.fields), n)
		}
		for i, f := range c.caps.fields {
			if f.Name != "key"+strconv.Itoa(i) || f.Value.Kind != model.Number || f.Value.Str != strconv.Itoa(i) {
				t.Fatalf("field %d is %v", i, f)
			}
		}
	}
}
