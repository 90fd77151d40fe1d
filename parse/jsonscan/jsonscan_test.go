package jsonscan

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"ravel/model"
)

const sample = `{"timestamp":"2026-02-22T14:30:45.123Z","level":"INFO","message":"request complete: \"GET /api/v1/datasets\"","domain":"app","request_id":"7f21c0de-5a3b-4f0e-9d55-3c10008b460c","context":{"duration_ms":41.25,"status":200,"tags":["a","b"],"user":null},"extra":{"blocked":false,"n":-12e-3},"path":"/api/v1/datasets/54987","client":"172.100.0.19"}`

var texts = []string{
	sample, `{}`, `[]`, `{"a":1}`, ` { "a" : [ 1 , 2.5e+3, {"b":[[]]} ] } `, `"x"`, `-0.0`, `true`, `null`, `tru`, `{"a":}`, `{"a":1,}`,
	`{"a" 1}`, `{a:1}`, `[1,]`, `[,1]`, `{"a":"\ud83d\ude00 \u00e9 \/"}`, `{"a":"\x"}`, `{"a":"` + "\n" + `"}`, `{"a":01}`, `{"a":1.}`, `{"a":-}`,
	`{"a":1}x`, `{"a":{"b":{"c":[1,{"d":"}"}]}},"e":"{["}`, `[1}`, `{"a":1]`, `{"a":[}`, ``, ` `, `{`, `"`, `"\`, `"\u12`, `{"":""}`,
	`{"a":1e}`, `{"dup":1,"dup":2,"dup":3}`, `{"a":"` + strings.Repeat("long text ", 20) + `\n"}`, `{"é":"naïve 世界"}`, "{\"a\":\"\xff\"}",
}

func TestValueAgainstStandard(t *testing.T) {
	for _, text := range texts {
		checkText(t, []byte(text))
	}
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 60000 { // damaged texts find what grammars forget
		b := []byte(texts[rnd.IntN(len(texts))])
		for range rnd.IntN(3) {
			if len(b) == 0 {
				break
			}
			i := rnd.IntN(len(b))
			switch rnd.IntN(3) {
			case 0:
				b[i] = `{}[]",:\0-e. tn`[rnd.IntN(15)]
			case 1:
				b = append(b[:i], b[i+1:]...)
			default:
				b = append(b[:i+1], b[i:]...)
			}
		}
		checkText(t, b)
	}
}

// decodeAny decodes the one value that b is, white space around it aside.
func decodeAny(b []byte) (model.Value, error) {
	i := space(b, 0)
	end := valueEnd(b, i, MaxDepth)
	if end < 0 || space(b, end) != len(b) {
		return model.Value{}, &SyntaxError{Column: max(end, i) + 1}
	}
	it := Iter{b: b}
	it.value(i)
	return decodeValue(&it, string(b)), nil
}

// checkText holds every entry point against encoding/json.
func checkText(t *testing.T, b []byte) {
	t.Helper()
	valid := json.Valid(b)
	n, ok := Value(b)
	if whole := ok && space(b, n) == len(b); whole != valid {
		t.Fatalf("Value(%q) = %d %v, standard says %v", b, n, ok, valid)
	}
	v, err := decodeAny(b)
	if (err == nil) != valid {
		t.Fatalf("decodeAny(%q): %v, standard says %v", b, err, valid)
	}
	if valid {
		var want any
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.UseNumber()
		if err := dec.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if got := plainValue(v); !hasRepeats(v) && !reflect.DeepEqual(got, want) {
			t.Fatalf("decodeAny(%q) = %v, want %v", b, got, want)
		}
	}
	fields, err := Decode(b)
	object := valid && len(bytes.TrimSpace(b)) > 0 && bytes.TrimSpace(b)[0] == '{'
	if (err == nil) != object {
		t.Fatalf("Decode(%q) = %v %v, want an object: %v", b, fields, err, object)
	}
}

// hasRepeats tells of a key that came twice: encoding/json keeps the last.
func hasRepeats(v model.Value) bool {
	for _, f := range v.Keys {
		if strings.Contains(f.Name, "#") || hasRepeats(f.Value) {
			return true
		}
	}
	for _, item := range v.Items {
		if hasRepeats(item) {
			return true
		}
	}
	return false
}

// plainValue is v as encoding/json gives it, invalid UTF-8 replaced alike.
func plainValue(v model.Value) any {
	switch v.Kind {
	case model.Bool:
		return v.Str == "true"
	case model.Number:
		return json.Number(v.Str)
	case model.String:
		return string([]rune(v.Str)) // each bad byte becomes U+FFFD
	case model.Array:
		items := []any{}
		for _, item := range v.Items {
			items = append(items, plainValue(item))
		}
		return items
	case model.Object:
		keys := map[string]any{}
		for _, f := range v.Keys {
			keys[string([]rune(f.Name))] = plainValue(f.Value)
		}
		return keys
	}
	return nil
}

