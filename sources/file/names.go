package file

import (
	"cmp"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// name is what a file's name tells: whose rotated sibling it is, and its place
// among them.
type name struct {
	base string // the name that the file had when it was written to
	kind suffix
	n    uint64 // of a number: how many rotations ago
	date string // of a date: its digits
}

// suffix is the kind of a rotated file's name. Kinds order from old to new.
type suffix uint8

const (
	dated suffix = iota
	word         // .bak, .old
	number
	current // not rotated
)

var (
	compressed = []string{".gz", ".bz2", ".xz", ".zst", ".zstd", ".tgz", ".z"}
	words      = []string{".bak", ".old", ".orig", ".backup"}

	// dateSuffix: -20260101, .2024-01-15, _2024-01-15T10-20-30.000, -1767225600.
	dateSuffix = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`[-._](\d{4}-?\d{2}-?\d{2}(?:[-_.T]?\d{2}[-:.]?\d{2}(?:[-:.]?\d{2}(?:\.\d{1,9})?)?|[-_.]\d{1,10})?|1\d{9})$`)
	})
	numberSuffix = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[._](\d{1,5})$`) })
)

// parseName reads a file's name, without its directory.
func parseName(file string) name {
	plain := uncompressed(file)
	if n, ok := rotated(plain); ok {
		return n
	}
	return name{base: plain, kind: current}
}

// parseInner reads names that have the date or number before the extension;
// they are siblings only of a file that is there without it.
func parseInner(file string) (name, bool) {
	stem, ext := cutExtension(uncompressed(file))
	n, ok := rotated(stem)
	if !ok || ext == "" || n.kind == word {
		return name{}, false
	}
	n.base += ext
	return n, true
}

// cutExtension takes an extension of up to six letters off: app-2024-01-15.log,
// app.1.log. It is "" if there is none.
func cutExtension(file string) (stem, ext string) {
	dot := strings.LastIndexByte(file, '.')
	if dot <= 0 || len(file)-dot < 2 || len(file)-dot > 7 {
		return file, ""
	}
	for _, c := range []byte(file[dot+1:]) {
		if c|0x20-'a' >= 26 {
			return file, ""
		}
	}
	return file[:dot], file[dot:]
}

// uncompressed takes the extension of a compressed file off.
func uncompressed(file string) string {
	for _, ext := range compressed {
		if s, ok := strings.CutSuffix(file, ext); ok && s != "" {
			return s
		}
	}
	return file
}

func rotated(file string) (name, bool) {
	for _, w := range words {
		if s, ok := strings.CutSuffix(file, w); ok && s != "" {
			return name{base: s, kind: word}, true
		}
	}
	if file == "" || file[len(file)-1]-'0' > 9 {
		return name{}, false // as both patterns end
	}
	if m := dateSuffix().FindStringSubmatchIndex(file); m != nil && m[0] > 0 {
		return name{base: file[:m[0]], kind: dated, date: digits(file[m[2]:m[3]])}, true
	}
	if m := numberSuffix().FindStringSubmatchIndex(file); m != nil && m[0] > 0 {
		n, err := strconv.ParseUint(file[m[2]:m[3]], 10, 32)
		if err == nil {
			return name{base: file[:m[0]], kind: number, n: n}, true
		}
	}
	return name{}, false
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// older orders the files of one rotated set, oldest first.
func older(a, b name) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), strings.Compare(a.date, b.date), cmp.Compare(b.n, a.n))
}

// Stem is the domain of records that name no logger: the file's name without
// directory, compression, rotation and extension.
func Stem(path string) string {
	base := parseName(filepath.Base(path)).base
	if n, ok := parseInner(filepath.Base(path)); ok {
		base = n.base
	}
	stem, _ := cutExtension(base)
	return stem
}

// logExtensions are those of files that a directory's reader takes for logs.
var logExtensions = []string{".log", ".txt", ".out", ".err", ".json", ".jsonl", ".ndjson", ".ltsv", ".trace", ".stdout", ".stderr"}

// logLike reports whether a file found in a directory is worth a look: logs,
// what has no extension at all (messages, access_log), and neither hidden
// files nor editors' copies.
func logLike(file string) bool {
	if strings.HasPrefix(file, ".") || strings.HasSuffix(file, "~") {
		return false
	}
	base := strings.ToLower(parseName(file).base)
	if strings.Contains(base, "log") {
		return true
	}
	ext := filepath.Ext(base)
	if ext == "" {
		return true
	}
	for _, e := range logExtensions {
		if ext == e {
			return true
		}
	}
	return false
}
