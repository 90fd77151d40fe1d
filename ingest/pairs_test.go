package ingest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ravel/model"
	"ravel/parse"
	"ravel/sources"
)

func jsonLine(second int, text string) string {
	return fmt.Sprintf(`{"timestamp":"2026-03-01T12:%02d:%02d.000000Z","level":"info","message":%q}`+"\n", second/60, second%60, text)
}

// TestRule12PairsOff: records that are equal byte for byte in two files of one
// directory are shown once, one to one; never those of one file, those without
// a stamp, or those of different directories.
func TestRule12PairsOff(t *testing.T) {
	a, b := jsonLine(1, "a"), jsonLine(2, "b")
	bare := "no stamp\n"
	type in struct{ name, group, text string }
	for _, tc := range []struct {
		name string
		o    Options
		in   []in
		want string
	}{
		{"a copy of some", Options{}, []in{{"app", "/l", a + b}, {"err", "/l", b}}, "app:a app:b+err"},
		{"no-dedup", Options{NoDedup: true}, []in{{"app", "/l", a + b}, {"err", "/l", b}}, "app:a app:b err:b"},
		{"twice in one file", Options{}, []in{{"app", "/l", a + a}, {"err", "/l", a}}, "app:a+err app:a"},
		{"twice in the other", Options{}, []in{{"app", "/l", a}, {"err", "/l", a + a}}, "app:a+err err:a"},
		{"three files", Options{}, []in{{"x", "/l", a + a}, {"y", "/l", a}, {"z", "/l", a + a}}, "x:a+y+z x:a+z"},
		{"without a stamp", Options{}, []in{{"app", "/l", bare}, {"err", "/l", bare}}, "app:no err:no"},
		{"two directories", Options{}, []in{{"app", "/l", a}, {"err", "/m", a}}, "app:a err:a"},
		{"no directory", Options{}, []in{{"app", "", a}, {"err", "", a}}, "app:a err:a"},
		{"no line end at the end", Options{}, []in{{"app", "/l", a + b}, {"err", "/l", a + strings.TrimSpace(b)}}, "app:a+err app:b+err"},
		{"in disorder", Options{}, []in{{"app", "/l", b + a}, {"err", "/l", a}}, "err:a+app app:b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var srcs []sources.Source
			for i, s := range tc.in {
				srcs = append(srcs, &textSource{info: sources.Info{Name: s.name, Group: s.group, Order: i}, text: s.text})
			}
			var got []string
			for _, r := range collect(t, tc.o, srcs...) {
				word := "no"
				if _, m, ok := strings.Cut(r.text, `"message":"`); ok {
					word = m[:1]
				}
				s := r.source + ":" + word
				for _, also := range strings.Fields(r.also) {
					s += "+" + also
				}
				got = append(got, s)
			}
			if g := strings.Join(got, " "); g != tc.want {
				t.Errorf("got %s, want %s", g, tc.want)
			}
		})
	}
}

// TestPairsOffMuch: an aggregated file beside those that it gathers.
func TestPairsOffMuch(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var app, errs, both strings.Builder
	n := 0
	for i := range 30000 {
		line := jsonLine(i/10, fmt.Sprintf("%d %s", i, strings.Repeat("x", rng.IntN(200))))
		switch rng.IntN(3) {
		case 0:
			app.WriteString(line)
		case 1:
			errs.WriteString(line)
		default:
			app.WriteString(line)
			errs.WriteString(line)
			n++
		}
		both.WriteString(line)
	}
	info := func(name string, order int) sources.Info {
		return sources.Info{Name: name, Group: "/l", Order: order}
	}
	rows := collect(t, Options{},
		&textSource{info: info("app", 0), text: app.String(), rng: rand.New(rand.NewPCG(1, 3))},
		&textSource{info: info("err", 1), text: errs.String(), rng: rand.New(rand.NewPCG(1, 4))})
	if len(rows) != 30000 {
		t.Errorf("%d records, want 30000", len(rows))
	}
	for _, r := range rows {
		if r.also != "" {
			n--
		}
	}
	if n != 0 {
		t.Errorf("%d pairs were not found", n)
	}
}

// TestAlsoIn: what is paired off is told in the record's fields.
func TestAlsoIn(t *testing.T) {
	names := model.NewNames()
	in := New(Options{Names: names, Zone: time.UTC})
	dec := parse.NewDecoder(nil, names, in.StreamInfo)
	var r model.Record
	err := in.Run(t.Context(), []sources.Source{
		&textSource{info: sources.Info{Name: "app.log", Group: "/l"}, text: jsonLine(1, "a")},
		&textSource{info: sources.Info{Name: "errors.log", Group: "/l", Order: 1}, text: jsonLine(1, "a")},
	}, func(b *model.Batch) error {
		dec.Decode(b, 0, &r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	also, ok := model.Lookup(r.Fields, "also_in")
	if !ok || len(also.Items) != 1 || also.Items[0].Str != "errors.log" || r.Source != "app.log" {
		t.Errorf("%s: %v", r.Source, r.Fields)
	}
}
