package parse

import (
	"encoding/binary"
	"math/bits"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
)

// jsonRow is a record in columns.
type jsonRow struct {
	time           int64
	req            uint64
	dur            uint32
	domain, status uint16
	level          model.Level
	mark           model.Mark
	tail           quickTail
}

// row makes a row of a record that a walk over t has found. It reports false where
// that says something unusual.
func (p *Parser) row(t []byte, l *walkedLine, r *jsonRow) bool {
	way := p.r.plan
	seen := l.seen
	if seen&(1<<slotOther) != 0 || int(l.end-l.first) != bits.OnesCount32(seen&seenSlots) {
		return false
	}
	r.time, r.dur, r.domain = model.NoTime, model.NoDur, p.names.def
	if seen&(1<<slotTime) != 0 && !p.rowTime(t, way.at(l, slotTime), r) {
		return false
	}
	if seen&(1<<slotLevel) != 0 && !p.rowLevel(t, l, r) {
		return false
	}
	if seen&(1<<slotDomain) != 0 && !p.rowDomain(t, l, r) {
		return false
	}
	var ids lifecycle.IDs
	if seen&(1<<slotID|1<<slotTrace|1<<slotCorrelation) != 0 {
		way.rowIDs(t, l, &ids, r)
	}
	var msg []byte
	var hit *lifecycle.Hit
	if seen&(1<<slotMessage) != 0 {
		at := way.at(l, slotMessage)
		if msg = t[at.from:at.to:at.to]; len(msg) == 0 {
			return false
		}
		if v := way.known(t, l, slotMessage); v != nil && v.asked {
			hit = v.hit
		} else if v != nil || len(msg) < 4 || p.ids.may(msg) {
			hit = p.matchPlanned(msg, v)
		}
		if ids.Class == lifecycle.NoID {
			textIDs(msg, &ids)
		}
	}
	if hit != nil || seen&(1<<slotStatus|1<<slotDur) != 0 {
		if !p.rowRequest(t, l, msg, hit, &ids, r) {
			return false
		}
	}
	if r.req == 0 {
		r.req = ids.Hash(p.o.Source)
		if ids.Class != lifecycle.NoID && ids.CorrelationID() != nil {
			r.mark |= model.Correlated
		}
	}
	if r.level == model.LevelNone && r.status != 0 {
		r.level = statusLevel(r.status)
	}
	r.tail = quickTail{ids.Class == lifecycle.NoID, r.level == model.LevelNone, true}
	return true
}

// hashID is model.HashID of an id that is global. Most have 32 bytes.
func hashID(id []byte) uint64 {
	if len(id) != 32 {
		return model.HashID(id, 0)
	}
	return model.HashID32(binary.LittleEndian.Uint64(id), binary.LittleEndian.Uint64(id[8:]), binary.LittleEndian.Uint64(id[16:]), binary.LittleEndian.Uint64(id[24:]))
}

// at is the value in a slot of a line that has one.
func (w *planWay) at(l *walkedLine, slot planSlot) *walked { return &w.values[l.slot[slot]] }

// known is what a plan remembers of the value in a slot, nil if nothing.
func (p *plan) known(t []byte, l *walkedLine, slot planSlot) *planValue {
	v := p.at(l, slot)
	return p.knows(p.list[v.step], t, v)
}

// rowTime is the part of row for the time. One without a year is unusual.
func (p *Parser) rowTime(t []byte, v *walked, r *jsonRow) (ok bool) {
	val := t[v.from:v.to:v.to]
	if p.r.plan.list[v.step].op == opFigure {
		r.time, ok = stamp.Epoch(val)
		return ok
	}
	if p.r.value == stamp.ISO {
		if r.time, ok = p.r.minute.quick(val); ok {
			return true
		}
	}
	s, ok := p.r.valueStamp(val)
	r.time = s.Nanos
	return ok && s.Year
}

