package ui

import (
	"strings"
	"time"

	"ravel/model"
	"ravel/ui/canvas"
)

// emptyText is what stands in place of the log where it has no row: why, and
// what to do.
func (m *Model) emptyText() string {
	s := &m.state
	switch {
	case s.Records == 0:
		return m.nothingRead()
	case s.Scanning:
		return "looking through " + canvas.Count(s.Records) + " records"
	case s.Matched > 0:
		return "what matches belongs to requests that still run: R lists them"
	}
	text := "none of " + canvas.Count(s.Records) + " records matches; "
	if speaksOfTime(s.Query) && s.MaxTime != model.NoTime {
		text += "newest: " + time.Unix(0, s.MaxTime).In(m.opt.Zone).Format("2006-01-02 15:04:05") + "; "
	}
	return text + "0 shows all, & edits"
}

// nothingRead is why no record is held.
func (m *Model) nothingRead() string {
	s := &m.state
	ended := len(s.Sources) > 0 || m.opt.NoFollow
	for i := range s.Sources {
		if s.Sources[i].Err != "" {
			return "nothing could be read: s lists the sources and why"
		}
		ended = ended && (s.Sources[i].Ended || !s.Sources[i].Live)
	}
	switch {
	case s.Loading && s.LoadedPct > 0:
		return "reading"
	case ended && !s.Loading:
		return "there is nothing to read: it is empty"
	}
	return "no record has come yet"
}

// speaksOfTime reports whether a canonical query has a bound on the time.
func speaksOfTime(query string) bool {
	for _, op := range []string{"ts>", "ts<", "ts=", "@timestamp"} {
		if strings.HasPrefix(query, op) || strings.Contains(query, " "+op) || strings.Contains(query, "("+op) {
			return true
		}
	}
	return false
}
