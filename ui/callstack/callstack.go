// Package callstack reads tracebacks as people do: which frames are the
// application's own, which are of libraries, and where it all began.
package callstack

import (
	"strings"

	"ravel/model"
)

// libraryMarks are what a library frame's file or function holds: installed
// packages, module caches, standard libraries and the frameworks of the JVM.
// A frame is the application's if none of them fits.
var libraryMarks = []string{
	"site-packages/", "dist-packages/", "node_modules/", "/usr/lib/", "/usr/local/lib/", "lib/python3",
	"/pkg/mod/", "/usr/local/go/src/", "/go/src/runtime/", "runtime/panic.go", "runtime/proc.go", "/gems/", "/.cargo/registry/", "/rustc/",
	"<frozen ", "/vendor/",
}

// libraryStarts are what a library frame's file or function begins with.
var libraryStarts = []string{
	"node:", "internal/", "java.", "javax.", "jakarta.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.",
	"org.springframework.", "org.apache.", "org.hibernate.", "io.netty.", "reactor.", "com.fasterxml.", "org.eclipse.",
	"System.", "Microsoft.", "runtime.", "net/http.", "std::", "core::", "tokio::",
}

// IsLibrary reports whether a frame is of a library. extra are further marks
// that the user named.
func IsLibrary(f *model.Frame, extra []string) bool {
	for _, mark := range libraryMarks {
		if strings.Contains(f.File, mark) {
			return true
		}
	}
	for _, mark := range extra {
		if strings.Contains(f.File, mark) || strings.HasPrefix(f.Function, mark) {
			return true
		}
	}
	for _, start := range libraryStarts {
		if strings.HasPrefix(f.File, start) || strings.HasPrefix(f.Function, start) {
			return true
		}
	}
	return false
}

// ShortFile is a library frame's file from its package on.
func ShortFile(file string) string {
	for _, mark := range []string{"site-packages/", "dist-packages/", "node_modules/", "/pkg/mod/", "/gems/"} {
		if _, rest, ok := strings.Cut(file, mark); ok {
			return rest
		}
	}
	return file
}

// NewestLast reports whether the traceback lists its frames outermost first,
// as Python does; the other runtimes begin where the exception was thrown.
func NewestLast(t *model.Traceback) bool {
	if strings.Contains(t.Text, "most recent call last") {
		return true
	}
	return t.Text == "" && len(t.Frames) > 0 && strings.HasSuffix(t.Frames[0].File, ".py")
}

// Stack is a traceback's frames sorted out, innermost first.
type Stack struct {
	App, Lib []*model.Frame
}

// Sort splits the frames into those of the application and of libraries, and
// leaves out those that a cause has of its own.
func Sort(t *model.Traceback, extra []string) Stack {
	var s Stack
	shared := 0
	fs := t.Frames
	for i := range t.Causes {
		shared += t.Causes[i].Frames
	}
	shared = min(shared, len(fs))
	last := NewestLast(t)
	if last {
		fs = fs[shared:] // causes are printed first
	} else {
		fs = fs[:len(fs)-shared]
	}
	for i := range fs {
		f := &fs[i]
		if last {
			f = &fs[len(fs)-1-i]
		}
		if IsLibrary(f, extra) {
			s.Lib = append(s.Lib, f)
		} else {
			s.App = append(s.App, f)
		}
	}
	return s
}

// LibraryCount is how many of all the traceback's frames are of libraries.
func LibraryCount(t *model.Traceback, extra []string) int {
	n := 0
	for i := range t.Frames {
		if IsLibrary(&t.Frames[i], extra) {
			n++
		}
	}
	return n
}
