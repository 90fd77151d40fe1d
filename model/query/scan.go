package query

import (
	"fmt"
	"strings"
)

// isSpace reports whether c separates terms.
func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// isLetter reports whether c is an ASCII letter.
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isDigit reports whether c is an ASCII digit.
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// space skips white space.
func (p *parser) space() {
	for p.pos < len(p.src) && isSpace(p.src[p.pos]) {
		p.pos++
	}
}

// atEnd reports whether a filter ends here: at the end, a stage, or a
// parenthesis that closes.
func (p *parser) atEnd() bool { return p.endsTerm(p.pos, "") && !p.spaceAt(p.pos) }

// spaceAt reports whether white space stands at byte i.
func (p *parser) spaceAt(i int) bool { return i < len(p.src) && isSpace(p.src[i]) }

// endsTerm reports whether a term that ends before byte i is followed by what
// may follow one; more are further bytes that end it (a list's comma).
func (p *parser) endsTerm(i int, more string) bool {
	if i >= len(p.src) {
		return true
	}
	c := p.src[i]
	return isSpace(c) || c == '|' || c == ')' || strings.IndexByte(more, c) >= 0
}

// atKeyword reports whether one of words stands here as a whole word; a group
// may follow it directly.
func (p *parser) atKeyword(words ...string) bool {
	for _, w := range words {
		end := p.pos + len(w)
		if strings.HasPrefix(p.src[p.pos:], w) && (p.endsTerm(end, "(")) {
			return true
		}
	}
	return false
}

// keyword skips white space and one of words, if it stands here.
func (p *parser) keyword(words ...string) bool {
	p.space()
	for _, w := range words {
		if p.atKeyword(w) {
			p.pos += len(w)
			return true
		}
	}
	return false
}

// negatable reports whether a hyphen before s negates it (R1).
func negatable(s string) bool {
	return s != "" && (isLetter(s[0]) || isDigit(s[0]) || strings.IndexByte("\"'(/[@", s[0]) >= 0 || s[0] >= 0x80)
}

// word reads a word: to the next space, stage or closing parenthesis; those
// inside it balance (R7). stop are further bytes that end it.
func (p *parser) word(stop string) string {
	start, open := p.pos, 0
	for ; p.pos < len(p.src); p.pos++ {
		c := p.src[p.pos]
		switch {
		case isSpace(c), c == '|', c == ')' && open == 0, open == 0 && strings.IndexByte(stop, c) >= 0:
			return p.src[start:p.pos]
		case c == '(':
			open++
		case c == ')':
			open--
		}
	}
	return p.src[start:]
}

// wordAt is the word at byte i.
func (p *parser) wordAt(i int) string {
	at := parser{src: p.src, pos: i}
	return at.word("")
}

// doubleQuoted reads a string in double quotes.
func (p *parser) doubleQuoted() (string, error) {
	end := closing(p.src, p.pos+1, '"')
	if end < 0 {
		return "", p.fail(p.pos, `another " further on`, "this quote is not closed")
	}
	s := unescape(p.src[p.pos+1:end], '"')
	p.pos = end + 1
	return s, nil
}

// singleQuoted reads a string in single quotes, if one that closes it ends the
// term: can't and 'tis are words (R9).
func (p *parser) singleQuoted(more string) (string, bool) {
	for end := closing(p.src, p.pos+1, '\''); end >= 0; end = closing(p.src, end+1, '\'') {
		if p.endsTerm(end+1, more) {
			s := unescape(p.src[p.pos+1:end], '\'')
			p.pos = end + 1
			return s, true
		}
	}
	return "", false
}

// closing is where the quote that is not escaped stands, at or after i; -1 if
// none does.
func closing(s string, i int, quote byte) int {
	for ; i < len(s); i++ {
		switch s[i] {
		case quote:
			return i
		case '\\':
			if i+1 < len(s) && (s[i+1] == quote || s[i+1] == '\\') {
				i++
			}
		}
	}
	return -1
}

// unescape undoes \" and \\ ; other backslashes stay (R9).
func unescape(s string, quote byte) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var sb strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == quote || s[i+1] == '\\') {
			i++
		}
		sb.WriteByte(s[i])
	}
	return sb.String()
}

// field reads a field's name, plain or in backticks. It stays put if none
// stands here.
func (p *parser) field() (string, bool) {
	name, end := fieldAt(p.src, p.pos, p.plain)
	if end < 0 {
		return "", false
	}
	p.pos = end
	return name, true
}

// fieldAt is the name at byte i of s and where it ends; -1 if there is none.
func fieldAt(s string, i int, plain bool) (string, int) {
	if i >= len(s) {
		return "", -1
	}
	if s[i] == '`' {
		n := strings.IndexByte(s[i+1:], '`')
		if n <= 0 {
			return "", -1
		}
		return s[i+1 : i+1+n], i + n + 2
	}
	if c := s[i]; !isLetter(c) && c != '_' && c != '@' {
		return "", -1
	}
	end := i + 1
	for end < len(s) && (isLetter(s[end]) || isDigit(s[end]) || strings.IndexByte("_.@", s[end]) >= 0 || s[end] == '-' && !plain) {
		end++
	}
	return s[i:end], end
}

// shown is the word at byte i as an error shows it.
func (p *parser) shown(i int) string {
	end := i
	for end < len(p.src) && !isSpace(p.src[end]) && end < i+20 {
		end++
	}
	if end == i {
		return "the end"
	}
	return fmt.Sprintf("%q", strings.ToValidUTF8(p.src[i:end], "\ufffd"))
}
