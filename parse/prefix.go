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
	if !numbered && !u.confirmed(carrierCompose, name, rest) {
		return false
	}
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
