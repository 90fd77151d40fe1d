package parse

import "bytes"

// physLine is one physical line, or a piece of one that passes the cap.
type physLine struct {
	n   int  // bytes with the line end
	cut bool // the line goes on in the next piece
}

// nextLine cuts the first line off buf. It returns n = 0 if its end is not
// there yet. A line longer than limit comes in pieces of limit bytes.
func nextLine(buf []byte, limit int, eof bool) (physLine, int) {
	if len(buf) == 0 {
		return physLine{}, 0
	}
	window := buf[:min(len(buf), limit)]
	if i := bytes.IndexByte(window, '\n'); i >= 0 {
		return physLine{n: i + 1}, i + 1
	}
	if len(window) == limit && (len(buf) > limit || !eof) {
		return physLine{n: limit, cut: true}, limit
	}
	if eof {
		return physLine{n: len(window)}, len(window)
	}
	return physLine{}, 0
}

// trimEOL returns line without its LF and the CR before it.
func trimEOL(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
		if n--; n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
	}
	return line
}

var bom = []byte("\xef\xbb\xbf")
