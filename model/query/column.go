package query

// column is a field of a record that has a column in its batch, or is the
// record's own in another way; noColumn for one of the input.
type column uint8

const (
	noColumn column = iota
	colTime
	colLevel
	colDomain
	colSource
	colStatus
	colDuration
	colSeq
	colLine
	colLines
	colRequestID
	colCorrelationID
	colMessage
	colText // @message: the record's own text
	colRaw
	colTraceback
	colFormat
	colTemplate     // the message with what varies replaced
	colPathTemplate // the path likewise
)

// columns are the record's own fields by name (R16), with Insights' names.
var columns = map[string]column{
	"ts": colTime, "@timestamp": colTime, "@ingestionTime": colTime,
	"level": colLevel, "domain": colDomain, "source": colSource, "@logStream": colSource, "@log": colSource,
	"status": colStatus, "duration": colDuration, "seq": colSeq, "line": colLine, "lines": colLines,
	"request_id": colRequestID, "@requestId": colRequestID, "correlation_id": colCorrelationID,
	"message": colMessage, "@message": colText, "raw": colRaw, "traceback": colTraceback, "format": colFormat, "template": colTemplate, "path_template": colPathTemplate,
}

// columnOf is the record's own field of that name.
func columnOf(field string) column { return columns[field] }
