package parse

import "ravel/model"

// headCache remembers what stood between the stamp and the message of the last
// records, ` - agents - INFO - ` for one: most lines of a stream share a few of
// these. Only such are kept as end with a separator behind level and logger,
// for then nothing behind them has a say in what they are.
type headCache struct {
	entry      [16]headEntry
	next       uint8
	kept, hits uint32
}

type headEntry struct {
	text   string
	level  model.Level
	domain []byte
}

// maxCachedHead bounds a kept head's bytes.
const maxCachedHead = 96

// find returns the entry with which b begins, nil if there is none.
func (c *headCache) find(b []byte) *headEntry {
	for i := range c.entry {
		e := &c.entry[i]
		n := len(e.text)
		if n == 0 || n >= len(b) || string(b[:n]) != e.text {
			continue
		}
		switch b[n] {
		case ' ', '\t', '|', ':', '-', ',':
			return nil // separators go on: they are looked at one by one
		}
		c.hits++
		return e
	}
	return nil
}

// keep remembers a head that was read whole: text is all of it.
func (c *headCache) keep(text []byte, h *head) {
	if len(text) == 0 || len(text) > maxCachedHead || h.rid != nil || h.cid != nil || len(h.f.IDs.Request) > 0 || h.level == model.LevelNone {
		return
	}
	if c.kept++; c.kept > 64 && c.hits/8 < c.kept { // heads that never come again are not worth it
		return
	}
	c.entry[c.next&15] = headEntry{text: string(text), level: h.level, domain: append([]byte(nil), h.domain...)}
	c.next++
}
