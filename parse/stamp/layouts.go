package stamp

// The readers fill a civil from the beginning of b and return how many bytes
// the stamp takes, 0 or less if b does not have their layout. Ranges are
// checked by civil.valid afterwards.

// readISO reads the layout of most logs at fixed places.
func readISO(b []byte, c *civil) int {
	if len(b) < 19 || b[4] != '-' || b[7] != '-' || b[10] != 'T' && b[10] != ' ' || b[13] != ':' || b[16] != ':' {
		return 0
	}
	y1, y2 := pair(b[0], b[1]), pair(b[2], b[3])
	mo, d := pair(b[5], b[6]), pair(b[8], b[9])
	h, m, s := pair(b[11], b[12]), pair(b[14], b[15]), pair(b[17], b[18])
	if (y1|y2|mo|d|h|m|s)&^127 != 0 {
		return 0
	}
	c.year, c.hasYear = int(y1*100+y2), true
	c.month, c.day, c.date = int(mo), int(d), true
	c.hour, c.min, c.sec = int(h), int(m), int(s)
	if len(b) == 19 {
		return 19
	}
	return readZone(b, readHalf(b, readFraction(b, 19, c), c), c)
}

// pair is the number of two digits; over 127 if one is no digit.
func pair(a, b byte) uint {
	x, y := uint(a-'0'), uint(b-'0')
	if x > 9 || y > 9 {
		return 1 << 10
	}
	return x*10 + y
}

// readYMD reads a year first with any separator, short months and days, named
// months.
func readYMD(b []byte, c *civil) int {
	i := readDate(b, c)
	if i <= 0 {
		return 0
	}
	return readRest(b, i, c)
}

// readDate reads a date with its year first.
func readDate(b []byte, c *civil) int {
	y, i := number(b, 0, 4, 4)
	if i < 0 || i >= len(b) {
		return 0
	}
	sep := b[i]
	if sep != '-' && sep != '/' && sep != '.' && sep != ' ' {
		return 0
	}
	mo, n := number(b, i+1, 1, 2)
	if n < 0 {
		if mo, n = month(b, i+1); n < 0 {
			return 0
		}
	} else if sep == ' ' {
		return 0
	}
	if n >= len(b) || b[n] != sep {
		return 0
	}
	n++
	if sep == ' ' { // 2026 Mar  4
		n = spaces(b, n)
	}
	d, n := number(b, n, 1, 2)
	if n < 0 {
		return 0
	}
	c.setYear(y)
	c.setDate(mo, d)
	return n
}

// readCompact reads eight digits for the date and a clock with or without
// colons.
func readCompact(b []byte, c *civil) int {
	y, i := number(b, 0, 4, 4)
	mo, i := number(b, i, 2, 2)
	d, i := number(b, i, 2, 2)
	if i < 0 || y < 1970 || y > 2100 || i >= len(b) {
		return 0
	}
	c.setYear(y)
	c.setDate(mo, d)
	if !isDigit(b[i]) {
		if n := readRest(b, i, c); n > 0 {
			return n
		}
		if i = readSeparator(b, i); i < 0 {
			return 0
		}
	}
	h, i := number(b, i, 2, 2)
	m, i := number(b, i, 2, 2)
	s, i := number(b, i, 2, 2)
	if i < 0 || i < len(b) && isDigit(b[i]) {
		return 0
	}
	c.hour, c.min, c.sec = h, m, s
	return readZone(b, readFraction(b, i, c), c)
}

// readDMonY reads a day, a named month and a year: CLF, Tomcat, BIND, Redis.
func readDMonY(b []byte, c *civil) int {
	d, i := number(b, 0, 1, 2)
	if i < 0 || i >= len(b) || b[i] != '/' && b[i] != '-' && b[i] != ' ' && b[i] != '.' {
		return readGlued(b, d, i, c)
	}
	sep := b[i]
	mo, i := month(b, i+1)
	if i < 0 || i >= len(b) {
		return 0
	}
	if b[i] == '.' || b[i] == ',' {
		i++
	}
	if i < len(b) && b[i] == ' ' && sep == '-' { // 04-Mar 10:00: Bacula
		c.setDate(mo, d)
		return readClockZone(b, i+1, c)
	}
	if i >= len(b) || b[i] != sep {
		return 0
	}
	i++
	y, n := number(b, i, 4, 4)
	if n < 0 { // RFC 850 has two digits; a stamp may lack the year altogether
		if y, n = number(b, i, 2, 2); n < 0 || n < len(b) && b[n] == ':' {
			c.setDate(mo, d)
			return readClockZone(b, i, c)
		}
		y = century(y)
	}
	c.setYear(y)
	c.setDate(mo, d)
	return readRest(b, n, c)
}

