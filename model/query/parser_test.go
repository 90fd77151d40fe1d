package query

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// tree shows an AST unambiguously.
func tree(e Expr) string {
	switch e := e.(type) {
	case nil:
		return "all"
	case *And:
		return "(and" + trees(e.Terms) + ")"
	case *Or:
		return "(or" + trees(e.Terms) + ")"
	case *Not:
		return "(not " + tree(e.Term) + ")"
	case *Text:
		return "'" + e.Word + "'"
	case *Regexp:
		return e.String()
	case *Exists:
		return "exists:" + e.Field
	case *Request:
		return "(request " + tree(e.Filter) + ")"
	case *Test:
		if e.Op == Match {
			return "[" + e.Field + " ~ " + e.Pattern.String() + "]"
		}
		s := "[" + e.Field + " " + strings.TrimSpace(opText[e.Op])
		for _, v := range e.Values {
			if v.Quoted {
				s += " \"" + v.Text + "\""
			} else {
				s += " " + v.Text
			}
		}
		return s + "]"
	}
	return "?"
}

func trees(es []Expr) string {
	s := ""
	for _, e := range es {
		s += " " + tree(e)
	}
	return s
}

func TestParseFilter(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "all"},
		{"  ", "all"},
		{"timeout", "'timeout'"},
		{`"exact words"`, "'exact words'"},
		{"/re+gex/i", "/re+gex/i"},
		{"level>=warning  domain=auth,app", "(and [level >= warning] [domain = auth app])"},
		{"status>=500 duration>2s bytes>1MB", "(and [status >= 500] [duration > 2s] [bytes > 1MB])"},
		{`ip~"^10\."`, `[ip ~ /^10\./]`},
		{"exists(exception) ispresent( a.b )", "(and exists:exception exists:a.b)"},
		// R1
		{"-health", "(not 'health')"},
		{"!health", "(not 'health')"},
		{"a-b 2026-03-20 -> --x -", "(and 'a-b' '2026-03-20' '->' '--x' '-')"},
		{"-5", "(not '5')"},
		{`-"a b" -(a b) -/x/ -[a] -@log=x`, "(and (not 'a b') (not (and 'a' 'b')) (not /x/) (not '[a]') (not [@log = x]))"},
		{"ts>-15m", "[ts > -15m]"},
		{"-level=error", "(not [level = error])"},
		{"level!=error", "(not [level = error])"},
		// R2
		{"not found", "(and 'not' 'found')"},
		{"could not connect", "(and 'could' 'not' 'connect')"},
		{"not path:/health", "(not [path : /health])"},
		{"not (a b)", "(not (and 'a' 'b'))"},
		{"not(a b)", "(not (and 'a' 'b'))"},
		{"not (a)", "(not 'a')"},
		{"not(a) b", "(and (not 'a') 'b')"},
		{`not "a"`, "(not 'a')"},
		{"not 'a b'", "(not 'a b')"},
		{"not 'tis", "(and 'not' ''tis')"},
		{"not exists(x)", "(not exists:x)"},
		{"not /x/", "(not /x/)"},
		{"NOT found", "(not 'found')"},
		{"a not", "(and 'a' 'not')"},
		{"not not x=1", "(and 'not' (not [x = 1]))"},
		{"nothing notable", "(and 'nothing' 'notable')"},
		// R3
		{"a b or c d", "(or (and 'a' 'b') (and 'c' 'd'))"},
		{"a and b or (c)", "(or (and 'a' 'b') 'c')"},
		{"a and (b or c) and not x=1", "(and 'a' (or 'b' 'c') (not [x = 1]))"},
		{"a OR b AND c", "(or 'a' (and 'b' 'c'))"},
		{"order android", "(and 'order' 'android')"},
		{`"and" "or"`, "(and 'and' 'or')"},
		// R4
		{"x>2", "[x > 2]"},
		{"x > 2", "[x > 2]"},
		{"x =~ /a b/ y", "(and [x ~ /a b/] 'y')"},
		{"key= v", "(and 'key=' 'v')"},
		{"err <nil>", "(and 'err' '<nil>')"},
		{"err=<nil>", `[err = "<nil>"]`},
		{"AttributeError:", "'AttributeError:'"},
		{"key=", "'key='"},
		{"a : b", "(and 'a' ':' 'b')"},
		{"x = 1,2", "[x = 1 2]"},
		{"a -> b", "(and 'a' '->' 'b')"},
		{"ptr->field", "'ptr->field'"},
		{"List<String> a<>b x<5", "(and 'List<String>' 'a<>b' [x < 5])"},
		{`"id"=>5`, "(and 'id' '=>5')"},
		{"a=>b a==b", "(and 'a=>b' [a = b])"},
		// R5
		{"db:5432 a:b", "(and [db : 5432] [a : b])"},
		{"http://x/y std::x 12:04 10.0.0.1:80", "(and 'http://x/y' 'std::x' '12:04' '10.0.0.1:80')"},
		{"a:b:c", "[a : b:c]"},
		{"path:/health", "[path : /health]"},
		{`msg:"hello world"`, `[msg : "hello world"]`},
		// R6
		{"/api/v1/catalogs /api/v1", "(and '/api/v1/catalogs' '/api/v1')"},
		{"/health/ /health/im", "(and /health/ /health/im)"},
		{"/a b/", "(and '/a' 'b/')"},
		{`/a\/b/`, `/a\/b/`},
		{"path=/health/ x", "(and [path = /health/] 'x')"},
		{"path~/a b/i x", "(and [path ~ /a b/i] 'x')"},
		{"//", "'//'"},
		// R7
		{"handler_1()", "'handler_1()'"},
		{"(a or f(x)) b", "(and (or 'a' 'f(x)') 'b')"},
		{"x=f(a,b)", `[x = "f(a,b)"]`},
		{"(x=1)", "[x = 1]"},
		// R9
		{`"say \"hi\" \\ \d"`, `'say "hi" \ \d'`},
		{"can't 'it works' don't", "(and 'can't' 'it works' 'don't')"},
		{`x='a b',"c,d",e`, `[x = "a b" "c,d" e]`},
		{`x="5" y="none" z="abc" b="true"`, `(and [x = "5"] [y = "none"] [z = abc] [b = "true"])`},
		// R10, R11
		{"duration>1.5s duration<1m30s duration=0", "(and [duration > 1.5s] [duration < 1m30s] [duration = 0])"},
		{"duration_ms>2s duration_ms>2000", "(and [duration_ms > 2s] [duration_ms > 2000])"},
		{"ts>=14:05 ts<14:10", "(and [ts >= 14:05] [ts < 14:10])"},
		{"ts=2024-01-15T09 ts>end-15m", "(and [ts = 2024-01-15T09] [ts > end-15m])"},
		{`@timestamp > "2024-01-15 09:30"`, `[@timestamp > "2024-01-15 09:30"]`},
		{"level=WARN,err,none", "[level = warning error none]"},
		// like and in
		{"@message like /Starting bulk/ or @message like /b/", "(or [@message ~ /Starting bulk/] [@message ~ /b/])"},
		{`@logStream like /jobs\/bulk-abc123/`, `[@logStream ~ /jobs\/bulk-abc123/]`},
		{`a not like "x"`, "(not [a like x])"},
		{"foo like bar", "(and 'foo' 'like' 'bar')"},
		{"foo not like bar", "(and 'foo' 'not' 'like' 'bar')"},
		{"I like /etc/passwd", "(and 'I' 'like' '/etc/passwd')"},
		{`status in [500, "502"] level not in (error,warn)`, `(and [status = 500 "502"] (not [level = error warning]))`},
		{"error in [worker 1]", "(and 'error' 'in' '[worker' '1]')"},
		{"logged in", "(and 'logged' 'in')"},
		// calls
		{"request(level>=error) request(status=500 duration>1s)", "(and (request [level >= error]) (request (and [status = 500] [duration > 1s])))"},
		{"request (x)", "(and 'request' 'x')"},
		{"`a b`=1 `or`:x", "(and [a b = 1] [or : x])"},
		// R13: text, not stages
		{"parse error", "(and 'parse' 'error')"},
		{"limit exceeded", "(and 'limit' 'exceeded')"},
		{"sort order", "(and 'sort' 'order')"},
		{"errors", "'errors'"},
		{"stats", "'stats'"},
		{"filter coffee", "(and 'filter' 'coffee')"},
		{"fields of gold", "(and 'fields' 'of' 'gold')"},
	} {
		q, err := Parse(c.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.in, err)
			continue
		}
		if got := tree(q.Filter); got != c.want || len(q.Stages) != 0 {
			t.Errorf("Parse(%q) = %s %v, want %s", c.in, got, q.Stages, c.want)
		}
	}
}

