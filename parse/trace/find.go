package trace

import "ravel/model"

// Find finds and decodes the trace within a record's text.
func Find(text []byte) (tb *model.Traceback, at int, ok bool) { return nil, 0, false }

// FromJSON decodes the trace that a record's decoded fields hold.
func FromJSON(fields []model.Field) (tb *model.Traceback, path string, ok bool) {
	return nil, "", false
}

// FromValue decodes one value as a trace.
func FromValue(v model.Value) (*model.Traceback, bool) { return nil, false }
