package trace

import (
	"bytes"
	"strings"
)

// boxTitle stands in the upper edge of the box that Rich, and structlog with it,
// draw around a traceback.
const boxTitle = " Traceback (most recent call last) "

// isBoxHead knows the upper edge of such a box, drawn with lines or in ASCII.
func isBoxHead(t []byte) bool {
	return (has(t, "╭─") || has(t, "┌─") || has(t, "+--")) && bytes.Contains(t, []byte(boxTitle))
}

// isBoxLine knows the lines below it.
func isBoxLine(line []byte) bool {
	return has(line, "│") || has(line, "╰─") || has(line, "└─") || has(line, "| ") || has(line, "+--")
}

// unboxed writes the lines of a boxed traceback as Python itself prints one. It
// returns lines itself where there is no box.
func unboxed(lines []string) []string {
	if len(lines) == 0 || !isBoxHead([]byte(strings.TrimLeft(lines[0], " "))) {
		return lines
	}
	margin := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " "))] // of the column of messages
	out := make([]string, 0, len(lines))
	inner := 0 // boxes within, of local variables
	for _, line := range lines {
		line = strings.TrimPrefix(line, margin)
		switch {
		case isBoxHead([]byte(line)):
			out, inner = append(out, "Traceback (most recent call last):"), 0
			continue
		case !isBoxLine([]byte(line)):
			out = append(out, line)
			continue
		}
		in, ok := boxed(line)
		switch {
		case !ok:
		case strings.HasPrefix(in, "╭─") || strings.HasPrefix(in, "+-"):
			if inner++; strings.HasPrefix(in, "+-") && inner == 2 {
				inner = 0
			}
		case strings.HasPrefix(in, "╰─"):
			inner = 0
		case inner > 0:
		case strings.HasPrefix(in, "❱ ") || strings.HasPrefix(in, "> "): // the line that was running
			_, code, _ := strings.Cut(strings.TrimLeft(in[strings.IndexByte(in, ' '):], " "), " ")
			out = append(out, "    "+code)
		case !strings.HasPrefix(in, " "):
			if where, fn, ok := strings.Cut(in, " in "); ok {
				if file, n := cutNumber(where); n >= 0 {
					out = append(out, `  File "`+file+`", line `+where[len(file)+1:]+", in "+fn)
				}
			}
		}
	}
	return out
}

// boxed takes the edges off a line within a box.
func boxed(line string) (in string, ok bool) {
	edge := "│"
	if line[0] == '|' {
		edge = "|"
	}
	in, ok = strings.CutPrefix(line, edge)
	if !ok {
		return "", false
	}
	in = strings.TrimSuffix(in, edge)
	return strings.TrimRight(strings.TrimPrefix(in, " "), " "), true
}