func TestParseStages(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"level=error | stats count() by domain, level", "level=error | stats count() by domain, level"},
		{"|stats count(*) as n, avg(duration),pct(x, 99.9) by bin(5m) as t,`a b`", "| stats count() as n, avg(duration), pct(x,99.9) by bin(5m) as t, `a b`"},
		{"| sort duration desc,ts asc, avg(x) desc | head 10 | tail 3", "| sort duration desc, ts, `avg(x)` desc | limit 10 | tail 3"},
		{"a|top 5 ip|top ip", "a | top 5 ip | top 10 ip"},
		{"| fields ts, path as p | display a", "| fields ts, path as p | fields a"},
		{`| parse message "took * ms" as took | parse /u=(?<user>\S+) (\d+)/ as n`, `| parse message "took * ms" as took | parse @message /u=(?<user>\S+) (\d+)/ as n`},
		{"| requests | dedup message, level | errors | templates", "| requests | dedup message, level | errors | templates"},
		{"| filter a or b x=1", "| filter a or b x=1"},
		{"| stats count() by bin(90s), bin(24h)", "| stats count() by bin(90s), bin(1d)"},
		// Insights, as printed
		{"fields @timestamp, @message\n| filter @logStream like /jobs\\/bulk-abc123/\n| sort @timestamp desc", "| fields @timestamp, @message | filter @logStream~/jobs\\/bulk-abc123/ | sort @timestamp desc"},
		{"filter level=error", "| filter level=error"},
		{"stats count(*) by level", "| stats count() by level"},
		{"parse error | stats count()", "parse error | stats count()"},
		{"limit exceeded | stats count()", "limit exceeded | stats count()"},
		{"sort order | limit 1", "| sort order | limit 1"},
		{`"sort" order | limit 1`, `"sort" order | limit 1`},
	} {
		q, err := Parse(c.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.in, err)
		} else if got := q.String(); got != c.want {
			t.Errorf("Parse(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		in   string
		col  int
		want string
	}{
		{"level>=", 8, "compares with nothing"},
		{"é level >", 10, "compares with nothing"},
		{"level>=fatalish", 8, "not a level"},
		{"duration>2", 10, "needs a unit"},
		{"duration>2MB", 10, "needs a unit"},
		{"ts>yesterday", 4, "not a time"},
		{"status>ok", 8, "is a number"},
		{"a and", 6, "ends too early"},
		{"or a", 1, "joins two terms"},
		{"a or or b", 6, "joins two terms"},
		{"(a", 3, `column 1 is not closed`},
		{"()", 2, `nothing stands before ")"`},
		{"a)", 2, `no "(" is open`},
		{"a || b", 4, "to search for | quote it"},
		{"a | foo", 5, "to search for | quote it"},
		{"a |", 4, "no stage stands after"},
		{`"abc`, 1, "not closed"},
		{"x=a, b", 5, "no value"},
		{"x~/a", 3, "not closed"},
		{"x~/(/", 3, "not valid"},
		{"/(/", 1, "not valid"},
		{`x~"("`, 3, "not valid"},
		{"x in (1, 2", 11, "not closed"},
		{"exists()", 8, "a field's name"},
		{"request(request(a))", 9, "cannot stand inside"},
		{"NOT", 4, "ends too early"},
		{"| stats foo(x)", 9, "there is no function foo"},
		{"| stats count(", 15, "not closed"},
		{"| stats sum()", 9, "needs a field"},
		{"| stats pct(x)", 9, "percentile"},
		{"| stats count() by bin(5)", 24, "needs a duration"},
		{"| limit x", 9, "whole number"},
		{"| sort", 7, "no field's name"},
		{`| parse message "a*b*" as x`, 17, "2 stars and 1 names"},
		{"| parse message /a(b)/", 17, "groups without a name"},
		{"fields a-b | limit 1", 9, "arithmetic (-)"},
		{"fields strlen(a) | limit 1", 8, "no function strlen"},
		{"stats median(x) by y", 7, "no function median"},
		{"| limit 5 x", 11, "does not belong"},
		{"| limit 5 | requests", 13, "only filters may stand before"},
		{strings.Repeat("(", 300), 101, "nested"},
	} {
		_, err := Parse(c.in)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("Parse(%q) gave %v, want an error", c.in, err)
			continue
		}
		if e.Col != c.col || !strings.Contains(e.Msg, c.want) {
			t.Errorf("Parse(%q): %v, want column %d and %q", c.in, e, c.col, c.want)
		}
	}
}

