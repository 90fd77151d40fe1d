package query

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"ravel/model"
)

// benchLog is about size bytes of format 1 or of JSON lines, in one batch.
func benchLog(json bool, size int) *testLog {
	rng := rand.New(rand.NewPCG(1, 1))
	l := newTestLog()
	b := &l.batch
	for len(b.Buf) < size {
		ms := rng.IntN(400)
		if rng.IntN(100) == 0 {
			ms += 2000
		}
		m := model.Meta{Time: testEpoch + int64(b.Len())*1e6, Level: model.Info, Dur: model.NoDur, Line: uint32(b.Len() + 1),
			Domain: l.names.Domains.ID([]byte(pick(rng, someDomains))), Start: uint32(len(b.Buf))}
		if rng.IntN(50) == 0 {
			m.Level = model.Warning
		}
		path := []string{"/api/v1/catalogs", "/health", "/api/v1/datasets/54987", "/api/v1/jobs/80/results"}[rng.IntN(4)]
		id := fmt.Sprintf("%016x%016x", rng.Uint64(), rng.Uint64())
		at := "2025-03-20T13:24:26.898"
		if json {
			b.Buf = fmt.Appendf(b.Buf, `{"timestamp": "%sZ", "level": "%s", "logger": "app", "message": "request_complete", "request_id": "%s", "method": "GET", "path": "%s", "status": 200, "duration_ms": %d, "user": {"id": %d}}`+"\n",
				at, m.Level, id, path, ms, rng.IntN(1000))
			m.Dur, m.Status = uint32(ms*1000), 200
		} else if b.Len()%2 == 0 {
			b.Buf = fmt.Appendf(b.Buf, "%s [%s][-] %s --- app --- Started GET %s HTTP/1.1 from 172.100.0.19\n", at, id, m.Level, path)
		} else {
			b.Buf = fmt.Appendf(b.Buf, "%s [%s][-] %s --- app --- Completed 200 OK in %dms\n", at, id, m.Level, ms)
			m.Dur, m.Status = uint32(ms*1000), 200
		}
		if rng.IntN(20000) == 0 {
			b.Buf = append(b.Buf[:len(b.Buf)-1], " needle-7f3a\n"...)
		}
		m.End = uint32(len(b.Buf))
		b.Add(m)
	}
	return l
}

// Decode for benchmarks would be the parser's; here it tells how often it is
// asked for.
type countingDecoder struct {
	*testLog
	n int
}

func (d *countingDecoder) Decode(b *model.Batch, i int, r *model.Record) {
	d.n++
	*r = model.Record{Raw: b.Raw(i), Text: b.Raw(i), Message: string(trimEOL(b.Raw(i))), Time: b.Time[i], Level: b.Level[i]}
}

func BenchmarkNarrow(b *testing.B) {
	const size = 32 << 20
	text, js := benchLog(false, size), benchLog(true, size)
	for _, c := range []struct {
		log   *testLog
		query string
	}{
		{text, "level>=warning"}, {text, "domain=auth"}, {text, "status>=500"}, {text, "duration>2s"}, {text, "level>=warning domain=auth"},
		{text, "ts>=2024-01-15T09:01"},
		{text, "needle-7f3a"}, {text, "zzqqxx"}, {text, "Completed"}, {text, "completed"}, {text, "catalogs"}, {text, "queued"}, {text, "0000"}, {text, "deadbeef"}, {text, "st"},
		{text, "/datasets.5498[0-9]/"}, {text, "/[0-9]{4}ms/"}, {text, "/time.?out/i"},
		{js, "duration_ms>2000"}, {js, "user.id=42"}, {js, "path=/health"}, {js, "nosuch=1"}, {js, "path:/health -needle-7f3a"},
	} {
		kind := "text"
		if c.log == js {
			kind = "json"
		}
		b.Run(kind+"/"+strings.ReplaceAll(c.query, "/", "_"), func(b *testing.B) {
			q := mustParse(b, c.query)
			env := c.log.env()
			dec := &countingDecoder{testLog: c.log}
			env.Decoder = dec
			p, err := q.Compile(env)
			if err != nil {
				b.Fatal(err)
			}
			bits := model.NewBits(c.log.batch.Len())
			b.SetBytes(int64(len(c.log.batch.Buf)))
			b.ReportAllocs()
			for b.Loop() {
				bits.Fill(c.log.batch.Len())
				p.Narrow(&c.log.batch, bits)
			}
			b.ReportMetric(float64(bits.Count()), "hits")
			b.ReportMetric(float64(dec.n)/float64(b.N), "decoded")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.log.batch.Len()), "ns/record")
		})
	}
}

func BenchmarkPipeline(b *testing.B) {
	l := benchLog(false, 8<<20)
	for _, text := range []string{"| stats count()", "| stats count() by level", "| stats count() by domain, bin(1m)", "| stats avg(duration), p95(duration) by domain", "| stats count() by status", "| sort duration desc | limit 10", "| stats count() by path"} {
		b.Run(text, func(b *testing.B) {
			q := mustParse(b, text)
			env := l.env()
			env.Decoder = &countingDecoder{testLog: l}
			bits := model.NewBits(l.batch.Len())
			b.ReportAllocs()
			for b.Loop() {
				p, err := NewPipeline(q.Stages, env, func(*Row) error { return nil })
				if err != nil {
					b.Fatal(err)
				}
				if err := p.Add(&l.batch, bits); err != nil {
					b.Fatal(err)
				}
				if err := p.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(l.batch.Len()), "ns/record")
		})
	}
}

func BenchmarkDFA(b *testing.B) {
	l := benchLog(false, 8<<20)
	set := model.NewBits(l.batch.Len())
	re := regexp.MustCompile("[0-9]{4}ms")
	b.Run("alone", func(b *testing.B) {
		d := newDFA(re)
		b.SetBytes(int64(len(l.batch.Buf)))
		for b.Loop() {
			for i := range l.batch.Len() {
				d.match(trimEOL(l.batch.Raw(i)), 0)
			}
		}
	})
	b.Run("lanes", func(b *testing.B) {
		d := newDFA(re)
		b.SetBytes(int64(len(l.batch.Buf)))
		for b.Loop() {
			d.each(&l.batch, set, func(int, bool) {})
		}
	})
}