// rowLevel is the part of row for the level.
func (p *Parser) rowLevel(t []byte, l *walkedLine, r *jsonRow) bool {
	way := p.r.plan
	v := way.at(l, slotLevel)
	s := way.list[v.step]
	if s.op == opFigure {
		said := &way.list[l.last].to.said
		pino := said.version || said.pid && said.host
		if l.seen&(1<<slotTime) != 0 {
			at := way.at(l, slotTime)
			switch {
			case way.list[at.step].op == opFigure:
				pino = pino || countsMillis(t[at.from:at.to])
			case p.r.value != stamp.ISO: // it may be a count, too
				return false
			}
		}
		r.level, _ = numericLevel(t[v.from:v.to], s.syslog, pino)
		return true
	}
	known := way.knows(s, t, v)
	if known != nil {
		r.level = known.level
	}
	return known != nil
}

// rowDomain is the part of row for the logger.
func (p *Parser) rowDomain(t []byte, l *walkedLine, r *jsonRow) bool {
	v := p.r.plan.known(t, l, slotDomain)
	if v == nil || !v.numbered {
		at := p.r.plan.at(l, slotDomain)
		id := p.names.id(t[at.from:at.to])
		if v == nil {
			r.domain = id
			return at.from < at.to
		}
		v.id, v.numbered = id, true
	}
	r.domain = v.id
	return true
}

// rowIDs is the part of row for the ids. It hashes one that stands alone and surely
// stands for something.
func (p *plan) rowIDs(t []byte, l *walkedLine, ids *lifecycle.IDs, r *jsonRow) {
	if l.seen&(1<<slotTrace|1<<slotCorrelation) == 0 {
		v := p.at(l, slotID)
		if id := t[v.from:v.to]; lifecycle.Global(id) {
			ids.Class, r.req = p.list[v.step].class, hashID(id)
			return
		}
	}
	for slot := slotID; slot <= slotCorrelation; slot++ {
		if l.seen&(1<<slot) != 0 {
			v := p.at(l, slot)
			ids.AddAs(p.list[v.step].class, t[v.from:v.to:v.to])
		}
	}
}

// rowRequest is the part of row for what the record says of its request.
func (p *Parser) rowRequest(t []byte, l *walkedLine, msg []byte, hit *lifecycle.Hit, ids *lifecycle.IDs, r *jsonRow) bool {
	way := p.r.plan
	method, path := l.seen&(1<<slotMethod) != 0, l.seen&(1<<slotPath) != 0
	if l.seen&(1<<slotStatus) != 0 {
		v := way.at(l, slotStatus)
		n, digits := v.count(t)
		if digits == 0 {
			return false
		}
		if digits == 3 && 100 <= n && n < 600 {
			r.status = uint16(n)
		}
	}
	if l.seen&(1<<slotDur) != 0 {
		v := way.at(l, slotDur)
		s := way.list[v.step]
		if n, digits := v.count(t); s.op == opFigure && digits > 0 {
			r.dur = lifecycle.CountDur(s.role, n)
		} else {
			r.dur = lifecycle.Dur(s.role, t[v.from:v.to], s.op == opFigure)
		}
	}
	if path {
		v := way.at(l, slotPath)
		path = lifecycle.Target(t[v.from:v.to])
	}
	if method && way.known(t, l, slotMethod) == nil {
		v := way.at(l, slotMethod)
		method = lifecycle.IsMethod(t[v.from:v.to])
	}
	class := ids.Fold()
	r.mark = lifecycle.Plain(hit, class, &r.status, &r.dur, method, path)
	if hit != nil && class == lifecycle.NoID && !hit.ID.Empty() && hit.Mark(class) != 0 {
		ids.Add(taskID, hit.ID.Of(msg))
	}
	return true
}

// count reads a value that is a number of one to seven digits; digits is 0 if it
// is not.
func (v *walked) count(t []byte) (n uint32, digits int) {
	if digits = int(v.to - v.from); digits > 7 || len(t)-int(v.from) < 8 {
		return 0, 0
	}
	word := binary.LittleEndian.Uint64(t[v.from:])
	if jsonscan.LeadingDigits(word) != digits {
		return 0, 0
	}
	return jsonscan.Count(word, digits), digits
}
