package parse

import "bytes"

// bracketIDs recognises `STAMP [request][correlation] LEVEL --- source ---
// message`, the layout of DESIGN's format 1. It is written out by hand because
// it is what a gigabyte is most often made of.
func (r *reader) bracketIDs(t []byte, h *head) fit {
	if len(t) < 32 || !isDigit(t[0]) || t[4] != '-' {
		return misfit
	}
	s, ok := r.stampAt(t)
	if !ok || s.Len+2 >= len(t) || t[s.Len] != ' ' || t[s.Len+1] != '[' {
		return misfit
	}
	rest := t[s.Len+2:]
	var rid, cid []byte
	if len(rest) > 33 && rest[32] == ']' { // ids are 32 hex digits as a rule
		rid, rest = rest[:32], rest[33:]
	} else if rid, rest, ok = cutByte(rest, ']'); !ok {
		return misfit
	}
	if len(rest) == 0 || rest[0] != '[' {
		return misfit
	}
	if cid, rest, ok = cutByte(rest[1:], ']'); !ok || len(rest) < 2 || rest[0] != ' ' {
		return misfit
	}
	rest = rest[1:]
	level, n, _ := levelToken(rest)
	if n == 0 || len(rest) < n+6 || string(rest[n:n+5]) != " --- " {
		return misfit
	}
	rest = rest[n+5:]
	end := bytes.Index(rest, []byte(" ---"))
	if end < 0 || bytes.IndexByte(rest[:end], ' ') >= 0 {
		return misfit
	}
	h.domain = rest[:end]
	if rest = rest[end+4:]; len(rest) > 0 {
		if rest[0] != ' ' {
			return misfit
		}
		rest = rest[1:]
	}
	h.time, h.hasTime, h.stamped = s, true, true
	h.level = level
	h.rid, h.cid, h.msg = rid, cid, rest
	return strong
}
