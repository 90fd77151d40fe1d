package redact

import (
	"encoding/json"
	"strings"
	"testing"
)

// fake makes text of n letters and digits that looks random: no real secret
// stands in this file.
func fake(n int) string {
	const letters = "aB3dE5gH7jK9mN1pQ2sT4vW6yZ8"
	return strings.Repeat(letters, n/len(letters)+1)[:n]
}

// masks are texts with the secrets in them between « and ».
var masks = []string{
	"key «AKIA" + strings.ToUpper(fake(16)) + "» used",
	"push with «ghp_" + fake(36) + "».",
	"«github_pat_" + fake(60) + "»",
	"«glpat-" + fake(20) + "»",
	"slack «xoxb-123456789012-" + fake(20) + "»",
	"post https://hooks.slack.com/services/«T000/B000/" + fake(24) + "»",
	"stripe «sk_live_" + fake(24) + "»",
	"maps?key=«AIza" + fake(35) + "»&q=1",
	"//registry/:_authToken=«npm_" + fake(36) + "»",
	"«sk-ant-" + fake(40) + "»",
	"«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + fake(43) + "»",
	"-----BEGIN RSA PRIVATE KEY-----\n«" + fake(64) + "»\n-----END RSA PRIVATE KEY-----",
	`{"pem":"-----BEGIN PRIVATE KEY-----\n«` + fake(20) + `»\n-----END PRIVATE KEY-----\n"}`,
	"-----BEGIN PRIVATE KEY-----«" + fake(20) + "»",
	"postgres://app:«hunter2»@db:5432/orders",
	"redis://:«p@ss:word»@cache:6379",
	"cloning https://«" + fake(40) + "»@github.com/a/b",
	"Authorization: Bearer «" + fake(30) + "»",
	"authorization: Basic «dXNlcjpwYXNz»",
	"Authorization: Bearer «abc.def.ghi»",
	`"Authorization": "«Bearer ` + fake(30) + `»"`,
	"curl -H 'Authorization: token «" + fake(20) + "»' https://x",
	"got bearer «" + fake(20) + "» from the client",
	"password=«hunter2» user=bob",
	"password: «hunter2»",
	"db_password='«hunter 2»' x",
	`{"user":"bob","password":"«hun\"ter2»","n":1}`,
	`{"password" : "«ends in a slash\\»","n":"kept"}`,
	`{\"password\":\"«x y»\",\"n\":1}`,
	`msg="login" passwd="«a b»" ok=true`,
	"GET /cb?code=1&access_token=«abc»&x=2",
	"AWS_SECRET_ACCESS_KEY=«" + fake(40) + "»",
	"X-Api-Key: «" + fake(20) + "»",
	"client_secret => «s3cr3t»",
	"run --password «hunter2» --user bob",
	"Cookie: «sid=abc; theme=dark»",
	"Set-Cookie: «sessionid=abc123; Path=/; HttpOnly»",
	`{"password":«12345»,"n":1}`,
	"AccountName=x;«AccountKey=" + fake(86) + "==»;EndpointSuffix=core",
	"https://x.blob/y?sv=2024&sig=«" + fake(43) + "%3D»&se=1",
	"card «4111 1111 1111 1111» declined",
	"card «4111-1111-1111-1111», «5500005555555559» and «378282246310005»",
	"pwd2=«x1»",
	`{"headers":{"Cookie":["«sid=abc; a=b»"],"X-Api-Key":["«k1","k2»"],"Set-Cookie":[],"Accept":["*/*"]}}`,
}

// clean are texts in which nothing is to be masked.
var clean = []string{
	"2026-02-22T14:30:45.123Z INFO request complete",
	"max_tokens=100 token_count=5 tokens: 12", "Unexpected token: expected ';'", "basic authentication is off", "the secret: never give up",
	"bearer of bad news", `{"password":null,"token":true}`, `{"credentials":{"user":"bob"},"secret":[1]}`, "password=******* pwd=[FILTERED] secret=<hidden> token=xxxxx",
	"password=", "password", "Password reset for bob", "passwords are stored hashed", "GET /password/reset HTTP/1.1", "key-value store", "task-runner sk-short",
	"trace 4111111111111112 id", "4111111111111111a", "id=1700000000123456789", "uuid 7f21c0de-5a3b-4f0e-9d55-3c10008b460c", "10.0.0.1:8080 https://user@host/path",
	"see https://example.com/a@b", "-----BEGIN CERTIFICATE----- x", "4111.1111.1111.1111", "+49 30 901820 12 34 56", "bob@example.com wrote", "npm_install eyJ AKIA",
	"Access denied for user 'root'@'10.0.0.1' (using password: YES)", "ssl.key.password = null", "TTY=pts/0 ; PWD=/var/log ; USER=root", `"password":"__REDACTED__"`,
	"12345-67890-12345-67890", "cookie: none", "token bucket is full",
}

func newRedactor(t testing.TB, o Options) *Redactor {
	t.Helper()
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// marks splits a text of masks into what is masked and what comes out.
func marks(marked string) (src, want string) {
	src = strings.NewReplacer("«", "", "»", "").Replace(marked)
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(marked, "«")
		b.WriteString(before)
		if !ok {
			return src, b.String()
		}
		b.WriteString(DefaultMask)
		_, marked, _ = strings.Cut(rest, "»")
	}
}

