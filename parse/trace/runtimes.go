package trace

import (
	"slices"
	"strings"

	"ravel/model"
)

// golang reads a panic: its message, and the frames of the goroutine that
// panicked, which is printed first. before is the line above a dump that has no
// head of its own, as net/http logs it.
func (d *decoder) golang(before string) {
	goroutines := 1 // a logger's stack is of the one that logs
	for _, line := range d.lines {
		if k := classify([]byte(line)); k == goRoutine || k == goHead {
			d.tb.Type, goroutines = "goroutine dump", 0
			break
		}
	}
	if i := strings.Index(before, "panic"); i >= 0 && goroutines == 0 {
		d.tb.Type, d.tb.Message = "panic", strings.TrimSpace(before[i:])
		if _, msg, ok := strings.Cut(before[i:], "]:"); ok { // panic serving [::1]:54143: message
			_, msg, _ = strings.Cut(msg, ": ")
			d.tb.Message = msg
		} else if _, msg, ok := strings.Cut(before[i:], ": "); ok {
			d.tb.Message = msg
		}
	}
	reading, gap, fn := false, false, ""
	for _, line := range d.lines {
		k := classify([]byte(line))
		switch {
		case k == goRoutine:
			goroutines, reading, gap = goroutines+1, false, false
		case k == goHead && goroutines == 0:
			typ, msg, _ := strings.Cut(line, ": ")
			d.tb.Type, d.tb.Message, reading = typ, msg, true
		case k == blank:
			gap = reading
		case gap && line[0] != '\t':
			reading, gap = false, false
		case reading && !isGoTail([]byte(line)):
			if gap { // a further paragraph of the message
				d.more("")
			}
			d.more(strings.TrimSpace(line))
			gap = false
		case goroutines != 1:
		case fn != "" && line[0] == '\t' || fn != "" && line[0] == ' ':
			where, _, _ := strings.Cut(strings.TrimSpace(line), " +0x")
			where, _, _ = strings.Cut(where, " ")
			file, n := place(where)
			d.frame(model.Frame{File: file, Line: n, Function: fn})
			fn = ""
		case isGoFunc([]byte(line)):
			fn = goFunc(line)
		}
	}
}

// goFunc takes the arguments off a function's line.
func goFunc(line string) string {
	if strings.HasPrefix(line, "created by ") {
		line, _, _ = strings.Cut(line, " in goroutine ")
		return line
	}
	if i := strings.LastIndexByte(line, '('); i > 0 && line[len(line)-1] == ')' {
		return line[:i]
	}
	return line
}

// ruby reads `file:line:in 'm': message (Type)`, its frames, and the causes
// that follow alike; and Rails' `Type (message):`.
func (d *decoder) ruby() {
	seen, reading := false, false
	for _, line := range d.lines {
		switch k := classify([]byte(line)); k {
		case rubyHead:
			if strings.HasPrefix(line, "#<Thread:") {
				continue
			}
			d.rubyHead(line, seen)
			seen, reading = true, true
		case railsName:
			typ, msg, _ := strings.Cut(strings.TrimSpace(line), " (")
			msg = strings.TrimSuffix(strings.TrimSuffix(msg, ":"), ")")
			if seen {
				d.because(typ, msg)
			} else {
				d.name(typ, msg)
			}
			seen, reading = true, false
		case rubyFrame:
			frame := strings.TrimLeft(strings.TrimSpace(line), "0123456789: ")
			d.frame(rubyFrameOf(strings.TrimPrefix(frame, "from ")))
			reading = false
		case cause:
			d.causeOf(strings.TrimSpace(line))
		case blank:
			reading = false // Ruby 3 shows the code behind a blank line
		default:
			if reading {
				d.rubyMessage(line)
			}
		}
	}
	if strings.HasPrefix(d.lines[0], "Traceback (") { // the outermost frame first
		slices.Reverse(d.tb.Frames)
	}
}

// rubyHead reads the first line of a crash or of its cause.
func (d *decoder) rubyHead(line string, seen bool) {
	n := isRubyPlace([]byte(line))
	msg := strings.TrimPrefix(line[n:], ": ")
	typ := ""
	if i := strings.LastIndex(msg, " ("); i >= 0 && strings.HasSuffix(msg, ")") {
		typ, msg = msg[i+2:len(msg)-1], msg[:i]
	}
	if seen {
		d.because(typ, msg)
	} else {
		d.name(typ, msg)
	}
	d.frame(rubyFrameOf(line[:n]))
}

// rubyMessage reads a further line of a message, which may end in the type.
func (d *decoder) rubyMessage(line string) {
	if i := strings.LastIndex(line, " ("); i >= 0 && strings.HasSuffix(line, ")") && d.cause == 0 && d.tb.Type == "" {
		d.tb.Type = line[i+2 : len(line)-1]
		line = line[:i]
	}
	d.more(line)
}

// rubyFrameOf reads `x.rb:3:in 'f'`.
func rubyFrameOf(s string) model.Frame {
	where, fn, _ := strings.Cut(s, ":in ")
	file, line := place(where)
	return model.Frame{File: file, Line: line, Function: strings.Trim(fn, "`'")}
}

// rust reads a panic: its place, its message, and the backtrace if asked for.
func (d *decoder) rust() {
	reading, fn := true, ""
	d.tb.Type = "panic"
	for i, line := range d.lines {
		t := strings.TrimSpace(line)
		switch k := classify([]byte(line)); {
		case k == rustHead:
			if i == 0 {
				d.rustHead(line)
			}
		case k == rustNote, k == rustTrace:
			reading = false
		case reading && t != "":
			d.more(t)
		case strings.HasPrefix(t, "at ") && fn != "":
			file, n := place(t[3:])
			d.frame(model.Frame{File: file, Line: n, Function: fn})
			fn = ""
		default:
			if num, name, ok := strings.Cut(t, ": "); ok && num != "" && strings.Trim(num, "0123456789") == "" {
				if addr, named, ok := strings.Cut(name, " - "); ok && strings.HasPrefix(strings.TrimSpace(addr), "0x") {
					name = named
				}
				if fn != "" {
					d.frame(model.Frame{Function: fn})
				}
				fn = name
			}
		}
	}
	if fn != "" {
		d.frame(model.Frame{Function: fn})
	}
}

// rustHead reads `thread 'main' panicked at src/main.rs:3:5:`, or the older
// `… panicked at 'message', src/main.rs:3:5`.
func (d *decoder) rustHead(line string) {
	_, where, ok := strings.Cut(line, "panicked at ")
	if !ok { // thread 'main' has overflowed its stack
		return
	}
	if strings.HasPrefix(where, "'") {
		if i := strings.LastIndex(where, "', "); i > 0 {
			d.tb.Message, where = where[1:i], where[i+3:]
		}
	}
	file, n := place(strings.TrimSuffix(where, ":"))
	d.frame(model.Frame{File: file, Line: n})
}
