package parse

import (
	"bytes"

	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/stamp"
)

// takeLevel reads a member as the record's level. A number waits until all
// keys are known: what it means depends on who wrote it (rule 8).
func (j *jsonHead) takeLevel(it *jsonscan.Iter, h *head) bool {
	switch it.Kind {
	case model.String:
		return j.levelText(it.Val, syslogKey(it.Key), h)
	case model.Number:
		if len(it.Key) == 1 { // `s` and `l` may be anything
			j.odd = true
			return false
		}
		if l, otel := otelLevel(it.Key, it.Val); otel {
			h.level, j.numeric, j.odd = l, nil, true
			return l != model.LevelNone
		}
		j.numeric, j.syslog = it.Val, syslogKey(it.Key)
		return true
	case model.Object: // Loguru's {"name": "INFO", "no": 20}, log4js' {"level": 20000, "levelStr": "INFO"}
		for inner := jsonscan.Object(it.Val); inner.Next(); {
			if inner.Kind != model.String {
				continue
			}
			switch string(inner.Key) {
			case "name", "levelStr", "label", "text", "level":
				if j.levelText(inner.Val, false, h) {
					return true
				}
			}
		}
	}
	return false
}

// levelText reads a text as the record's level; syslog says that its key counts
// as syslog does.
func (j *jsonLate) levelText(text []byte, syslog bool, h *head) bool {
	if isDigits(text) {
		j.numeric, j.syslog = text, syslog
		return true
	}
	level, ok := writtenLevel(text)
	if !ok {
		level, ok = model.ParseLevel(bytes.Trim(text, " []:"))
	}
	if ok {
		h.level, j.numeric = level, nil
	}
	return ok
}

func syslogKey(key []byte) bool {
	return string(key) == "PRIORITY" || string(key) == "syslog_severity" || string(key) == "priority"
}

// settleLevel settles a level that is a number.
func (j *jsonLate) settleLevel(h *head) {
	if j.numeric == nil {
		return
	}
	pino := j.version || j.pid && j.host || h.hasTime && h.time.Layout == stamp.Count && h.time.Len == wholeMillis
	if l, ok := numericLevel(j.numeric, j.syslog || j.gelf, pino); ok {
		h.level = l
	}
}

// statusWord takes the level that Datadog's agents and others write as `status`,
// where no key of its own has one.
func (h *head) statusWord() {
	if word := h.f.StatusWord(); h.level == model.LevelNone && len(word) > 0 && logLevel(word) {
		h.level, _ = model.ParseLevel(word)
	}
}

var syslogLevels = [8]model.Level{
	model.Critical, model.Critical, model.Critical, model.Error, model.Warning, model.Notice, model.Info, model.Debug,
}

// otelLevel reads OpenTelemetry's numbers from 1 to 24, four to a level, if the
// key is one of its own.
func otelLevel(key, val []byte) (level model.Level, ok bool) {
	switch string(key) {
	case "severityNumber", "SeverityNumber", "severity_number":
	default:
		return 0, false
	}
	n := atoi(val, 100)
	if !isDigits(val) || n < 1 || n > 24 {
		return model.LevelNone, true
	}
	return [...]model.Level{model.Trace, model.Debug, model.Info, model.Warning, model.Error, model.Critical}[(n-1)/4], true
}
