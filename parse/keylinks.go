package parse

import "ravel/parse/jsonscan"

// keyLinks remembers how the members of a stream's JSON records begin, by their
// number: the records of a logger have the same keys in the same order, so most
// need not be scanned or looked up.
type keyLinks [24][4]keyLink

type keyLink struct {
	lead jsonscan.Lead
	info keyInfo
}

// unlinked is how many records a stream has before their keys are remembered:
// a reader of a few lines has no use for it.
const unlinked = 8

// member moves it to member k of a record and returns what is known of its key,
// nil if there is none.
func (r *reader) member(it *jsonscan.Iter, k int) *keyInfo {
	if r.links == nil || k >= len(r.links) {
		if !it.Next() {
			return nil
		}
		return r.keys.info(it.Key)
	}
	row := &r.links[k]
	free := -1
	for i := range row {
		l := &row[i]
		if l.lead.IsZero() {
			free = i
			break
		}
		if took, ok := it.Follow(&l.lead); took {
			if !ok {
				return nil
			}
			return &l.info
		}
	}
	prev := it.End()
	if !it.Next() {
		return nil
	}
	info := r.keys.info(it.Key)
	if free >= 0 {
		row[free] = keyLink{it.Lead(prev), *info}
	}
	return info
}
