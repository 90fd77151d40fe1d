package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestHistogramAgainstSorting holds quantiles against the sorted values.
func TestHistogramAgainstSorting(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	draw := map[string]func() float64{
		"uniform": func() float64 { return rnd.Float64() * 1000 }, "whole": func() float64 { return float64(rnd.IntN(50)) },
		"latency": func() float64 { return math.Exp(rnd.NormFloat64()*2 + 3) }, "signed": func() float64 { return rnd.NormFloat64() * 1e6 },
		"one": func() float64 { return 42 }, "wide": func() float64 { return math.Pow(10, rnd.Float64()*18-6) },
	}
	for name, next := range draw {
		var parts [3]Histogram
		var values []float64
		for i := range 5000 {
			v := next()
			values = append(values, v)
			parts[i%3].Add(v)
		}
		var h Histogram
		for i := range parts {
			h.Merge(&parts[i])
		}
		slices.Sort(values)
		for _, q := range []float64{0, 0.001, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1} {
			want := values[max(int(math.Ceil(q*5000)), 1)-1]
			if got := h.Quantile(q); math.Abs(got-want) > 0.016*math.Abs(want)+1e-9 {
				t.Errorf("%s: p%v is %v, want %v", name, 100*q, got, want)
			}
		}
		sum := 0.0
		for _, v := range values {
			sum += v
		}
		if h.Count() != 5000 || h.Min() != values[0] || h.Max() != values[4999] || math.Abs(h.Sum()-sum) > 1e-9*math.Abs(sum)+1e-6 {
			t.Errorf("%s: count %d, min %v, max %v, sum %v", name, h.Count(), h.Min(), h.Max(), h.Sum())
		}
		if h.Size() > 2*24<<10 {
			t.Errorf("%s: %d bytes", name, h.Size())
		}
	}
}

func TestHistogramEdges(t *testing.T) {
	var h Histogram
	if h.Quantile(0.5) != 0 || h.Mean() != 0 || h.Min() != 0 {
		t.Error("an empty histogram has values")
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), 1e300, 1e-300, 0, -1e-300, -5} {
		h.Add(v)
	}
	if h.Count() != 6 || h.Min() != -5 || !math.IsInf(h.Max(), 1) || h.Quantile(0.5) != 0 {
		t.Errorf("%d values from %v to %v, half at %v", h.Count(), h.Min(), h.Max(), h.Quantile(0.5))
	}
	var o Histogram
	o.Merge(&h)
	h.Merge(&Histogram{})
	if o.Count() != h.Count() || o.Quantile(0.2) != h.Quantile(0.2) {
		t.Error("merging into or with an empty one changes it")
	}
}

func TestDistinct(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 1024, 1025, 3000, 12000, 50000, 400000} {
		var parts [4]Distinct
		for i := range 2 * n { // every value twice
			parts[i%3].Add(fmt.Sprint("user-", i%n))
		}
		var d Distinct
		for i := range parts {
			d.Merge(&parts[i])
		}
		got := float64(d.Count())
		if n <= fewMax && (got != float64(n) || !d.Exact()) {
			t.Errorf("%d values: %v, want them exactly", n, got)
		}
		if d.Size() > 16<<10 {
			t.Errorf("%d values: %d bytes", n, d.Size())
		}
		if math.Abs(got-float64(n)) > 0.025*float64(n) { // three standard errors
			t.Errorf("%d values: %v", n, got)
		}
	}
}

func TestTemplate(t *testing.T) {
	for msg, want := range map[string]string{
		"Completed 500 Internal Server Error in 38ms":                          "Completed <num> Internal Server Error in <num>ms",
		"Started GET /api/v1/datasets/54987 HTTP/1.1 from 172.100.0.19":        "Started GET /api/v1/datasets/<num> HTTP/<num> from <ip>",
		"connect to 10.0.0.1:5432 failed":                                      "connect to <ip> failed",
		"peer 2001:db8::1 and ::1 and fe80:0:0:0:1:2:3:4 left":                 "peer <ip> and <ip> and <ip> left",
		"user 7f21c0de-5a3b-4f0e-9d55-3c10008b460c not found":                  "user <uuid> not found",
		"object at 0x7ffe12 of deadbeef42":                                     "object at <hex> of <hex>",
		`no such key "orders:17" in 'cache a'`:                                 "no such key <str> in <str>",
		"can't connect, won't retry":                                           "can't connect, won't retry",
		"identity: 95hRfGm88p4x, utf8 s3 sha256 worker12 v2":                   "identity: <id>, utf8 s3 sha<num> worker<num> v2",
		"loaded 12,345.6 rows (99.5%) in 1e-05 s":                              "loaded <num> rows (<num>%) in <num> s",
		"at 2026-02-22T14:30:45.123Z or 2026-02-22 14:30:45,123 on 2026-02-22": "at <time> or <time> on <time>",
		"took 12:04:05 to run":                                                 "took <num>:<num>:<num> to run",
		"release 1.2.3.4.5 of 3rdparty":                                        "release <num> of 3rdparty",
		"naïve ✓ café 世界12":                                                    "naïve ✓ café 世界<num>",
		"first line 1\nsecond line":                                            "first line <num>",
		"":                                                                     "",
		`say "it`:                                                              `say "it`,
		"job_id=bulk-abc123 task=bulk run-456 -12":                             "job_id=bulk-abc<num> task=bulk run-<num> -<num>",
		`done {"a":1,"b":"x"}`:                                                 `done {"a":<num>,"b":<str>}`,
		"mail to bob.b+x@mail.example.com, not a@home":                         "mail to <email>, not a@home",
		"std::vector a::b":                                                     "std::vector a::b",
		"face added to cafe":                                                   "face added to cafe",
	} {
		if got := Template([]byte(msg)); got != want {
			t.Errorf("%q\n got %q\nwant %q", msg, got, want)
		}
	}
}

