package trace

import (
	"strings"

	"ravel/model"
)

// titles are what runtimes print before the name of an uncaught exception.
var titles = []string{
	"PHP Fatal error:  Uncaught ", "PHP Fatal error: ", "PHP Parse error: ", "Fatal error: Uncaught ", "Fatal error: uncaught ",
	"[ERROR] FATAL UNHANDLED EXCEPTION: ", "Unhandled exception. ", "Unhandled exception:", "Unhandled Exception:", "Unhandled exception at ",
	"Uncaught exception: ", "Uncaught ", "terminate called after throwing an instance of ",
}

// at reads traces whose frames are `at …` or `#1 …`: the exception first, its
// causes behind, each with its frames.
func (d *decoder) at(before string) {
	if d.lines[0] == "Caused by:" {
		d.anyhow(before)
		return
	}
	if d.lines[0] == "Line |" {
		d.powershell(before)
		return
	}
	reading := false // a message, until the frames begin
	above := ""
	for i, line := range d.lines {
		if i > 0 {
			above = d.lines[i-1]
		}
		switch k := classify([]byte(line)); k {
		case atFrame, numFrame:
			if f, ok := atFrameOf(strings.TrimSpace(line)); strings.HasPrefix(strings.TrimSpace(line), "@ ") {
				d.frame(juliaFrame(line, above))
			} else if ok {
				d.frame(f)
			}
			reading = false
		case imageFrame:
			d.frame(imageFrameOf(strings.TrimSpace(line)))
			reading = false
		case moreFrames:
			reading = false
		case cause:
			d.causeOf(strings.TrimSpace(line))
			reading = true
		case blank:
		case atHead:
			if i > 0 && d.tb.Type != "" {
				return // Mono prints the whole a second time
			}
			reading = d.headOf(line)
		case className, railsName:
			if reading && d.tb.Type != "" {
				d.more(line)
			} else if d.tb.Type == "" {
				d.titleOf(line)
				reading = true
			}
		default:
			reading = d.atOther(line, reading)
		}
	}
	if d.tb.Type == "" {
		d.thrown()
	}
	if strings.HasPrefix(d.lines[0], "At ") && d.tb.Type != "" { // PowerShell: Get-Item : message
		_, d.tb.Message, _ = strings.Cut(before, " : ")
	}
}

// powershell reads what PowerShell 7 prints below the command and its place: the
// code in a margin of line numbers, and the message.
func (d *decoder) powershell(before string) {
	command, where, ok := strings.Cut(before, ": ")
	if !ok {
		return
	}
	d.tb.Type = errorName
	file, n := place(where)
	d.frame(model.Frame{File: file, Line: n, Function: command})
	for _, line := range d.lines[1:] {
		number, text, ok := strings.Cut(line, "|")
		if number, text = strings.TrimSpace(number), strings.TrimSpace(text); !ok {
			continue
		}
		switch {
		case number != "":
			d.tb.Frames[0].Code = text
		case strings.Trim(text, "~") != "":
			d.more(text)
		}
	}
}

// atOther reads a line whose shape tells nothing, reading tells whether it may go
// on a message. It reports whether the next line may.
func (d *decoder) atOther(line string, reading bool) bool {
	trimmed := strings.TrimSpace(line)
	switch {
	case strings.Contains(line, "--- End of inner exception"):
		d.cause = 0
		return false
	case line == "[stacktrace]":
	case reading && strings.HasPrefix(line, "  what():  "):
		d.more(strings.TrimPrefix(line, "  what():  "))
	case d.unnamed && d.tb.Type == "" && len(d.tb.Frames) == 0: // Dart: what was thrown stands below
		d.name("Unhandled exception", trimmed)
		return true
	case d.tb.Type == "" && len(d.tb.Frames) == 0 && strings.HasPrefix(line, "["):
		d.titleOf(strings.Trim(line, "[]{} "))
	case strings.HasPrefix(line, "Next ") && len(d.tb.Frames) > 0: // PHP prints the root first, too
		d.tb.Causes = append(d.tb.Causes, model.Cause{Type: d.tb.Type, Message: d.tb.Message, Frames: len(d.tb.Frames)})
		if !phpTitle(d, line[len("Next "):]) {
			d.tb.Type, d.tb.Message = splitName(line[len("Next "):])
		}
		return true
	case strings.HasPrefix(trimmed, "+ CategoryInfo ") && d.tb.Type == "": // PowerShell
		if i := strings.LastIndex(trimmed, ", "); i > 0 {
			d.tb.Type = trimmed[i+2:]
		}
	case strings.HasPrefix(trimmed, "[cause]: "):
		d.because(splitName(trimmed[len("[cause]: "):]))
	case reading:
		d.more(line)
	case classifyName([]byte(trimmed)) != className:
	case d.tb.Type == "" && len(d.tb.Frames) == 0: // indented among a record's fields
		d.titleOf(trimmed)
		return true
	default: // an error among an error's properties
		d.because(splitName(trimmed))
	}
	return reading
}

