package parse

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"ravel/model"
)

// Explanation says how a record was recognised, for `ravel formats test`.
type Explanation struct {
	Format   string   // name of the format; "text" where none fits
	Carriers []string // what stood around it, outermost first
	Fit      string   // how surely the first line is of that format: sure, likely, weak, none
	Record   model.Record
}

var fitNames = [...]string{misfit: "none", weak: "weak", medium: "likely", strong: "sure"}

// Explain decodes record i of b and says how it was recognised.
func (d *Decoder) Explain(b *model.Batch, i int) Explanation {
	var e Explanation
	d.Decode(b, i, &e.Record)
	e.Format, e.Fit = e.Record.Format, fitNames[misfit]
	sh, ok := d.set.shapeOf(b.Format[i])
	if !ok {
		return e
	}
	for _, c := range sh.in {
		if c != noCarrier {
			e.Carriers = append(e.Carriers, carrierNames[c])
		}
	}
	if sh.format == noFormat {
		return e
	}
	first, _, _ := cutByte(e.Record.Text, '\n')
	if d.set.formatName(sh.format) == "json" {
		first = objectIn(e.Record.Text)
	}
	r := newReader(time.UTC)
	var h head
	h.reset()
	e.Fit = fitNames[d.set.formats[sh.format].try(&r, first, &h)]
	return e
}

// Check runs the samples of the format of that name and returns what each of
// them fails at; nil if all hold or there are none.
func (s *Set) Check(name string) []error {
	n, ok := s.find(name)
	if !ok {
		return []error{fmt.Errorf("no format is named %q; formats list names them", name)}
	}
	var errs []error
	f := s.formats[n].about()
	for i, sample := range f.Samples {
		for _, what := range s.checkSample(n, sample) {
			where := f.File
			if where == "" {
				where = f.Name
			}
			errs = append(errs, fmt.Errorf("%s: sample %d: %s", where, i+1, what))
		}
	}
	return errs
}

// checkSample compares what is taken from a sample's line with what it says.
func (s *Set) checkSample(n uint8, sample Sample) []string {
	names := model.NewNames()
	input := []byte(sample.Line + "\n")
	b := &model.Batch{Buf: input}
	p := New(Options{Formats: s, Names: names, Force: s.formats[n].Name, Newest: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()})
	p.Parse(b, 0, true)
	var r model.Record
	NewDecoder(s, names, nil).Decode(b, 0, &r)
	if r.Format != s.formats[n].Name {
		return []string{fmt.Sprintf("the pattern does not match %q", sample.Line)}
	}
	var wrong []string
	differs := func(what, got, want string) {
		if got != want {
			wrong = append(wrong, fmt.Sprintf("%s is %q, not %q", what, got, want))
		}
	}
	if sample.Time != "" {
		want, err := time.Parse(time.RFC3339, sample.Time)
		got := "none"
		if r.Time != model.NoTime {
			got = time.Unix(0, r.Time).UTC().Format(time.RFC3339Nano)
		}
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("ts = %q is no RFC 3339 time; write 2006-01-02T15:04:05Z", sample.Time))
		} else {
			differs("ts", got, want.UTC().Format(time.RFC3339Nano))
		}
	}
	if sample.Level != "" {
		differs("level", r.Level.String(), strings.ToUpper(sample.Level))
	}
	if sample.Domain != "" {
		differs("domain", r.Domain, sample.Domain)
	}
	if sample.Message != nil {
		differs("message", r.Message, *sample.Message)
	}
	keys := make([]string, 0, len(sample.Fields))
	for k := range sample.Fields {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		v, _ := model.Lookup(r.Fields, k)
		differs("field "+k, v.Str, sample.Fields[k])
	}
	return wrong
}