// readGlued reads the rest of 04Mar2026 10:00:00.123, whose day ends at i.
func readGlued(b []byte, d, i int, c *civil) int {
	if i < 0 || i+8 > len(b) || !isLetter(b[i]) {
		return 0
	}
	mo := monthOf(lower3(b[i:]))
	y, n := number(b, i+3, 4, 4)
	if mo == 0 || n < 0 {
		return 0
	}
	c.setYear(y)
	c.setDate(mo, d)
	return readRest(b, n, c)
}

// readMDY reads a numeric date with its year last: with slashes the month is
// first, as in the United States, with dots and dashes the day, unless that
// cannot be.
func readMDY(b []byte, c *civil) int {
	x, i := number(b, 0, 1, 2)
	if i < 0 || i >= len(b) || b[i] != '/' && b[i] != '.' && b[i] != '-' {
		return 0
	}
	sep := b[i]
	y, i := number(b, i+1, 1, 2)
	if i < 0 || i >= len(b) || b[i] != sep {
		return 0
	}
	at := i + 1
	year, i := number(b, at, 4, 4)
	if i < 0 {
		if year, i = number(b, at, 2, 2); i < 0 || sep != '/' || at > len("3/14/") { // WebSphere: 3/4/26, its parts not filled up
			return 0
		}
		year = century(year)
	}
	mo, d := x, y
	if sep != '/' && y <= 12 || x > 12 || i+3 < len(b) && string(b[i:i+4]) == " -- " { // the last is Suricata's
		mo, d = y, x
	}
	c.setYear(year)
	c.setDate(mo, d)
	if sep == '/' && i+3 < len(b) && string(b[i:i+3]) == " - " && isDigit(b[i+3]) { // Valve's engines
		i += 2
	}
	return readRest(b, i, c)
}

// readShortYMD reads a year of two digits first: MySQL, Spark, Hadoop.
func readShortYMD(b []byte, c *civil) int {
	y, i := number(b, 0, 2, 2)
	if i < 0 || i >= len(b) {
		return 0
	}
	slash := 0
	if b[i] == '/' || b[i] == '-' {
		slash = 1
	}
	mo, i := number(b, i+slash, 2, 2)
	if i < 0 || i >= len(b) || slash == 1 && b[i] != b[2] {
		return 0
	}
	d, i := number(b, i+slash, 2, 2)
	if i < 0 || i >= len(b) || b[i] != ' ' {
		return 0
	}
	c.setYear(century(y))
	c.setDate(mo, d)
	if slash == 1 && y <= 12 && y > 0 && d > 12 { // of two readings the one in this decade or the last
		c.monthFirst()
	}
	if n := readRest(b, i, c); n > 0 || slash == 1 {
		return n
	}
	h, n := number(b, i+1, 2, 2) // 081109 203518: Hadoop
	m, n := number(b, n, 2, 2)
	s, n := number(b, n, 2, 2)
	if n < 0 || n >= len(b) || b[n] != ' ' {
		return 0
	}
	c.hour, c.min, c.sec = h, m, s
	return n
}

// readMonD reads a named month first: syslog with and without a year, Java's
// default.
func readMonD(b []byte, c *civil) int {
	mo, i := month(b, 0)
	if i < 0 || i >= len(b) {
		return 0
	}
	if b[i] == '/' || b[i] == '-' {
		return readMonSepD(b, mo, i, c)
	}
	if b[i] == '.' {
		i++
	}
	d, i := number(b, spaces(b, i), 1, 2)
	if i < 0 || i >= len(b) {
		return 0
	}
	c.setDate(mo, d)
	if b[i] == ',' {
		i++
	}
	n := spaces(b, i)
	if y, k := number(b, n, 4, 4); k > 0 && k < len(b) && !isDigit(b[k]) {
		c.setYear(y)
		return readRest(b, k, c)
	}
	if n == i {
		return 0
	}
	if n = readClockZone(b, n, c); n <= 0 {
		return 0
	}
	return readTrailingYear(b, n, c)
}

