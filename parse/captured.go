package parse

import (
	"bytes"
	"time"

	"ravel/model"
	"ravel/parse/lifecycle"
)

// Captured is what a query asks of a record instead of decoding it (see
// model/query.Capturer): the text of the field method, path, query or client that
// the record's phrase gives (rule 10). Nothing in its bytes spells the name.
func (d *Decoder) Captured(b *model.Batch, i int, name string) (text []byte, known bool) {
	sh, ok := d.set.shapeOf(b.Format[i])
	if !ok || sh.format == noFormat || sh.in[0] != noCarrier || !d.set.formats[sh.format].spells || d.set.formatName(sh.format) == "json" {
		return nil, false
	}
	raw := trimEOL(b.Raw(i))
	first, rest := raw, []byte(nil)
	if nl := bytes.IndexByte(raw, '\n'); nl >= 0 {
		first, rest = bytes.TrimSuffix(raw[:nl], []byte("\r")), raw[nl:]
	}
	c := d.pool.Get().(*decoding)
	defer d.pool.Put(c)
	h := &c.h
	c.r.loc, h.caps = time.UTC, nil
	h.reset()
	if d.set.formats[sh.format].try(&c.r, first, h) == misfit {
		return nil, false
	}
	h.f.IDs.Set(h.rid, h.cid)
	c.textIDs(h.msg, rest)
	if mark := h.mark(&c.hit); h.f.IDs.Class == lifecycle.NoID && mark != 0 && !c.hit.ID.Empty() {
		h.f.IDs.Add(taskID, c.hit.ID.Of(h.msg))
		h.mark(&c.hit)
	}
	if c.hit.Event == model.NoEvent {
		return nil, true
	}
	switch hit := &c.hit; name {
	case "method":
		return hit.Method.Of(h.msg), true
	case "path":
		return hit.Path.Of(h.msg), true
	case "query":
		return hit.Query.Of(h.msg), true
	case "client":
		return hit.Client.Of(h.msg), true
	}
	return nil, false
}
