package lifecycle

import "sync"

// Role is what a key of a structured record says about a request.
type Role uint8

// The roles. Ids are told by IDs, not here.
const (
	NoRole  Role = iota
	Status       // HTTP status, or an outcome in words
	Code         // HTTP status where an HTTP request ends, something else elsewhere
	Outcome      // success, failed, …
	Method       // of HTTP
	Path         // of the URL; may carry host and query
	Query        // without the ?
	Client       // who asked
	Name         // of the task or job
	Event        // the event's name, where the message is not it
	Elapsed      // with its unit in the text, or a bare number in a unit to guess
	Seconds      // a duration in s
	Millis       // in ms
	Micros       // in µs
	Nanos        // in ns
)

// Object is where a key stands: which object of a record, as far as the tables
// care.
type Object uint8

// The objects. Container is one of those of rule 13 (context, extra, …): what
// stands there counts as if it stood at the top, after what does.
const (
	Top Object = iota
	Container
	RequestObject  // req, request: their id is the request's
	ResponseObject // res, response
	ecsHTTP
	ecsURL
	ecsEvent
	ecsTrace
	gcpRequest
	Elsewhere // nothing of interest
)

// Enter says which object the value of key in object o is. Elsewhere is not
// worth a look.
func Enter[T ~string | ~[]byte](o Object, key T) Object {
	switch o {
	case Top:
		switch string(key) {
		case "context", "extra", "extra_fields", "fields", "labels", "attributes", "mdc", "ctx", "data",
			"contextMap", "contextData", "Properties", "properties", "metadata", "Attributes", "span", "dd":
			return Container
		case "req", "request":
			return RequestObject
		case "res", "response", "httpResponse", "responseStatus":
			return ResponseObject
		case "http":
			return ecsHTTP
		case "url":
			return ecsURL
		case "event":
			return ecsEvent
		case "trace":
			return ecsTrace
		case "httpRequest":
			return gcpRequest
		}
	case ecsHTTP:
		switch string(key) {
		case "request":
			return RequestObject
		case "response":
			return ResponseObject
		}
	}
	return Elsewhere
}

// roles has a row for each key at the top of a record and in its containers.
func roles() map[string]Role {
	return map[string]Role{
		"status": Status, "status_code": Status, "statusCode": Status, "http_status": Status, "httpStatus": Status, "StatusCode": Status,
		"http.response.status_code": Status, "http.status_code": Status, "response_status": Status, "response_code": Status, "code": Code,
		"outcome": Outcome, "event.outcome": Outcome,
		"method": Method, "http_method": Method, "request_method": Method, "http.request.method": Method, "http.method": Method,
		"verb": Method, "requestMethod": Method, "RequestMethod": Method, "httpMethod": Method,
		"path": Path, "url": Path, "uri": Path, "request_path": Path, "request_uri": Path, "requestUri": Path, "requestUrl": Path,
		"url.path": Path, "url.original": Path, "http.target": Path, "http.url": Path, "http.route": Path, "route": Path,
		"endpoint": Path, "RequestPath": Path, "Path": Path, "requestPath": Path, "http_path": Path,
		"query": Query, "query_string": Query, "url.query": Query,
		"client": Client, "client_ip": Client, "clientIp": Client, "client.ip": Client, "client.address": Client, "ip": Client,
		"remote_addr": Client, "remoteAddress": Client, "remote_ip": Client, "remote": Client, "remoteIp": Client, "user_ip": Client,
		"source.ip": Client, "source.address": Client, "clientIP": Client, "ClientIP": Client, "remote_host": Client,
		"task": Name, "task_name": Name, "job": Name, "job_name": Name, "jobName": Name, "celery.task": Name,
		"event": Event, "event.action": Event, "event_name": Event, "eventName": Event,
		"duration": Elapsed, "elapsed": Elapsed, "latency": Elapsed, "took": Elapsed, "response_time": Elapsed,
		"responseTime": Millis, "Elapsed": Millis, "elapsedMilliseconds": Millis, "ElapsedMilliseconds": Millis,
		"duration_ms": Millis, "durationMs": Millis, "elapsed_ms": Millis, "elapsedMs": Millis, "latency_ms": Millis, "latencyMs": Millis,
		"response_time_ms": Millis, "responseTimeMs": Millis, "took_ms": Millis, "time_ms": Millis, "time_taken_ms": Millis,
		"request_duration_ms": Millis, "execution_time_ms": Millis, "process_time_ms": Millis,
		"duration_s": Seconds, "elapsed_s": Seconds, "latency_s": Seconds, "duration_seconds": Seconds, "elapsed_seconds": Seconds,
		"latency_seconds": Seconds, "duration_sec": Seconds, "request_time": Seconds, "runtime": Seconds,
		"duration_us": Micros, "durationUs": Micros, "elapsed_us": Micros, "latency_us": Micros, "duration_micros": Micros,
		"duration_ns": Nanos, "durationNs": Nanos, "elapsed_ns": Nanos, "latency_ns": Nanos, "duration_nanos": Nanos, "durationNanos": Nanos,
		"event.duration": Nanos, "Duration": Elapsed, "durationMillis": Millis, "TimeTaken": Millis, "elapsed_time": Millis, "job_duration": Seconds,
		"DownstreamStatus": Status, "EdgeResponseStatus": Status, "ScStatus": Status, "sc_status": Status, "sc-status": Status,
		"ClientRequestMethod": Method, "CsMethod": Method, "cs_method": Method, "cs-method": Method, "requested_method": Method,
		"ClientRequestURI": Path, "CsUriStem": Path, "cs_uri_stem": Path, "cs-uri-stem": Path, "requestURI": Path, "requested_uri": Path, "uri_path": Path,
		"ClientHost": Client, "callerIpAddress": Client, "CIp": Client, "sourceIPAddress": Client, "remoteIP": Client, "client_addr": Client, "src_ip": Client,
		"c_ip": Client, "c-ip": Client,
	}
}

