package logs

import (
	"strconv"
	"unicode/utf8"

	"ravel/model"
)

func init() {
	formats["json"] = func(w *writer) error {
		return w.traffic(traits{starts: true, whole: true, steps: true, ids: true, corrs: true, bare: true, kind: model.KindHTTP, errors: true, logged: true, target: true, client: true},
			jsonLines(w.create("app.jsonl")))
	}
	formats["talk2me"] = func(w *writer) error {
		files := talkFiles{access: w.create("access.log"), errors: w.create("errors.log"), performance: w.create("performance.log"), security: w.create("security.log"), app: w.create("talk2me.log")}
		return w.traffic(traits{whole: true, steps: true, ids: true, bare: true, kind: model.KindHTTP, errors: true, logged: true, target: true, client: true},
			files.render)
	}
	formats["logfmt"] = func(w *writer) error {
		return w.traffic(traits{starts: true, steps: true, ids: true, corrs: true, bare: true, kind: model.KindHTTP, logged: true, target: true, client: true},
			logfmt(w.create("service.log")))
	}
}

// object appends members of a JSON object that has been opened.
type object []byte

func (o object) str(key, value string) object {
	o = append(append(append(o, `, "`...), key...), `": "`...)
	return append(append(o, value...), '"')
}

func (o object) num(key string, value int64) object {
	o = append(append(append(o, `, "`...), key...), `": `...)
	return strconv.AppendInt(o, value, 10)
}

func (o object) boolean(key string, value bool) object {
	o = append(append(append(o, `, "`...), key...), `": `...)
	return strconv.AppendBool(o, value)
}

// quoted appends a string that may need escapes, non-ASCII escaped as Python's
// json does.
func (o object) quoted(value string) object {
	o = append(o, '"')
	for _, c := range value {
		switch {
		case c == '"' || c == '\\':
			o = append(o, '\\', byte(c))
		case c == '\n':
			o = append(o, '\\', 'n')
		case c < utf8.RuneSelf:
			o = append(o, byte(c))
		default:
			o = append(append(o, `\u`...), hexDigits[c>>12&15], hexDigits[c>>8&15], hexDigits[c>>4&15], hexDigits[c&15])
		}
	}
	return append(o, '"')
}

// open begins a record with its stamp and level.
func (s *traffic) openObject(b []byte, e *event) object {
	o := append(object(b), `{"timestamp": "`...)
	o = s.stamp(o, 'T', '.')
	return append(o, `Z"`...).str("level", e.level.String())
}

