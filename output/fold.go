package output

import (
	"bufio"
	"io"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/redact"
	"ravel/model/request"
)

// Folder folds all records into requests and hands on each that has settled,
// with what the filters say of it (rules 19 and 20). Splitting and filtering
// run on all cores; requests are handed on one at a time, in order.
type Folder struct {
	tracker *request.Tracker
	filters []*query.RequestFilter
	leaves  []*query.Predicate // of all filters
	memory  leafMemory
	take    FoldTaker
	belt    *conveyor[fold]
	held    []bool
}

// FoldTaker takes what a Folder makes. Its methods are called by one goroutine
// at a time; their error ends the folding.
type FoldTaker interface {
	// Batch is called for each batch, before the requests that it settles.
	Batch(*model.Batch) error
	// Request takes a settled request; held says for each filter whether it
	// holds. It is valid during the call only.
	Request(q *model.Request, held []bool) error
	// Idle is called when no other batch is waiting.
	Idle() error
}

// fold is a batch on its way.
type fold struct {
	batch   *model.Batch
	partial *request.Partial
	marks   []leafMark
}

// NewFolder returns a folder whose tracker has Options.Rows set. The filters
// have at most MaxLeaves leaves together. Close ends the folder's goroutines.
func NewFolder(t *request.Tracker, filters []*query.RequestFilter, take FoldTaker) *Folder {
	d := &Folder{tracker: t, filters: filters, take: take, memory: newLeafMemory(), held: make([]bool, len(filters))}
	for _, f := range filters {
		d.leaves = append(d.leaves, f.Leaves()...)
	}
	d.belt = newConveyor(d.split, d.merge)
	return d
}

// Consume folds b's records.
func (d *Folder) Consume(b *model.Batch) error { return d.belt.put(fold{batch: b}) }

// split is what is done to each batch beside the others.
func (d *Folder) split(f *fold) {
	f.partial = request.Split(f.batch, true)
	f.marks = leafMarks(d.leaves, f.batch)
}

// merge is what is done in order.
func (d *Folder) merge(f *fold, more bool) error {
	d.tracker.Merge(f.batch, f.partial)
	d.memory.add(f.batch, f.marks)
	if err := d.take.Batch(f.batch); err != nil {
		return err
	}
	f.batch, f.partial = nil, nil
	if err := d.hand(d.tracker.Settled()); err != nil || more {
		return err
	}
	return d.take.Idle()
}

// hand asks the filters about settled requests and hands these on.
func (d *Folder) hand(rows []model.Request) error {
	for i := range rows {
		q := &rows[i]
		base := 0
		for k, f := range d.filters {
			d.held[k] = f.Match(q, func(leaf int) bool { return d.memory.some(q, base+leaf) })
			base += len(f.Leaves())
		}
		d.memory.forget(q)
		if err := d.take.Request(q, d.held); err != nil {
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
	return d.take.Idle()
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