func TestFingerprint(t *testing.T) {
	a, b, c := Fingerprint([]byte("Completed 500 in 38ms")), Fingerprint([]byte("Completed 200 in 41ms")), Fingerprint([]byte("Started 1 in 1ms"))
	if a != b || a == c || a == 0 {
		t.Errorf("%x %x %x", a, b, c)
	}
	if h := Fingerprint([]byte("connect failed")); h != 0x2b212ab65ad17188 { // stored and compared: must not change
		t.Errorf("the hash has changed: %#x", h)
	}
}

func TestPathTemplate(t *testing.T) {
	for path, want := range map[string]string{
		"/api/v1/datasets/54987":                           "/api/v1/datasets/:id",
		"/api/v1/datasets/54987?full=1#x":                  "/api/v1/datasets/:id",
		"/api/v1/catalogs":                                 "/api/v1/catalogs",
		"/users/7f21c0de-5a3b-4f0e-9d55-3c10008b460c/mail": "/users/:id/mail",
		"/blob/4fa3b2c1d0":                                 "/blob/:id",
		"/o/01ARZ3NDEKTSV4RRFFQ69G5FAV/":                   "/o/:id/",
		"/jobs/job-42/results":                             "/jobs/job-:id/results",
		"/jobs/bulk-abc123":                                "/jobs/bulk-:id",
		"/report/54987.json":                               "/report/:id.json",
		"/static/app.js":                                   "/static/app.js",
		"/s3/bucket/utf8":                                  "/s3/bucket/utf8",
		"/day/2026-02-22":                                  "/day/:id",
		"/u/bob@example.com":                               "/u/:id",
		"https://example.com/a/1":                          "/a/:id",
		"https://example.com":                              "/",
		"/":                                                "/",
		"":                                                 "",
		"/a/;jsessionid=1/b;x=2":                           "/a//b",
		"/oauth2/token":                                    "/oauth2/token",
		"/docs/getting-started-with-go":                    "/docs/getting-started-with-go",
		"/release/report-2024-final":                       "/release/report-2024-final",
		"/v/dQw4w9WgXcQ":                                   "/v/:id",
		"/t/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0.abc_-12": "/t/:id",
	} {
		if got := PathTemplate(path); got != want {
			t.Errorf("PathTemplate(%q) = %q, want %q", path, got, want)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"a 1 \"b\" 0x1 ::1 2026-02-22T1:", "/a/1;x/2.j", "'", "1e+", "1.2.3.", "a:b:c:d:e:f:0:1:2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Template([]byte(s))
		if strings.ContainsRune(once, '\n') || len(once) > 6*maxTemplate {
			t.Fatalf("Template(%q) = %q", s, once)
		}
		if Fingerprint([]byte(s)) == 0 {
			t.Fatal("a fingerprint of 0")
		}
		if p := PathTemplate(s); PathTemplate(p) != PathTemplate(PathTemplate(p)) {
			t.Fatalf("PathTemplate(%q) does not settle: %q", s, p)
		}
	})
}

var message = []byte("Rate limit violation. Type: pwd, identity: 95hRfGm88p4x, from 172.100.0.19 after 12 attempts in 38ms")

func TestNoAllocations(t *testing.T) {
	var h Histogram
	h.Add(1)
	if n := testing.AllocsPerRun(100, func() { Fingerprint(message); h.Add(1.01); PathTemplate("/api/v1/catalogs") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkFingerprint(b *testing.B) {
	b.SetBytes(int64(len(message)))
	b.ReportAllocs()
	for b.Loop() {
		Fingerprint(message)
	}
}

func BenchmarkHistogramAdd(b *testing.B) {
	var h Histogram
	v := 1.0
	for b.Loop() {
		h.Add(v)
		v = v*1.1 - float64(int(v*1.1)/1000*1000)
	}
}

func BenchmarkDistinctAdd(b *testing.B) {
	var d Distinct
	for i := range 2000 {
		d.Add(fmt.Sprint(i))
	}
	for b.Loop() {
		d.AddBytes(message[:20])
	}
}

func BenchmarkPathTemplate(b *testing.B) {
	for b.Loop() {
		PathTemplate("/api/v1/datasets/54987/rows")
	}
}

// TestDistinctKeepsItsError counts what the documentation promises: a standard
// error of 0.8 %, 98 of 100 estimates within 2 %.
func TestDistinctKeepsItsError(t *testing.T) {
	const sets = 200
	sum, far := 0.0, 0
	for i := range sets {
		var d Distinct
		n := 1500 * (1 + i%40)
		for j := range n {
			d.Add(fmt.Sprint(i, "-", j))
		}
		off := float64(d.Count())/float64(n) - 1
		sum += off * off
		if math.Abs(off) > 0.02 {
			far++
		}
	}
	if rms := math.Sqrt(sum / sets); rms > 0.009 || far > sets/50 {
		t.Errorf("a standard error of %.4f, %d of %d beyond 2 %%", rms, far, sets)
	}
}
