package model

// Level is the severity of a record. The zero Level is "none": the record
// states no severity and none follows from it. Levels order by severity.
type Level uint8

// The levels, least severe first. NumLevels is their count with None.
const (
	LevelNone Level = iota
	Trace
	Debug
	Info
	Notice
	Warning
	Error
	Critical
	NumLevels
)

var levelNames = [NumLevels]string{"none", "TRACE", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL"}

// String is the level's full name as printed by every output; "none" for LevelNone.
func (l Level) String() string {
	if l < NumLevels {
		return levelNames[l]
	}
	return "none"
}

// Short is the three-letter form of the screen: TRC DBG INF NTC WRN ERR CRT,
// and three spaces for LevelNone.
func (l Level) Short() string {
	return [...]string{"   ", "TRC", "DBG", "INF", "NTC", "WRN", "ERR", "CRT"}[min(l, NumLevels)%NumLevels]
}

// levelWords maps every spelling, lower case, to its level. Single letters are
// those of klog, glog, logcat and Serilog.
var levelWords = map[string]Level{
	"trace": Trace, "trc": Trace, "verbose": Trace, "vrb": Trace, "v": Trace, "finest": Trace, "finer": Trace, "silly": Trace, "sill": Trace, "t": Trace, "spam": Trace, "trce": Trace, "trac": Trace, "verb": Trace,
	"debug": Debug, "dbg": Debug, "debu": Debug, "dbug": Debug, "d": Debug, "fine": Debug, "config": Debug,
	"debug1": Debug, "debug2": Debug, "debug3": Debug, "debug4": Debug, "debug5": Debug, "ddebug": Debug, "subdebug": Debug,
	"info": Info, "inf": Info, "i": Info, "information": Info, "informational": Info, "infos": Info, "informazioni": Info, "log": Info, "default": Info, "success": Info, "http": Info, "lifecycle": Info, "quiet": Info,
	"notice": Notice, "note": Notice, "ntc": Notice, "n": Notice,
	"warning": Warning, "warn": Warning, "wrn": Warning, "w": Warning, "warnung": Warning, "deprecation": Warning, "avertissement": Warning, "advertencia": Warning, "avvertenza": Warning,
	"error": Error, "err": Error, "erro": Error, "eror": Error, "e": Error, "severe": Error, "schwerwiegend": Error, "grave": Error, "fail": Error, "failure": Error,
	"critical": Critical, "crit": Critical, "crt": Critical, "c": Critical, "fatal": Critical, "ftl": Critical, "fata": Critical, "f": Critical,
	"panic": Critical, "dpanic": Critical, "pani": Critical, "pnc": Critical, "emerg": Critical, "emergency": Critical, "alert": Critical, "a": Critical, "assert": Critical,
}

// ParseLevel maps a spelling (any case, no surrounding punctuation) to its
// level. It allocates nothing.
func ParseLevel[T string | []byte](word T) (Level, bool) {
	if len(word) == 0 || len(word) > 13 {
		return LevelNone, false
	}
	var low [13]byte
	for i := range len(word) {
		c := word[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
	}
	l, ok := levelWords[string(low[:len(word)])]
	return l, ok
}