// headOf reads a crash's first line. False: the exception is named further on.
func (d *decoder) headOf(line string) bool {
	if isNodePlace([]byte(line)) {
		return false
	}
	if rest, ok := strings.CutPrefix(line, `Exception in thread "`); ok {
		if _, name, ok := strings.Cut(rest, `" `); ok {
			line = name
		}
	}
	for _, t := range titles {
		if rest, ok := strings.CutPrefix(line, t); ok {
			line = strings.TrimSpace(rest)
			break
		}
	}
	if d.nativeHead(line) {
		return true
	}
	if line == "" || strings.HasPrefix(line, "<---") {
		d.unnamed = line == ""
		return false
	}
	if msg, ok := strings.CutPrefix(line, "FATAL ERROR: "); ok { // Node's memory is exhausted
		d.name("FATAL ERROR", msg)
		return true
	}
	d.titleOf(line)
	return true
}

// thrown finds what a script of Node threw that is no error: it stands below
// the line that points at the place.
func (d *decoder) thrown() {
	if !isNodePlace([]byte(d.lines[0])) {
		return
	}
	for i, line := range d.lines[:len(d.lines)-1] {
		if strings.Trim(line, " ^") == "" && strings.Contains(line, "^") {
			for _, line := range d.lines[i+1:] {
				if line == "" {
					continue
				}
				if typ, msg := splitName(line); msg != "" && typ != "" && typ[0]-'A' < 26 {
					d.name(typ, msg)
				} else {
					d.name("Uncaught", line)
				}
				return
			}
		}
	}
}

// titleOf reads the line that names the exception.
func (d *decoder) titleOf(line string) {
	if _, rest, ok := strings.Cut(line, "UnhandledPromiseRejectionWarning: "); ok && strings.HasPrefix(line, "(node:") {
		line = rest
	}
	if phpTitle(d, line) {
		return
	}
	if i := strings.Index(line, " ---> "); i > 0 { // .NET: the outer exception, then its cause
		typ, msg := splitName(line[:i])
		d.name(typ, msg)
		typ, msg = splitName(line[i+len(" ---> "):])
		d.because(typ, msg)
		return
	}
	typ, msg := splitName(strings.TrimPrefix(line, "** ("))
	if elixir, ok := strings.CutPrefix(line, "** ("); ok {
		typ, msg, _ = strings.Cut(elixir, ") ")
	}
	if typ == "" {
		if within, rest := nameWithin(line); within != "" {
			typ, msg = within, rest
		}
	}
	d.name(typ, msg)
}

// phpTitle reads PHP's two ways to name an exception, the older of which
// quotes: exception 'E' with message 'm' in /a.php:5, and E: m in /a.php:5.
func phpTitle(d *decoder, line string) bool {
	if rest, ok := strings.CutPrefix(strings.TrimPrefix(line, "Uncaught "), "exception '"); ok {
		typ, rest, _ := strings.Cut(rest, "'")
		msg := ""
		if _, quoted, ok := strings.Cut(rest, " with message '"); ok {
			msg = quoted
			if i := strings.LastIndex(quoted, "' in "); i >= 0 {
				msg = quoted[:i]
			}
		}
		d.name(typ, msg)
		return true
	}
	i := strings.LastIndex(line, " in /")
	if i < 0 || !strings.Contains(line[i:], ".php") {
		return false
	}
	typ, msg := splitName(line[:i])
	d.name(typ, msg)
	return true
}

