package parse

import (
	"bytes"
	"encoding/binary"
	"strings"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/lifecycle"
)

// learner walks one record to add its steps to a plan.
type learner struct {
	p    *plan
	t    []byte
	at   int // where the last value ended
	s    *planStep
	said jsonSaid
}

func newPlan() *plan {
	p := new(plan)
	p.start = &planStep{op: opScalar}
	p.start.to = p.state(jsonSaid{})
	return p
}

// learn adds the steps of t, which jsonLine has found to be a strong record.
// Whatever a plan cannot follow, it leaves out.
func (p *plan) learn(t []byte) {
	if len(p.list) >= maxPlanSteps || len(p.states) >= maxPlanStates {
		if p.lost++; p.lost < 1<<14 {
			return
		}
		*p = *newPlan() // the records have changed: begin anew
	}
	l := learner{p: p, t: t, s: p.start}
	if bytes.ContainsAny(t, "\r\n") || !l.object(t, 0) || !l.said.strong() {
		return
	}
	last := l.s.to.said
	if last.within, last.depth = l.said.within, 0; last != l.said { // what follows the last value has a meaning
		return
	}
	l.end("\n")
	l.end("\r\n")
}

// end adds the end of the record, and of a line that ends so.
func (l *learner) end(eol string) {
	k := &planStep{op: opEnd, to: l.s.to, room: len(l.t) - l.at}
	if k.room > maxPlanText {
		return
	}
	k.set(string(l.t[l.at:]) + eol)
	for _, have := range l.s.to.steps {
		if have.text == k.text && have.op == opEnd {
			return
		}
	}
	l.p.add(l.s.to, k)
}

// strong reports whether a record of which so much is certain is one whatever
// came before: see jsonLine.
func (s *jsonSaid) strong() bool {
	return s.msg[0] > 50 || s.time[0] > 0 && (s.level[0] > 0 || s.known > 2) || s.level[0] > 90
}

// state returns the state in which so much is certain.
func (p *plan) state(said jsonSaid) *planState {
	for _, st := range p.states {
		if st.said == said {
			return st
		}
	}
	st := &planState{said: said}
	p.states = append(p.states, st)
	return st
}

// object learns the members of the object b, which stands at off in the record.
// It reports false where a plan cannot follow.
func (l *learner) object(b []byte, off int) bool {
	for it := jsonscan.Object(b); it.Next(); {
		o, entered := lifecycle.Elsewhere, false
		n := planStep{kind: it.Kind}
		var ok bool
		if l.said.depth == 0 {
			o, entered, ok = l.topMember(&it, &n)
		} else {
			o, entered, ok = l.innerMember(&it, &n)
		}
		if !ok {
			return false
		}
		if entered && it.Kind == model.Object && n.act != planInstant {
			if l.said.depth == maxPlanned {
				return false
			}
			m := meanings[string(it.Key)]
			inner := l.said.depth == 0 && (m.role == roleInner || string(it.Key) == "log")
			l.said.within[l.said.depth] = planObject{o, inner}
			l.said.depth++
			if !l.object(it.Val, off+it.Off) {
				return false
			}
			l.said.depth--
			l.said.within[l.said.depth] = planObject{}
			continue
		}
		if !l.step(&it, off, n) {
			return false
		}
	}
	return true
}

// topMember says what a member of the record itself means, and whether its value
// is an object that is worth a look.
func (l *learner) topMember(it *jsonscan.Iter, n *planStep) (o lifecycle.Object, entered, ok bool) {
	m := meanings[string(it.Key)]
	n.says(lifecycle.Top, it)
	o, entered = innerObject(it.Key, m)
	ok = l.column(it, m, 0, n)
	l.said.more(it, m)
	return o, entered, ok
}

// more notes what a member at the top would be if nothing said as much: see
// reader.lastResort.
func (s *jsonSaid) more(it *jsonscan.Iter, m keyMeaning) {
	s.last |= lateOf(string(it.Key))
	if m.role == roleMessage && (it.Kind == model.Object || it.Kind == model.Array) {
		s.last |= lateMessage
	}
	s.objects = s.objects || it.Kind == model.Object
	s.mayShip = s.mayShip || m.role == roleShip || string(it.Key) == "log"
	if s.time[0] > 0 {
		s.last &^= lateTime
	}
	if s.level[0] > 0 {
		s.last, s.mayShip = s.last&^(lateLevel|lateInfo), false
	}
	if s.msg[0] > 0 {
		s.last, s.objects = s.last&^lateMessage, false
	}
}

