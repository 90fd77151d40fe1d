package query

import "ravel/model"

// Field is the value of a field of a decoded record, by the names that queries
// use (R16); false if the record has none.
func Field(r *model.Record, name string) (model.Value, bool) {
	u := subject{r: r}
	return u.field(name)
}

// FieldText is Field as a facet shows it: "" if the record has none.
func FieldText(r *model.Record, name string) string {
	v, ok := Field(r, name)
	if !ok {
		return ""
	}
	return valueText(v)
}

// valueText is a value as text: of an array or object, its scalars with commas.
func valueText(v model.Value) string {
	switch v.Kind {
	case model.Array, model.Object:
		s := ""
		for _, it := range v.Items {
			s += "," + valueText(it)
		}
		for _, f := range v.Keys {
			s += "," + valueText(f.Value)
		}
		if s != "" {
			s = s[1:]
		}
		return s
	}
	return v.Str
}
