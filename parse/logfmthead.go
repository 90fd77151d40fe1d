package parse

import (
	"bytes"
	"strings"

	"ravel/model"
	"ravel/parse/lifecycle"
	"ravel/parse/logfmt"
	"ravel/parse/stamp"
	"ravel/parse/trace"
)

// logfmtLine recognises a line of key=value pairs.
func (r *reader) logfmtLine(t []byte, h *head) fit {
	if len(t) < 3 || !isAlpha(t[0]) && t[0] != '_' && t[0] != '@' {
		return misfit
	}
	it := logfmt.Pairs(t)
	it.Single = true
	var look logfmt.Look
	if !it.Next() || !look.Add(&it) {
		return misfit
	}
	r.buf = r.buf[:0]
	j := &r.json
	*j = jsonHead{}
	var split splitTime
	for {
		if !it.Bare {
			r.logfmtPair(&it, &split, j, h)
		}
		if !it.Next() {
			break
		}
		if !look.Add(&it) {
			return misfit
		}
	}
	if !look.Fits() {
		return misfit
	}
	if !h.hasTime && split.date != nil && split.clock != nil {
		r.joinTime(split, h)
	}
	j.settleLevel(h)
	h.statusWord()
	h.data, h.quote = true, it.Open
	if h.msg == nil {
		h.msg = t
	}
	if j.msg[0] > 50 || h.hasTime || j.level[0] > 0 {
		return strong
	}
	return weak
}

// logfmtPair takes one pair.
func (r *reader) logfmtPair(it *logfmt.Iter, split *splitTime, j *jsonHead, h *head) {
	val := it.Val
	if it.Escaped {
		from := len(r.buf)
		r.buf = logfmt.Unquote(r.buf, val)
		val = r.buf[from:]
	}
	split.add(it.Key, val)
	info := r.keys.info(it.Key)
	if info.meaning.role != roleNone {
		r.logfmtKey(info.meaning, it.Key, val, j, h)
	}
	switch {
	case len(val) == 0:
	case h.caps != nil:
		h.pair(it.Key, val, it.Quoted)
	case info.class != lifecycle.NoID:
		h.f.IDs.AddAs(info.class, val)
	case info.says:
		h.f.AddRole(info.role, lifecycle.Top, val, !it.Quoted && isNumber(val))
	}
}

// logfmtKey takes one pair that has a meaning.
func (r *reader) logfmtKey(m keyMeaning, key, val []byte, j *jsonHead, h *head) {
	w := m.weight + 1
	switch m.role {
	case roleTime:
		if !better(&j.time, 0, w) {
			return
		}
		s, ok := r.valueStamp(val)
		if !ok {
			s, ok = stamp.Text(val, r.loc)
		}
		if ok && s.Date && (s.Layout&^stamp.Bracketed != stamp.YMD || len(val) > 10) {
			h.time, h.hasTime = s, true
			j.take(&j.time, 0, w)
			j.use(h, usedTime, key)
		}
	case roleLevel:
		if !better(&j.level, 0, w) {
			return
		}
		if l, ok := writtenLevel(val); ok && !isDigits(val) {
			h.level, j.numeric = l, nil
			j.take(&j.level, 0, w)
			j.use(h, usedLevel, key)
		} else if isDigits(val) {
			j.numeric, j.syslog = val, syslogKey(key)
			j.take(&j.level, 0, w)
			j.use(h, usedLevel, key)
		}
	case roleMessage:
		if better(&j.msg, 0, w) && w > 40 {
			h.msg = val
			j.take(&j.msg, 0, w)
			j.use(h, usedMessage, key)
		}
	case roleDomain:
		if better(&j.domain, 0, w) && len(val) > 0 && !isDigits(val) {
			h.domain = val
			j.take(&j.domain, 0, w)
			j.use(h, usedDomain, key)
		}
	case roleStack:
		if trace.Shows(val) {
			h.flags |= model.HasTraceback
		}
	case roleVersion:
		j.version = true
	case rolePid:
		j.pid = true
	case roleHost:
		j.host = true
	}
}

// splitTime is a date and a time that stand under keys of their own.
type splitTime struct{ date, clock []byte }

// dateWeight is 1 + the weight of the key date.
const dateWeight = 71

