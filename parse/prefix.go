package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/stamp"
)

// dynoPrefix takes `app[web.1]: ` and `heroku[router]: ` behind Heroku's stamp.
func dynoPrefix(rest []byte, s stamp.Stamp, w *wrapped) bool {
	if !hasPrefix(rest, "app[") && !hasPrefix(rest, "heroku[") {
		return false
	}
	tag, dyno, text, ok := syslogTag(rest)
	if !ok {
		return false
	}
	w.setTime(s)
	w.mix(carrierSyslog, tag)
	w.mix(carrierSyslog, dyno)
	w.domain = dyno
	w.field("app_name", tag)
	w.field("proc_id", dyno)
	w.text = text
	return true
}

// pm2Prefix takes `0|name  | ` of pm2 logs.
func pm2Prefix(t []byte, w *wrapped) carrier {
	id, rest, _ := cutByte(t, '|')
	name, text, ok := cutByte(rest, '|')
	name = trimSpace(name)
	if !isDigits(id) || !ok || len(name) == 0 || len(name) > 40 || !isName(name) || len(text) > 0 && text[0] != ' ' {
		return noCarrier
	}
	w.mix(carrierCompose, t[:len(id)])
	w.mix(carrierCompose, name)
	w.field("container", name)
	w.text = text[min(len(text), 1):]
	return carrierCompose
}

// podPrefix takes `[pod/name/container] ` of kubectl logs --prefix.
func podPrefix(t []byte, w *wrapped) carrier {
	end := bytes.IndexByte(t, ']')
	if end < 0 {
		return noCarrier
	}
	name := t[5:end]
	pod, container, ok := cutByte(name, '/')
	if !ok {
		return noCarrier
	}
	w.mix(carrierPod, name)
	w.field("pod", pod)
	w.field("container", container)
	w.text = t[min(len(t), end+2):]
	return carrierPod
}

// composePrefix takes `name-1  | ` of docker compose.
func (u *unwrapper) composePrefix(t []byte, w *wrapped) bool {
	n := 0
	for n < len(t) && n < 100 && (isWord(t[n]) || t[n] == '-' || t[n] == '.') {
		n++
	}
	bar := skipSpace(t, n)
	if bar >= len(t) || t[bar] != '|' || bar == n || bar+1 < len(t) && t[bar+1] != ' ' {
		return false
	}
	name, rest := t[:n], t[min(len(t), bar+2):]
	if _, ok := model.ParseLevel(name); ok {
		return false
	}
	numbered := n > 2 && isDigit(name[n-1]) && (name[n-2] == '-' || name[n-2] == '_' || isDigit(name[n-2]))
	aligned := u.sure&(1<<carrierCompose) != 0 && bar == u.bar // as all of a stream's prefixes are
	if !numbered && !aligned && !(bar > n+1 && u.levelBehind(rest)) && !u.confirmed(carrierCompose, name, rest) {
		return false
	}
	u.sure |= 1 << carrierCompose
	u.bar = bar
	w.mix(carrierCompose, name)
	w.field("container", name)
	w.text = rest
	return true
}

// sternPrefix takes `pod container ` of stern.
func (u *unwrapper) sternPrefix(t []byte, w *wrapped) bool {
	n := nameLen(t)
	if n < 5 || n >= len(t) || t[n] != ' ' || bytes.IndexByte(t[:n], '-') < 1 {
		return false
	}
	m := nameLen(t[n+1:])
	end := n + 1 + m
	if m == 0 || end >= len(t) || t[end] != ' ' {
		return false
	}
	if !u.confirmed(carrierStern, t[:end], t[end+1:]) {
		return false
	}
	w.mix(carrierStern, t[:end])
	w.field("pod", t[:n])
	w.field("container", t[n+1:end])
	w.text = t[end+1:]
	return true
}

// levelBehind reports whether what stands behind a prefix is a level and a colon,
// with which many servers begin their lines: INFO:     10.1.2.3 …
func (u *unwrapper) levelBehind(rest []byte) bool {
	if u.set == nil { // decoding: the parser has decided
		return false
	}
	_, n, caps := levelToken(rest)
	return n > 3 && caps && commonLevel(rest[:n]) && n+1 < len(rest) && rest[n] == ':' && rest[n+1] == ' '
}

// foremanPrefix takes `10:00:00 web.1    | ` of Foreman, Honcho and Overmind.
func foremanPrefix(t []byte, w *wrapped, r *reader) bool {
	const clock = len("10:00:00")
	s, ok := stamp.Time.At(t, r.loc)
	if !ok || s.Len != clock {
		return false
	}
	n := token(t, clock+1)
	name := t[clock+1 : n]
	dot := bytes.LastIndexByte(name, '.')
	bar := skipSpace(t, n)
	if dot < 1 || !isDigits(name[dot+1:]) || !isName(name) || bar+1 >= len(t) || t[bar] != '|' || t[bar+1] != ' ' {
		return false
	}
	w.setTime(s)
	w.mix(carrierCompose, name)
	w.field("container", name)
	w.text = t[bar+2:]
	return true
}

// logcliPrefix takes `STAMP {app="shop", pod="p"} ` of Loki's logcli.
func logcliPrefix(rest []byte, s stamp.Stamp, w *wrapped) bool {
	n := 1
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	if n == 1 || !hasPrefix(rest[n:], `="`) {
		return false
	}
	end := n
	for quote := false; end < len(rest) && (quote || rest[end] != '}'); end++ {
		switch rest[end] {
		case '\\':
			end++
		case '"':
			quote = !quote
		}
	}
	if end+2 > len(rest) || rest[end+1] != ' ' {
		return false
	}
	w.setTime(s)
	w.mix(carrierService, rest[:end])
	for in := rest[1:end]; w.caps != nil && len(in) > 0; {
		key, val, ok := bytes.Cut(in, []byte(`="`))
		close := bytes.IndexByte(val, '"')
		if !ok || close < 0 {
			break
		}
		w.field(string(bytes.TrimLeft(key, ", ")), val[:close])
		in = val[close+1:]
	}
	w.text = rest[end+2:]
	return true
}
