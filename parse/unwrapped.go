package parse

import (
	"bytes"
	"slices"

	"ravel/model"
	"ravel/parse/lifecycle"
)

// text returns what stands within a record's carriers, further lines joined by
// \n, its first line, and the record's own text, which has what a logger wrote
// before that.
func (c *decoding) text(raw []byte, sh shape, r *model.Record) (first, text, own []byte) {
	body := trimEOL(raw)
	c.trace = nil
	if r.Line == 1 {
		body = bytes.TrimPrefix(body, bom)
	}
	if bytes.IndexByte(body, escape) >= 0 {
		body = uncoloured(nil, body)
	}
	if sh.in[0] != noCarrier {
		return c.unwrapped(body, sh)
	}
	nl := bytes.IndexByte(body, '\n')
	if nl < 0 {
		return body, body, body
	}
	if bytes.IndexByte(body, '\r') >= 0 {
		body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
		nl = bytes.IndexByte(body, '\n')
	}
	body = bytes.TrimRight(body, "\n")
	if nl > len(body) {
		nl = len(body)
	}
	return body[:nl], body, body
}

// unwrapped is text of lines with carriers.
func (c *decoding) unwrapped(body []byte, sh shape) (first, text, own []byte) {
	c.u.r = &c.r
	c.w.caps = &c.car
	firstLen, partial, logged := -1, false, slices.ContainsFunc(sh.in[:], carrier.logs)
	if sh.in[0] == carrierService {
		body = body[arrayLead(body):]
	}
	for len(body) > 0 {
		var line []byte
		if line, body = nextFrame(body, sh.in[0]); line == nil {
			break
		}
		c.u.unwrapAs(line, sh.in, &c.w)
		if c.w.caps = nil; text == nil {
			c.trace = c.w.trace
		}
		if text != nil && !partial {
			if firstLen < 0 {
				firstLen = len(text)
			}
			text = append(text, '\n')
			own = append(own, '\n')
		}
		text = append(text, uncoloured(nil, c.w.text)...)
		if text == nil {
			text = []byte{}
		}
		if c.w.own == nil {
			c.w.own = c.w.text
		}
		switch line := uncoloured(nil, c.w.own); {
		case logged && own == nil && len(body) == 0:
			own = line[:len(line):len(line)]
		case logged:
			own = append(own, line...)
		}
		partial = c.w.partial
	}
	text = bytes.TrimRight(text, "\n")
	if firstLen < 0 || firstLen > len(text) {
		firstLen = len(text)
	}
	if nl := bytes.IndexByte(text[:firstLen], '\n'); nl >= 0 { // within a JSON string
		firstLen = nl
	}
	if !logged {
		return text[:firstLen], text, text
	}
	return text[:firstLen], text, bytes.TrimRight(own, "\n")
}

// nextFrame cuts the first line, or the first object of a log service, off the
// bytes of a record; nil if there is no further one.
func nextFrame(body []byte, in carrier) (frame, rest []byte) {
	if in == carrierService {
		at := bytes.IndexByte(body, '{')
		if at < 0 {
			return nil, nil
		}
		if n := objectLen(body[at:]); n > 0 {
			return body[at : at+n], body[at+n:]
		}
	}
	if nl := bytes.IndexByte(body, '\n'); nl >= 0 {
		return trimEOL(body[:nl+1]), body[nl+1:]
	}
	return body, nil
}

// outer takes the ids that the record's carrier has.
func (c *decoding) outer(ids *lifecycle.IDs) {
	if c.trace != nil {
		ids.AddAs(lifecycle.Trace, c.trace)
	}
}
