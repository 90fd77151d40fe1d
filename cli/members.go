package cli

import (
	"ravel/model"
	"ravel/model/query"
	"ravel/output"
)

// members are the records that stand in the requests for which the filter of a
// request(…) holds. They are written before, or on the goroutine where, they
// are asked.
type members struct {
	names  *model.Names
	filter *query.RequestFilter
	byID   map[uint64][]span // by Batch.Req
	loose  map[model.Seq]bool
}

// span is where a request's records are.
type span struct{ first, last model.Seq }

var _ query.Membership = (*members)(nil)

func newMembers(names *model.Names, f *query.RequestFilter) *members {
	return &members{names: names, filter: f, byID: map[uint64][]span{}, loose: map[model.Seq]bool{}}
}

// add makes q's records members.
func (m *members) add(q *model.Request) {
	if q.Hash != 0 {
		m.byID[q.Hash] = append(m.byID[q.Hash], span{q.FirstSeq, q.LastSeq})
		return
	}
	for _, seq := range looseRecords(q) {
		m.loose[seq] = true
	}
}

// drop forgets q's records.
func (m *members) drop(q *model.Request) {
	delete(m.byID, q.Hash)
	for _, seq := range looseRecords(q) {
		delete(m.loose, seq)
	}
}

// looseRecords are those of a request without an id: it has one or two.
func looseRecords(q *model.Request) []model.Seq {
	if q.Hash != 0 {
		return nil
	}
	return []model.Seq{q.FirstSeq, q.LastSeq}
}

func (m *members) has(id uint64, seq model.Seq) bool {
	for _, s := range m.byID[id] {
		if s.first <= seq && seq <= s.last {
			return true
		}
	}
	return id == 0 && m.loose[seq]
}

// Narrow clears the records of b that are no members.
func (m *members) Narrow(b *model.Batch, bits model.Bits) {
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if !m.has(b.Req[i], b.First+model.Seq(i)) {
			bits.Clear(i)
		}
	}
}

// Holds reports whether a decoded record is a member.
func (m *members) Holds(r *model.Record) bool {
	if m.has(0, r.Seq) {
		return true
	}
	source, _ := m.names.Sources.Find(r.Source)
	for _, id := range []string{r.RequestID, r.CorrelationID} {
		if id != "" && (m.has(model.HashID(id, 0), r.Seq) || m.has(model.HashID(id, source), r.Seq)) {
			return true
		}
	}
	return false
}

// memberSet gathers the request(…) of a query while it is compiled.
type memberSet struct {
	names *model.Names
	all   []*members
}

// requests is query.Env.Requests.
func (s *memberSet) requests(f *query.RequestFilter) query.Membership {
	m := newMembers(s.names, f)
	s.all = append(s.all, m)
	return m
}

// filters are those of all members.
func (s *memberSet) filters() []*query.RequestFilter {
	var filters []*query.RequestFilter
	for _, m := range s.all {
		filters = append(filters, m.filter)
	}
	return filters
}

// leaves is how many leaves they have.
func (s *memberSet) leaves() int {
	n := 0
	for _, m := range s.all {
		n += len(m.filter.Leaves())
	}
	return n
}

// add makes q's records members of those whose filters hold.
func (s *memberSet) add(q *model.Request, held []bool) {
	for k, m := range s.all {
		if held[k] {
			m.add(q)
		}
	}
}

// collect is the taker of a first reading, which only finds the members.
type collect struct{ *memberSet }

var _ output.FoldTaker = collect{}

// Batch needs nothing of the records.
func (collect) Batch(*model.Batch) error { return nil }

// Request notes a settled request.
func (c collect) Request(q *model.Request, held []bool) error {
	c.add(q, held)
	return nil
}

// Idle does nothing.
func (collect) Idle() error { return nil }
