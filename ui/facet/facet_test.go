package facet_test

import (
	"strings"
	"testing"

	"ravel/theme"
	"ravel/ui/canvas"
	"ravel/ui/facet"
)

func values() []facet.Value {
	var out []facet.Value
	for i, s := range []string{"app", "auth", "catalogs", "worker"} {
		out = append(out, facet.Value{Count: facet.Count{Value: s, N: uint64(1000 - i)}, On: i != 1})
	}
	return out
}

func TestCursorStaysOnItsValue(t *testing.T) {
	p := facet.New("domain", "DOMAIN")
	p.Set(values())
	p.Move(2)
	vs := values()
	vs[0], vs[2] = vs[2], vs[0]
	p.Set(vs)
	if v, _ := p.Current(); v.Value != "catalogs" {
		t.Errorf("the cursor moved to %s", v.Value)
	}
}

func TestFind(t *testing.T) {
	p := facet.New("domain", "DOMAIN")
	p.Set(values())
	p.Find("ctl")
	if v, ok := p.Current(); !ok || v.Value != "catalogs" {
		t.Errorf("found %q", v.Value)
	}
	p.Find("zzz")
	if _, ok := p.Current(); ok {
		t.Error("found something for zzz")
	}
}

func TestStrip(t *testing.T) {
	c := &canvas.Line{Pen: canvas.Pen{Theme: theme.Must("dark"), Glyphs: &theme.ASCII}}
	for _, tc := range []struct {
		width int
		want  string
	}{
		{80, "DOMAIN *app 1k .auth 999 *catalogs 998 *worker 997"},
		{44, "DOMAIN *app 1k .auth 999 *catalogs 998 +1"},
		{22, "DOMAIN *app 1k +3"},
		{8, "DOMAIN"},
	} {
		c.Begin(nil, tc.width, theme.Text)
		facet.DrawStrip(c, "DOMAIN", 7, 1, tc.width, values())
		if got := strings.TrimRight(strip(string(c.End())), " "); got != tc.want {
			t.Errorf("%d cells: %q, want %q", tc.width, got, tc.want)
		}
	}
}

// strip takes the styles out.
func strip(s string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(s, "\x1b[") {
		if b.Len() > 0 || strings.Contains(part, "m") && strings.HasPrefix(s, "\x1b[") {
			_, part, _ = strings.Cut(part, "m")
		}
		b.WriteString(part)
	}
	return b.String()
}
