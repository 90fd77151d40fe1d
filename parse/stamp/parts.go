package stamp

// number reads lo to hi digits at b[i:] and returns where they end; -1 if
// there are fewer, or if i is -1 already, so that calls can follow each other.
func number(b []byte, i, lo, hi int) (v, next int) {
	if i < 0 {
		return 0, -1
	}
	n := i
	for n < len(b) && n-i < hi && isDigit(b[n]) {
		v = v*10 + int(b[n]-'0')
		n++
	}
	if n-i < lo {
		return 0, -1
	}
	return v, n
}

func spaces(b []byte, i int) int {
	for i < len(b) && b[i] == ' ' {
		i++
	}
	return i
}

// lower3 packs the first three letters of b, lower case; 0 if there are not
// three.
func lower3(b []byte) uint32 {
	if len(b) < 3 || !isLetter(b[0]) || !isLetter(b[1]) || !isLetter(b[2]) {
		return 0
	}
	return pack3(b[0], b[1], b[2])
}

func pack3(a, b, c byte) uint32 {
	return uint32(a|0x20)<<16 | uint32(b|0x20)<<8 | uint32(c|0x20)
}

var fullName = [...]string{"january", "february", "march", "april", "may", "june", "july",
	"august", "september", "october", "november", "december"}

// monthOf is the month of a name of three letters, as lower3 packs it; 0 if it
// is none.
func monthOf(name uint32) int {
	switch name {
	case 'j'<<16 | 'a'<<8 | 'n':
		return 1
	case 'f'<<16 | 'e'<<8 | 'b':
		return 2
	case 'm'<<16 | 'a'<<8 | 'r':
		return 3
	case 'a'<<16 | 'p'<<8 | 'r':
		return 4
	case 'm'<<16 | 'a'<<8 | 'y':
		return 5
	case 'j'<<16 | 'u'<<8 | 'n':
		return 6
	case 'j'<<16 | 'u'<<8 | 'l':
		return 7
	case 'a'<<16 | 'u'<<8 | 'g':
		return 8
	case 's'<<16 | 'e'<<8 | 'p':
		return 9
	case 'o'<<16 | 'c'<<8 | 't':
		return 10
	case 'n'<<16 | 'o'<<8 | 'v':
		return 11
	case 'd'<<16 | 'e'<<8 | 'c':
		return 12
	}
	return 0
}

// isWeekday reports whether three letters, as lower3 packs them, name a day.
func isWeekday(name uint32) bool {
	switch name {
	case 's'<<16 | 'u'<<8 | 'n', 'm'<<16 | 'o'<<8 | 'n', 't'<<16 | 'u'<<8 | 'e', 'w'<<16 | 'e'<<8 | 'd',
		't'<<16 | 'h'<<8 | 'u', 'f'<<16 | 'r'<<8 | 'i', 's'<<16 | 'a'<<8 | 't':
		return true
	}
	return false
}

// month reads a month's name or its first three letters at b[i:].
func month(b []byte, i int) (m, next int) {
	m = monthOf(lower3(b[min(i, len(b)):]))
	if m == 0 {
		return otherMonth(b, i)
	}
	next = i + 3
	for name := fullName[m-1][3:]; len(name) > 0 && next < len(b) && b[next]|0x20 == name[0]; name = name[1:] {
		next++
	}
	if next < len(b) && (isLetter(b[next]) || b[next] >= 0x80) {
		return otherMonth(b, i)
	}
	return m, next
}

// otherMonth reads a name that is not English.
func otherMonth(b []byte, i int) (m, next int) {
	if i < 0 || i >= len(b) {
		return 0, -1
	}
	m, n := foreignMonth(b[i:])
	if m == 0 {
		return 0, -1
	}
	return m, i + n
}

// readRest reads what follows a date: a separator, a clock, a zone.
func readRest(b []byte, i int, c *civil) int {
	if i = readSeparator(b, i); i < 0 {
		return 0
	}
	return readClockZone(b, i, c)
}

