package parse

import (
	"bytes"
	"slices"
	"time"

	"ravel/model"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
)

// pattern is a format that a regular expression recognises. Its file is read
// when a line is seen that may be of that format.
type pattern struct {
	recipe func() *recipe
	glance *glance
	lead   lead
	needs  []byte // stands in every line that matches; empty if nothing surely does
}

// newPattern returns the pattern of a recipe.
func newPattern(recipe func() *recipe, lead lead, needs string) *pattern {
	return &pattern{recipe: recipe, glance: newGlance(func() *expression { return recipe().expr }), lead: lead, needs: []byte(needs)}
}

// try recognises a line by the pattern and takes its groups.
func (p *pattern) try(r *reader, t []byte, h *head) fit {
	if len(p.needs) > 0 && !bytes.Contains(t, p.needs) || !p.glance.may(t) {
		return misfit
	}
	return p.recipe().try(r, t, h)
}

// gives reports whether the pattern captures a field of that name.
func (p *pattern) gives(name string) bool {
	return slices.ContainsFunc(p.recipe().groups, func(g part) bool { return g.name == name })
}

func (p *recipe) try(r *reader, t []byte, h *head) fit {
	at := p.expr.re().FindSubmatchIndex(t)
	if at == nil {
		return misfit
	}
	h.msg = t
	h.level = model.LevelNone
	for _, g := range p.groups {
		from, to := at[2*g.index], at[2*g.index+1]
		if from < 0 {
			continue
		}
		if val := t[from:to]; !p.take(r, g, val, h) {
			return misfit
		}
	}
	if h.level == model.LevelNone {
		h.level = p.level
	}
	if len(h.domain) == 0 {
		h.domain = p.domain
	}
	h.stamped = p.stamped
	h.second = p.second
	h.table = p.table
	return p.fit
}

// take takes one group's text. It reports false if a stamp is none.
func (p *recipe) take(r *reader, g part, val []byte, h *head) bool {
	switch g.what {
	case groupStamp:
		s, ok := p.stamp(r, val)
		if ok {
			h.setTime(s)
		}
		return ok || len(val) == 0
	case groupSeverity:
		if l, ok := p.levels[string(val)]; ok {
			h.level = l
		} else if l, ok := model.ParseLevel(trimSpace(val)); ok {
			h.level = l
		} else {
			h.text(g.name, val)
		}
	case groupLogger:
		if string(val) != "-" {
			h.domain = trimSpace(val)
		}
	case groupMessage:
		h.msg = val
	case groupRequest:
		h.rid = val
	case groupCorrelation:
		h.cid = val
	case groupPath:
		h.f.Path = val
		path, query := h.f.Target()
		h.text("path", path)
		h.text("query", query)
	case groupStatus:
		if len(val) == 3 && isDigits(val) {
			h.setStatus(val)
		} else if string(val) != "-" {
			h.scalar("status", val)
		}
	case groupPairList:
		if val[0] != '[' {
			h.pairs(val)
			break
		}
		for end := closing(val, len(val)); end > 0; end = closing(val, len(val)) { // each in a bracket of its own
			h.pairs(val[1:end])
			if val = trimSpace(val[end+1:]); len(val) == 0 || val[0] != '[' {
				break
			}
		}
	default:
		p.field(g.name, val, h)
	}
	return true
}

// field takes a group that is a field: what it says of a request counts too.
func (p *recipe) field(name string, val []byte, h *head) {
	if len(val) == 0 || string(val) == "-" {
		return
	}
	h.f.Add(lifecycle.Top, []byte(name), val, isNumber(val))
	h.scalar(name, val)
}

// stamp reads the group of the time.
func (p *recipe) stamp(r *reader, val []byte) (stamp.Stamp, bool) {
	for _, layout := range p.layouts {
		if t, err := time.ParseInLocation(layout, string(val), r.loc); err == nil {
			s := stamp.Stamp{Nanos: t.UnixNano(), Len: len(val), Zone: true, Date: true, Year: true, Layout: stamp.ISO}
			if t.Year() == 0 {
				s.Nanos = t.AddDate(2000, 0, 0).UnixNano()
				s.Year, s.Zone = false, false
			}
			return s, true
		}
	}
	if len(p.layouts) > 0 {
		return stamp.Stamp{}, false
	}
	if s, ok := r.valueStamp(val); ok {
		return s, true
	}
	return stamp.Text(val, r.loc)
}
