package parse

import "strings"

// derived are the fields that recognisers and carriers name themselves: their
// names do not stand in the bytes that they are taken from.
var derived = map[string]bool{
	"app_name": true, "application": true, "bytes": true, "caller": true, "client": true, "code": true, "connection": true, "cursor": true, "container": true,
	"duration_ms": true, "error_part": true, "host": true, "hostname": true, "method": true, "msg_id": true, "name": true, "path": true,
	"pid": true, "pod": true, "port": true, "proc_id": true, "protocol": true, "query": true, "referer": true, "request_uri": true,
	"span_id": true, "status": true, "step": true, "stream": true, "tag": true, "tags": true, "thread": true, "user": true, "user_agent": true,
	"prefix": true, "process": true, "uptime_s": true, "namespace": true, "node": true, "also_in": true,
}

// Derives reports whether records of a format number (Batch.Format) and source
// may have a field of that name although the name does not stand in their
// bytes, whatever their lifecycle says. A query for another field need not
// decode records without its name.
func (d *Decoder) Derives(format uint8, source uint16, name string) bool {
	top, _, _ := strings.Cut(name, ".")
	for _, f := range d.streams(source).Fields {
		if f.Name == top {
			return true
		}
	}
	sh, ok := d.set.shapeOf(format)
	known := ok && int(sh.format) < len(d.set.formats)
	if derived[top] {
		return !known || sh.in[0] != noCarrier || !d.set.formats[sh.format].spells
	}
	if !known {
		return false
	}
	p := d.set.formats[sh.format].pattern
	return p != nil && p.gives(top)
}

// Keeps reports whether the own text of records of a format number (Batch.Format)
// has all of their lines, though a carrier stands around what they say.
func (d *Decoder) Keeps(format uint8) bool {
	sh, ok := d.set.shapeOf(format)
	return ok && sh.in[0].logs()
}

// MayDerive reports whether records of some format may have a field of that name
// although the name does not stand in their bytes. What a source adds to its
// records is not asked for: files add nothing.
func (d *Decoder) MayDerive(name string) bool {
	top, _, _ := strings.Cut(name, ".")
	if derived[top] {
		return true
	}
	for i := range d.set.formats {
		if p := d.set.formats[i].pattern; p != nil && p.gives(top) {
			return true
		}
	}
	return false
}
