package lifecycle

import "testing"

func BenchmarkMatch(b *testing.B) {
	for _, c := range []struct{ name, msg string }{
		{"miss", "Cache lookup for key user:1234 took a while"},
		{"near", "Rate limit violation. Type: pwd, identity: 95hRfGm88p4x"},
		{"crowded", "Retrying the upload of part 7"},
		{"start", "Started GET /api/v1/catalogs HTTP/1.1 from 172.100.0.19"},
		{"end", "Completed 500 Internal Server Error in 38ms"},
	} {
		b.Run(c.name, func(b *testing.B) {
			msg := []byte(c.msg)
			var h Hit
			b.ReportAllocs()
			for b.Loop() {
				Match(msg, &h)
			}
		})
	}
}

func BenchmarkFields(b *testing.B) {
	keys := []string{"timestamp", "level", "message", "request_id", "method", "path", "status", "duration_ms", "content_length", "ip", "user_agent"}
	vals := []string{"2024-01-15T10:32:00.789Z", "INFO", "request_complete", "1234567890-abcdef", "POST", "/transcribe", "200", "1250", "4096", "192.168.1.100", "Mozilla/5.0"}
	var k, v [][]byte
	for i := range keys {
		k, v = append(k, []byte(keys[i])), append(v, []byte(vals[i]))
	}
	var f Fields
	var h Hit
	b.ReportAllocs()
	for b.Loop() {
		f.Reset()
		for i := range k {
			f.Add(Top, k[i], v[i], false)
		}
		f.Mark(v[2], true, &h)
	}
}
