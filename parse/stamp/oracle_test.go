package stamp

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"
)

// layoutsOfTime are layouts that package time can write and read, the first
// stamp of which At must find to mean the same.
var layoutsOfTime = []string{
	time.RFC3339, time.RFC3339Nano, "2006-01-02T15:04:05.000Z0700", "2006-01-02 15:04:05.000000 -07:00",
	"2006-01-02 15:04:05,000-07:00", "2006/01/02 15:04:05.000000 -0700", "02/Jan/2006:15:04:05 -0700",
	time.RFC1123Z, "Mon Jan _2 15:04:05 -0700 2006", "20060102T150405.000Z0700", "Jan 2, 2006 3:04:05 PM -0700",
	"2006-01-02T15:04:05-07", "1/2/2006 3:04:05 PM -0700", "_2 Jan 2006 15:04:05.000 -0700", "Mon, _2-Jan-06 15:04:05 -0700",
}

var naiveLayouts = []string{
	"2006-01-02 15:04:05", "2006-01-02T15:04:05.000000", "2006-01-02 15:04:05,000", "2006/01/02 15:04:05",
	time.ANSIC, "Mon Jan _2 15:04:05.000000 2006", "Jan _2 2006 15:04:05", "02-Jan-2006 15:04:05.000",
	"20060102 15:04:05", "060102 15:04:05", "Jan 2, 2006 3:04:05 PM", "02.01.2006 15:04:05",
}

func TestAgainstTimeParse(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	zones := []*time.Location{time.UTC, time.FixedZone("", 5*3600+1800), time.FixedZone("", -9*3600)}
	for range 20000 {
		when := randomTime(rnd)
		layout := layoutsOfTime[rnd.IntN(len(layoutsOfTime))]
		text := when.In(zones[rnd.IntN(len(zones))]).Format(layout)
		if text[0] == ' ' {
			text = text[1:]
		}
		want, err := time.Parse(layout, text)
		if err != nil {
			t.Fatal(err)
		}
		s, ok := At([]byte(text), nil)
		if !ok || s.Nanos != want.UnixNano() || s.Len != len(text) || !s.Zone || !s.Year {
			t.Fatalf("At(%q) = %s %+v %v, want %s", text, utc(s.Nanos), s, ok, want.UTC())
		}
	}
}

// TestLocal compares naive stamps in places with odd rules; wall clocks that
// mean two times or none must at least be answered as package time does.
func TestLocal(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	var places []*time.Location
	for _, name := range []string{"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, loc)
	}
	for range 20000 {
		loc := places[rnd.IntN(len(places))]
		when := randomTime(rnd)
		if rnd.IntN(2) == 0 { // around a change of the clocks
			if _, end := when.In(loc).ZoneBounds(); !end.IsZero() && end.Year() < 2060 {
				when = end.Add(time.Duration(rnd.Int64N(int64(6*time.Hour))) - 3*time.Hour)
			}
		}
		layout := naiveLayouts[rnd.IntN(len(naiveLayouts))]
		text := when.In(loc).Format(layout)
		want, err := time.ParseInLocation(layout, text, loc)
		if err != nil {
			t.Fatal(err)
		}
		s, ok := At([]byte(text), loc)
		if !ok || s.Nanos != want.UnixNano() || s.Len != len(text) || s.Zone {
			t.Fatalf("At(%q, %v) = %s %+v %v, want %s", text, loc, utc(s.Nanos), s, ok, want.UTC())
		}
	}
}

func randomTime(rnd *rand.Rand) time.Time {
	return time.Unix(rnd.Int64N(40*365*86400)+10*365*86400, rnd.Int64N(int64(time.Second)))
}

func TestNamedZoneOfLocation(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	const text = "2024-01-05 10:00:00 CST x"
	s, ok := At([]byte(text), shanghai)
	if want := "2024-01-05T02:00:00Z"; !ok || utc(s.Nanos) != want || !s.Zone {
		t.Errorf("in Shanghai CST is %s, want %s", utc(s.Nanos), want)
	}
	if s, _ = At([]byte(text), nil); utc(s.Nanos) != "2024-01-05T16:00:00Z" {
		t.Errorf("elsewhere CST is %s, want 16:00", utc(s.Nanos))
	}
}

