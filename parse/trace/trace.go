// Package trace knows how runtimes print crashes and stack traces: it tells
// which lines belong together, and decodes the exception, its frames and its
// causes out of text or of JSON values. It holds no state but a Joiner's; all
// functions are safe for concurrent use.
package trace

import "bytes"

// Joiner follows the lines of one stream and tells how each stands to the
// trace before it. It is a small comparable value: two parsers whose Joiners
// are equal will judge all further lines alike. The zero Joiner is at the start
// of a stream, outside any trace.
type Joiner struct {
	lang    lang
	state   state
	gap     bool  // blank lines since the last line of the trace
	stamps  bool  // some record of the stream began with a stamp of its own
	crashed bool  // the record being read is a crash
	lines   uint8 // of the message so far, where its end cannot be seen
}

type lang uint8

const (
	none   lang = iota
	python      // Traceback (most recent call last):
	golang      // panic: …, goroutine 1 [running]:
	at          // frames in `at …` or `#1 …`: Java, JavaScript, .NET, PHP, Dart
	ruby        // file:line:in `method'
	rust        // thread 'main' panicked at
	report      // WARNING: DATA RACE, ==42==ERROR: AddressSanitizer
)

type state uint8

const (
	head   state = iota + 1 // within a crash's message: any line may belong to it
	title                   // behind a line that names an exception: only frames belong to it
	frames                  // among the frames
	final                   // behind the last line; what follows must show that it belongs
	open                    // like final, but the message goes on
	chain                   // between two of Python's blocks; in Ruby, among frames that stand before the exception
)

// Verdict is what a line is to the trace being read.
type Verdict uint8

// The verdicts.
const (
	Neither Verdict = iota // ordinary text: no trace is open any more
	Head                   // a crash begins: a record of its own, always
	Opens                  // a trace begins that joins the record before it in its stream, if there is one
	More                   // continues the trace being read, or the record before
	Begins                 // names an exception: placed as ordinary text is, and frames may follow
)

// maxMessage bounds how many lines a crash's message may take before its
// frames: a crash without frames must not swallow the stream.
const maxMessage = 24

// Line judges the next line of the stream, given without its line end and
// without its carrier's prefix. It never allocates. Lines that begin a record
// by their own stamp should be told by Reset instead. A goroutine's dump is a
// Head even behind a record that speaks of the panic, which only the caller sees.
func (j *Joiner) Line(line []byte) Verdict {
	line = trimRight(line)
	if has(line, "! ") { // Dropwizard marks the lines of a trace
		line = line[2:]
	}
	k := classify(line)
	after := j.lang != none
	if after {
		if j.follows(k, line) {
			return More
		}
		j.leave()
	}
	v := j.opens(k, line, after)
	if j.crashed && j.stamps && (v == Neither || v == Begins) {
		// In a stream whose records are stamped, what is not is the rest of
		// the crash, as it would be that of any other record (rule 1).
		if k == blank || j.message() {
			return More
		}
		j.crashed, j.lines = false, 0
	}
	return v
}

// leave goes outside any trace, within the same record.
func (j *Joiner) leave() {
	j.lang, j.state, j.gap = none, 0, false
	if !j.crashed {
		j.lines = 0
	}
}

// enter goes into a trace.
func (j *Joiner) enter(l lang, s state) {
	j.lang, j.state, j.gap, j.lines = l, s, false, 0
}

// Reset tells that a record with a stamp of its own began.
func (j *Joiner) Reset() { *j = Joiner{stamps: true} }

// Active reports whether a trace is being read.
func (j *Joiner) Active() bool { return j.lang != none }

// Message reports whether a crash's message is being read: any line may belong
// to it.
func (j *Joiner) Message() bool { return j.lang != none && j.state == head }

