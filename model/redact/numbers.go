package redact

import "bytes"

// The digits of a card number.
const (
	minCard = 13
	maxCard = 19
)

// cards appends the payment card numbers in src. No run of digits that long
// escapes a look at every fourth byte.
func cards(dst []span, src []byte) []span {
	for i := 3; i < len(src); i += 4 {
		if src[i]-'0' > 9 {
			continue
		}
		from, to := digitRun(src, i)
		if to-from >= minCard && isCard(src, from, to) {
			dst = append(dst, span{from: from, to: to})
		}
		if to > i {
			i = to - 1
		}
	}
	return dst
}

// digitRun is the run of digits around src[i], with single spaces or dashes
// between them, and none at its ends.
func digitRun(src []byte, i int) (from, to int) {
	from, to = i, i+1
	for from > 0 && (src[from-1]-'0' <= 9 || isGap(src[from-1]) && from > 1 && src[from-2]-'0' <= 9) {
		from--
	}
	for to < len(src) && (src[to]-'0' <= 9 || isGap(src[to]) && to+1 < len(src) && src[to+1]-'0' <= 9) {
		to++
	}
	return from, to
}

func isGap(c byte) bool { return c == ' ' || c == '-' }

// isCard checks the groups, the issuer's number with its length, and Luhn's sum.
func isCard(src []byte, from, to int) bool {
	if from > 0 && (classes[src[from-1]]&word != 0 || src[from-1] == '.') || to < len(src) && (classes[src[to]]&word != 0 || src[to] == '.' && to+1 < len(src) && src[to+1]-'0' <= 9) {
		return false
	}
	var digits [maxCard]byte
	n, gap, group := 0, byte(0), 0
	for _, c := range src[from:to] {
		if !isGap(c) {
			if n == maxCard {
				return false
			}
			digits[n] = c - '0'
			n++
			group++
			continue
		}
		if gap != 0 && c != gap || group != 4 && group != 6 {
			return false
		}
		gap, group = c, 0
	}
	return n >= minCard && issued(digits[:n]) && luhn(digits[:n])
}

// issued reports whether cards of such a number and length are given out.
func issued(d []byte) bool {
	two := int(d[0])*10 + int(d[1])
	switch {
	case d[0] == 4:
		return len(d) == 13 || len(d) == 16 || len(d) == 19
	case two >= 51 && two <= 55, two >= 22 && two <= 27, two == 35:
		return len(d) == 16
	case two == 34, two == 37:
		return len(d) == 15
	case two == 36, two == 38, two == 30:
		return len(d) == 14
	case two == 60, two == 62, two == 64, two == 65:
		return len(d) >= 16
	}
	return false
}

// luhn checks the sum with which card numbers guard against typing errors.
func luhn(d []byte) bool {
	sum := 0
	for i, c := range d {
		v := int(c)
		if (len(d)-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// emails appends the e-mail addresses in src.
func emails(dst []span, src []byte) []span {
	for at := 0; ; {
		n := bytes.IndexByte(src[at:], '@')
		if n < 0 {
			return dst
		}
		at += n
		from, to := at, at+1
		for from > 0 && (classes[src[from-1]]&dotted != 0 || src[from-1] == '+') {
			from--
		}
		to = run(src, to, dotted)
		for to > at && (src[to-1] == '.' || src[to-1] == '-') {
			to--
		}
		if dot := bytes.LastIndexByte(src[at:to], '.'); from < at && dot > 1 && to-at-dot > 2 && src[to-1]-'0' > 9 {
			dst = append(dst, span{from: from, to: to})
		}
		at = max(to, at+1)
	}
}
