// Package sourcetest is a sources.Sink for the tests of sources: it keeps what
// they write, byte for byte, and lets a test wait for it.
package sourcetest

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"time"

	"ravel/model"
	"ravel/sources"
)

// Sink keeps all that is written to it. It is safe for concurrent use.
type Sink struct {
	mu      sync.Mutex
	changed chan struct{} // closed and replaced by each change
	streams []*Stream
	events  []sources.Event
	ready   int
	lines   int
}

var _ sources.Sink = (*Sink)(nil)

// New returns an empty sink.
func New() *Sink { return &Sink{changed: make(chan struct{})} }

// change runs f with the lock held and wakes whoever waits.
func (s *Sink) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

// Open begins a stream, or returns the one of that name.
func (s *Sink) Open(info sources.Info) sources.Stream {
	var st *Stream
	s.change(func() {
		for _, have := range s.streams {
			if have.Info.Name == info.Name && !have.closed {
				st = have
				return
			}
		}
		st = &Stream{Info: info, sink: s, Files: []File{{Name: info.Name}}}
		s.streams = append(s.streams, st)
	})
	return st
}

// Ready counts.
func (s *Sink) Ready() { s.change(func() { s.ready++ }) }

// Readies is how many times Ready was called.
func (s *Sink) Readies() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready
}

// Report keeps e.
func (s *Sink) Report(e sources.Event) { s.change(func() { s.events = append(s.events, e) }) }

// Events returns the events so far.
func (s *Sink) Events() []sources.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sources.Event(nil), s.events...)
}

// Streams returns the streams opened so far, in the order of opening.
func (s *Sink) Streams() []*Stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Stream(nil), s.streams...)
}

// Text is all that was written to streams, stream after stream.
func (s *Sink) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text()
}

func (s *Sink) text() string {
	var all strings.Builder
	for _, st := range s.streams {
		for _, f := range st.Files {
			all.Write(f.text)
		}
	}
	return all.String()
}

// WaitLines waits until n lines have come, at most for limit, and reports
// whether they have.
func (s *Sink) WaitLines(limit time.Duration, n int) bool {
	late := time.After(limit)
	for {
		s.mu.Lock()
		lines, changed := s.lines, s.changed
		s.mu.Unlock()
		if lines >= n {
			return true
		}
		select {
		case <-changed:
		case <-late:
			return false
		}
	}
}

// Wait waits until the text is as ok wants it, at most for limit, and returns
// it with whether ok held.
func (s *Sink) Wait(limit time.Duration, ok func(text string) bool) (string, bool) {
	late := time.After(limit)
	for {
		s.mu.Lock()
		text, changed := s.text(), s.changed
		s.mu.Unlock()
		if ok(text) {
			return text, true
		}
		select {
		case <-changed:
		case <-late:
			return text, false
		}
	}
}

// File is what was written in the name of one physical file.
type File struct {
	Name string
	text []byte
}

// Text is what was written.
func (f File) Text() string { return string(f.text) }

// Stream is one stream of a Sink.
type Stream struct {
	Info  sources.Info
	Files []File // the first is the one opened, each Next adds one
	Marks []string
	Idles int

	sink   *Sink
	closed bool
}

var _ sources.Stream = (*Stream)(nil)

// Write keeps p.
func (st *Stream) Write(p []byte) (int, error) {
	st.sink.change(func() {
		f := &st.Files[len(st.Files)-1]
		f.text = append(f.text, p...)
		st.sink.lines += bytes.Count(p, []byte("\n"))
	})
	return len(p), nil
}

// ReadFrom keeps all that r gives.
func (st *Stream) ReadFrom(r io.Reader) (int64, error) {
	buf := make([]byte, 32<<10)
	var total int64
	for {
		n, err := r.Read(buf)
		_, _ = st.Write(buf[:n])
		total += int64(n)
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// Bulk keeps n bytes at off of o.R.
func (st *Stream) Bulk(o *model.Origin, off, n int64) (int64, error) {
	k, err := st.ReadFrom(io.NewSectionReader(o.R, off, n))
	if err == nil && k < n {
		err = io.ErrUnexpectedEOF
	}
	return k, err
}

// Next begins another file.
func (st *Stream) Next(info sources.Info) {
	st.sink.change(func() { st.Files = append(st.Files, File{Name: info.Name}) })
}

// Idle counts.
func (st *Stream) Idle() { st.sink.change(func() { st.Idles++ }) }

// Mark keeps text.
func (st *Stream) Mark(_ time.Time, _ model.Level, text string, _ []model.Field) {
	st.sink.change(func() { st.Marks = append(st.Marks, text) })
}

// Close ends the stream.
func (st *Stream) Close() { st.sink.change(func() { st.closed = true }) }
