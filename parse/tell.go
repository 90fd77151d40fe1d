package parse

import (
	"bytes"
	"time"

	"ravel/model"
	"ravel/parse/lifecycle"
)

var _ model.Teller = (*Decoder)(nil)

// Tell is model.Teller's. It takes what most requests begin with, a line of a
// head and a phrase: what says more, by pairs, objects, lines or the carrier
// around it, is decoded.
func (d *Decoder) Tell(b *model.Batch, i int, t *model.Told) bool {
	const more = model.HasTraceback | model.HasCarrier | model.Multiline | model.Blank | model.Marker
	sh, ok := d.set.shapeOf(b.Format[i])
	if !ok || sh.format == noFormat || sh.in[0] != noCarrier || b.Flags[i]&more != 0 || b.Extra != nil || len(b.Also) > 0 {
		return false
	}
	info := d.streams(b.Source[i])
	line := trimEOL(b.Raw(i))
	if len(info.Fields) > 0 || bytes.HasPrefix(line, bom) || bytes.IndexByte(line, escape) >= 0 || bytes.IndexByte(line, '\n') >= 0 {
		return false
	}
	c := d.pool.Get().(*decoding)
	defer d.pool.Put(c)
	if c.r.loc = info.Zone; c.r.loc == nil {
		c.r.loc = time.UTC
	}
	return c.tell(line, sh, t)
}

// tell is Tell for a line of a format.
func (c *decoding) tell(line []byte, sh shape, t *model.Told) bool {
	h := &c.h
	c.caps.fields, h.caps = nil, &c.caps
	h.reset()
	if c.d.set.formats[sh.format].try(&c.r, line, h) == misfit || len(c.caps.fields) > 0 || !h.f.Silent() ||
		h.json || h.data || h.joins || h.ends || h.entry != noEntry || h.second != nil || h.table != nil || h.f.Status != 0 {
		return false
	}
	msg := bytes.TrimRight(h.msg, " \t\r\n")
	if len(msg) == 0 || bytes.IndexByte(msg, '=') >= 0 || bytes.IndexByte(msg, '{') >= 0 {
		return false
	}
	ids := &h.f.IDs
	ids.Set(h.rid, h.cid)
	lifecycle.Match(msg, &c.hit)
	if ids.Class == lifecycle.NoID && !c.hit.ID.Empty() {
		return false
	}
	t.Facts = lifecycle.Builtin().Told(msg, &c.hit)
	t.RequestID, t.CorrelationID = string(ids.Request), string(ids.CorrelationID())
	return true
}
