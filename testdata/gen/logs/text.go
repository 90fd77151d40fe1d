package logs

import (
	"strconv"

	"ravel/model"
)

func init() {
	formats["aindo"] = func(w *writer) error {
		return w.traffic(traits{starts: true, steps: true, ids: true, corrs: true, bare: true, kind: model.KindHTTP, errors: true, logged: true, target: true, client: true},
			aindo(w.create("api.log")))
	}
	formats["rails"] = func(w *writer) error {
		return w.traffic(traits{starts: true, steps: true, ids: true, bare: true, kind: model.KindHTTP, logged: true, target: true, client: true},
			rails(w.create("production.log")))
	}
	formats["nginx"] = func(w *writer) error {
		w.seconds = true
		return w.traffic(traits{whole: true, kind: model.KindAccess, target: true, client: true}, nginx(w.create("access.log"), w.create("error.log")))
	}
}

// traffic runs the HTTP simulation with one format's renderer.
func (w *writer) traffic(t traits, r render) error {
	s := &traffic{writer: w, traits: t, render: r, counts: make([]int, len(w.files))}
	s.run()
	return w.err
}

var reasons = map[int]string{
	200: "OK", 201: "Created", 204: "No Content", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests",
	500: "Internal Server Error", 503: "Service Unavailable",
}

// aindo is format 1: STAMP [request][correlation] LEVEL --- logger --- message.
func aindo(f *file) render {
	return func(s *traffic, e *event) int {
		b := s.stamp(f.buf, 'T', '.')
		b = append(b, " ["...)
		b = appendIDs(b, e.req)
		b = append(b, "] "...)
		b = append(append(b, e.level.String()...), " --- "...)
		b = append(append(b, domains[e.domain]...), " --- "...)
		c := counted{lines: 1, level: e.level, domain: e.domain, dur: -1, needle: e.needle}
		switch e.what {
		case evStart:
			b = append(append(b, "Started "...), e.req.method...)
			b = append(append(b, ' '), e.req.path...)
			b = append(append(b, " HTTP/1.1 from "...), e.req.client...)
		case evEnd:
			c.status, c.dur = e.req.status, e.dur
			b = appendCompleted(b, e)
		default:
			b = append(b, e.msg...)
		}
		if e.what == evFailure {
			c.exc = e.req.exc
			for _, line := range c.exc.traceback {
				b = append(append(b, '\n'), line...)
			}
			c.lines += len(c.exc.traceback)
		}
		f.buf = append(b, '\n')
		s.count(f, c)
		return 1
	}
}

func appendIDs(b []byte, r *request) []byte {
	if r == nil {
		return append(b, "-][-"...)
	}
	b = append(append(b, r.id[:]...), "]["...)
	if r.tied {
		return append(b, r.corr[:]...)
	}
	return append(b, '-')
}

func appendCompleted(b []byte, e *event) []byte {
	b = append(b, "Completed "...)
	b = strconv.AppendInt(b, int64(e.req.status), 10)
	b = append(append(b, ' '), reasons[e.req.status]...)
	b = strconv.AppendInt(append(b, " in "...), e.dur, 10)
	return append(b, "ms"...)
}

// rails is the tagged logger of Rails: I, [STAMP #PID]  INFO -- : [id] message.
func rails(f *file) render {
	return func(s *traffic, e *event) int {
		level, letter := e.level.String(), e.level.String()[0]
		if e.level == model.Warning {
			level = "WARN"
		}
		b := append(append(f.buf, letter), ", ["...)
		b = append(s.stamp(b, 'T', '.'), "000 #412] "...)
		for range 5 - len(level) {
			b = append(b, ' ')
		}
		b = append(append(b, level...), " -- : "...)
		if e.req != nil {
			b = append(append(append(b, '['), e.req.id[:]...), "] "...)
		}
		c := counted{lines: 1, level: e.level, domain: domProduction, dur: -1, needle: e.needle}
		switch e.what {
		case evStart:
			b = append(append(b, "Started "...), e.req.method...)
			b = append(append(append(b, ` "`...), e.req.path...), `" for `...)
			b = append(append(b, e.req.client...), " at "...)
			b = append(append(b, s.text[:10]...), ' ')
			b = append(append(b, s.text[11:]...), " +0000"...)
		case evEnd:
			c.status, c.dur = e.req.status, e.dur
			b = append(appendCompleted(b, e), " (Views: 0.2ms | ActiveRecord: 1.4ms | Allocations: 1511)"...)
		default:
			b = append(b, e.msg...)
		}
		f.buf = append(b, '\n')
		s.count(f, c)
		return 1
	}
}

// nginx is the combined access log, and what nginx says of failures.
func nginx(access, errs *file) render {
	return func(s *traffic, e *event) int {
		if e.what != evEnd {
			return 0
		}
		b := append(append(access.buf, e.req.client...), " - - ["...)
		b = append(s.clf(b), `] "`...)
		b = append(append(append(b, e.req.method...), ' '), e.req.path...)
		b = strconv.AppendInt(append(b, ` HTTP/1.1" `...), int64(e.req.status), 10)
		b = strconv.AppendInt(append(b, ' '), e.dur*13, 10)
		b = append(b, ` "-" "`...)
		b = append(append(b, agents[e.dur%int64(len(agents))]...), '"', '\n')
		access.buf = b
		s.count(access, counted{lines: 1, level: e.level, domain: domAccess, status: e.req.status, dur: -1, needle: -1})
		if e.req.status != 503 {
			return 1
		}
		b = append(errs.buf, s.text[:10]...)
		b[len(b)-6], b[len(b)-3] = '/', '/'
		b = append(append(b, ' '), s.text[11:]...)
		b = append(b, ` [error] 31#31: *`...)
		b = strconv.AppendInt(b, int64(s.t.Records), 10)
		b = append(append(b, ` connect() failed (111: Connection refused) while connecting to upstream, client: `...), e.req.client...)
		b = append(append(append(b, `, server: _, request: "`...), e.req.method...), ' ')
		errs.buf = append(append(b, e.req.path...), " HTTP/1.1\"\n"...)
		s.count(errs, counted{lines: 1, level: model.Error, domain: domError, dur: -1, needle: -1})
		return 1
	}
}

var months = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// clf appends now as 20/Mar/2025:13:24:26 +0000.
func (w *writer) clf(b []byte) []byte {
	var scratch [24]byte
	w.stamp(scratch[:0], 'T', '.') // renews text
	t := w.text[:]
	month := months[(t[5]-'0')*10+t[6]-'1']
	b = append(append(append(b, t[8:10]...), '/'), month...)
	b = append(append(append(append(b, '/'), t[:4]...), ':'), t[11:]...)
	return append(b, " +0000"...)
}
