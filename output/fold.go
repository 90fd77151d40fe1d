package output

import (
	"bufio"
	"io"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/redact"
	"ravel/model/request"
)

// Folder folds all records into requests and hands on each that has settled and
// that the filter wants (rules 19 and 20). Splitting and filtering run on all
// cores; requests are handed on one at a time, in order.
type Folder struct {
	tracker *request.Tracker
	filter  *query.RequestFilter // nil: every request
	leaves  leafMemory
	emit    func(*model.Request) error
	idle    func() error // nothing more is waiting
	belt    *conveyor[fold]
	newest  int64
}

// fold is a batch on its way.
type fold struct {
	batch   *model.Batch
	partial *request.Partial
	marks   []leafMark
}

// NewFolder returns a folder whose tracker has Options.Rows set. emit is called
// from one goroutine at a time; idle, which may be nil, when it may flush.
// Close ends the folder's goroutines.
func NewFolder(t *request.Tracker, f *query.RequestFilter, emit func(*model.Request) error, idle func() error) *Folder {
	if idle == nil {
		idle = func() error { return nil }
	}
	d := &Folder{tracker: t, filter: f, emit: emit, idle: idle, newest: model.NoTime, leaves: newLeafMemory()}
	d.belt = newConveyor(d.split, d.merge)
	return d
}

// Consume folds b's records.
func (d *Folder) Consume(b *model.Batch) error { return d.belt.put(fold{batch: b}) }

// split is what is done to each batch beside the others.
func (d *Folder) split(f *fold) {
	f.partial = request.Split(f.batch)
	if d.filter != nil {
		f.marks = leafMarks(d.filter.Leaves(), f.batch)
	}
}

// merge is what is done in order.
func (d *Folder) merge(f *fold, more bool) error {
	d.tracker.Merge(f.batch, f.partial)
	d.leaves.add(f.batch, f.marks)
	f.batch, f.partial = nil, nil
	if err := d.hand(d.tracker.Settled()); err != nil {
		return err
	}
	if more {
		return nil
	}
	return d.idle()
}

// hand filters and emits settled requests.
func (d *Folder) hand(rows []model.Request) error {
	for i := range rows {
		q := &rows[i]
		wanted := d.filter == nil || d.filter.Match(q, func(leaf int) bool { return d.leaves.some(q, leaf) })
		d.leaves.forget(q)
		if !wanted {
			continue
		}
		if err := d.emit(q); err != nil {
			return err
		}
	}
	return nil
}

// Close hands on what has not settled by the end of the input, now in ns, and
// ends the folder.
func (d *Folder) Close(now int64) error {
	if err := d.belt.close(); err != nil {
		return err
	}
	if err := d.hand(d.tracker.Finish(now)); err != nil {
		return err
	}
	return d.idle()
}

// Stats are the tracker's counts; to be called after Close.
func (d *Folder) Stats() request.Stats { return d.tracker.Stats() }

// RequestPrinter prints requests as JSON lines.
type RequestPrinter struct {
	w      *bufio.Writer
	redact *redact.Redactor
	buf    []byte
}

// NewRequestPrinter prints to w; r, which may be nil, masks secrets.
func NewRequestPrinter(w io.Writer, r *redact.Redactor) *RequestPrinter {
	return &RequestPrinter{w: bufio.NewWriterSize(w, 64<<10), redact: r}
}

// Print prints one request.
func (p *RequestPrinter) Print(q *model.Request) error {
	if p.redact != nil {
		masked := *q
		for _, s := range []*string{&masked.ID, &masked.CorrelationID, &masked.Name, &masked.Path, &masked.Client, &masked.ErrorMessage} {
			*s = p.redact.Value("", *s)
		}
		q = &masked
	}
	p.buf = AppendRequest(p.buf[:0], q)
	_, err := p.w.Write(p.buf)
	return err
}

// Flush writes what waits.
func (p *RequestPrinter) Flush() error { return p.w.Flush() }