func TestMasks(t *testing.T) {
	r := newRedactor(t, Options{})
	for _, marked := range masks {
		src, want := marks(marked)
		want = strings.ReplaceAll(want, `"password":`+DefaultMask+`,`, `"password":"`+DefaultMask+`",`)
		if got := string(r.Append(nil, []byte(src))); got != want {
			t.Errorf("%s\n got %s\nwant %s", src, got, want)
		}
		if again := string(r.Append(nil, []byte(want))); again != want {
			t.Errorf("masked twice: %s\n becomes %s", want, again)
		}
	}
	for _, text := range clean {
		if got := string(r.Append([]byte("x"), []byte(text))); got != "x"+text {
			t.Errorf("%s\n became %s", text, got)
		}
	}
}

// TestWithin puts secrets behind and before other text: what surrounds them
// must stay.
func TestWithin(t *testing.T) {
	r := newRedactor(t, Options{})
	for _, marked := range masks {
		if strings.Contains(marked, "Cookie") || strings.Contains(marked, "BEGIN") {
			continue // these take the rest of the line
		}
		src, want := marks("naïve (" + marked + ") \n" + marked)
		want = strings.ReplaceAll(want, `"password":`+DefaultMask+`,`, `"password":"`+DefaultMask+`",`)
		if got := string(r.Append(nil, []byte(src))); got != want {
			t.Errorf("%s\n got %s\nwant %s", src, got, want)
		}
	}
}

func TestJSONStaysJSON(t *testing.T) {
	r := newRedactor(t, Options{})
	for _, text := range []string{
		`{"password":12345,"token":-1.5e3}`, `{"a":{"secret":"x\\\"y"},"b":[{"api_key":0}]}`, `{"headers":{"Authorization":"Bearer ` + fake(20) + `","Cookie":"a=b; c=d"}}`,
		`{"msg":"password=hunter2"}`, `{"msg":"{\"password\":\"x\\\\\"}"}`, `{"url":"https://u:p@h/"}`, `{"pem":"-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n"}`,
	} {
		if got := r.Append(nil, []byte(text)); !json.Valid(got) || string(got) == text {
			t.Errorf("%s\nbecame %s", text, got)
		}
	}
}

func TestValue(t *testing.T) {
	r := newRedactor(t, Options{Keys: []string{"X-Internal-Id", "pin"}})
	for _, c := range [][3]string{
		{"password", "hunter2", DefaultMask}, {"Set-Cookie", "a", DefaultMask}, {"user.api_key", "k", DefaultMask}, {"x_internal_id", "7", DefaultMask},
		{"PIN", "1234", DefaultMask}, {"spinner", "1234", "1234"}, {"message", "password=x y", "password=" + DefaultMask + " y"},
		{"", "plain", "plain"}, {"password", "", ""}, {"tokens", "5", "5"}, {"password_hash", "x", DefaultMask},
	} {
		if got := r.Value(c[0], c[1]); got != c[2] {
			t.Errorf("Value(%q, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
	if got := string(r.Append(nil, []byte("x-internal-id=77 pin: 12a spin=3"))); got != "x-internal-id="+DefaultMask+" pin: "+DefaultMask+" spin=3" {
		t.Errorf("own keys in text: %s", got)
	}
}

func TestOptions(t *testing.T) {
	r := newRedactor(t, Options{Email: true, Mask: "***", Rules: []Rule{
		{Name: "order", Pattern: `order (\d+)`, Literal: "ORDER"}, {Name: "digits", Pattern: `\b9{4,}\b`},
	}})
	const text = "Order of order 17 and order 18 by bob.b+x@mail.example.com., 99999 not@home"
	if got, want := string(r.Append(nil, []byte(text))), "Order of order *** and order *** by ***., *** not@home"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if _, err := New(Options{Rules: []Rule{{Name: "bad", Pattern: "("}}}); err == nil || !strings.Contains(err.Error(), `"bad"`) {
		t.Errorf("a bad pattern: %v", err)
	}
	if names := r.Names(); len(names) < 30 {
		t.Errorf("only %d rules: %v", len(names), names)
	}
}

func FuzzAppend(f *testing.F) {
	for _, text := range append(masks, clean...) {
		f.Add(text)
	}
	r := newRedactor(f, Options{Email: true})
	f.Fuzz(func(t *testing.T, text string) {
		once := r.Append(nil, []byte(text))
		var in [16]span
		for _, s := range r.spans(in[:0], []byte(text)) {
			if s.from < 0 || s.to > len(text) || s.from >= s.to {
				t.Fatalf("%q: masks %d to %d", text, s.from, s.to)
			}
		}
		if string(once) != text && !strings.Contains(string(once), DefaultMask) {
			t.Fatalf("%q became %q without a mask", text, once)
		}
		r.Value("message", text)
	})
}

var line = []byte(`2026-02-22 14:30:45,123 INFO [app.api] [request_id=7f21c0de-5a3b-4f0e-9d55-3c10008b460c] GET /api/v1/datasets/54987 HTTP/1.1 200 41ms client=172.100.0.19 agent="Mozilla/5.0 (X11; Linux x86_64)" bytes=48231`)

func TestNoAllocations(t *testing.T) {
	r := newRedactor(t, Options{Email: true})
	dst := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() { dst = r.Append(dst[:0], line) }); n != 0 {
		t.Errorf("%v allocations on a clean line", n)
	}
}

func BenchmarkAppend(b *testing.B) {
	r := newRedactor(b, Options{})
	for name, text := range map[string][]byte{
		"clean": line, "near": append([]byte("token bucket, password reset, secret santa "), line...), "hit": append([]byte("password=hunter2 "), line...),
	} {
		b.Run(name, func(b *testing.B) {
			dst := make([]byte, 0, 1024)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				dst = r.Append(dst[:0], text)
			}
		})
	}
}