// FuzzParse checks that no text panics and that the canonical form of what
// parses is a fixed point that means the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"a b or c -d", `not "x y" NOT z`, "level>=warn -x=1,none", `x="5" y~/a\/b/i z like "q"`, "request(level>=error status=500)",
		"| stats count() as n by bin(5m), x | sort n desc | limit 5", "fields @timestamp, @message | filter @message like /a/",
		`| parse message "a * b" as c | dedup c`, "`a b`:c //x http://y", "exists(a) (b or (c d))", "x in [1, 2] y not in (a,'b c')",
		`_a -_b=1 "-" "not" in like`, `"\\" "\"" "a\" 'x'`, "sort order", `"sort" a | limit 1`, "x~\\Q/\\E", `x<"a>"`, "(a or b( )", "a:\"\" b:=c", "-`a`=1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := Parse(s)
		if err != nil {
			return
		}
		canon := q.String()
		back, err := Parse(canon)
		if err != nil {
			t.Fatalf("Parse(%q).String() = %q: %v", s, canon, err)
		}
		if !reflect.DeepEqual(q, back) {
			t.Fatalf("Parse(%q).String() = %q reads back as another query: %s / %s", s, canon, tree(q.Filter), tree(back.Filter))
		}
		if again := back.String(); again != canon {
			t.Fatalf("%q is not canonical: %q", canon, again)
		}
	})
}
