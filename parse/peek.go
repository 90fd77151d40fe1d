package parse

import (
	"bytes"
	"time"

	"ravel/model"
	"ravel/parse/lifecycle"
)

// Glance is what a query asks of a record instead of having it decoded (see
// model/query.Glancer). Records of format 1 tell.
func (d *Decoder) Glance(b *model.Batch, i int, name string) (text []byte, known bool) {
	sh, ok := d.set.shapeOf(b.Format[i])
	if !ok || sh.format == noFormat || sh.in[0] != noCarrier || !d.set.formats[sh.format].exact || !d.set.formats[sh.format].spells {
		return nil, false
	}
	raw := trimEOL(b.Raw(i))
	first, rest := raw, []byte(nil)
	if nl := bytes.IndexByte(raw, '\n'); nl >= 0 {
		first, rest = bytes.TrimSuffix(raw[:nl], []byte("\r")), raw[nl:]
	}
	if bytes.IndexByte(raw, escape) >= 0 {
		return nil, false
	}
	c := d.pool.Get().(*decoding)
	defer d.pool.Put(c)
	c.r.loc, c.h.caps = time.UTC, nil
	c.h.reset()
	if d.set.formats[sh.format].try(&c.r, first, &c.h) == misfit {
		return nil, false
	}
	if name == "message" {
		return c.h.ownMessage(rest)
	}
	return c.glance(name, rest), true
}

// ownMessage is the message of a record without a traceback, if it is what the
// head says: its other lines, and an object at its end, make it another one.
func (h *head) ownMessage(rest []byte) (msg []byte, known bool) {
	msg = bytes.TrimRight(h.msg, " \t\r\n")
	if len(rest) > 0 || len(msg) == 0 || h.joins {
		return nil, false
	}
	last := msg[len(msg)-1]
	return msg, last != '}' && last != ']'
}

// glance is the text of a field of a record whose head has been read; rest are
// its other lines.
func (c *decoding) glance(name string, rest []byte) []byte {
	h, hit := &c.h, &c.hit
	h.f.IDs.Set(h.rid, h.cid)
	c.textIDs(h.msg, rest)
	if mark := h.mark(hit); h.f.IDs.Class == lifecycle.NoID && mark != 0 && !hit.ID.Empty() {
		h.f.IDs.Add(taskID, hit.ID.Of(h.msg))
		h.mark(hit)
	}
	switch name {
	case "request_id", "@requestId":
		return h.f.IDs.Request
	case "correlation_id":
		return h.f.IDs.CorrelationID()
	}
	if hit.Event == model.NoEvent {
		return nil
	}
	switch name {
	case "method":
		return hit.Method.Of(h.msg)
	case "path":
		return hit.Path.Of(h.msg)
	case "query":
		return hit.Query.Of(h.msg)
	}
	return hit.Client.Of(h.msg)
}