// causeOf reads the line that names a cause.
func (d *decoder) causeOf(line string) {
	outer, ok := strings.CutPrefix(line, "Causing: ") // Dropwizard prints the root first, and so does logback if told
	if !ok && d.cause == 0 {
		outer, ok = strings.CutPrefix(line, "Wrapped by: ")
	}
	if ok {
		d.tb.Causes = append(d.tb.Causes, model.Cause{Type: d.tb.Type, Message: d.tb.Message, Frames: len(d.tb.Frames)})
		d.tb.Type, d.tb.Message = splitName(outer)
		return
	}
	for _, p := range [...]string{"Caused by: ", "Suppressed: ", "Wrapped by: ", "---> "} {
		line = strings.TrimPrefix(line, p)
	}
	if inner, ok := strings.CutPrefix(line, "(Inner Exception #"); ok { // of an aggregate
		_, line, _ = strings.Cut(inner, ") ")
	}
	if again, ok := strings.CutPrefix(line, "[CIRCULAR REFERENCE: "); ok {
		line = strings.TrimSuffix(again, "]")
	}
	typ, msg := splitName(line)
	if typ == "" && d.tb.Type == "" {
		d.name(nameWithin(line))
		return
	}
	d.because(typ, strings.TrimSuffix(msg, "<---"))
}

// atFrameOf reads a frame without its indentation.
func atFrameOf(s string) (model.Frame, bool) {
	if s[0] == '#' {
		return numFrameOf(s)
	}
	if f, ok := otherFrame(s); ok {
		return f, true
	}
	if fn, where, ok := strings.Cut(s, " called at "); ok && !strings.HasPrefix(s, "at ") {
		file, line, _ := strings.Cut(where, " line ")
		return model.Frame{File: file, Line: number(line), Function: fn}, true
	}
	s = strings.TrimRight(strings.TrimPrefix(s, "at "), " {,")
	if i := strings.LastIndex(s, ") "); i > 0 && s[len(s)-1] == ']' && strings.HasPrefix(strings.TrimPrefix(s[i+2:], "~"), "[") { // the jar: ~[core-5.jar:5.0]
		s = s[:i+1]
	}
	s = strings.TrimPrefix(s, "async ")
	if i := strings.LastIndex(s, ") in "); i > 0 || strings.Contains(s, "] in ") { // .NET, Mono
		if i < 0 || strings.Contains(s, "] in ") {
			i = strings.LastIndex(s, "] in ")
		}
		fn, where := s[:i+1], s[i+len(") in "):]
		if j := strings.LastIndex(fn, " [0x"); j > 0 {
			fn = fn[:j]
		}
		if file, line, ok := strings.Cut(where, ":line "); ok {
			return model.Frame{File: file, Line: number(line), Function: fn}, true
		}
		file, line := place(where)
		return model.Frame{File: file, Line: line, Function: fn}, true
	}
	open := strings.LastIndexByte(s, '(')
	if open < 0 || s[len(s)-1] != ')' {
		if _, n := cutNumber(s); n >= 0 { // Node: a place without a function
			file, line := place(s)
			return model.Frame{File: file, Line: line}, true
		}
		return model.Frame{Function: s}, true
	}
	file, line := place(s[open+1 : len(s)-1])
	fn := strings.TrimSpace(s[:open])
	if file == "Native Method" || file == "Unknown Source" || line == 0 && !strings.ContainsAny(file, "./<") {
		if open > 0 && s[open-1] != ' ' && file != "Native Method" && file != "Unknown Source" {
			fn = s // .NET without a place: the parentheses hold the parameters
		}
		file = ""
	}
	return model.Frame{File: file, Line: line, Function: fn}, true
}

// numFrameOf reads PHP's `#0 /a.php(9): f()` and Dart's `#0      f (file:3:4)`.
func numFrameOf(s string) (model.Frame, bool) {
	i := 1
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	s = strings.TrimSpace(s[i:])
	if addr, rest, ok := strings.Cut(s, " in "); ok && strings.HasPrefix(addr, "0x") {
		return nativeFrame(rest), true
	}
	if head, fn, ok := strings.Cut(s, "): "); ok {
		if open := strings.LastIndexByte(head, '('); open > 0 {
			return model.Frame{File: head[:open], Line: number(head[open+1:]), Function: fn}, true
		}
	}
	if fn, ok := strings.CutPrefix(s, "[internal function]: "); ok {
		return model.Frame{Function: fn}, true
	}
	if open := strings.LastIndex(s, " ("); open > 0 && s[len(s)-1] == ')' {
		file, line := place(s[open+2 : len(s)-1])
		return model.Frame{File: file, Line: line, Function: s[:open]}, true
	}
	return model.Frame{Function: s}, s != "" && s != "{main}"
}