// innerMember is topMember for a member of the innermost object entered.
func (l *learner) innerMember(it *jsonscan.Iter, n *planStep) (o lifecycle.Object, entered, ok bool) {
	in := l.said.within[l.said.depth-1]
	n.says(in.o, it)
	o = lifecycle.Enter(in.o, it.Key)
	if in.o == lifecycle.Container && string(it.Key) == "context" {
		o = lifecycle.Container
	}
	if !in.inner {
		m := keyMeaning{}
		if in.o == lifecycle.Container {
			m = containedStack(it.Key)
		}
		return o, o != lifecycle.Elsewhere, l.column(it, m, 1, n)
	}
	return o, o != lifecycle.Elsewhere, l.column(it, meanings[string(it.Key)], 1, n)
}

// says notes what a member of object o says of the request, if a column is made
// of it.
func (s *planStep) says(o lifecycle.Object, it *jsonscan.Iter) {
	if it.Kind != model.String && it.Kind != model.Number {
		return
	}
	s.o = o
	if s.class = lifecycle.Named(lifecycle.IDKey(o, it.Key)); s.class != lifecycle.NoID {
		return
	}
	switch role := lifecycle.Key(o, it.Key); role {
	case lifecycle.Query, lifecycle.Client, lifecycle.Name: // for who decodes the record
	default:
		s.role = role
	}
}

// column says what the member's value is to the record's own columns, as
// jsonKey does when it sees the value.
func (l *learner) column(it *jsonscan.Iter, m keyMeaning, at int, n *planStep) bool {
	s, w := &l.said, m.weight+1
	take := func(have *[2]uint8, act planAct) {
		if better(have, at, w) {
			have[0], have[1] = w, uint8(at)
			s.known = min(s.known+1, 3)
			n.act, n.weight = act, w
		}
	}
	text, number := it.Kind == model.String, it.Kind == model.Number
	switch m.role {
	case roleTime:
		if it.Kind == model.Object { // MongoDB's
			return false
		}
		if text || number {
			take(&s.time, planTime)
		}
	case roleInstant:
		if it.Kind == model.Object {
			s.time, s.known = [2]uint8{w, 0}, min(s.known+1, 3)
			n.act = planInstant
		}
	case roleLevel:
		n.syslog = syslogKey(it.Key)
		if it.Kind == model.Object { // Loguru's, log4js'
			return false
		}
		if text {
			take(&s.level, planLevel)
		} else if number {
			take(&s.level, planNumericLevel)
		}
	case roleMessage:
		if key := string(it.Key); key == "short_message" || key == "body" && it.Kind == model.Object { // Graylog's, OpenTelemetry's
			return false
		}
		if text {
			take(&s.msg, planMessage)
		}
	case roleDomain:
		if text {
			take(&s.domain, planDomain)
		}
	case roleStack:
		n.weight = m.weight
		if text {
			n.act = planStack
		} else if it.Kind == model.Object && m.nests() || it.Kind == model.Array {
			s.stack, s.known = true, min(s.known+1, 3)
		}
	case roleID:
		if text && at == 0 {
			n.act = planID
		}
	case roleVersion:
		s.version = number
	case rolePid:
		s.pid = number
	case roleHost:
		s.host = true
	}
	return true
}

// step adds the member as a step, or takes the one that is there.
func (l *learner) step(it *jsonscan.Iter, off int, n planStep) bool {
	from := off + it.Off
	text := l.t[l.at:from]
	l.at = from + len(it.Val)
	if it.Kind == model.String {
		l.at++
	} else {
		n.first = firstClass[it.Val[0]]
	}
	if len(text) > maxPlanText {
		return false
	}
	n.room = jsonscan.MaxDepth - 1 - int(l.said.depth)
	n.op = n.choose()
	n.set(string(text))
	n.bare = !mayBeWrapped(l.t) && !hasPrefix(l.t, `{"events"`) && !hasPrefix(l.t, `{"Records"`) && !hasPrefix(l.t, `{"resourceLogs"`) && !hasPrefix(l.t, `{"messageType"`) &&
		n.text != `{"timestamp":` && n.text != `{"date":` // whose number decides
	n.to = l.p.state(l.said)
	for _, k := range l.s.to.steps {
		if k.text == n.text && k.first == n.first { // where it leads, follows from that
			l.s = k
			return true
		}
	}
	if len(l.p.list) >= maxPlanSteps {
		return false
	}
	k := &n
	if k.op == opNamed {
		if l.p.memos++; l.p.memos > maxPlanMemos {
			k.op = opText
		} else {
			k.memo = new(planMemo)
		}
	}
	l.p.add(l.s.to, k)
	l.s = k
	return true
}

