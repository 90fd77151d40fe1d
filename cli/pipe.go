package cli

import (
	"errors"

	"ravel/model"
	"ravel/model/query"
	"ravel/output"
)

// pipeSink runs q's stages and prints what they make of the filter's records.
func (r *reading) pipeSink(env query.Env, q *query.Query, filter output.Filter, in inputs) (*pipe, error) {
	o, err := r.options(in)
	if err != nil {
		return nil, err
	}
	o.Filter = filter
	table := o.Format
	if r.s.output == "" && !terminal(r.a.stdio.Out) {
		table = output.JSON
	}
	p, err := output.NewPipe(r.a.stdio.Out, q, env, output.PipeOptions{Options: o, Table: table, Follow: r.s.follow})
	if err != nil {
		return nil, usagef("-q: %w", err)
	}
	return &pipe{Pipe: p, r: r}, nil
}

// requestPipe runs stages over the requests folded from all records.
func (r *reading) requestPipe(env query.Env, q *query.Query, in inputs) (consumer, error) {
	p, err := r.pipeSink(env, q, nil, in)
	if err != nil {
		return nil, err
	}
	f, err := r.fold(env, q.Filter, p.Request, p.Flush)
	if err != nil {
		return nil, err
	}
	return &foldedPipe{folding: f, p: p}, nil
}

// beginsWithRequests reports whether q's stages take requests.
func beginsWithRequests(q *query.Query) bool {
	if len(q.Stages) == 0 {
		return false
	}
	v, ok := q.Stages[0].(*query.View)
	return ok && v.Name == "requests"
}

// pipe is a pipe that tells at the end what it cut.
type pipe struct {
	*output.Pipe
	r *reading
}

// Consume takes the next batch; errEnough where the stages need no more.
func (p *pipe) Consume(b *model.Batch) error { return enough(p.Pipe.Consume(b)) }

// Finish prints what waits for the end of the input.
func (p *pipe) Finish() error {
	if err := p.Close(); err != nil {
		return err
	}
	for _, note := range p.Notes() {
		p.r.a.warn("%s", note)
	}
	if p.Rows() == 0 {
		p.r.nothingInRange()
	}
	return nil
}

// Selected takes chosen records; errEnough where the stages need no more.
func (p *pipe) Selected(b *model.Batch, bits model.Bits) error {
	return enough(p.Pipe.Selected(b, bits))
}

// enough turns the pipeline's end of appetite into errEnough.
func enough(err error) error {
	if errors.Is(err, output.ErrDone) {
		return errEnough
	}
	return err
}

// foldedPipe is a pipe over requests.
type foldedPipe struct {
	*folding
	p *pipe
}

// Consume takes the next batch; errEnough where the stages need no more.
func (f *foldedPipe) Consume(b *model.Batch) error { return enough(f.folding.Consume(b)) }

// Finish hands on the requests that have not settled, then ends the stages.
func (f *foldedPipe) Finish() error {
	if err := f.folding.Finish(); err != nil && !errors.Is(err, output.ErrDone) {
		return err
	}
	return f.p.Finish()
}
