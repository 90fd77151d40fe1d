package logs

import "ravel/model"

// domains are the loggers of the simulated service; the last ones stand for
// files whose format names none.
var domains = []string{"app", "auth", "catalogs", "data", "worker", "db", "cache", "scheduler", "access", "error", "talk2me", "talk2me.errors", "security", "performance",
	"agents", "services", "providers", "presentation", "production", "worker-jobs", "sessions"}

const (
	domApp = iota
	domAuth
	domCatalogs
	domData
	domWorker
	domDB
	domCache
	domScheduler
	domAccess
	domError
	domTalk
	domTalkErrors
	domSecurity
	domPerformance
	domAgents
	domServices
	domProviders
	domPresentation
	domProduction
	domWorkerJobs
	domSessions
)

// needleWords are put into very few records, so that a search can be checked.
var needleWords = [...]string{"needle-7f3a", "zzqqxx", "Überlauf"}

var routes = [...]struct {
	method, path string
	numbered     bool
	ok           int
}{
	{"GET", "/api/v1/catalogs", false, 200},
	{"GET", "/api/v1/datasets", true, 200},
	{"POST", "/api/v1/catalogs", false, 201},
	{"POST", "/api/v1/auth/flow/password/do", false, 200},
	{"GET", "/api/v1/jobs", true, 200},
	{"PUT", "/api/v1/datasets", true, 200},
	{"DELETE", "/api/v1/datasets", true, 204},
	{"GET", "/health", false, 200},
	{"POST", "/transcribe", false, 200},
	{"PATCH", "/api/v1/users", true, 200},
}

var clients = [...]string{"172.100.0.19", "10.0.3.7", "192.168.1.100", "127.0.0.1", "2001:db8::17"}

var agents = [...]string{"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0", "curl/8.5.0", "kube-probe/1.31"}

type phrase struct {
	level  model.Level
	domain int
	text   string
}

// remarks is what requests log while they run.
var remarks = [...]phrase{
	{model.Debug, domDB, "Query returned rows:"},
	{model.Debug, domCache, "Cache lookup for catalog"},
	{model.Info, domCatalogs, "Loaded features of catalog"},
	{model.Info, domData, "Reading partition"},
	{model.Info, domAuth, "Token accepted for identity"},
	{model.Warning, domDB, "Slow statement, rows examined:"},
	{model.Debug, domData, "Decoded columns:"},
	{model.Info, domWorker, "Queued background work, position"},
	{model.Info, domApp, "Calling provider ollama model=llama3 attempt"},
}

// chores is what happens outside requests.
var chores = [...]phrase{
	{model.Info, domScheduler, "Heartbeat, jobs waiting:"},
	{model.Debug, domWorker, "Polling queue, depth"},
	{model.Info, domDB, "Connection pool size"},
	{model.Warning, domCache, "Token cache is cold, entries"},
	{model.Error, domWorker, "Lost the broker, reconnecting, attempt"},
}

// failure is an exception with its Python traceback.
type failure struct {
	domain    int
	said      string // the record's message
	typ, msg  string
	traceback []string // further lines
}

var failures = []failure{
	{domApp, "Generic exception", "AttributeError", "'FeaturesConfig' object has no attribute 'sources'", []string{
		"Traceback (most recent call last):",
		`  File "/opt/venv/lib/python3.10/site-packages/anyio/streams/memory.py", line 111, in receive`,
		"    return self.receive_nowait()",
		`  File "/opt/venv/lib/python3.10/site-packages/anyio/streams/memory.py", line 106, in receive_nowait`,
		"    raise WouldBlock",
		"anyio.WouldBlock",
		"",
		"During handling of the above exception, another exception occurred:",
		"",
		"Traceback (most recent call last):",
		`  File "/app/api/api/features.py", line 18, in _enabled`,
		"    feature = getattr(config.features, key)",
		`  File "/opt/venv/lib/python3.10/site-packages/pydantic/main.py", line 891, in __getattr__`,
		"    raise AttributeError(f'{type(self).__name__!r} object has no attribute {item!r}')",
		"AttributeError: 'FeaturesConfig' object has no attribute 'sources'",
	}},
	{domCatalogs, "Could not load the catalog", "KeyError", "'owner'", []string{
		"Traceback (most recent call last):",
		`  File "/app/api/api/catalogs.py", line 74, in load`,
		`    owner = row["owner"]`,
		`            ~~~^^^^^^^^^`,
		"KeyError: 'owner'",
	}},
	{domDB, "Statement failed", "psycopg.errors.DeadlockDetected", "deadlock detected\nDETAIL:  Process 412 waits for ShareLock on transaction 99; blocked by process 398.", []string{
		"Traceback (most recent call last):",
		`  File "/app/api/db/session.py", line 203, in execute`,
		"    cursor.execute(statement, params)",
		`  File "/opt/venv/lib/python3.10/site-packages/psycopg/cursor.py", line 97, in execute`,
		"    raise ex.with_traceback(None)",
		"psycopg.errors.DeadlockDetected: deadlock detected",
		"DETAIL:  Process 412 waits for ShareLock on transaction 99; blocked by process 398.",
	}},
	{domData, "Upload rejected", "ValueError", "Audio file exceeds maximum size", []string{
		"Traceback (most recent call last):",
		`  File "/app/api/api/upload.py", line 31, in check`,
		`    raise ValueError("Audio file exceeds maximum size")`,
		"ValueError: Audio file exceeds maximum size",
	}},
}