// readSeparator passes over what stands between a date and its clock.
func readSeparator(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case 'T', 't', '_', '-', '\t', '/':
		return i + 1
	case ':': // Erlang writes two
		if i+1 < len(b) && b[i+1] == ':' {
			i++
		}
		return i + 1
	case ',':
		return spaces(b, i+1)
	case ' ':
		n := spaces(b, i)
		if n+3 < len(b) && b[n] == 'a' && b[n+1] == 't' && b[n+2] == ' ' { // Jan 2, 2006 at 3:04:05pm
			return n + 3
		}
		if n+3 < len(b) && b[n] == '-' && b[n+1] == '-' && b[n+2] == ' ' { // Suricata: 4/3/2026 -- 10:00:00
			return n + 3
		}
		if n-i <= 3 {
			return n
		}
	}
	return -1
}

func readClockZone(b []byte, i int, c *civil) int {
	n := readClock(b, i, c)
	if n < 0 {
		return 0
	}
	return readZone(b, n, c)
}

// readClock reads hours, minutes, seconds, fraction and AM or PM at b[i:], and
// returns where they end, -1 if there is no clock. Seconds may be missing.
func readClock(b []byte, i int, c *civil) int {
	h, n := number(b, i, 1, 2)
	if n < 0 || n >= len(b) || b[n] != ':' && b[n] != '.' {
		return -1
	}
	sep, lo := b[n], 1
	if sep == '.' {
		lo = 2
	}
	m, n := number(b, n+1, lo, 2)
	if n < 0 {
		return -1
	}
	s := 0
	if n < len(b) && b[n] == sep {
		v, k := number(b, n+1, lo, 2)
		switch {
		case k > 0:
			s, n = v, readFraction(b, k, c)
		case !c.date || sep == '.' || n+1 >= len(b) || b[n+1] != ' ': // GitLab: March 04, 2026 10:00: message
			return -1
		}
	} else if sep == '.' {
		return -1
	} else if c.date && n+2 < len(b) && b[n] == '.' && endsWord(b, n+3) { // structlog once wrote 10:00.59
		if v, k := number(b, n+1, 2, 2); k > 0 {
			s, n = v, k
		}
	}
	c.hour, c.min, c.sec = h, m, s
	return readHalf(b, n, c)
}

// readFraction reads the decimals of the seconds at b[i:], after a dot, a
// comma, or, if there are three or six, a colon.
func readFraction(b []byte, i int, c *civil) int {
	if i+1 >= len(b) || !isDigit(b[i+1]) {
		return i
	}
	mark := b[i]
	if mark != '.' && mark != ',' && mark != ':' {
		return i
	}
	frac, scale, n := 0, 1_000_000_000, i+1
	for n < len(b) && isDigit(b[n]) {
		if scale > 1 {
			scale /= 10
			frac += int(b[n]-'0') * scale
		}
		n++
	}
	digits := n - i - 1
	if mark == ':' && digits != 3 && digits != 6 || mark == ',' && digits > 9 {
		return i
	}
	c.frac = frac
	return n
}

// readHalf reads AM or PM at b[i:], after nothing, a space, or the narrow
// no-break space that newer Java prints.
func readHalf(b []byte, i int, c *civil) int {
	n := i
	switch {
	case n >= len(b):
		return i
	case b[n] == ' ':
		n++
	case b[n] == 0xe2 && n+2 < len(b) && b[n+1] == 0x80 && b[n+2] == 0xaf:
		n += 3
	}
	if n+1 >= len(b) || b[n+1]|0x20 != 'm' || !endsWord(b, n+2) || c.hour > 12 || c.hour == 0 {
		return i
	}
	switch b[n] | 0x20 {
	case 'a':
		c.hour %= 12
	case 'p':
		c.hour = c.hour%12 + 12
	default:
		return i
	}
	return n + 2
}