func TestIterSpans(t *testing.T) {
	b := []byte(`x {"a":"v\n","b\u0062":[1, 2],"c":null,"d":-1.5,"e":{"f":{}} } tail`)
	it := Object(b[1:])
	want := []struct {
		key, val string
		kind     model.ValueKind
		esc, kes bool
	}{
		{"a", `v\n`, model.String, true, false}, {`b\u0062`, "[1, 2]", model.Array, false, true}, {"c", "null", model.Null, false, false},
		{"d", "-1.5", model.Number, false, false}, {"e", `{"f":{}}`, model.Object, false, false},
	}
	for _, w := range want {
		if !it.Next() || string(it.Key) != w.key || string(it.Val) != w.val || it.Kind != w.kind || it.Escaped != w.esc || it.KeyEsc != w.kes {
			t.Fatalf("got %q=%q %v %v %v, want %+v", it.Key, it.Val, it.Kind, it.Escaped, it.KeyEsc, w)
		}
		if got := b[1+it.Off : 1+it.Off+len(it.Val)]; string(got) != w.val {
			t.Errorf("Off of %q points at %q", w.key, got)
		}
	}
	if it.Next() {
		t.Fatal("a member too many")
	}
	if n, ok := it.Done(); !ok || string(b[1+n:]) != " tail" {
		t.Errorf("Done = %d %v", n, ok)
	}
}

func TestRepeatedKeys(t *testing.T) {
	fields, err := Decode([]byte(`{"a":1,"b":2,"a":3,"a":4}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range fields {
		got = append(got, f.Name+"="+f.Value.Str)
	}
	if want := []string{"a=1", "b=2", "a#2=3", "a#3=4"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	many := strings.Repeat(`"k":0,`, 20000)
	if fields, err = Decode([]byte("{" + many + `"z":1}`)); err != nil || fields[19999].Name != "k#20000" || fields[20000].Name != "z" {
		t.Errorf("many repeats: %d fields, %v", len(fields), err)
	}
}

func TestUnquote(t *testing.T) {
	for span, want := range map[string]string{
		`a\nb`: "a\nb", `\ud83d\ude00`: "😀", `\ud83d x`: "\ufffd x", `\ude00`: "\ufffd", `\ud83d\u0041`: "\ufffdA", `c:\path`: `c:\path`,
		`\u00`: `\u00`, `\`: `\`, `\"\\\/\b\f\r\t`: "\"\\/\b\f\r\t", "plain": "plain", `\ud83d\uzzzz`: "\ufffd\\uzzzz",
	} {
		if got := string(Unquote(nil, []byte(span))); got != want {
			t.Errorf("Unquote(%q) = %q, want %q", span, got, want)
		}
	}
}

func TestDepthLimit(t *testing.T) {
	for depth, want := range map[int]bool{MaxDepth: true, MaxDepth + 1: false, 100000: false} {
		b := []byte(strings.Repeat("[", depth) + strings.Repeat("]", depth))
		if _, ok := Value(b); ok != want {
			t.Errorf("Value of depth %d: %v", depth, ok)
		}
		o := []byte(`{"a":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + "}")
		if _, err := Decode(o); (err == nil) != want {
			t.Errorf("Decode of depth %d: %v", depth, err)
		}
	}
}

// TestDepth feeds printed objects by lines: the end must be where Value ends.
func TestDepth(t *testing.T) {
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(sample), "", "  "); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{pretty.String(), sample, "[\n{\n}\n, 1 ]", `{"a": "}{"}`} {
		var d Depth
		lines := strings.SplitAfter(text+" and more", "\n")
		for i, line := range lines {
			n, s := d.Feed([]byte(line))
			if i == len(lines)-1 {
				if s != Closed || line[n:] != " and more" || d != (Depth{}) {
					t.Errorf("%q: ends with %v at %q", text, s, line[n:])
				}
			} else if s != Open || !d.Started() {
				t.Errorf("%q: line %q gives %v", text, line, s)
			}
		}
	}
	for _, text := range []string{"text", "", `{ hello`, `{"a": "no end`, "{]", "}", `"x"`, "1", strings.Repeat("[", MaxDepth+1)} {
		var d Depth
		if _, s := d.Feed([]byte(text)); s != Broken || d != (Depth{}) {
			t.Errorf("%q gives %v, want broken", text, s)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	b := []byte(sample)
	if n := testing.AllocsPerRun(100, func() {
		for it := Object(b); it.Next(); {
		}
		Value(b)
		var d Depth
		d.Feed(b)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzValue(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if bytes.Count(b, []byte("["))+bytes.Count(b, []byte("{")) < MaxDepth {
			checkText(t, b)
		}
		Unquote(nil, b)
		var d Depth
		n, s := d.Feed(b)
		if m, ok := Value(b); ok && len(bytes.TrimSpace(b)) > 0 && bytes.IndexByte(b[:m], '\n') < 0 {
			if c := bytes.TrimSpace(b)[0]; (c == '{' || c == '[') && (s != Closed || n != m) {
				t.Fatalf("Feed(%q) = %d %v, Value ends at %d", b, n, s, m)
			}
		}
	})
}

func BenchmarkIter(b *testing.B) {
	line := []byte(sample)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		for it := Object(line); it.Next(); {
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	line := []byte(sample)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(line); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDepth(b *testing.B) {
	line := []byte(sample)
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		var d Depth
		d.Feed(line)
	}
}
