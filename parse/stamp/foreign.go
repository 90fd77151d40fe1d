package stamp

// foreignMonths are the names of months, long and short, as Java and the C
// library print them in the locales of western Europe, where they are not the
// English ones. Letters beyond ASCII are small, others may be either.
var foreignMonths = map[string]int{
	"januar": 1, "januari": 1, "janvier": 1, "janv": 1, "enero": 1, "ene": 1, "gennaio": 1, "gen": 1, "janeiro": 1,
	"februar": 2, "februari": 2, "février": 2, "févr": 2, "fevr": 2, "febrero": 2, "febbraio": 2, "fev": 2, "fevereiro": 2,
	"märz": 3, "mär": 3, "mrz": 3, "maerz": 3, "maart": 3, "mrt": 3, "mars": 3, "marzo": 3, "março": 3,
	"avril": 4, "avr": 4, "abril": 4, "abr": 4, "aprile": 4,
	"mai": 5, "mei": 5, "maj": 5, "mayo": 5, "maggio": 5, "mag": 5, "maio": 5,
	"juni": 6, "juin": 6, "junio": 6, "giugno": 6, "giu": 6, "junho": 6,
	"juli": 7, "juillet": 7, "juil": 7, "julio": 7, "luglio": 7, "lug": 7, "julho": 7,
	"augustus": 8, "augusti": 8, "août": 8, "aout": 8, "agosto": 8, "ago": 8,
	"sept": 9, "septembre": 9, "septiembre": 9, "settembre": 9, "set": 9, "setembro": 9,
	"oktober": 10, "okt": 10, "octobre": 10, "octubre": 10, "ottobre": 10, "ott": 10, "outubro": 10, "out": 10,
	"novembre": 11, "noviembre": 11, "novembro": 11,
	"dezember": 12, "dez": 12, "desember": 12, "des": 12, "décembre": 12, "déc": 12, "dec": 12, "diciembre": 12, "dicembre": 12, "dic": 12, "dezembro": 12,
}

// foreignMonth reads such a name at the beginning of b, and returns how long it
// is, 0 if there is none.
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
	if month = foreignMonths[string(low[:n])]; month == 0 {
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
