// Package file reads logs from files: single ones, directories, globs and
// rotated sets, compressed or not, and follows them by name while they are
// appended to, renamed, truncated and created anew, so that no line is lost
// and none is read twice. It never maps a file into memory: a truncated one
// would kill the program.
package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"ravel/model"
	"ravel/sources"
)

// set is a source: a file and its rotated siblings, read as one stream in the
// order in which they were written.
type set struct {
	o      Options
	shared *shared
	order  int
	parts  []string // oldest first; the last is the one that grows
	fresh  bool     // it joined while its directory was followed
	based  bool     // the last has the set's base name, so that siblings rotate away from it

	stream sources.Stream // nil before the first Run
	at     int            // part being read
	tail   *follower      // of the last part, once its backlog has begun
}

var _ sources.Source = (*set)(nil)

func newSet(members []member, o Options, sh *shared) *set {
	sortMembers(members)
	s := &set{o: o, shared: sh, order: members[0].order}
	for _, m := range members {
		s.parts = append(s.parts, m.path)
		s.order = min(s.order, m.order)
	}
	s.based = members[len(members)-1].name.kind == current
	return s
}

// path is the file that grows.
func (s *set) path() string { return s.parts[len(s.parts)-1] }

// Name is the path of the newest file.
func (s *set) Name() string { return s.path() }

// Run reads the set's files and, if asked to, follows the newest. It goes on
// where an earlier call has stopped.
func (s *set) Run(ctx context.Context, sink sources.Sink) error {
	if s.stream == nil {
		s.stream = sink.Open(s.info(s.parts[0]))
	}
	sink.Ready()
	var failed error
	for s.at < len(s.parts)-1 {
		if err := s.readPart(ctx, s.parts[s.at]); err != nil {
			if ctx.Err() != nil || errors.Is(err, sources.ErrStopped) {
				return err
			}
			sink.Report(sources.Event{Source: s.parts[s.at], Kind: sources.Skipped, Err: err})
		}
		s.at++
		s.stream.Next(s.info(s.parts[s.at]))
	}
	if s.o.Follow {
		failed = s.follow(ctx, sink)
	} else if failed = s.readPart(ctx, s.path()); failed != nil && !errors.Is(failed, errBinary) {
		failed = sources.Permanent(failed)
	}
	if errors.Is(failed, errBinary) {
		sink.Report(sources.Event{Source: s.path(), Kind: sources.Skipped, Err: failed})
		return nil
	}
	return failed
}

// info describes the stream while it reads the file at path.
func (s *set) info(path string) sources.Info {
	var changed time.Time
	if info, err := s.o.disk.Stat(path); err == nil && info.Mode().IsRegular() {
		changed = info.ModTime()
	}
	return sources.Info{
		Changed: changed, Name: path, Domain: Stem(path), Order: s.order, Live: s.o.Follow, Fresh: s.fresh, More: path != s.path(), Group: directory(path),
	}
}

// directory is the directory of path without links, so that one directory
// named twice is one.
func directory(path string) string {
	dir := filepath.Dir(path)
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return dir
}

// readPart reads one file from its beginning to its end.
func (s *set) readPart(ctx context.Context, path string) error {
	p, err := openWithin(ctx, s.o, path)
	if err != nil {
		return err
	}
	if !s.o.Reread || p.small() {
		defer p.close()
	}
	defer p.release()
	return s.readAll(ctx, p)
}

// readAll reads what p holds into the stream.
func (s *set) readAll(ctx context.Context, p *part) error {
	if p.plain() {
		size := p.info.Size()
		if p.small() {
			size = 0
		}
		if size > 0 {
			if _, err := s.stream.Bulk(origin(p.f, size), 0, size); err != nil {
				return s.because(p.path, err)
			}
			if now, err := p.f.Stat(); err == nil && now.Size() == size {
				return nil
			}
		}
		// It is small, has grown, or is of those that the system makes up as they are read.
		if _, err := s.copy(ctx, io.NewSectionReader(p.f, size, 1<<62)); err != nil {
			return s.because(p.path, err)
		}
		return nil
	}
	if err := s.copyPart(ctx, p); err != nil {
		return s.because(p.path, err)
	}
	return nil
}

// because names the file in an error, and leaves out what Go says beside it.
func (s *set) because(path string, err error) error {
	if strings.Contains(err.Error(), path) {
		return err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// origin lets the first size bytes of f be read again while they are the same.
func origin(f reader, size int64) *model.Origin {
	p := take(f, size)
	return &model.Origin{R: f, Check: func() error { return p.check(f) }}
}