// add takes the value of a key if it may be one of them.
func (s *splitTime) add(key, val []byte) {
	switch string(key) {
	case "date":
		s.date = val
	case "time":
		s.clock = val
	}
}

// joinTime takes them as the record's time.
func (r *reader) joinTime(split splitTime, h *head) {
	var joined [64]byte
	if len(split.date)+len(split.clock)+1 > len(joined) {
		return
	}
	n := copy(joined[:], split.date)
	joined[n] = ' '
	n++
	n += copy(joined[n:], split.clock)
	if s, ok := stamp.At(joined[:n], r.loc); ok && s.Date {
		h.time, h.hasTime = s, true
	}
}

// maxQuoted bounds a record with a quoted value over several lines: its closing
// quote may be lost.
const maxQuoted = 400

// quoted takes one more line of the value that the open record left open.
func (p *Parser) quoted(l *lane, text []byte) {
	v := l.joiner.Line(text)
	p.extend(l, text, false, v == trace.Head || v == trace.Opens || v == trace.More)
	if rest, ok := closesQuote(text); ok && l.open.quote {
		l.open.quote = false
		p.laterPairs(l.open, rest)
	}
}

// closesQuote reports whether a line holds the quote that closes a value: one
// that is not escaped and no word follows. rest is what stands behind it.
func closesQuote(text []byte) (rest []byte, ok bool) {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '"':
			return text[i+1:], i+1 == len(text) || text[i+1] == ' '
		}
	}
	return nil, false
}

// laterPairs takes time, level and logger from the pairs behind a value over
// several lines, as far as r has none.
func (p *Parser) laterPairs(r *pending, text []byte) {
	var h head
	var j jsonHead
	for it := logfmt.Pairs(text); it.Next(); {
		if m := p.r.keys.info(it.Key).meaning; !it.Bare && m.role != roleNone {
			p.r.logfmtKey(m, it.Key, it.Val, &j, &h)
		}
	}
	j.settleLevel(&h)
	if r.noLvl && h.level != model.LevelNone {
		r.meta.Level, r.noLvl = h.level, false
	}
	if h.hasTime && r.meta.Time == model.NoTime {
		r.meta.Time = p.clock.Resolve(h.time, p.r.loc)
	}
	if len(h.domain) > 0 && r.meta.Domain == p.names.def {
		r.meta.Domain = p.names.id(h.domain)
	}
}

// logfmtLen is how much of a record's text its pairs take: its first line, and
// those on which quoted values go on.
func logfmtLen(text []byte) int {
	line := func(from int) int {
		if nl := bytes.IndexByte(text[from:], '\n'); nl >= 0 {
			return from + nl
		}
		return len(text)
	}
	end := line(0)
	for it := logfmt.Pairs(text); end < len(text) && it.Next() && it.Start < end; {
		if it.End > end {
			end = line(it.End)
		}
	}
	return end
}

// stampedPairs takes the pairs of a message that is logfmt with a level among
// them, whose stamp stands before.
func (r *reader) stampedPairs(h *head) {
	eq := bytes.IndexByte(h.msg[:min(len(h.msg), 24)], '=')
	if eq < 1 || r.keys.info(h.msg[:eq]).meaning.role == roleNone {
		return
	}
	var look logfmt.Look
	level := false
	for it := logfmt.Pairs(h.msg); it.Next(); {
		if !look.Add(&it) || it.Open {
			return
		}
		if !it.Bare && r.keys.info(it.Key).meaning.role == roleLevel {
			_, ok := writtenLevel(it.Val)
			level = level || ok
		}
	}
	if !level || !look.Fits() {
		return
	}
	var j jsonHead
	r.buf = r.buf[:0]
	for it := logfmt.Pairs(h.msg); it.Next(); {
		val := it.Val
		if it.Escaped {
			from := len(r.buf)
			r.buf = logfmt.Unquote(r.buf, val)
			val = r.buf[from:]
		}
		taken := it.Bare || len(val) == 0
		switch m := r.keys.info(it.Key).meaning; m.role {
		case roleLevel:
			r.logfmtKey(m, it.Key, val, &j, h)
			taken = taken || strings.EqualFold(h.level.String(), string(val))
		case roleMessage, roleDomain:
			r.logfmtKey(m, it.Key, val, &j, h)
			taken = true
		}
		if !taken {
			h.pair(it.Key, val, it.Quoted)
		}
	}
}
