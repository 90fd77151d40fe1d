package engine

import (
	"context"
	"time"

	"ravel/model"
	"ravel/model/query"
	"ravel/ui"
)

// Complete proposes whole queries in place of text.
func (e *Engine) Complete(text string, cursor int) []string {
	c := query.Complete(text, cursor, vocabulary{e})
	runes := []rune(text)
	cursor = min(max(cursor, 0), len(runes))
	from := min(max(c.From, 0), cursor)
	offers := make([]string, len(c.Items))
	for i, item := range c.Items {
		offers[i] = string(runes[:from]) + item + string(runes[cursor:])
	}
	return offers
}

// vocabulary is what the held records have shown.
type vocabulary struct{ e *Engine }

// sampled is how many of the newest records tell which fields there are.
const sampled = 200

// Fields are the names of fields of the newest records, most frequent first.
func (v vocabulary) Fields() []string {
	counts := map[string]uint64{}
	for _, r := range v.e.newest(sampled) {
		countNames(counts, r.Fields, "")
	}
	return values(counts)
}

// countNames counts the dotted paths of fields.
func countNames(counts map[string]uint64, fields []model.Field, prefix string) {
	for _, f := range fields {
		if f.Value.Kind == model.Object {
			countNames(counts, f.Value.Keys, prefix+f.Name+".")
			continue
		}
		counts[prefix+f.Name]++
	}
}

// Values are the values of a field: of all records where a column has them and
// counting these does not take long, else of the newest.
func (v vocabulary) Values(field string) []string {
	if _, ok := facetColumns[field]; ok {
		ctx, cancel := context.WithTimeout(context.Background(), valuesWithin)
		defer cancel()
		list, err := v.all(ctx, field)
		if err == nil {
			out := make([]string, len(list))
			for i, c := range list {
				out[i] = c.Value
			}
			return out
		}
	}
	counts := map[string]uint64{}
	for _, r := range v.e.newest(sampled) {
		if text := fieldText(r, field); text != "" {
			counts[text]++
		}
	}
	return values(counts)
}

// valuesWithin bounds what a completion may take: a key waits for it.
const valuesWithin = 30 * time.Millisecond

// newest decodes the newest n records.
func (e *Engine) newest(n int) []*model.Record {
	rows := e.Rows(^model.Seq(0), -1, n, true)
	out := make([]*model.Record, len(rows))
	for i := range rows {
		out[i] = rows[i].Record
	}
	return out
}

// values are the counted names, most frequent first.
func values(counts map[string]uint64) []string {
	list := top(counts, len(counts))
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Value
	}
	return out
}

// all counts the values of a column over all records: what is being typed is
// the filter already, and "domain=" finds nothing.
func (v vocabulary) all(ctx context.Context, field string) ([]ui.Count, error) {
	r, err := v.e.compile(&query.Query{})
	if err != nil {
		return nil, err
	}
	return v.e.facet(ctx, r, field, sampled)
}
