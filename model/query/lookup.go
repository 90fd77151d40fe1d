package query

import "ravel/model"

// Lookup is the value of a field of a decoded record, its name resolved as
// everywhere in the language (R16).
func Lookup(r *model.Record, name string) (model.Value, bool) {
	return (&subject{r: r}).field(name)
}
