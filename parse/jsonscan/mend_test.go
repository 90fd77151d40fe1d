package jsonscan

import (
	"encoding/json"
	"testing"
)

func TestMend(t *testing.T) {
	for _, c := range []struct {
		in, want string
		how      Mended
	}{
		{`{"a":NaN,"b":-Infinity,"c":Infinity}`, `{"a":"NaN","b":"-Infinity","c":"Infinity"}`, Whole},
		{`{"ua":"a \x22b\x22","p":"C:\dir"}`, `{"ua":"a \\x22b\\x22","p":"C:\\dir"}`, Whole},
		{"{\"a\":\"tab\there\"}", `{"a":"tab\u0009here"}`, Whole},
		{`{'a': True, 'b': [None, 'x "y" \'z\'']}`, `{"a":true,"b":[null,"x \"y\" 'z'"]}`, Partial},
		{`{"a":1,"b":"cut off he`, `{"a":1}`, Partial},
		{`{"a":1,"b":{"c":[1,2,{"d":"x"`, `{"a":1,"b":{"c":[1,2,{"d":"x"}]}}`, Partial},
		{`{"a":1,"b":12`, `{"a":1}`, Partial},
		{`{"a":1,"b":tr`, `{"a":1}`, Partial},
		{`{"a":1,"b"`, `{"a":1}`, Partial},
		{`{"a":"x"`, `{"a":"x"}`, Partial},
		{`{"a":[1,],}`, `{"a":[1]}`, Partial},
		{`{"a":1} and more`, ``, Unlike},
		{`{"a"`, ``, Unlike},
		{`{`, ``, Unlike},
		{`{}`, `{}`, Whole},
		{`{a:1}`, ``, Unlike},
		{`{"a":wrong}`, ``, Unlike},
		{`set {"a":1`, ``, Unlike},
	} {
		got, how := Mend(nil, []byte(c.in))
		if string(got) != c.want || how != c.how {
			t.Errorf("Mend(%s) = %s, %d; want %s, %d", c.in, got, how, c.want, c.how)
		}
	}
}

// FuzzMend holds that what Mend returns is JSON, and that JSON comes back with
// the same meaning.
func FuzzMend(f *testing.F) {
	for _, s := range []string{`{"a":NaN}`, `{'a':[{},"`, `{"a":"\u12`, `{"a":1,"b":{"c":[[`, `{"a":[,]}`, `{"x":{"y":1},"z":`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, how := Mend([]byte("before"), b)
		if string(got[:6]) != "before" {
			t.Fatal("what stood before is gone")
		}
		if how == Unlike {
			if len(got) != 6 {
				t.Fatalf("%q: %q is left", b, got)
			}
			return
		}
		if n, ok := Value(got[6:]); !ok || n != len(got)-6 {
			t.Fatalf("%q: %q is no JSON", b, got[6:])
		}
		if json.Valid(b) {
			var x, y any
			if json.Unmarshal(b, &x) == nil && (json.Unmarshal(got[6:], &y) != nil || how != Whole) {
				t.Fatalf("%q: %q, %d", b, got[6:], how)
			}
		}
	})
}
