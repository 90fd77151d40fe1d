package parse

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// jsonShapes are the lines of JSON loggers: what a service writes when requests
// begin and end, and between.
var jsonShapes = map[string]func(b *bytes.Buffer, r *rand.Rand, at time.Time){
	"pino": func(b *bytes.Buffer, r *rand.Rand, at time.Time) {
		fmt.Fprintf(b, `{"level":%d,"time":%d,"pid":4711,"hostname":"web-7f9c"`, 30+10*(r.IntN(12)/10), at.UnixMilli())
		switch r.IntN(3) {
		case 0:
			fmt.Fprintf(b, `,"reqId":"req-%x","req":{"method":"%s","url":"%s","host":"api.example.com","remoteAddress":"10.0.%d.%d","remotePort":%d},"msg":"incoming request"}`,
				r.IntN(1<<20), method(r), path(r), r.IntN(9), r.IntN(255), 30000+r.IntN(20000))
		case 1:
			fmt.Fprintf(b, `,"reqId":"req-%x","res":{"statusCode":%d},"responseTime":%d.%d,"msg":"request completed"}`, r.IntN(1<<20), status(r), r.IntN(900), r.Uint32())
		default:
			fmt.Fprintf(b, `,"name":"%s","msg":"%s"}`, logger(r), sentence(r))
		}
	},
	"zap": func(b *bytes.Buffer, r *rand.Rand, at time.Time) {
		fmt.Fprintf(b, `{"level":"%s","ts":%d.%07d,"logger":"%s","caller":"server/http.go:%d","msg":"%s","request_id":"%s"`,
			strings.ToLower(level(r)), at.Unix(), at.Nanosecond()/100, logger(r), r.IntN(400), sentence(r), uuid(r))
		if r.IntN(2) == 0 {
			fmt.Fprintf(b, `,"status":%d,"duration":0.%09d`, status(r), r.IntN(1e9))
		}
		b.WriteByte('}')
	},
	"zerolog": func(b *bytes.Buffer, r *rand.Rand, at time.Time) {
		fmt.Fprintf(b, `{"level":"%s","service":"api","request_id":"%s"`, strings.ToLower(level(r)), uuid(r))
		if r.IntN(2) == 0 {
			fmt.Fprintf(b, `,"method":"%s","url":"%s","status":%d,"size":%d,"elapsed_ms":%d.%06d`, method(r), path(r), status(r), r.IntN(1e6), r.IntN(900), r.IntN(1e6))
		}
		fmt.Fprintf(b, `,"time":"%s","message":"%s"}`, at.Format(time.RFC3339), sentence(r))
	},
	"slog": func(b *bytes.Buffer, r *rand.Rand, at time.Time) {
		fmt.Fprintf(b, `{"time":"%s","level":"%s","msg":"%s","app":"billing"`, at.Format("2006-01-02T15:04:05.999999999Z07:00"), level(r), sentence(r))
		if r.IntN(2) == 0 {
			fmt.Fprintf(b, `,"request":{"method":"%s","path":"%s","id":"%s"},"status":%d,"duration":%d`, method(r), path(r), uuid(r), status(r), r.IntN(1e9))
		}
		b.WriteByte('}')
	},
	"bunyan": func(b *bytes.Buffer, r *rand.Rand, at time.Time) {
		fmt.Fprintf(b, `{"name":"billing","hostname":"web-7f9c","pid":31,"level":%d`, 30+10*(r.IntN(12)/10))
		if r.IntN(2) == 0 {
			fmt.Fprintf(b, `,"req_id":"%s","latency":%d`, uuid(r), r.IntN(900))
		}
		fmt.Fprintf(b, `,"msg":"%s","time":"%s","v":0}`, sentence(r), at.Format("2006-01-02T15:04:05.000Z"))
	},
	"ecs": func(b *bytes.Buffer, r *rand.Rand, at time.Time) {
		fmt.Fprintf(b, `{"@timestamp":"%s","log.level":"%s","message":"%s","ecs.version":"1.2.0","service.name":"shop","event.dataset":"shop.log",`+
			`"process.thread.name":"http-nio-8080-exec-%d","log.logger":"org.example.shop.%s","trace.id":"%s","transaction.id":"%s"}`,
			at.Format("2006-01-02T15:04:05.000Z"), level(r), sentence(r), r.IntN(20), logger(r), hex(r), hex(r)[:16])
	},
	"log4j2": func(b *bytes.Buffer, r *rand.Rand, at time.Time) {
		fmt.Fprintf(b, `{"instant":{"epochSecond":%d,"nanoOfSecond":%d},"thread":"http-%d","level":"%s","loggerName":"org.example.%s","message":"%s",`+
			`"endOfBatch":false,"loggerFqcn":"org.apache.logging.slf4j.Log4jLogger","contextMap":{"requestId":"%s"},"threadId":%d,"threadPriority":5}`,
			at.Unix(), at.Nanosecond(), r.IntN(20), level(r), logger(r), sentence(r), uuid(r), 20+r.IntN(30))
	},
	"gcp": func(b *bytes.Buffer, r *rand.Rand, at time.Time) {
		fmt.Fprintf(b, `{"severity":"%s","timestamp":"%s","message":"%s","logging.googleapis.com/trace":"projects/p/traces/%s","serviceContext":{"service":"shop","version":"1.4.2"}`,
			level(r), at.Format("2006-01-02T15:04:05.000000Z"), sentence(r), hex(r))
		if r.IntN(2) == 0 {
			fmt.Fprintf(b, `,"httpRequest":{"requestMethod":"%s","requestUrl":"https://shop.example.com%s","status":%d,"latency":"0.%03ds","remoteIp":"10.0.0.%d"}`,
				method(r), path(r), status(r), r.IntN(1000), r.IntN(255))
		}
		b.WriteByte('}')
	},
	"escaped": func(b *bytes.Buffer, r *rand.Rand, at time.Time) {
		fmt.Fprintf(b, `{"time":"%s","level":"%s","msg":"said \"%s\" to \u00e9l\u00e8ve\n","path":"\/v1\/%d","request_id":"%s"}`,
			at.Format("2006-01-02T15:04:05.000Z"), level(r), sentence(r), r.IntN(1e5), hex(r))
	},
	"unlike": func(b *bytes.Buffer, r *rand.Rand, at time.Time) { // no two are built alike
		fmt.Fprintf(b, `{"time":"%s","level":"%s","message":"%s"`, at.Format("2006-01-02T15:04:05.000Z"), level(r), sentence(r))
		for range 4 {
			fmt.Fprintf(b, `,"k%x":"%s","n%x":%d`, r.Uint32(), logger(r), r.Uint32(), r.IntN(1e6))
		}
		b.WriteByte('}')
	},
	"broken": func(b *bytes.Buffer, r *rand.Rand, at time.Time) { // cut somewhere
		from := b.Len()
		fmt.Fprintf(b, `{"time":"%s","level":"%s","message":"%s","path":"%s","request_id":"%s"}`, at.Format("2006-01-02T15:04:05.000Z"), level(r), sentence(r), path(r), hex(r))
		if r.IntN(4) == 0 {
			b.Truncate(from + 40 + r.IntN(b.Len()-from-40))
		}
	},
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }
func method(r *rand.Rand) string               { return pick(r, "GET", "GET", "GET", "POST", "PUT", "DELETE") }
func level(r *rand.Rand) string {
	return pick(r, "INFO", "INFO", "INFO", "INFO", "DEBUG", "WARN", "ERROR")
}
func logger(r *rand.Rand) string {
	return pick(r, "app", "db", "cache", "scheduler", "auth.tokens", "worker")
}
func hex(r *rand.Rand) string { return fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()) }
func status(r *rand.Rand) int { return []int{200, 200, 200, 201, 304, 404, 500}[r.IntN(7)] }

