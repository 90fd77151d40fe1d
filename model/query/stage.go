package query

import (
	"strconv"
	"strings"
	"time"
)

// Stage is one step of a pipeline: FilterStage, Stats, Sort, Limit, Top,
// Fields, Dedup, Extract or View.
type Stage interface {
	// String is the canonical form, without the leading |.
	String() string
	stage()
}

// FilterStage keeps the rows for which Filter holds.
type FilterStage struct{ Filter Expr }

// Stats groups rows by keys and computes aggregates of each group.
type Stats struct {
	Aggs []Agg
	By   []Key
}

// Agg is one aggregate of a group.
type Agg struct {
	Fn    string  // one of Functions
	Field string  // "" for all rows
	Arg   float64 // of pct: 0 to 100
	As    string  // name of its column; "" for the function as written
}

// Key is what rows are grouped by.
type Key struct {
	Field string
	Bin   time.Duration // > 0: spans of time instead of a field
	As    string
}

// Sort orders rows; nulls come last.
type Sort struct{ Keys []SortKey }

// SortKey is a column to sort by.
type SortKey struct {
	Name string
	Desc bool
}

// Limit keeps the first N rows, or the last N.
type Limit struct {
	N    int
	Tail bool
}

// Top counts the values of a field and keeps the N most frequent.
type Top struct {
	N     int
	Field string
}

// Fields chooses columns.
type Fields struct{ Items []Item }

// Item is a column with the name it gets; "" for its own.
type Item struct{ Name, As string }

// Dedup keeps the first row of each combination of values.
type Dedup struct{ Fields []string }

// Extract takes values out of a field's text: by a glob whose stars are the
// values, or by the groups of a regular expression.
type Extract struct {
	Field   string
	Glob    string  // "" if Pattern is used
	Pattern Pattern // Source "" if Glob is used
	Names   []string
}

// View is a stage without arguments that makes a table of its own: "requests",
// "errors" or "templates".
type View struct{ Name string }

func (*FilterStage) stage() {}
func (*Stats) stage()       {}
func (*Sort) stage()        {}
func (*Limit) stage()       {}
func (*Top) stage()         {}
func (*Fields) stage()      {}
func (*Dedup) stage()       {}
func (*Extract) stage()     {}
func (*View) stage()        {}

// String is the stage in its canonical form.
func (s *FilterStage) String() string { return "filter " + s.Filter.String() }

// String is the stage in its canonical form.
func (s *Stats) String() string {
	out := "stats " + join(s.Aggs, Agg.String)
	if len(s.By) > 0 {
		out += " by " + join(s.By, Key.String)
	}
	return out
}

// String is the stage in its canonical form.
func (s *Sort) String() string { return "sort " + join(s.Keys, SortKey.String) }

// String is the stage in its canonical form.
func (s *Limit) String() string {
	if s.Tail {
		return "tail " + strconv.Itoa(s.N)
	}
	return "limit " + strconv.Itoa(s.N)
}

// String is the stage in its canonical form.
func (s *Top) String() string { return "top " + strconv.Itoa(s.N) + " " + fieldText(s.Field) }

// String is the stage in its canonical form.
func (s *Fields) String() string { return "fields " + join(s.Items, Item.String) }

// String is the stage in its canonical form.
func (s *Dedup) String() string { return "dedup " + join(s.Fields, fieldText) }

// String is the stage in its canonical form.
func (s *Extract) String() string {
	out := "parse " + fieldText(s.Field) + " "
	if s.Pattern.Source != "" {
		out += s.Pattern.String()
	} else {
		out += quote(s.Glob)
	}
	if len(s.Names) > 0 {
		out += " as " + join(s.Names, fieldText)
	}
	return out
}

// String is the stage in its canonical form.
func (s *View) String() string { return s.Name }

// String is the aggregate as written in a query.
func (a Agg) String() string { return a.call(fieldText) + asText(a.As) }

// Column is the name of the aggregate's column: its own, else count for
// count(), else the function as written.
func (a Agg) Column() string {
	switch {
	case a.As != "":
		return a.As
	case a.Field == "":
		return a.Fn
	}
	return a.call(func(s string) string { return s })
}

// call is the function with its arguments.
func (a Agg) call(name func(string) string) string {
	arg := ""
	if a.Field != "" {
		arg = name(a.Field)
	}
	if a.Fn == "pct" {
		arg += "," + strconv.FormatFloat(a.Arg, 'f', -1, 64)
	}
	return a.Fn + "(" + arg + ")"
}

// String is the key as written in a query.
func (k Key) String() string {
	if k.Bin > 0 {
		return "bin(" + durationText(k.Bin) + ")" + asText(k.As)
	}
	return fieldText(k.Field) + asText(k.As)
}

// Column is the name of the key's column.
func (k Key) Column() string {
	switch {
	case k.As != "":
		return k.As
	case k.Bin > 0:
		return "bin(" + durationText(k.Bin) + ")"
	}
	return k.Field
}

// String is the key as written in a query.
func (k SortKey) String() string {
	if k.Desc {
		return fieldText(k.Name) + " desc"
	}
	return fieldText(k.Name)
}

// String is the item as written in a query.
func (i Item) String() string { return fieldText(i.Name) + asText(i.As) }

// Column is the name of the item's column.
func (i Item) Column() string {
	if i.As != "" {
		return i.As
	}
	return i.Name
}

// asText is " as name", or nothing.
func asText(name string) string {
	if name == "" {
		return ""
	}
	return " as " + fieldText(name)
}

// durationText is a span in its largest whole unit.
func durationText(d time.Duration) string {
	for _, u := range [...]struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}, {"us", time.Microsecond}} {
		if d%u.size == 0 {
			return strconv.FormatInt(int64(d/u.size), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(d), 10) + "ns"
}

// join writes items with commas.
func join[T any](items []T, text func(T) string) string {
	var sb strings.Builder
	for i, it := range items {
		if i > 0 {
			sb.WriteString(", ")
		}
		sb.WriteString(text(it))
	}
	return sb.String()
}
