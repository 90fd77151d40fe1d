package parse

// contest is the search for the format that fits a line best.
type contest struct {
	s *Set
	r *reader
	t []byte
	h *head

	best    uint8
	bestFit fit

	tried   [8]uint8 // the formats that were tried first, and how they fit
	fits    [8]fit
	n       int
	may     *formatSet // the formats whose pattern may match; nil: not known yet
	kept    uint8      // the format whose head is reader.kept, the best so far
	keptFit fit
}

// run gives the line to the formats that it may have but sticky, which was
// tried.
func (c *contest) run(sticky uint8, shown *formatSet) (uint8, fit) {
	may := c.s.byFirst[c.t[0]]
	if shown != nil && *shown != (formatSet{}) {
		for _, n := range may {
			if f := &c.s.formats[n]; n == sticky || f.most < strong || !shown.has(n) && !f.exact {
				continue
			}
			if f := c.try(n); c.s.settles(n, f) {
				return c.won(n, f)
			}
		}
	}
	for _, n := range may {
		if c.s.formats[n].most <= c.bestFit {
			continue
		}
		f, known := c.fitOf(n)
		if !known {
			if f = c.try(n); c.s.settles(n, f) {
				return c.won(n, f)
			}
		}
		if f > c.bestFit {
			c.best, c.bestFit = n, f
		}
	}
	return c.end()
}

// try gives the line to format n.
func (c *contest) try(n uint8) fit {
	if c.ruledOut(n) {
		return misfit
	}
	c.h.reset()
	f := c.s.formats[n].try(c.r, c.t, c.h)
	c.note(n, f)
	return f
}

// ruledOut reports whether a glance tells that format n is not the line's.
func (c *contest) ruledOut(n uint8) bool {
	if c.s.formats[n].pattern == nil {
		return false
	}
	if c.may == nil {
		c.may = c.s.glances[c.t[0]].may(c.t)
	}
	return !c.may.has(n)
}

// note takes down how format n fits, whose head is at hand.
func (c *contest) note(n uint8, f fit) {
	if c.n < len(c.tried) {
		c.tried[c.n], c.fits[c.n] = n, f
		c.n++
	}
	if f < strong && f > c.keptFit && c.h.caps == nil && !c.h.data { // data may be unescaped, which the next try undoes
		c.r.kept, c.kept, c.keptFit = *c.h, n, f
	}
}

// fitOf is how format n fits, if it was tried.
func (c *contest) fitOf(n uint8) (f fit, known bool) {
	for i, m := range c.tried[:c.n] {
		if m == n {
			return c.fits[i], true
		}
	}
	return misfit, false
}

// settles reports whether no other format need be asked: n fits surely, or the
// line is an object of JSON, however little its keys say.
func (s *Set) settles(n uint8, f fit) bool {
	return f == strong || f > misfit && n == s.object
}

// won ends the contest with the format tried last.
func (c *contest) won(n uint8, f fit) (uint8, fit) {
	c.h.format, c.h.fit = n, f
	return n, f
}

// end gives the head of the best format, which does not fit surely.
func (c *contest) end() (uint8, fit) {
	switch {
	case c.best == noFormat:
		c.h.reset()
	case c.best == c.kept:
		*c.h = c.r.kept
	default:
		c.h.reset()
		c.s.formats[c.best].try(c.r, c.t, c.h)
	}
	c.h.format, c.h.fit = c.best, c.bestFit
	return c.best, c.bestFit
}