// opens judges a line outside any trace; after tells that it follows one.
func (j *Joiner) opens(k kind, line []byte, after bool) Verdict {
	switch k {
	case pyHead:
		j.enter(python, frames)
		if after && !j.stamps && (line[0] != ' ' && line[0] != '\t' || has(line, "  + ")) {
			return Head
		}
		return Opens
	case goHead:
		return j.crash(golang, head)
	case goRoutine:
		return j.crash(golang, frames)
	case rustHead:
		return j.crash(rust, head)
	case rubyHead:
		return j.crash(ruby, head)
	case atHead:
		if saysAll(line) {
			return j.crash(at, title)
		}
		return j.crash(at, head)
	case pyPreamble:
		return j.crash(python, head)
	case reportHead:
		return j.crash(report, head)
	case className:
		j.enter(at, title)
		return Begins
	case railsName:
		j.enter(ruby, title)
		return Begins
	case cause:
		j.enter(at, title)
		if namesException(line) {
			j.state = head // frames will follow, behind any message
		}
		return More
	case pyFrame:
		j.enter(python, frames)
		return More
	case atFrame, moreFrames:
		j.enter(at, frames)
		return More
	case rubyFrame:
		j.enter(ruby, frames)
		return More
	case goPlace:
		j.enter(golang, frames)
		return More
	case numFrame, imageFrame:
		if first := bytes.TrimLeft(bytes.TrimLeft(line, " \t"), "#"); has(first, "0 ") {
			j.enter(at, frames)
			return More
		}
	}
	return Neither
}

// saysAll reports whether no message goes on behind the head of a crash: C++ and
// Swift say no more, and PHP ends it with its place.
func saysAll(line []byte) bool {
	return has(line, "terminate called") || isSwiftHead(line) || has(line, "PHP ") && endsInPlace(line) ||
		has(line, "Fatal error: ") && !has(line, "Fatal error: Uncaught ") && !has(line, "Fatal error: uncaught ")
}

// crash begins a crash's own record.
func (j *Joiner) crash(l lang, s state) Verdict {
	j.crashed = true
	j.enter(l, s)
	return Head
}

// follows reports whether a line continues the trace being read, and moves on.
func (j *Joiner) follows(k kind, line []byte) bool {
	if k == blank {
		if j.state != head || j.lang == golang {
			j.gap = j.state != title
		}
		return true
	}
	switch j.lang {
	case python:
		return j.python(k, line)
	case golang:
		return j.golang(k, line)
	case at:
		return j.at(k, line)
	case ruby:
		return j.ruby(k)
	case report:
		return j.report(line)
	default:
		return j.rust(k, line)
	}
}

// message counts a line of a message whose end cannot be seen.
func (j *Joiner) message() bool {
	j.lines++
	return j.lines <= maxMessage
}

// to moves on to a state, over any gap.
func (j *Joiner) to(s state) bool {
	j.state, j.gap, j.lines = s, false, 0
	return true
}

func (j *Joiner) python(k kind, line []byte) bool {
	margin := line[0] == ' ' || line[0] == '\t' || isBoxLine(line)
	if string(line) == `"""` { // around what another process reported
		return true
	}
	if k == pyHead && j.state != chain && j.state != head && (!margin || has(line, "  + ")) {
		return false // the next traceback; one within a group has a deeper margin
	}
	switch j.state {
	case head: // Exception in thread Thread-1:, --- Logging error ---
		switch {
		case k == pyHead || k == pyFrame:
			return j.to(frames)
		case isPyThread(line):
			return j.to(title)
		}
		return !k.crash() && j.message()
	case title: // faulthandler's dump, which names no exception at its end
		return k == pyFrame || isPyRemark(line) || margin && !j.gap
	case chain:
		return k == pyHead && j.to(frames)
	case frames:
		if k == rubyFrame { // Ruby's older order begins alike
			j.lang = ruby
			return j.to(chain)
		}
		return j.pythonFrames(k, line, margin)
	default:
		return j.pythonEnd(k, line, margin)
	}
}

// pythonFrames judges a line behind a frame or its code.
func (j *Joiner) pythonFrames(k kind, line []byte, margin bool) bool {
	switch {
	case isPyRemark(line):
		return j.to(frames)
	case margin:
		return !j.gap
	case j.gap, k.crash(), !isPyException(line):
		return false
	case endsOpen(line):
		return j.to(open)
	}
	return j.to(final)
}

