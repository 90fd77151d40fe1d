package output

import (
	"bufio"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"ravel/model"
	"ravel/model/redact"
)

// Filter narrows batches to the records that are wanted; compiled queries are
// filters. Implementations are safe for concurrent use.
type Filter interface {
	Prune(*model.Zone) model.Verdict
	Narrow(*model.Batch, model.Bits)
}

// Options say what is printed and how.
type Options struct {
	Format  Format
	Decoder model.Decoder
	Filters []Filter         // all must want a record; none: every record is printed
	Redact  *redact.Redactor // nil: nothing is masked
	Context int              // records printed around each that matches

	Zone    *time.Location // of stamps in text; nil: UTC
	Style   Style          // colours of text
	OneLine bool           // text: fold a record's further lines
	Source  bool           // text: name each record's source
	Colours bool           // text: keep colour sequences of the input
}

// Printer prints batches in the order in which Consume takes them. Filtering,
// decoding and encoding run on several goroutines; one more writes. What waits
// is bounded, so memory does not grow with the input; it is flushed whenever no
// more is ready, so that a followed record is seen at once.
type Printer struct {
	o       Options
	enc     encoder // nil: raw
	work    chan *job
	order   chan *job
	workers sync.WaitGroup
	writer  sync.WaitGroup
	around  *around // nil: no records of context
	printed atomic.Uint64
	failed  atomic.Pointer[error]
}

// encoder appends records in their printed form. It is safe for concurrent use.
type encoder interface {
	header(dst []byte) []byte
	record(dst []byte, r *model.Record) []byte
}

// job is one batch on its way: its selection, later its printed form.
type job struct {
	batch *model.Batch
	bits  model.Bits // nil: the worker filters
	gap   bool       // context: these records do not follow those printed before
	out   []byte
	done  chan struct{}
}

// New starts a printer that writes to w. Close ends its goroutines.
func New(w io.Writer, o Options) *Printer {
	n := runtime.GOMAXPROCS(0)
	p := &Printer{o: o, enc: newEncoder(o), work: make(chan *job, n), order: make(chan *job, 2*n)}
	if o.Context > 0 {
		p.around = &around{n: o.Context}
	}
	for range n {
		p.workers.Go(p.encodeJobs)
	}
	p.writer.Go(func() { p.write(w) })
	return p
}

func newEncoder(o Options) encoder {
	switch o.Format {
	case JSON:
		return jsonEncoder{}
	case Logfmt:
		return logfmtEncoder{}
	case CSV:
		return csvEncoder{}
	case Raw:
		return nil
	}
	return &textEncoder{
		zone: o.Zone, style: o.Style, oneLine: o.OneLine, source: o.Source,
		colours: o.Colours, stampLen: stampWidth(o.Zone),
	}
}

// Consume prints b, which must be frozen. It blocks while too much waits, and
// returns the error that writing met, if any: the caller stops then.
func (p *Printer) Consume(b *model.Batch) error {
	if err := p.err(); err != nil {
		return err
	}
	if p.around == nil {
		p.hand(&job{batch: b})
		return nil
	}
	for _, j := range p.around.add(b, p.match(b)) {
		p.hand(j)
	}
	return nil
}

// Selected prints the records of b in bits, whatever the filters say.
func (p *Printer) Selected(b *model.Batch, bits model.Bits) error {
	if err := p.err(); err != nil {
		return err
	}
	p.hand(&job{batch: b, bits: bits})
	return nil
}

func (p *Printer) hand(j *job) {
	j.done = make(chan struct{})
	p.order <- j
	p.work <- j
}

// Close prints what waits and returns the first error that writing met.
func (p *Printer) Close() error {
	close(p.work)
	p.workers.Wait()
	close(p.order)
	p.writer.Wait()
	return p.err()
}

// Printed is how many records have matched so far, those of context included.
func (p *Printer) Printed() uint64 { return p.printed.Load() }

func (p *Printer) err() error {
	if e := p.failed.Load(); e != nil {
		return *e
	}
	return nil
}

// match returns the records of b that every filter wants.
func (p *Printer) match(b *model.Batch) model.Bits {
	bits := model.NewBits(b.Len())
	if len(p.o.Filters) == 0 {
		return bits
	}
	zone := b.Zone()
	if zone.Flags&model.Blank != 0 {
		for i, f := range b.Flags {
			if f&model.Blank != 0 {
				bits.Clear(i)
			}
		}
	}
	for _, f := range p.o.Filters {
		switch f.Prune(&zone) {
		case model.None:
			clear(bits)
			return bits
		case model.Maybe:
			f.Narrow(b, bits)
		}
	}
	return bits
}

// buffers are the memory of printed batches, handed from writer to workers.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxKept bounds the buffers that are used again: one huge batch shall not hold
// its memory for good.
const maxKept = 8 << 20

func (p *Printer) encodeJobs() {
	var r model.Record
	for j := range p.work {
		if p.err() == nil {
			p.encode(j, &r)
		}
		j.batch, j.bits = nil, nil
		close(j.done)
	}
}

// separator stands between groups of context in text.
const separator = "--\n"

func (p *Printer) encode(j *job, r *model.Record) {
	bits := j.bits
	if bits == nil {
		bits = p.match(j.batch)
	}
	if bits.Empty() {
		return
	}
	p.printed.Add(uint64(bits.Count()))
	out := (*buffers.Get().(*[]byte))[:0]
	if p.enc == nil {
		var mask func(dst, src []byte) []byte
		if p.o.Redact != nil {
			mask = p.o.Redact.Append
		}
		j.out = appendRaw(out, j.batch, bits, mask)
		return
	}
	grouped := p.around != nil && p.o.Format == Text
	last := -1
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if grouped && (last >= 0 && i > last+1 || last < 0 && j.gap) {
			out = append(out, separator...)
		}
		last = i
		p.o.Decoder.Decode(j.batch, i, r)
		if p.o.Redact != nil {
			maskRecord(p.o.Redact, r)
		}
		out = p.enc.record(out, r)
	}
	j.out = out
}

// write writes printed batches in order, and flushes when none is ready.
func (p *Printer) write(w io.Writer) {
	bw := bufio.NewWriterSize(w, 64<<10)
	last := byte('\n')
	fail := func(err error) {
		if err != nil && p.failed.Load() == nil {
			p.failed.Store(&err)
		}
	}
	if p.enc != nil {
		_, err := bw.Write(p.enc.header(nil))
		fail(err)
	}
	for j := range p.order {
		<-j.done
		if n := len(j.out); n > 0 && p.err() == nil {
			if last != '\n' { // only raw can end without one
				fail(bw.WriteByte('\n'))
			}
			last = j.out[n-1]
			_, err := bw.Write(j.out)
			fail(err)
		}
		if cap(j.out) <= maxKept && j.out != nil {
			buffers.Put(&j.out)
		}
		if len(p.order) == 0 {
			fail(bw.Flush())
		}
	}
	fail(bw.Flush())
}
