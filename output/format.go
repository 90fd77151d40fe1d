// Package output prints records where no screen is wanted: as aligned text, as
// the original bytes, as JSON lines, logfmt or CSV, and the rows of requests
// and of tables. Everything streams: memory does not grow with the input, and
// what is printed is flushed as soon as no more is waiting.
package output

import (
	"fmt"
	"strings"
)

// Format is what a record is printed as.
type Format uint8

// The formats of -o.
const (
	Text Format = iota
	Raw
	JSON
	Requests
	Logfmt
	CSV
	numFormats
)

var formatNames = [numFormats]string{"text", "raw", "json", "requests", "logfmt", "csv"}

// String is the format's name on the command line.
func (f Format) String() string { return formatNames[f%numFormats] }

// FormatNames lists the names that ParseFormat takes.
func FormatNames() []string { return formatNames[:] }

// ParseFormat is the inverse of String.
func ParseFormat(name string) (Format, error) {
	for f, n := range formatNames {
		if n == name {
			return Format(f), nil
		}
	}
	return 0, fmt.Errorf("unknown output %q: use one of %s", name, strings.Join(formatNames[:], ", "))
}
