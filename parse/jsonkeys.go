package parse

import "ravel/parse/lifecycle"

// keyRole is what a key of a structured record is to the record itself; what
// it is to a request, package lifecycle knows.
type keyRole uint8

const (
	roleNone keyRole = iota
	roleTime
	roleLevel
	roleMessage
	roleDomain
	roleStack   // a trace or an exception object
	roleVersion // bunyan's v
	rolePid
	roleHost
	roleInner   // an object whose level, message and time count as the record's
	roleInstant // {epochSecond, nanoOfSecond}
	roleID      // the id of a request under a name that one format gives it
	roleShip    // what shippers of logs add to a text
)

// keyWeight orders keys of one role: the greatest wins, of equals the first.
type keyMeaning struct {
	role   keyRole
	weight uint8
}

// nests reports whether an object under a stack's key is an exception: ECS' trace
// holds an id.
func (m keyMeaning) nests() bool { return m.weight > 20 }

// meanings has the keys by which loggers are known, at the top of a record and
// in the objects of roleInner. Rule 8 gives the order of the levels.
var meanings = map[string]keyMeaning{
	"timestamp": {roleTime, 90}, "@timestamp": {roleTime, 95}, "time": {roleTime, 89}, "ts": {roleTime, 88}, "@t": {roleTime, 88},
	"t": {roleTime, 60}, "datetime": {roleTime, 80}, "date": {roleTime, 70}, "asctime": {roleTime, 85}, "Timestamp": {roleTime, 90},
	"TimeStamp": {roleTime, 90}, "Time": {roleTime, 80}, "TIMESTAMP": {roleTime, 90}, "_time": {roleTime, 75}, "dt": {roleTime, 60},
	"eventTime": {roleTime, 80}, "event_time": {roleTime, 80}, "created": {roleTime, 50}, "created_at": {roleTime, 50},
	"logged_at": {roleTime, 70}, "log_time": {roleTime, 75}, "logTime": {roleTime, 75}, "log_timestamp": {roleTime, 75},
	"start_time": {roleTime, 40}, "startTime": {roleTime, 40}, "StartUTC": {roleTime, 41}, "StartLocal": {roleTime, 40},
	"timeMillis": {roleTime, 78}, "time_unix_nano": {roleTime, 78}, "timeUnixNano": {roleTime, 78}, "observedTimeUnixNano": {roleTime, 30},
	"instant": {roleInstant, 79}, "receiveTimestamp": {roleTime, 20}, "UtcTime": {roleTime, 60},
	"requestReceivedTimestamp": {roleTime, 45}, "stageTimestamp": {roleTime, 44}, "time_local": {roleTime, 60}, "time_iso8601": {roleTime, 65},
	"__REALTIME_TIMESTAMP": {roleTime, 80}, "_SOURCE_REALTIME_TIMESTAMP": {roleTime, 40}, "published": {roleTime, 30}, "epoch": {roleTime, 35},
	"utctime": {roleTime, 60}, "date_time": {roleTime, 70}, "dateTime": {roleTime, 70}, "event_timestamp": {roleTime, 70}, "when": {roleTime, 30},
	"msec": {roleTime, 30}, "lastTimestamp": {roleTime, 35}, "firstTimestamp": {roleTime, 34},

	"level": {roleLevel, 100}, "severity": {roleLevel, 99}, "levelname": {roleLevel, 98}, "log.level": {roleLevel, 97}, "lvl": {roleLevel, 96},
	"Level": {roleLevel, 95}, "LEVEL": {roleLevel, 95}, "@l": {roleLevel, 95}, "loglevel": {roleLevel, 94}, "logLevel": {roleLevel, 94},
	"log_level": {roleLevel, 94}, "LogLevel": {roleLevel, 94}, "level_name": {roleLevel, 99}, "severity_text": {roleLevel, 93},
	"severityText": {roleLevel, 93}, "SeverityText": {roleLevel, 93}, "Severity": {roleLevel, 92}, "severityNumber": {roleLevel, 40},
	"severity_number": {roleLevel, 40}, "PRIORITY": {roleLevel, 90}, "priority": {roleLevel, 50}, "syslog_severity": {roleLevel, 60},
	"eventLogLevel": {roleLevel, 60}, "s": {roleLevel, 30}, "levelName": {roleLevel, 98}, "level_value": {roleLevel, 20}, "levelno": {roleLevel, 20},
	"log_severity": {roleLevel, 80}, "err_level": {roleLevel, 30}, "error_severity": {roleLevel, 90}, "lv": {roleLevel, 50},

	"message": {roleMessage, 100}, "msg": {roleMessage, 99}, "@m": {roleMessage, 98}, "Message": {roleMessage, 97}, "RenderedMessage": {roleMessage, 97},
	"@mt": {roleMessage, 90}, "MessageTemplate": {roleMessage, 80}, "event": {roleMessage, 70}, "body": {roleMessage, 75}, "Body": {roleMessage, 78},
	"textPayload": {roleMessage, 95}, "MESSAGE": {roleMessage, 96}, "log": {roleMessage, 60}, "text": {roleMessage, 55}, "short_message": {roleMessage, 90},
	"full_message": {roleMessage, 50}, "_msg": {roleMessage, 95}, "Msg": {roleMessage, 97}, "description": {roleMessage, 30}, "line": {roleMessage, 20},
	"logMessage": {roleMessage, 90}, "log_message": {roleMessage, 90}, "renderedMessage": {roleMessage, 90}, "MSG": {roleMessage, 95}, "eventName": {roleMessage, 15},
	"msg_text": {roleMessage, 60}, "event_message": {roleMessage, 80},

	"domain": {roleDomain, 100}, "logger": {roleDomain, 99}, "logger_name": {roleDomain, 98}, "loggerName": {roleDomain, 98}, "log.logger": {roleDomain, 97},
	"name": {roleDomain, 90}, "component": {roleDomain, 85}, "software_name": {roleDomain, 80}, "SourceContext": {roleDomain, 97}, "target": {roleDomain, 70},
	"category": {roleDomain, 60}, "Category": {roleDomain, 60}, "SYSLOG_IDENTIFIER": {roleDomain, 95}, "channel": {roleDomain, 70}, "c": {roleDomain, 20},
	"categoryName": {roleDomain, 60}, "LoggerName": {roleDomain, 98}, "Logger": {roleDomain, 98},

	"exception": {roleStack, 90}, "exc_info": {roleStack, 95}, "stack": {roleStack, 80}, "stacktrace": {roleStack, 80}, "stack_trace": {roleStack, 85},
	"error.stack_trace": {roleStack, 90}, "err": {roleStack, 60}, "error": {roleStack, 60}, "traceback": {roleStack, 85}, "@x": {roleStack, 90},
	"errorVerbose": {roleStack, 50}, "thrown": {roleStack, 80}, "exc_text": {roleStack, 80}, "exception.stacktrace": {roleStack, 90}, "backtrace": {roleStack, 70},
	"Exception": {roleStack, 80}, "stackTrace": {roleStack, 80}, "exception.stack_trace": {roleStack, 90}, "trace": {roleStack, 20}, "exception.backtrace": {roleStack, 85},

	"L": {roleLevel, 30}, "T": {roleTime, 30}, "M": {roleMessage, 52}, "N": {roleDomain, 25},

	"TimeCreated": {roleTime, 70}, "EventTime": {roleTime, 65}, "ProviderName": {roleDomain, 60}, "SourceName": {roleDomain, 60},

	"methodName": {roleMessage, 12}, "serviceName": {roleDomain, 10},

	"@level": {roleLevel, 95}, "@message": {roleMessage, 98}, "@module": {roleDomain, 97}, "at": {roleLevel, 10},

	"auditID": {roleID, 0},

	"timeNano": {roleTime, 91}, "EventTimestampMs": {roleTime, 70}, "TimeGenerated": {roleTime, 70}, "unixTime": {roleTime, 60},
	"_logger": {roleDomain, 90}, "_logger_name": {roleDomain, 90}, "_log_logger": {roleDomain, 90}, "_loggerName": {roleDomain, 90}, "_LoggerName": {roleDomain, 90},
	"progname": {roleDomain, 60}, "module_path": {roleDomain, 50}, "scope": {roleDomain, 30},
	"logLevelName": {roleLevel, 94},
	"_exception":   {roleStack, 80}, "_error_stack_trace": {roleStack, 85}, "_stack_trace": {roleStack, 85}, "_stacktrace": {roleStack, 85}, "throwable": {roleStack, 80},
	"panic.backtrace": {roleStack, 60}, "exceptions": {roleStack, 30},

	"stream": {roleShip, 0}, "kubernetes": {roleShip, 0}, "docker": {roleShip, 0}, "@metadata": {roleShip, 0}, "input": {roleShip, 0}, "logtag": {roleShip, 0},
	"_p": {roleShip, 0}, "source_type": {roleShip, 0}, "podName": {roleShip, 0}, "pod_name": {roleShip, 0}, "containerName": {roleShip, 0}, "container_name": {roleShip, 0},
	"container_id": {roleShip, 0}, "logStreamName": {roleShip, 0}, "logStream": {roleShip, 0}, "log_stream": {roleShip, 0}, "logGroup": {roleShip, 0}, "log_group": {roleShip, 0},
	"ingestionTime": {roleTime, 10}, "insertId": {roleShip, 0}, "ContainerName": {roleShip, 0}, "ContainerID": {roleShip, 0}, "LogEntrySource": {roleShip, 0},

	"v": {roleVersion, 0}, "pid": {rolePid, 0}, "hostname": {roleHost, 0},
	"jsonPayload": {roleInner, 0}, "fields": {roleInner, 0}, "Properties": {roleInner, 0}, "@fields": {roleInner, 0}, "attrs": {roleInner, 0}, "record": {roleInner, 0},
	"_meta": {roleInner, 0}, "protoPayload": {roleInner, 0},
}

// innerObject reports whether the value of an object's key is worth a look for
// ids, status or duration (lifecycle), or for the record's own columns.
func innerObject(key []byte, m keyMeaning) (lifecycle.Object, bool) {
	o := lifecycle.Enter(lifecycle.Top, key)
	if o == lifecycle.Elsewhere && (string(key) == "payload" || string(key) == "named_tags") { // Semantic Logger
		o = lifecycle.Container
	}
	return o, o != lifecycle.Elsewhere || m.role == roleInner || string(key) == "log" || string(key) == "instant"
}
