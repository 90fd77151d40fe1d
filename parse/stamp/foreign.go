package stamp

// foreignMonth reads the name of a month in another language at the beginning of
// b, and returns how long it is, 0 if there is none.
func foreignMonth(b []byte) (month, n int) {
	var low [12]byte
	for n < len(b) && n < len(low) && (isLetter(b[n]) || b[n] >= 0x80) {
		low[n] = b[n]
		if b[n] < 0x80 {
			low[n] |= 0x20
		}
		n++
	}
	if n < 3 || n == len(low) {
		return 0, 0
	}
	if month = monthNamed(string(low[:n])); month == 0 {
		return 0, 0
	}
	return month, n
}

// foreignLead reports whether b begins with such a name and a day behind it.
func foreignLead(b []byte) bool {
	switch b[0] | 0x20 {
	case 'j', 'f', 'm', 'a', 's', 'o', 'n', 'd', 'e', 'g', 'l':
	default:
		return false
	}
	n := 0
	for n < len(b) && n < 12 && (isLetter(b[n]) || b[n] >= 0x80) {
		n++
	}
	if n < 3 || n >= len(b) {
		return false
	}
	if b[n] == '.' {
		n++
	}
	if i := spaces(b, n); i == n || i >= len(b) || !isDigit(b[i]) {
		return false
	}
	month, _ := foreignMonth(b)
	return month > 0
}

// monthNamed is the month of such a name: the names of months, long and short,
// as Java and the C library print them in the locales of western Europe, where
// they are not the English ones; 0 for another word. Letters beyond ASCII are
// small, others may be either.
func monthNamed(low string) int {
	switch low {
	case "januar", "januari", "janvier", "janv", "enero", "ene", "gennaio", "gen", "janeiro":
		return 1
	case "februar", "februari", "février", "févr", "fevr", "febrero", "febbraio", "fev", "fevereiro":
		return 2
	case "märz", "mär", "mrz", "maerz", "maart", "mrt", "mars", "marzo", "março":
		return 3
	case "avril", "avr", "abril", "abr", "aprile":
		return 4
	case "mai", "mei", "maj", "mayo", "maggio", "mag", "maio":
		return 5
	case "juni", "juin", "junio", "giugno", "giu", "junho":
		return 6
	case "juli", "juillet", "juil", "julio", "luglio", "lug", "julho":
		return 7
	case "augustus", "augusti", "août", "aout", "agosto", "ago":
		return 8
	case "sept", "septembre", "septiembre", "settembre", "set", "setembro":
		return 9
	case "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out":
		return 10
	case "novembre", "noviembre", "novembro":
		return 11
	case "dezember", "dez", "desember", "des", "décembre", "déc", "dec", "diciembre", "dicembre", "dic", "dezembro":
		return 12
	}
	return 0
}