// pythonEnd judges a line behind the exception: of its message, or of the next
// block of the chain.
func (j *Joiner) pythonEnd(k kind, line []byte, margin bool) bool {
	switch {
	case k == pyChain:
		return j.to(chain)
	case k == pyHead && margin, k == pyFrame:
		return j.to(frames)
	case margin:
		return !j.gap
	case isPyRemark(line):
		return true
	}
	return j.state == open && !j.gap && !k.crash() && j.message()
}

func (j *Joiner) golang(k kind, line []byte) bool {
	margin := line[0] == ' ' || line[0] == '\t'
	switch {
	case k == goRoutine:
		return (j.gap || j.state == head) && j.to(frames)
	case isGoTail(line):
		return j.to(frames)
	case j.gap:
		return j.state == head && margin && j.to(head) // a message's further paragraph is indented
	case j.state == head:
		if k == goHead { // `runtime: …` stands before its `fatal error: …`
			return line[0] == 'f'
		}
		return !k.crash() && j.message()
	}
	return margin || isGoFunc(line)
}

func (j *Joiner) at(k kind, line []byte) bool {
	margin := line[0] == ' ' || line[0] == '\t'
	switch {
	case k == pyHead && j.state == head: // Exception in thread Thread-1 is Python's, too
		j.lang = python
		return j.to(frames)
	case k == atFrame, k == moreFrames:
		return j.to(frames)
	case k == numFrame, k == imageFrame:
		return j.to(frames)
	case has(line, "PHP Stack trace:"), has(line, "PHP   "): // Xdebug's
		return j.to(frames)
	case k == cause:
		if bytes.Contains(line, []byte("[CIRCULAR REFERENCE")) { // has no frames
			return j.to(frames)
		}
		if string(line) == "Caused by:" { // its causes are indented
			return j.to(title)
		}
		return j.to(head)
	case k == atHead && (has(line, "[ERROR] FATAL") || has(line, "FATAL ERROR: ")): // Mono says it twice, Node at the end
		return j.to(head)
	case k == nodeTail:
		return j.to(final)
	case has(line, "Next ") && j.state == frames && classifyName(line[len("Next "):]) == className: // PHP: what the one before caused
		return j.to(head)
	case j.gap && j.state != head:
		return false
	case j.state == head:
		return (!k.crash() || k == rubyHead) && k != goRoutine && j.message()
	case k == railsName:
		return false
	case margin:
		return true
	}
	return j.state == frames && isAtTail(line)
}

func (j *Joiner) ruby(k kind) bool {
	switch {
	case j.state == chain && (k == rubyFrame || k == rubyHead):
		if k == rubyHead {
			return j.to(final)
		}
		return true
	case k == rubyFrame:
		return j.to(frames)
	case k == rubyHead: // the exception's cause, printed like a crash of its own
		return !j.gap && j.to(head)
	case k == cause:
		return j.to(head)
	case j.state == head:
		return !k.crash() && j.message()
	}
	return (k == indented || k == atFrame) && !j.gap
}

func (j *Joiner) rust(k kind, line []byte) bool {
	switch {
	case k == rustNote:
		return j.to(final)
	case k == rustTrace:
		return j.to(frames)
	case has(line, "thread caused non-unwinding panic"):
		return j.to(final)
	case j.state == head:
		return !k.crash() && j.message()
	case j.gap:
		return false
	}
	return j.state == frames && (line[0] == ' ' || line[0] == '\t')
}

// maxReport bounds a sanitizer's report in lines.
const maxReport = 250

func (j *Joiner) report(line []byte) bool {
	switch {
	case j.state == final:
		return line[0] == ' ' || isReportTail(line)
	case isReportEdge(line), has(line, "SUMMARY: "):
		return j.to(final)
	}
	j.lines++
	return j.lines < maxReport
}
