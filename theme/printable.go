package theme

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"github.com/clipperhouse/displaywidth"
)

// tabStop is how far apart tab stops stand, counted from where the text begins.
const tabStop = 8

// maxCombining bounds the marks that may pile up on one character.
const maxCombining = 4

// Printable is Glyphs.Printable with the Unicode set.
func Printable[T string | []byte](dst []byte, src T, width int) (out []byte, cells, n int) {
	return Unicode.printable(dst, view(src), width)
}

// Printable appends to dst the drawable form of src, in at most width cells
// (no bound if width is negative), and returns dst, the cells it takes and how
// many bytes of src went into them; n < len(src) says that text was cut off.
//
// No control character survives: ESC and the others become a sign, tabs are
// expanded, bytes that are not UTF-8 become \xNN, and C1 controls, bidi
// overrides and other invisible formatting are replaced or left out. Joiners,
// variation selectors and skin tones are left out too, because terminals do
// not agree on their width; what is left takes the same cells in all of them.
// It reads no more of src than it shows and allocates only to grow dst.
func (g *Glyphs) Printable(dst, src []byte, width int) (out []byte, cells, n int) {
	return g.printable(dst, src, width)
}

// PrintableString is Printable for a string.
func (g *Glyphs) PrintableString(dst []byte, src string, width int) (out []byte, cells, n int) {
	return g.printable(dst, view(src), width)
}

// view reads a string as bytes without copying it; the result is never written.
func view[T string | []byte](s T) []byte {
	switch v := any(&s).(type) {
	case *[]byte:
		return *v
	case *string:
		return unsafe.Slice(unsafe.StringData(*v), len(*v))
	}
	return nil
}

func (g *Glyphs) printable(dst, src []byte, width int) (out []byte, cells, n int) {
	if width < 0 {
		width = int(^uint(0) >> 1)
	}
	marks, wide := 0, false
	for n < len(src) {
		if run := plain(src[n:], width-cells); run > 0 {
			dst = append(dst, src[n:n+run]...)
			cells, n = cells+run, n+run
			marks, wide = 0, false
			continue
		}
		if src[n] < utf8.RuneSelf {
			if cells >= width {
				return dst, cells, n
			}
			dst, cells = g.control(dst, src[n], cells, width)
			n++
			marks, wide = 0, false
			continue
		}
		r, size := utf8.DecodeRune(src[n:])
		if r == utf8.RuneError && size == 1 {
			if cells+4 > width {
				return dst, cells, n
			}
			dst = appendHex(dst, src[n])
			cells, n, marks, wide = cells+4, n+1, 0, false
			continue
		}
		w := runeCells(r, wide)
		switch {
		case w == dropped, w == 0 && (marks >= maxCombining || cells == 0):
		case w == refused:
			if cells >= width {
				return dst, cells, n
			}
			dst = append(dst, g.Invalid...)
			cells, marks, wide = cells+1, 0, false
		default:
			if cells+w > width {
				return dst, cells, n
			}
			dst = append(dst, src[n:n+size]...)
			cells += w
			if w == 0 {
				marks++
			} else {
				marks, wide = 0, w == 2
			}
		}
		n += size
	}
	return dst, cells, n
}

// What runeCells says of runes that are not drawn as they are.
const (
	dropped = -1 // left out
	refused = -2 // replaced by a sign
)

// runeCells is how many cells r takes; afterWide says that a wide character
// stands before it, where a skin tone would join.
func runeCells(r rune, afterWide bool) int {
	switch {
	case r < 0xa0, r == 0x2028, r == 0x2029, // C1 controls, line separators
		r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, // bidi overrides and isolates
		r == 0x061c, r == 0x200e, r == 0x200f,
		r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe0fff,
		r >= 0xe000 && r <= 0xf8ff, r >= 0xf0000: // private use: no terminal knows its width
		return refused
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0x200b && r <= 0x200d, r >= 0x2060 && r <= 0x2064,
		r == 0xfeff, r == 0xad, r == 0x180e:
		return dropped
	case r >= 0x1f3fb && r <= 0x1f3ff && afterWide:
		return dropped
	}
	w := displaywidth.Rune(r)
	if w == 0 && !unicode.In(r, unicode.Mn, unicode.Me) {
		if unicode.Is(unicode.Mc, r) || (r >= 0x1160 && r <= 0x11ff) {
			return 0
		}
		return refused
	}
	return w
}

// control appends the sign for an ASCII control character, or a tab's spaces;
// there is room for at least one cell.
func (g *Glyphs) control(dst []byte, c byte, cells, width int) ([]byte, int) {
	switch c {
	case '\t':
		stop := min(cells+tabStop-cells%tabStop, width)
		for ; cells < stop; cells++ {
			dst = append(dst, ' ')
		}
		return dst, cells
	case 0x1b:
		return append(dst, g.Escape...), cells + 1
	}
	return append(dst, g.Control...), cells + 1
}

func appendHex(dst []byte, c byte) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'x', digits[c>>4], digits[c&15])
}

// plain is how many of the first limit bytes of s are printable ASCII from its
// start. Eight are tested at a time.
func plain(s []byte, limit int) int {
	if len(s) > limit {
		s = s[:limit]
	}
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		x := binary.LittleEndian.Uint64(s[i:])
		low := x - 0x20*ones // a byte below space borrows into its high bit
		del := x + 0x01*ones // 0x7f carries into its high bit
		if (low|del|x)&highs != 0 {
			break
		}
	}
	for i < len(s) && s[i] >= 0x20 && s[i] < 0x7f {
		i++
	}
	return i
}