// add makes k one of the steps behind st.
func (p *plan) add(st *planState, k *planStep) {
	k.no, k.pace = uint32(len(p.list)), k.choosePace()
	if slot := k.chooseSlot(); slot != slotNone {
		k.kept, k.slot, k.bit = 1, uint32(slot), 1<<slot
	}
	if k.op == opEnd && k.to.said.stack {
		k.bit = 1 << slotOther
	}
	if !k.bare && strings.HasPrefix(strings.TrimLeft(k.text, " \t"), "{") { // a record's first
		k.bit |= seenWrapped
	}
	if strings.Contains(k.text, `\`) {
		k.bit |= seenSlash
	}
	st.steps, p.list = append(st.steps, k), append(p.list, k)
}

// chooseSlot says what the values of a step are to a row.
func (s *planStep) chooseSlot() planSlot {
	switch s.op {
	case opEnd, opString, opNumber, opScalar:
		return slotNone
	case opNested:
		if s.act == planNone {
			return slotNone
		}
	case opStamp:
		return slotTime
	case opNamed:
		switch s.act {
		case planLevel:
			return slotLevel
		case planDomain:
			return slotDomain
		case planMessage:
			return slotMessage
		}
		return slotMethod
	case opID:
		switch s.class {
		case lifecycle.Request, lifecycle.Job, lifecycle.Task, lifecycle.Run:
			return slotID
		case lifecycle.Correlated:
			return slotCorrelation
		}
		return slotTrace
	case opFigure, opRole:
		switch {
		case s.act == planTime && s.op == opFigure && s.class == lifecycle.NoID && s.role == lifecycle.NoRole:
			return slotTime
		case s.act == planNumericLevel && s.class == lifecycle.NoID && s.role == lifecycle.NoRole:
			return slotLevel
		case s.act != planNone || s.class != lifecycle.NoID:
		case s.role == lifecycle.Path && s.op == opRole:
			return slotPath
		case s.role == lifecycle.Status && s.op == opFigure:
			return slotStatus
		case s.role >= lifecycle.Elapsed:
			return slotDur
		}
	}
	return slotOther
}

// choosePace says how a step and its value are passed.
func (s *planStep) choosePace() planPace {
	switch s.op {
	case opEnd:
		if s.n <= planHead {
			return paceEnd
		}
	case opString, opID, opRole, opNamed, opStamp, opText:
		switch {
		case s.n > planHead:
		case s.act == planMessage:
			return paceSays
		default:
			return paceString
		}
	case opNumber, opFigure:
		if s.n <= planHead {
			return paceNumber
		}
	}
	return paceSlow
}

// choose says how the values of a step are read.
func (s *planStep) choose() planOp {
	says := s.class != lifecycle.NoID || s.role != lifecycle.NoRole
	switch s.kind {
	case model.String:
		switch {
		case s.act == planTime:
			return opStamp
		case s.act == planNone && s.role == lifecycle.Method:
			return opNamed
		case !says && (s.act == planLevel || s.act == planDomain || s.act == planMessage):
			return opNamed
		case s.act == planNone && s.class != lifecycle.NoID:
			return opID
		case s.act == planNone && !says:
			return opString
		case s.act == planNone:
			return opRole
		}
		return opText
	case model.Number:
		if s.act == planNone && !says {
			return opNumber
		}
		return opFigure
	case model.Object, model.Array:
		return opNested
	}
	return opScalar
}

// set makes text the step's.
func (s *planStep) set(text string) {
	s.text, s.n = text, len(text)
	var head, mask [planHead]byte
	for i := range copy(head[:], text) {
		mask[i] = 0xff
	}
	s.longer = s.n > planHead || s.first != 0
	for i := range s.head {
		s.head[i], s.mask[i] = binary.LittleEndian.Uint64(head[8*i:]), binary.LittleEndian.Uint64(mask[8*i:])
	}
}
