package stats

import "strings"

// PathTemplate is a URL's path with its ids replaced: /api/v1/datasets/54987
// becomes /api/v1/datasets/:id. Numbers, UUIDs, hashes, dates, addresses and
// other mixtures of letters and digits are ids; v1, s3 and names are not. The
// query, the fragment, and scheme and host are cut off.
func PathTemplate(path string) string {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	if _, rest, ok := strings.Cut(path, "://"); ok {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return "/"
		}
		path = rest[i:]
	}
	var b strings.Builder
	changed := false
	for from := 0; from <= len(path); {
		to := strings.IndexByte(path[from:], '/')
		if to < 0 {
			to = len(path)
		} else {
			to += from
		}
		seg := path[from:to]
		if id := segment(seg); id != seg {
			if !changed {
				changed = true
				b.Grow(len(path))
				b.WriteString(path[:from])
			}
			b.WriteString(id)
		} else if changed {
			b.WriteString(seg)
		}
		if changed && to < len(path) {
			b.WriteByte('/')
		}
		from = to + 1
	}
	if !changed {
		return path
	}
	return b.String()
}

const placeholder = ":id"

// segment is a path's segment with the id in it replaced.
func segment(s string) string {
	if !mayVary(s) {
		return s
	}
	if i := strings.IndexByte(s, ';'); i >= 0 { // ;jsessionid=…
		s = s[:i]
	}
	if isID(s) {
		return placeholder
	}
	if i := strings.LastIndexByte(s, '.'); i > 0 && len(s)-i <= 6 && isID(s[:i]) && !allDigits(s[i+1:]) {
		return placeholder + s[i:] // 54987.json
	}
	if i := strings.LastIndexAny(s, "-_:"); i > 0 && i+1 < len(s) && isID(s[i+1:]) {
		return s[:i+1] + placeholder // job-42
	}
	return s
}

// isID reports whether a segment as a whole is an id.
func isID(s string) bool {
	b := []byte(s)
	switch {
	case len(s) == 0:
		return false
	case allDigits(s), uuid(b) == len(s), ipv4(b) == len(s), strings.IndexByte(s, '@') > 0 && strings.IndexByte(s, '.') > 0:
		return true
	case timestamp(b) == len(s):
		return true
	}
	digits, letters, hexes, turns := 0, 0, 0, 0
	if strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		digits, letters, hexes, turns = census(b)
	} else if strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_=%~.") == "" && len(s) >= 16 {
		digits, letters, _, turns = census(b)
		return digits >= 3 && letters > 0 && turns >= 5 && !wordy(s)
	}
	switch {
	case digits > 0 && letters > 0 && hexes == len(s) && len(s) >= 6:
		return true
	case digits > 0 && letters > 0 && turns >= 2 && len(s) >= 8:
		return true
	}
	return digits >= 2 && letters > 0 && len(s) >= 16
}

// wordy reports whether a segment with separators is made of words and numbers
// rather than of noise.
func wordy(s string) bool {
	words := 0
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '-' || r == '_' || r == '.' || r == '%' }) {
		if len(part) > 1 && !strings.ContainsAny(part, "0123456789") {
			words++
		}
	}
	return words >= 2
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// mayVary reports whether a segment has what every id has: it settles most.
func mayVary(s string) bool {
	for i := range len(s) {
		if c := s[i]; c-'0' <= 9 || c == '@' || c == ';' {
			return true
		}
	}
	return false
}