// readMonSepD reads the rest of Mar/04/2026 10:00:00 and of Mar-04 10:00:00.123,
// whose month ends at i.
func readMonSepD(b []byte, mo, i int, c *civil) int {
	sep := b[i]
	d, i := number(b, i+1, 1, 2)
	if i > 0 && i < len(b) && b[i] == ' ' && sep == '-' { // Nextflow
		c.setDate(mo, d)
		if n := readClock(b, i+1, c); n > i+8 {
			return n
		}
		return 0
	}
	if i < 0 || i >= len(b) || b[i] != sep {
		return 0
	}
	y, i := number(b, i+1, 4, 4)
	if i < 0 {
		return 0
	}
	c.setYear(y)
	c.setDate(mo, d)
	return readRest(b, i, c)
}

// readTrailingYear reads the year of `Jan _2 15:04:05 2006`.
func readTrailingYear(b []byte, i int, c *civil) int {
	if i >= len(b) || b[i] != ' ' {
		return i
	}
	y, n := number(b, i+1, 4, 4)
	if n < 0 || y < 1970 || y > 2100 || !endsWord(b, n) {
		return i
	}
	c.setYear(y)
	return readZone(b, n, c)
}

// readWeekday reads a weekday before a date of another layout: ANSI C, Unix
// date, RFC 1123, RFC 850, JavaScript.
func readWeekday(b []byte, c *civil) int {
	i := 0
	for i < len(b) && i < 10 && isLetter(b[i]) {
		i++
	}
	if i < 3 || !isWeekday(lower3(b)) {
		return 0
	}
	if i < len(b) && (b[i] == ',' || b[i] == '.') {
		i++
	}
	n := spaces(b, i)
	if n == i || n >= len(b) {
		return 0
	}
	k := 0
	switch {
	case !isDigit(b[n]):
		k = readMonD(b[n:], c)
	case n+3 < len(b) && isDigit(b[n+3]):
		k = readYMD(b[n:], c)
	default:
		k = readDMonY(b[n:], c)
	}
	if k <= 0 {
		return 0
	}
	return n + k
}

// readMD reads month and day in digits without a year: Android and klog. The
// seconds' fraction must be there: without it too much else looks like this.
func readMD(b []byte, c *civil) int {
	mo, i := number(b, 0, 2, 2)
	if i < 0 || i >= len(b) {
		return 0
	}
	if b[i] == '-' || b[i] == '.' || b[i] == '/' {
		i++
	}
	d, i := number(b, i, 2, 2)
	if i < 0 || i >= len(b) || b[i] != ' ' && (b[i] != '-' || b[2] != '/') && (b[i] != '|' || b[2] != '-') {
		return 0
	}
	bar := b[i] == '|'      // 03-04|10:00:00: log15, geth
	if bar || b[i] == '-' { // 09/13-10:00:00.123456: Snort
		i++
	}
	c.setDate(mo, d)
	n := readClock(b, spaces(b, i), c)
	if bar && n > 0 {
		return n
	}
	if n < 0 || n < 3 || b[n-3] == ':' && b[2] != '.' && b[2] != '-' {
		return 0
	}
	return n
}

// readTime reads a clock alone, with seconds or with AM and PM.
func readTime(b []byte, c *civil) int {
	i := 0
	if len(b) > 1 && b[0] == ' ' && isDigit(b[1]) {
		i = 1
	}
	n := readClock(b, i, c)
	if n < 0 || n-i < 6 {
		return 0
	}
	if n < len(b) && (b[n] == 'Z' || b[n] == '+') {
		n = readZone(b, n, c)
	}
	if !endsWord(b, n) || n+1 < len(b) && b[n] == ':' && isDigit(b[n+1]) {
		return 0
	}
	return n
}

// monthFirst reads the three numbers of a short date as month, day and year, if
// the first can be a month.
func (c *civil) monthFirst() {
	if first := c.year % 100; first >= 1 && first <= 12 {
		c.year, c.month, c.day = century(c.day), first, c.month
	}
}

func century(y int) int {
	if y >= 69 {
		return 1900 + y
	}
	return 2000 + y
}
