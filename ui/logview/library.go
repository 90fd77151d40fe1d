package logview

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

// isLibrary reports whether a frame is of a library. extra are further marks
// that the user named.
func isLibrary(f *model.Frame, extra []string) bool {
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

// shortFile is a library frame's file from its package on.
func shortFile(file string) string {
	for _, mark := range []string{"site-packages/", "dist-packages/", "node_modules/", "/pkg/mod/", "/gems/"} {
		if _, rest, ok := strings.Cut(file, mark); ok {
			return rest
		}
	}
	return file
}

// newestLast reports whether the traceback lists its frames outermost first,
// as Python does; the other runtimes begin where the exception was thrown.
func newestLast(t *model.Traceback) bool {
	if strings.Contains(t.Text, "most recent call last") {
		return true
	}
	return t.Text == "" && len(t.Frames) > 0 && strings.HasSuffix(t.Frames[0].File, ".py")
}

// stack is a traceback's frames sorted out, innermost first.
type stack struct {
	app, lib []*model.Frame
	shared   int // frames of the causes
}

// sortOut splits the frames into those of the application and of libraries.
// Frames that a cause counts as its own are only counted.
func sortOut(t *model.Traceback, extra []string) stack {
	var s stack
	fs := t.Frames
	for i := range t.Causes {
		s.shared += t.Causes[i].Frames
	}
	s.shared = min(s.shared, len(fs))
	last := newestLast(t)
	if last {
		fs = fs[s.shared:] // causes are printed first
	} else {
		fs = fs[:len(fs)-s.shared]
	}
	for i := range fs {
		f := &fs[i]
		if last {
			f = &fs[len(fs)-1-i]
		}
		if isLibrary(f, extra) {
			s.lib = append(s.lib, f)
		} else {
			s.app = append(s.app, f)
		}
	}
	return s
}

// libraryCount is how many of all the traceback's frames are of libraries.
func libraryCount(t *model.Traceback, extra []string) int {
	n := 0
	for i := range t.Frames {
		if isLibrary(&t.Frames[i], extra) {
			n++
		}
	}
	return n
}