func TestEpoch(t *testing.T) {
	for _, c := range []struct {
		text string
		want int64
	}{
		{"1700000000", 1700000000e9}, {"1700000000123", 1700000000123e6}, {"1700000000123456", 1700000000123456e3},
		{"1700000000123456789", 1700000000123456789}, {"1700000000.123456789", 1700000000123456789},
		{"1700000000123.5", 1700000000123500000}, {"1.7e9", 1700000000e9}, {"1.7000000005E+09", 1700000000500000000},
		{"1516985384.1235", 1516985384123500000}, {"1.516985384E12", 1516985384e9}, {"100000000", 1e17},
		{"1700000000.", 1700000000e9},
	} {
		if got, ok := Epoch([]byte(c.text)); !ok || got != c.want {
			t.Errorf("Epoch(%q) = %d %v, want %d", c.text, got, ok, c.want)
		}
	}
	for _, text := range []string{"", "x", "12", "0", "-1700000000", "99999999", "99999999999999999999", "1e400", "NaN", "17000000x0", "1.7.0e9", "9300000000000000000"} {
		if got, ok := Epoch([]byte(text)); ok {
			t.Errorf("Epoch(%q) = %d, want none", text, got)
		}
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		" 2024-01-05 ": "2024-01-05T00:00:00Z", "2024-01-05T10:11:12.5Z": "2024-01-05T10:11:12.5Z", "1700000000": "2023-11-14T22:13:20Z",
		"Tue Nov 20 2026 15:17:02 GMT+0000 (Coordinated Universal Time)": "2026-11-20T15:17:02Z",
		"2024-01-05T10:00:00+01:00[Europe/Berlin]":                       "2024-01-05T09:00:00Z", "2024-01-05 10:00:00 and more": "",
		"20": "", "": "", "yesterday": "", "2024-01": "",
	} {
		s, ok := Text([]byte(text), nil)
		if ok != (want != "") || ok && utc(s.Nanos) != want {
			t.Errorf("Text(%q) = %s %v, want %q", text, utc(s.Nanos), ok, want)
		}
	}
}

func TestClock(t *testing.T) {
	bound := func(text string) int64 {
		s, ok := At([]byte(text), nil)
		if !ok {
			t.Fatal(text)
		}
		return s.Nanos
	}
	for _, c := range []struct{ name, bound, lines, want string }{
		{"last year's", "2026-02-01 00:00:00", "Dec 30 10:00:00", "2025-12-30T10:00:00Z"},
		{"over new year", "2026-02-01 00:00:00", "Dec 31 23:59:59|Jan  1 00:00:01|Dec 31 23:59:58", "2025-12-31T23:59:59Z|2026-01-01T00:00:01Z|2025-12-31T23:59:58Z"},
		{"never in the future", "2026-06-01 00:00:00", "May 31 10:00:00|Dec  1 10:00:00", "2026-05-31T10:00:00Z|2025-12-01T10:00:00Z"},
		{"an hour of clock skew", "2026-06-01 00:00:00", "Jun  1 01:00:00", "2026-06-01T01:00:00Z"},
		{"leap day", "2026-06-01 00:00:00", "Feb 29 10:00:00", "2024-02-29T10:00:00Z"},
		{"several years", "2026-06-01 00:00:00", "2023-05-01 00:00:00|Dec  1 10:00:00|Feb  1 10:00:00", "2023-05-01T00:00:00Z|2022-12-01T10:00:00Z|2023-02-01T10:00:00Z"},
		{"clock alone", "2026-06-01 12:00:00", "23:59:59.5|00:00:01|00:00:00", "2026-05-31T23:59:59.5Z|2026-06-01T00:00:01Z|2026-06-01T00:00:00Z"},
		{"clock of today", "2026-06-01 12:00:00", "11:59:59", "2026-06-01T11:59:59Z"},
		{"clock after a date", "2026-06-01 12:00:00", "2024-03-01 23:00:00|01:00:00", "2024-03-01T23:00:00Z|2024-03-02T01:00:00Z"},
		{"no bound", "", "Feb 29 10:00:00|Mar  1 10:00:00", "2000-02-29T10:00:00Z|2000-03-01T10:00:00Z"},
	} {
		var clock Clock
		if c.bound != "" {
			clock.Bound = bound(c.bound)
		}
		var got []string
		for _, line := range split(c.lines) {
			s, ok := At([]byte(line), nil)
			if !ok {
				t.Fatal(line)
			}
			got = append(got, utc(clock.Resolve(s, nil)))
		}
		for i, want := range split(c.want) {
			if got[i] != want {
				t.Errorf("%s: %s is %s, want %s", c.name, split(c.lines)[i], got[i], want)
			}
		}
	}
}

