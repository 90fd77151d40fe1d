package trace

import (
	"strings"

	"ravel/model"
)

// block is one of the tracebacks that Python prints of a chain of exceptions,
// or one exception of a group.
type block struct {
	typ, msg string
	frames   []model.Frame
	sub      bool // of a group: it did not escape itself
	blanks   int  // within the message so far
}

// python reads the blocks of a chain. The exception that escaped is the last
// one that is not within a group; the others are its causes, in the order
// printed, and so are the frames.
func (d *decoder) python() {
	var blocks []block
	sub := false
	begin := func() { blocks = append(blocks, block{sub: sub}) }
	for i, raw := range d.lines {
		line, margin := cutMargin(raw)
		k := classify([]byte(line))
		switch {
		case margin && strings.HasPrefix(line, "-"): // +-+------- 1 -------
			if sub = strings.ContainsAny(line, "123456789"); sub {
				begin()
			}
		case k == pyHead || strings.HasSuffix(line, "Exception Group Traceback (most recent call last):"):
			if strings.HasPrefix(raw, "  + ") || !margin {
				sub = false
			}
			if n := len(blocks); n == 0 || !blocks[n-1].empty() || blocks[n-1].sub != sub {
				begin()
			}
		case k == pyChain, k == pyPreamble && len(blocks) > 0:
			sub = sub && margin
			begin()
		case len(blocks) == 0 && k != pyFrame:
			d.pythonPreamble(line)
		case line == "Call stack:" && i > 0:
			d.blocks(blocks)
			return
		case line == "[...]": // left out by who copied it: what follows is of another block
			begin()
		default:
			if n := len(blocks); n == 0 || k == pyFrame && blocks[n-1].typ != "" {
				begin()
			}
			blocks[len(blocks)-1].add(line, k)
		}
	}
	d.blocks(blocks)
}

func (b *block) empty() bool { return b.typ == "" && len(b.frames) == 0 }

// pythonPreamble reads what stands before the first traceback.
func (d *decoder) pythonPreamble(line string) {
	if msg, ok := strings.CutPrefix(line, "Fatal Python error: "); ok {
		d.tb.Type, d.tb.Message = "Fatal Python error", msg
	}
}

// add reads a line of the block: a frame, its code, the exception, its message.
func (b *block) add(line string, k kind) {
	trimmed := strings.TrimSpace(line)
	switch {
	case k == pyFrame && b.typ == "":
		b.frames = append(b.frames, pythonFrame(trimmed))
	case trimmed == `"""`: // around what another process reported
	case trimmed == "":
		if b.typ != "" {
			b.blanks++
		}
	case b.typ != "" && len(b.msg)+len(line) > maxText:
	case b.typ != "":
		b.msg += strings.Repeat("\n", b.blanks+1) + line
		b.blanks = 0
	case line[0] == ' ' || line[0] == '\t':
		if n := len(b.frames); n > 0 && b.frames[n-1].Code == "" && strings.Trim(trimmed, "^~ |") != "" && trimmed[0] != '[' {
			b.frames[n-1].Code = trimmed
		}
	case isPyException([]byte(line)):
		typ, msg, _ := strings.Cut(line, ":")
		b.typ, b.msg = typ, strings.TrimPrefix(msg, " ")
	}
}

// pythonFrame reads `File "x.py", line 3, in f`.
func pythonFrame(line string) model.Frame {
	rest := strings.TrimPrefix(line, `File "`)
	file, rest, _ := strings.Cut(rest, `", line `)
	f := model.Frame{File: file, Line: number(rest)}
	if _, fn, ok := strings.Cut(rest, " in "); ok {
		f.Function = fn
	}
	return f
}

// cutMargin takes the margin of a group off: spaces, then `|` or `+`.
func cutMargin(line string) (string, bool) {
	t := strings.TrimLeft(line, " ")
	if len(t) == len(line) || t == "" || t[0] != '|' && t[0] != '+' {
		return line, false
	}
	if t[0] == '+' && len(t) > 1 && t[1] == '-' {
		return strings.TrimLeft(t, "+"), true
	}
	return strings.TrimPrefix(t[1:], " "), true
}

// blocks puts the blocks read into the Traceback.
func (d *decoder) blocks(blocks []block) {
	main := -1
	for i := range blocks {
		if !blocks[i].sub && !blocks[i].empty() {
			main = i
		}
	}
	for i := range blocks {
		b := &blocks[i]
		d.tb.Frames = append(d.tb.Frames, b.frames...)
		if i != main && b.typ != "" {
			d.tb.Causes = append(d.tb.Causes, model.Cause{Type: b.typ, Message: b.msg, Frames: len(b.frames)})
		}
	}
	if main >= 0 && blocks[main].typ != "" {
		d.tb.Type, d.tb.Message = blocks[main].typ, blocks[main].msg
	}
}
