package parse

import (
	"embed"
	"fmt"
	"strings"
	"sync"
)

// coded are the formats that code recognises, in the order in which they are
// tried; first says with which bytes their lines may begin, most how surely they
// fit at best: what fits better needs no look at them.
var coded = []struct {
	name, title, first string
	most               fit
	try                func(r *reader, t []byte, h *head) fit
}{
	{"json", "JSON lines of any logger, known by its keys", "{ ", strong, (*reader).jsonLine},
	{"ids", "STAMP [request][correlation] LEVEL --- source --- message", digits, strong, (*reader).bracketIDs},
	{"klog", "klog and glog: I0222 14:30:45.123456 42 file.go:7] message", "IWEFDVC ", strong, (*reader).klogLine},
	{"journal", "journalctl -o export, -o verbose: a line for each field", "_MTWFS", strong, (*reader).journalEntry},
	{"jul-xml", "java.util.logging's records in XML, an element a line", "< ", strong, (*reader).xmlRecord},
	{"rails", "Rails' development log", "S", strong, (*reader).railsStart},
	{"access", "access logs: common, combined and their relatives", anyByte, strong, (*reader).accessLine},
	{"stamped", "text that begins with a time stamp: level, logger and ids found by their look", digits + letters + "[(\"<@*. \t", strong, (*reader).stampedText},
	{"level", "text that begins with its level: [INFO] …, INFO: …, INFO:logger:…", letters + "[<( #", strong, (*reader).levelFirst},
	{"cisco", "what Cisco's devices log: %SYS-5-CONFIG_I: message", "%", medium, (*reader).ciscoLine},
	{"logfmt", "key=value pairs", letters + "_@", strong, (*reader).logfmtLine},
	{"tagged", "text that begins with an id in brackets", "[", medium, (*reader).taggedLine},
	{"embedded", "text with a time stamp after a few words", letters + digits + "[(\"/=-*#<", medium, (*reader).embeddedStamp},
}

// The first bytes of lines.
const (
	digits  = "0123456789"
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	anyByte = ""
)

// indexed is what must be known of a built-in format that a pattern recognises
// before its file, which has its name, is read: how its lines begin, what they
// hold, "" if nothing surely, and how surely they fit at best. To read all files
// took most of the time until the first screen.
type indexed struct {
	name  string
	lead  lead
	needs string
	most  fit
}

//go:embed formats/*.toml
var embedded embed.FS

// builtinRecipe reads the file of a built-in format.
func builtinRecipe(name string) *recipe {
	file := "formats/" + name + ".toml"
	r, err := readRecipe(embedded, file, file, true)
	if err != nil {
		panic(err) // a test reads them all
	}
	return r
}

var builtin = sync.OnceValue(func() *Set {
	s, err := assemble(nil)
	if err != nil {
		panic(err) // the embedded formats; a test reads them
	}
	return s
})

// assemble makes a set of a user's formats and the built-in ones. Those that a
// pattern recognises are tried before the code that reads heads by their look.
func assemble(user []*recipe) (*Set, error) {
	s := &Set{}
	s.shapes.Store(&[]shape{{format: noFormat}})
	taken := map[string]bool{}
	for _, u := range user {
		f := u.about
		if taken[f.Name] {
			return nil, &keyError{f.File, "name", fmt.Sprintf("%q is the name of another format of this folder; choose a new one", f.Name)}
		}
		taken[f.Name] = true
		s.addPattern(f, newPattern(func() *recipe { return u }, u.expr.lead(), u.expr.needs()), u.fit)
		s.own++
	}
	for _, c := range coded {
		if c.name == "stamped" {
			for i := range patterns {
				if p := &patterns[i]; !taken[p.name] {
					recipe := sync.OnceValue(func() *recipe { return builtinRecipe(p.name) })
					s.addPattern(Format{Name: p.name, Builtin: true}, newPattern(recipe, p.lead, p.needs), p.most)
				}
			}
		}
		if !taken[c.name] {
			s.add(format{Format: Format{Name: c.name, Title: c.title, Builtin: true}, try: c.try, most: c.most, exact: c.name == "ids", spells: c.name == "ids" || c.name == "json"}, func(b byte) bool {
				return c.first == anyByte || strings.IndexByte(c.first, b) >= 0
			})
		}
	}
	s.object = s.builtin("json")
	s.glance()
	return s, nil
}

// glance makes the glances of all patterns, once for first bytes that allow the
// same ones.
func (s *Set) glance() {
	made := map[string]*glances{}
	for c, may := range s.byFirst {
		if s.glances[c] = made[string(may)]; s.glances[c] != nil {
			continue
		}
		g := &glances{}
		for _, n := range may {
			if p := s.formats[n].pattern; p != nil {
				g.formats, g.each = append(g.formats, n), append(g.each, p)
			}
		}
		s.glances[c], made[string(may)] = g, g
	}
}

func (s *Set) addPattern(about Format, p *pattern, most fit) {
	s.add(format{Format: about, try: p.try, pattern: p, most: most}, func(c byte) bool { return p.lead.allows([]byte{c}) })
}

// Builtin returns the formats that the program carries.
func Builtin() *Set { return builtin() }

// add appends a format whose lines may begin as first says.
func (s *Set) add(f format, first func(c byte) bool) {
	n := uint8(len(s.formats))
	s.formats = append(s.formats, f)
	for i := range s.byFirst {
		if !first(byte(i)) {
			continue
		}
		s.byFirst[i] = append(s.byFirst[i], n)
		if f.exact {
			s.exact[i] = n + 1
		}
	}
}

// Sample is a line of a format and what must be taken from it.
type Sample struct {
	Line    string
	Time    string // RFC 3339, UTC; "" is not checked
	Level   string
	Domain  string
	Message *string // nil is not checked
	Fields  map[string]string
}