// TestConcurrent reads stamps of places that share an entry of the cache of
// offsets, all at once.
func TestConcurrent(t *testing.T) {
	var wg sync.WaitGroup
	for _, name := range []string{"Asia/Tokyo", "Asia/Seoul", "Asia/Dubai", "Asia/Kabul"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		want := time.Date(2024, 1, 5, 10, 0, 0, 0, loc).UnixNano()
		wg.Go(func() {
			for range 2000 {
				if s, ok := At([]byte("2024-01-05 10:00:00 x"), loc); !ok || s.Nanos != want {
					t.Errorf("%s: %s", name, utc(s.Nanos))
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestNear(t *testing.T) {
	for _, c := range [][3]string{
		{"2026-06-01 12:00:00", "11:59:59", "2026-06-01T11:59:59Z"}, {"2026-06-01 12:00:00", "12:00:01", "2026-06-01T12:00:01Z"},
		{"2026-06-01 00:00:01", "23:59:59", "2026-05-31T23:59:59Z"}, {"2026-05-31 23:59:59", "00:00:01", "2026-06-01T00:00:01Z"},
		{"2026-01-01 00:00:01", "Dec 31 23:59:59", "2025-12-31T23:59:59Z"}, {"2026-06-01 00:00:00", "2020-01-01 00:00:00", "2020-01-01T00:00:00Z"},
	} {
		outer, _ := At([]byte(c[0]), nil)
		inner, _ := At([]byte(c[1]), nil)
		if got := utc(inner.Near(outer.Nanos, nil)); got != c[2] {
			t.Errorf("%s near %s is %s, want %s", c[1], c[0], got, c[2])
		}
	}
}

func split(s string) (parts []string) {
	for from, i := 0, 0; i <= len(s); i++ {
		if i == len(s) || s[i] == '|' {
			parts = append(parts, s[from:i])
			from = i + 1
		}
	}
	return parts
}

func FuzzAt(f *testing.F) {
	for _, c := range at {
		f.Add([]byte(c.text), int64(0))
	}
	f.Fuzz(func(t *testing.T, b []byte, bound int64) {
		s, ok := At(b, nil)
		if !ok {
			if s != (Stamp{}) {
				t.Fatalf("At(%q) failed but left %+v", b, s)
			}
			return
		}
		if s.Len <= 0 || s.Len > len(b) {
			t.Fatalf("At(%q).Len = %d", b, s.Len)
		}
		if again, ok := s.Layout.At(b, nil); !ok || again != s {
			t.Fatalf("%v.At(%q) = %+v, At gave %+v", s.Layout, b, again, s)
		}
		clock := Clock{Bound: bound % (4 << 60)}
		clock.Resolve(s, nil)
		clock.Resolve(s, time.FixedZone("", 3600))
		Text(b, nil)
		Epoch(b)
	})
}

func BenchmarkAt(b *testing.B) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Fatal(err)
	}
	for _, text := range []string{"2025-03-20T13:24:26.898 [x]", "02/Jan/2006:15:04:05 -0700] x", "Jan  5 08:00:00 server", "hello world this is text"} {
		line := []byte(text)
		s, _ := At(line, nil)
		b.Run("any/"+text[:6], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				At(line, nil)
			}
		})
		b.Run("known/"+text[:6], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Layout.At(line, nil)
			}
		})
		b.Run("local/"+text[:6], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Layout.At(line, berlin)
			}
		})
	}
	b.Run("epoch", func(b *testing.B) {
		text := []byte(strconv.Itoa(1700000000123))
		for b.Loop() {
			Epoch(text)
		}
	})
}