func uuid(r *rand.Rand) string {
	h := hex(r)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func path(r *rand.Rand) string {
	return pick(r, "/health", "/api/v1/catalogs", fmt.Sprintf("/api/v1/datasets/%d", r.IntN(1e5)), fmt.Sprintf("/items?page=%d&sort=name", r.IntN(90)))
}

func sentence(r *rand.Rand) string {
	return pick(r, "request started", "request completed", "cache is warm", "token accepted", fmt.Sprintf("query returned %d rows", r.IntN(1e4)),
		fmt.Sprintf("loaded features of catalog %d in partition %d", r.IntN(1e4), r.IntN(99)))
}

// shaped is about 4 MiB of a logger's lines.
func shaped(name string) []byte {
	r, at := rand.New(rand.NewPCG(7, 7)), time.Date(2026, 2, 22, 14, 30, 45, 0, time.UTC)
	var b bytes.Buffer
	for b.Len() < 4<<20 {
		at = at.Add(time.Duration(r.IntN(4_000_000)))
		jsonShapes[name](&b, r, at)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// BenchmarkJSON parses the lines of JSON loggers. Their order and their values
// come at random, so that no processor learns them.
func BenchmarkJSON(b *testing.B) {
	for _, name := range []string{"json", "talk2me", "pino", "zap", "zerolog", "slog", "bunyan", "ecs", "log4j2", "gcp", "escaped", "unlike", "broken"} {
		b.Run(name, func(b *testing.B) {
			if jsonShapes[name] == nil {
				benchParse(b, generated(b, name))
				return
			}
			benchParse(b, shaped(name))
		})
	}
}
