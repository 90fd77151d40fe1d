package trace

import (
	"strings"

	"ravel/model"
)

// nativeHead reads the crashes of C++, Swift and what a debugger says of them.
func (d *decoder) nativeHead(line string) bool {
	if where, msg, ok := strings.Cut(line, ": Fatal error: "); ok && isSwiftHead([]byte(line)) {
		d.name("Fatal error", msg)
		file, n := place(where)
		d.frame(model.Frame{File: file, Line: n})
		return true
	}
	if typ, ok := strings.CutPrefix(line, "*** Terminating app due to uncaught exception '"); ok { // Apple's
		typ, msg, _ := strings.Cut(typ, "', reason: '")
		d.name(typ, strings.TrimSuffix(msg, "'"))
		return true
	}
	if msg, ok := strings.CutPrefix(line, "Fatal error: "); ok { // Swift
		d.name("Fatal error", msg)
		return true
	}
	if sig, ok := strings.CutPrefix(line, "Program received signal "); ok {
		name, msg, _ := strings.Cut(sig, ", ")
		d.name(name, msg)
		return true
	}
	if typ, ok := strings.CutPrefix(line, "'"); ok && strings.HasSuffix(typ, "'") { // terminate called …
		d.name(strings.TrimSuffix(typ, "'"), "")
		return true
	}
	return false
}

// imageFrameOf reads `0   libshop.so   0x00007f2c f + 42`.
func imageFrameOf(s string) model.Frame {
	_, s, _ = strings.Cut(s, " ")
	image, s, _ := strings.Cut(strings.TrimSpace(s), " 0x")
	_, fn, _ := strings.Cut(s, " ")
	if i := strings.LastIndex(fn, " + "); i > 0 {
		fn = fn[:i]
	}
	return model.Frame{File: strings.TrimSpace(image), Function: fn}
}

// nativeFrame reads what debuggers and sanitizers print behind the address:
// `f (x=0) at a.c:3`, `f /src/a.c:3:5`, `f (/lib/a.so+0x49)`.
func nativeFrame(s string) model.Frame {
	i := strings.LastIndex(s, " at ")
	where := ""
	switch {
	case i > 0:
		where = s[i+len(" at "):]
	case strings.LastIndexByte(s, ' ') > 0:
		i = strings.LastIndexByte(s, ' ')
		where = strings.Trim(s[i+1:], "()")
	default:
		return model.Frame{Function: s}
	}
	file, line := place(where)
	return model.Frame{File: file, Line: line, Function: s[:i]}
}

// phpObject reads the exception that Monolog prints before its frames:
// `[object] (App\\Failed(code: 0): message at /a.php:3)`.
func (d *decoder) phpObject(before string) {
	_, object, ok := strings.Cut(before, "[object] (")
	if !ok {
		return
	}
	name, rest, ok := strings.Cut(object, "(code: ")
	_, msg, found := strings.Cut(rest, "): ")
	if !ok || !found {
		return
	}
	if i := strings.LastIndex(msg, " at "); i >= 0 {
		msg = msg[:i]
	}
	d.name(strings.ReplaceAll(name, `\\`, `\`), msg)
}

// anyhow reads the causes that Rust's anyhow prints: each on an indented line,
// numbered if there are several.
func (d *decoder) anyhow(before string) {
	d.tb.Type, d.tb.Message = "Error", strings.TrimPrefix(before, "Error: ")
	for i, line := range d.lines[1:] {
		if line == "" {
			continue
		}
		if line[0] != ' ' {
			rest := decoder{lines: d.lines[1+i:]}
			rest.rust()
			d.tb.Frames = rest.tb.Frames
			return
		}
		line = strings.TrimSpace(line)
		if n, msg, ok := strings.Cut(line, ": "); ok && strings.Trim(n, "0123456789") == "" {
			line = msg
		}
		d.tb.Causes = append(d.tb.Causes, model.Cause{Type: "Error", Message: line})
	}
}

// report reads what a race detector or a sanitizer found: its first stack.
func (d *decoder) report() {
	_, title, _ := strings.Cut(d.lines[0], ": ")
	d.tb.Type, d.tb.Message, _ = strings.Cut(title, ": ")
	fn := ""
	for _, line := range d.lines[1:] {
		s := strings.TrimSpace(line)
		switch {
		case s == "" && len(d.tb.Frames) > 0:
			return
		case d.tb.Message == "" && s != "":
			d.tb.Message = strings.TrimSuffix(s, ":")
		case strings.HasPrefix(s, "#"):
			if f, ok := numFrameOf(s); ok {
				d.frame(f)
			}
		case isGoPlace([]byte(s)) && fn != "":
			where, _, _ := strings.Cut(s, " ")
			file, n := place(where)
			d.frame(model.Frame{File: file, Line: n, Function: goFunc(fn)})
		default:
			fn = s
		}
	}
}
