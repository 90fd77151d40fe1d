package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"ravel/model"
	"ravel/output"
	"ravel/sources"
)

// passesThrough reports whether the output is the input's bytes: raw, of one
// source, with nothing to choose, to mask or to note (rule 5). Such bytes need
// no parser, and no line is too long.
func (r *reading) passesThrough(in inputs) bool {
	s := r.s
	return s.format == output.Raw && s.print && s.query.Filter == nil && len(s.query.Stages) == 0 &&
		s.since == nil && s.until == nil && s.tail < 0 && s.redact == nil && s.flags.tee == "" &&
		len(in.sources) == 1 && !in.merged
}

// passThrough copies the only source's bytes.
func (r *reading) passThrough(ctx context.Context, in inputs) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &passer{w: bufio.NewWriterSize(r.a.stdio.Out, 256<<10), report: r.report, stop: cancel}
	sources.Supervise(ctx, in.sources, p)
	if err := p.w.Flush(); p.err == nil {
		p.err = err
	}
	return p.err
}

// passer is a sink that writes what it is given. After an error of writing it
// stops its sources.
type passer struct {
	report func(sources.Event)
	stop   context.CancelFunc

	mu  sync.Mutex
	w   *bufio.Writer
	err error
}

var _ sources.Sink = (*passer)(nil)

// Open begins a stream; all of them share the output.
func (p *passer) Open(sources.Info) sources.Stream { return passStream{p} }

// Ready does nothing: there is nothing to merge.
func (p *passer) Ready() {}

// Report passes the event on, but for failures that this end caused.
func (p *passer) Report(e sources.Event) {
	p.mu.Lock()
	ours := p.err != nil
	p.mu.Unlock()
	if !ours {
		p.report(e)
	}
}

// fail keeps the first error and stops the sources.
func (p *passer) fail(err error) error {
	if err != nil && p.err == nil {
		p.err = err
		p.stop()
	}
	return err
}

type passStream struct{ p *passer }

func (s passStream) Write(b []byte) (int, error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	n, err := s.p.w.Write(b)
	return n, s.p.fail(err)
}

// ReadFrom copies r, flushing whenever r has given less than was asked for:
// then a person may be waiting.
func (s passStream) ReadFrom(r io.Reader) (int64, error) {
	buf := make([]byte, 64<<10)
	var total int64
	for {
		n, err := r.Read(buf)
		total += int64(n)
		if n > 0 {
			if _, werr := s.Write(buf[:n]); werr != nil {
				return total, werr
			}
			if n < len(buf) {
				s.Idle()
			}
		}
		switch {
		case err == io.EOF:
			return total, nil
		case err != nil:
			return total, err
		}
	}
}

func (s passStream) Bulk(origin *model.Origin, off, n int64) (int64, error) {
	if origin.Check != nil {
		if err := origin.Check(); err != nil {
			return 0, err
		}
	}
	got, err := s.ReadFrom(io.NewSectionReader(origin.R, off, n))
	if err == nil && got < n {
		err = fmt.Errorf("%d bytes are missing at its end: it was cut while being read", n-got)
	}
	return got, err
}

func (s passStream) Next(sources.Info) {}

func (s passStream) Idle() {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	_ = s.p.fail(s.p.w.Flush()) // kept in p.err
}

// Mark is for the screen: raw output holds the input's bytes only.
func (s passStream) Mark(time.Time, model.Level, string, []model.Field) {}

func (s passStream) Close() { s.Idle() }
