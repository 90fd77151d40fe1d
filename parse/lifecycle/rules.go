package lifecycle

import "ravel/model"

// rules is what starts and ends requests, in the words of the frameworks and
// of the applications that ravel was made for. Earlier rules win.
var rules = []Rule{
	// HTTP. What starts with a line of its own ("line") ends with one, or with a word for the end, but not because
	// someone says that it failed: the line with the status is still to come.
	// "Started GET /x HTTP/1.1 from 10.0.0.1", "Completed 200 OK in 12ms", and Rails'.
	{Pattern: "Started {method} {path} HTTP/{*} from {client}", Kind: model.KindHTTP, Event: model.Started, Pair: "line"},
	{Pattern: `Started {method} "{path}" for {client} at `, Kind: model.KindHTTP, Event: model.Started, Pair: "line"},
	{Pattern: "Completed {status} {*} in {dur}", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "Completed {status}", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"}, // Spring's DispatcherServlet
	// "Started GET /x", "Completed GET /x status=200 duration_ms=12.5": middlewares of one's own
	{Pattern: "Completed {method} {path} status={status} duration_ms={ms}", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "Completed {method} {path} status={status}", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "Finished {method} {path} status={status}", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "Finished {method} {path}", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http", NeedsID: true},
	{Pattern: "Started {method} {path}", Kind: model.KindHTTP, Event: model.Started, Pair: "line", NeedsID: true},
	{Pattern: "Processing by {name} as ", Kind: model.KindHTTP, Event: model.Step},
	{Pattern: "Processing by {name}", Kind: model.KindHTTP, Event: model.Step},
	// Spring
	{Pattern: `{method} "{path}", parameters=`, Kind: model.KindHTTP, Event: model.Started, Pair: "line"},
	{Pattern: "Before request [{method} {path}, ", Kind: model.KindHTTP, Event: model.Started, Pair: "line"},
	{Pattern: "Before request [{method} {path}]", Kind: model.KindHTTP, Event: model.Started, Pair: "line"},
	{Pattern: "Before request [uri={path};client={client}", Kind: model.KindHTTP, Event: model.Started, Pair: "line"},
	{Pattern: "After request [", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "Successfully completed request", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http", NeedsID: true},
	// ASP.NET Core, Serilog
	{Pattern: "Request starting HTTP/{*} {method} {path} ", Kind: model.KindHTTP, Event: model.Started, Pair: "line"},
	{Pattern: "Request finished HTTP/{*} {method} {path} {*}- {status} {*} {dur}", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "Request finished in {dur} {status}", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "HTTP {method} {path} responded {status} in {dur}", Kind: model.KindHTTP, Event: model.Whole},
	// Phoenix: "GET /x" alone, "Sent 200 in 12ms"
	{Pattern: "Sent {status} in {dur}", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "{method} {path}{end}", Kind: model.KindHTTP, Event: model.Started, Pair: "line", NeedsID: true},
	// Access lines as messages: uvicorn, hypercorn; werkzeug, gunicorn; Django; chi; morgan, Next.js; aiohttp
	{Pattern: `{client} - "{method} {path} HTTP/{*}" {status}`, Kind: model.KindAccess, Event: model.Whole},
	{Pattern: `{client} - {*} [{*}] "{method} {path} HTTP/{*}" {status}`, Kind: model.KindAccess, Event: model.Whole},
	{Pattern: `{client} [{*}] "{method} {path} HTTP/{*}" {status}`, Kind: model.KindAccess, Event: model.Whole},
	{Pattern: `"{method} {path} HTTP/{*}" from {client} - {status} {*} in {dur}`, Kind: model.KindAccess, Event: model.Whole},
	{Pattern: `"{method} {path} HTTP/{*}" {status}`, Kind: model.KindAccess, Event: model.Whole},
	{Pattern: "{method} {path} {status} in {dur}", Kind: model.KindAccess, Event: model.Whole},
	{Pattern: "{method} {path} {status} {dur} - ", Kind: model.KindAccess, Event: model.Whole},
	// Events by name: request_start, request_complete, http_request, request.finished, "incoming request" …
	{Pattern: "request received", Kind: model.KindHTTP, Event: model.Started, Pair: "received http"},
	{Pattern: "request failed", Kind: model.KindHTTP, Event: model.EndedFailed, Pair: "received http"},
	{Pattern: "request start{end}", Kind: model.KindHTTP, Event: model.Started, Pair: "http"},
	{Pattern: "request started", Kind: model.KindHTTP, Event: model.Started, Pair: "http"},
	{Pattern: "request begin{end}", Kind: model.KindHTTP, Event: model.Started, Pair: "http"},
	{Pattern: "incoming request", Kind: model.KindHTTP, Event: model.Started, Pair: "http"},
	{Pattern: "request complete", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "request completed", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "request finished", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "request finish{end}", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "request end{end}", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "request ended", Kind: model.KindHTTP, Event: model.Ended, Pair: "line http"},
	{Pattern: "request errored", Kind: model.KindHTTP, Event: model.EndedFailed, Pair: "http"},
	{Pattern: "http request{end}", Kind: model.KindHTTP, Event: model.Whole},

	// Celery: Task app.add[<id>] received / succeeded in 0.1s: 3 / raised unexpected: … / retry: …
	{Pattern: "Task {name}[{id}] received", Kind: model.KindTask, Event: model.Started, Pair: "task"},
	{Pattern: "Task {name}[{id}] succeeded in {dur}", Kind: model.KindTask, Event: model.Ended, Pair: "task"},
	{Pattern: "Task {name}[{id}] succeeded", Kind: model.KindTask, Event: model.Ended, Pair: "task"},
	{Pattern: "Task {name}[{id}] raised", Kind: model.KindTask, Event: model.EndedFailed, Pair: "task"},
	{Pattern: "Task {name}[{id}] retry", Kind: model.KindTask, Event: model.Step},
	{Pattern: "Task {name}[{id}] ignored", Kind: model.KindTask, Event: model.Ended, Pair: "task"},
	{Pattern: "Task {name}[{id}] rejected", Kind: model.KindTask, Event: model.EndedFailed, Pair: "task"},
	{Pattern: "Discarding revoked task: {name}[{id}]", Kind: model.KindTask, Event: model.EndedFailed, Pair: "task"},
	// Tasks and jobs in words
	{Pattern: "Task started", Kind: model.KindTask, Event: model.Started, Pair: "task"},
	{Pattern: "Task completed", Kind: model.KindTask, Event: model.Ended, Pair: "task"},
	{Pattern: "Task complete", Kind: model.KindTask, Event: model.Ended, Pair: "task"},
	{Pattern: "Task finished", Kind: model.KindTask, Event: model.Ended, Pair: "task"},
	{Pattern: "Task succeeded", Kind: model.KindTask, Event: model.Ended, Pair: "task"},
	{Pattern: "Task failed", Kind: model.KindTask, Event: model.EndedFailed, Pair: "task"},
	{Pattern: "Job started", Kind: model.KindJob, Event: model.Started, Pair: "job"},
	{Pattern: "Job completed", Kind: model.KindJob, Event: model.Ended, Pair: "job"},
	{Pattern: "Job complete", Kind: model.KindJob, Event: model.Ended, Pair: "job"},
	{Pattern: "Job finished", Kind: model.KindJob, Event: model.Ended, Pair: "job"},
	{Pattern: "Job succeeded", Kind: model.KindJob, Event: model.Ended, Pair: "job"},
	{Pattern: "Job failed", Kind: model.KindJob, Event: model.EndedFailed, Pair: "job"},
	{Pattern: "Bulk generation started", Kind: model.KindJob, Event: model.Started, Pair: "bulk", Name: "bulk generation"},
	{Pattern: "Starting bulk generation", Kind: model.KindJob, Event: model.Started, Pair: "bulk", Name: "bulk generation"},
	{Pattern: "Bulk generation completed", Kind: model.KindJob, Event: model.Ended, Pair: "bulk", Name: "bulk generation"},
	{Pattern: "Bulk generation complete", Kind: model.KindJob, Event: model.Ended, Pair: "bulk", Name: "bulk generation"},
	{Pattern: "Bulk generation failed", Kind: model.KindJob, Event: model.EndedFailed, Pair: "bulk", Name: "bulk generation"},
	{Pattern: "Starting step: {name}", Kind: model.KindTask, Event: model.Started, Pair: "step"},
	{Pattern: "Step completed", Kind: model.KindTask, Event: model.Ended, Pair: "step"},
	{Pattern: "Step failed", Kind: model.KindTask, Event: model.EndedFailed, Pair: "step"},
	{Pattern: "Validation started", Kind: model.KindTask, Event: model.Started, Pair: "validation", Name: "validation"},
	{Pattern: "Validation complete", Kind: model.KindTask, Event: model.Ended, Pair: "validation received", Name: "validation"},
	{Pattern: "Validation completed", Kind: model.KindTask, Event: model.Ended, Pair: "validation received", Name: "validation"},
	{Pattern: "Validation failed", Kind: model.KindTask, Event: model.EndedFailed, Pair: "validation", Name: "validation"},
	// Schedulers: the application's own, APScheduler's, Active Job's
	{Pattern: "Scheduler initialization", Kind: model.KindTask, Event: model.Started, Pair: "scheduler-up", Name: "scheduler start"},
	{Pattern: "Scheduler started", Kind: model.KindTask, Event: model.Ended, Pair: "scheduler-up", Name: "scheduler start"},
	{Pattern: "Scheduler shutdown requested", Kind: model.KindTask, Event: model.Started, Pair: "scheduler-down", Name: "scheduler shutdown"},
	{Pattern: "Scheduler stopped", Kind: model.KindTask, Event: model.Ended, Pair: "scheduler-down", Name: "scheduler shutdown"},
	{Pattern: `Running job "{name} (trigger: `, Kind: model.KindTask, Event: model.Started, Pair: "apscheduler"},
	{Pattern: `Running job "{name}" (scheduled at `, Kind: model.KindTask, Event: model.Started, Pair: "apscheduler"},
	{Pattern: `Job "{name} (trigger: {*}" executed successfully`, Kind: model.KindTask, Event: model.Ended, Pair: "apscheduler"},
	{Pattern: `Job "{name}" executed successfully`, Kind: model.KindTask, Event: model.Ended, Pair: "apscheduler"},
	{Pattern: `Job "{name} (trigger: {*}" raised`, Kind: model.KindTask, Event: model.EndedFailed, Pair: "apscheduler"},
	{Pattern: `Job "{name}" raised`, Kind: model.KindTask, Event: model.EndedFailed, Pair: "apscheduler"},
	{Pattern: "Performing {name} (Job ID: {id}) from ", Kind: model.KindTask, Event: model.Started, Pair: "activejob"},
	{Pattern: "Performed {name} (Job ID: {id}) from {*} in {dur}", Kind: model.KindTask, Event: model.Ended, Pair: "activejob"},
	{Pattern: "Error performing {name} (Job ID: {id}) from {*} in {dur}", Kind: model.KindTask, Event: model.EndedFailed, Pair: "activejob"},
	// Sidekiq
	{Pattern: "start{end}", Kind: model.KindTask, Event: model.Started, Pair: "sidekiq", NeedsID: true},
	{Pattern: "done: {s} sec", Kind: model.KindTask, Event: model.Ended, Pair: "sidekiq", NeedsID: true},
	{Pattern: "fail: {s} sec", Kind: model.KindTask, Event: model.EndedFailed, Pair: "sidekiq", NeedsID: true},

	// Spans
	{Pattern: "span start{end}", Kind: model.KindSpan, Event: model.Started, Pair: "span", NeedsID: true},
	{Pattern: "span started", Kind: model.KindSpan, Event: model.Started, Pair: "span", NeedsID: true},
	{Pattern: "span end{end}", Kind: model.KindSpan, Event: model.Ended, Pair: "span", NeedsID: true},
	{Pattern: "span ended", Kind: model.KindSpan, Event: model.Ended, Pair: "span", NeedsID: true},
	{Pattern: "span finished", Kind: model.KindSpan, Event: model.Ended, Pair: "span", NeedsID: true},
	{Pattern: "span failed", Kind: model.KindSpan, Event: model.EndedFailed, Pair: "span", NeedsID: true},
	{Pattern: "close time.busy={dur}", Kind: model.KindSpan, Event: model.Ended, Pair: "span", NeedsID: true},
}