// nested has the keys of the objects that have a schema of their own.
var nested = [Elsewhere]map[string]Role{
	RequestObject: {
		"method": Method, "url": Path, "path": Path, "uri": Path, "originalUrl": Path, "remoteAddress": Client, "remote_ip": Client,
		"remote_addr": Client, "client_ip": Client, "ip": Client, "host": NoRole,
	},
	ResponseObject: {"statusCode": Status, "status_code": Status, "status": Status, "code": Status, "responseTime": Millis, "duration_ms": Millis, "elapsed": Millis},
	ecsURL:         {"path": Path, "original": Path, "query": Query},
	ecsEvent:       {"action": Event, "outcome": Outcome, "duration": Nanos},
	gcpRequest: {
		"requestMethod": Method, "requestUrl": Path, "status": Status, "latency": Elapsed, "remoteIp": Client,
		"method": Method, "httpMethod": Method, "path": Path, "url": Path, "uri": Path, "remoteIP": Client, "clientIp": Client,
	},
}

type keyRow struct {
	name string
	role Role
}

// keyIndex finds the row of a key by its length and three of its bytes; nearly
// every other key ends at an empty slot.
var keyIndex = sync.OnceValue(func() *[1 << 10][]keyRow {
	index := new([1 << 10][]keyRow)
	for name, role := range roles() {
		if role != NoRole {
			h := keyHash(name)
			index[h] = append(index[h], keyRow{name, role})
		}
	}
	return index
})

func keyHash[T ~string | ~[]byte](key T) uint32 {
	n := len(key)
	h := uint32(n)*0x9e3779b1 + uint32(key[0])*0x85ebca6b + uint32(key[n-1])*0xc2b2ae35 + uint32(key[n/2])*0x27d4eb2f
	return h >> 22
}

// Key says what the value of key in object o means. It allocates nothing.
func Key[T ~string | ~[]byte](o Object, key T) Role {
	if len(key) == 0 {
		return NoRole
	}
	if o == Top || o == Container {
		for _, r := range keyIndex()[keyHash(key)] {
			if r.name == string(key) {
				return r.role
			}
		}
		return NoRole
	}
	if o >= Elsewhere {
		return NoRole
	}
	return nested[o][string(key)]
}

// IDKey is the name under which IDs.Add takes the value of key in object o:
// `id` of a request's object or of an ECS trace stands for a longer name.
// Others are returned as they are.
func IDKey(o Object, key []byte) []byte {
	if string(key) == "id" {
		switch o {
		case RequestObject:
			return requestIDKey
		case ecsTrace:
			return traceIDKey
		}
	}
	return key
}

var requestIDKey, traceIDKey = []byte("request_id"), []byte("trace_id")