func (o object) message(msg []byte) object {
	o = append(o, `, "message": `...)
	if ascii(msg) {
		return append(append(append(o, '"'), msg...), '"')
	}
	return o.quoted(string(msg))
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

func (o object) exception(x *failure, array bool) object {
	o = append(append(o, `, "exception": {"type": `...).quoted(x.typ), `, "message": `...).quoted(x.msg)
	o = append(o, `, "traceback": `...)
	if !array {
		all := ""
		for i, line := range x.traceback {
			if i > 0 {
				all += "\n"
			}
			all += line
		}
		return append(o.quoted(all), '}')
	}
	for i, line := range x.traceback {
		sep := ", "
		if i == 0 {
			sep = "["
		}
		o = append(o, sep...).quoted(line)
	}
	return append(o, "]}"...)
}

// jsonLines is one object a line with the labels of the standard fields.
func jsonLines(f *file) render {
	return func(s *traffic, e *event) int {
		o := s.openObject(f.buf, e).str("logger", domains[e.domain])
		c := counted{lines: 1, level: e.level, domain: e.domain, dur: e.dur, needle: e.needle}
		switch e.what {
		case evStart:
			o = o.str("message", "request_start").str("method", e.req.method).str("path", string(e.req.path)).str("ip", e.req.client)
		case evEnd:
			c.status = e.req.status
			o = o.str("message", "request_complete").str("method", e.req.method).str("path", string(e.req.path)).
				num("status", int64(c.status)).num("duration_ms", e.dur).num("content_length", e.dur*13).str("ip", e.req.client)
		default:
			o = o.message(e.msg)
			if e.dur >= 0 {
				o = o.num("duration_ms", e.dur)
			}
		}
		if e.what == evFailure {
			c.exc = e.req.exc
			o = o.exception(c.exc, false)
		}
		if e.req != nil {
			o = o.str("request_id", string(e.req.id[:]))
			if e.req.tied {
				o = o.str("correlation_id", string(e.req.corr[:]))
			}
		}
		f.buf = append(o, "}\n"...)
		s.count(f, c)
		return 1
	}
}

// talkFiles are the five streams of one service, told apart by what they log.
type talkFiles struct{ access, errors, performance, security, app *file }

func (t *talkFiles) render(s *traffic, e *event) int {
	c := counted{lines: 1, level: e.level, domain: domTalk, dur: -1, needle: e.needle}
	f := t.app
	var o object
	switch e.what {
	case evEnd:
		f, c.domain, c.status, c.dur = t.access, domAccess, e.req.status, e.dur
		o = s.openObject(f.buf, e).str("message", "request_complete").str("request_id", string(e.req.id[:])).str("method", e.req.method).
			str("path", string(e.req.path)).num("status", int64(c.status)).num("duration_ms", e.dur).num("content_length", e.dur*13).
			str("ip", e.req.client).str("user_agent", agents[e.dur%int64(len(agents))])
	case evFailure:
		f, c.domain, c.exc = t.errors, domTalkErrors, e.req.exc
		o = s.openObject(f.buf, e).str("logger", domains[c.domain]).message(e.msg).exception(c.exc, true).str("request_id", string(e.req.id[:])).
			str("endpoint", "transcribe").str("method", e.req.method).str("path", string(e.req.path)).str("ip", e.req.client)
	case evMetric:
		f, c.domain, c.dur = t.performance, domPerformance, e.dur
		o = s.openObject(f.buf, e).str("message", "Performance metric: transcribe_audio").str("request_id", string(e.req.id[:]))
		o = append(o, `, "extra_fields": {"metric": "transcribe_audio"`...)
		o = append(o.num("duration_ms", e.dur).str("function", "transcribe").str("module", "app"), '}')
		c.needle = -1
	case evSecurity:
		f, c.domain = t.security, domSecurity
		o = s.openObject(f.buf, e).str("message", "Security event: rate_limit_exceeded").str("request_id", string(e.req.id[:]))
		o = append(o, `, "extra_fields": {"event": "rate_limit_exceeded"`...)
		o = append(o.str("severity", "warning").str("ip", e.req.client).str("endpoint", string(e.req.path)).num("attempts", s.now%20).boolean("blocked", s.now%2 == 0), '}')
		c.needle = -1
	default:
		o = s.openObject(f.buf, e).str("logger", "talk2me").message(e.msg).str("app", "talk2me").str("environment", "production").
			str("hostname", "server-1").str("thread", "MainThread").num("process", 12345)
		if e.req != nil {
			o = o.str("request_id", string(e.req.id[:]))
		}
	}
	f.buf = append(o, "}\n"...)
	s.count(f, c)
	return 1
}

// logfmt is one line of key=value.
func logfmt(f *file) render {
	return func(s *traffic, e *event) int {
		b := append(f.buf, "time="...)
		b = append(s.stamp(b, 'T', '.'), "Z level="...)
		b = append(b, logfmtLevels[e.level]...)
		b = append(append(b, " logger="...), domains[e.domain]...)
		c := counted{lines: 1, level: e.level, domain: e.domain, dur: e.dur, needle: e.needle}
		switch e.what {
		case evStart:
			b = append(append(append(b, ` msg="request started" method=`...), e.req.method...), " path="...)
			b = append(append(append(b, e.req.path...), " client="...), e.req.client...)
		case evEnd:
			c.status = e.req.status
			b = strconv.AppendInt(append(b, ` msg="request completed" status=`...), int64(c.status), 10)
			b = append(strconv.AppendInt(append(b, " duration="...), e.dur, 10), "ms"...)
		default:
			b = strconv.AppendQuote(append(b, " msg="...), string(e.msg))
			if e.dur >= 0 {
				b = append(strconv.AppendInt(append(b, " elapsed="...), e.dur, 10), "ms"...)
			}
		}
		if e.req != nil {
			b = append(append(b, " request_id="...), e.req.id[:]...)
			if e.req.tied {
				b = append(append(b, " correlation_id="...), e.req.corr[:]...)
			}
		}
		f.buf = append(b, '\n')
		s.count(f, c)
		return 1
	}
}

var logfmtLevels = [model.NumLevels]string{"trace", "trace", "debug", "info", "notice", "warn", "error", "fatal"}
