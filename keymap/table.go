package keymap

// Action is something that a key, the palette or the mouse can ask for.
type Action uint8

// The actions. The table says what each does.
const (
	NoAction Action = iota
	Down
	Up
	HalfDown
	HalfUp
	PageDown
	PageUp
	Top
	Bottom
	PanLeft
	PanRight
	Follow
	Freeze
	Open
	Expand
	Collapse
	ToggleFold
	CloseAll
	OpenAll
	Flat
	ShowDetail
	Back
	NextError
	PrevError
	NextMatch
	PrevMatch
	NextInRequest
	PrevInRequest
	NextRequest
	PrevRequest
	FollowID
	JumpBack
	GoToTime
	SetMark
	WriteNote
	NextMark
	PrevMark
	GoToMark
	Running
	Sources
	Filter
	FilterOut
	Search
	OnlyThis
	HideThis
	ShowAll
	NextPane
	PrevPane
	ToggleValue
	Pin
	FindValue
	ViewStream
	ViewRequests
	ViewErrors
	ViewLatency
	ViewSecurity
	ViewPatterns
	SortNext
	SortReverse
	Histogram
	Since
	Baseline
	Wrap
	Delta
	TimeStyle
	Copy
	CopyAll
	CopyMarkdown
	CopyJSON
	CopyCommand
	Edit
	Save
	Palette
	Help
	Mouse
	Redraw
	Suspend
	Quit
	Interrupt
	NumActions
)

const (
	move   = "Move"
	find   = "Find"
	narrow = "Narrow down"
	look   = "Look closer"
	show   = "Display"
	take   = "Take along"
	other  = "Program"
)

// table is the built-in bindings. less, vim, lnav, kubectl and stern have put
// most of them into people's fingers.
var table = []Binding{
	{NextError, Log, []string{"e"}, "next-error", "next error, failed or hung request", find, "", 0, 0},
	{PrevError, Log, []string{"E"}, "previous-error", "previous one; leaves follow at the newest", find, "error", 1, 1},
	{Open, Log, []string{"enter"}, "open", "open what is under the cursor, in place", look, "open", 2, 2},
	{ShowDetail, Everywhere, []string{"d"}, "detail", "every field, the traceback, the raw bytes", look, "detail", 9, 3},

	{Filter, Everywhere, []string{"&"}, "filter", "edit the query: what does not match is hidden", narrow, "filter", 3, 4},
	{Search, Everywhere, []string{"/"}, "search", "search text, or a regexp as /re/; hides nothing", find, "search", 4, 5},
	{NextPane, Everywhere, []string{"tab"}, "next-pane", "facets: open the next one beside the log", narrow, "facets", 5, 6},
	{PrevPane, Everywhere, []string{"shift+tab"}, "previous-pane", "the previous one", narrow, "", 0, 0},

	{Down, Everywhere, []string{"j", "down"}, "down", "one row down", move, "", 0, 0},
	{Up, Everywhere, []string{"k", "up"}, "up", "one row up; stops following", move, "", 0, 0},
	{HalfDown, Everywhere, []string{"ctrl+d"}, "half-page-down", "half a screen down", move, "", 0, 0},
	{HalfUp, Everywhere, []string{"ctrl+u"}, "half-page-up", "half a screen up", move, "", 0, 0},
	{PageDown, Everywhere, []string{"space", "pgdown"}, "page-down", "a screen down", move, "", 0, 0},
	{PageUp, Everywhere, []string{"b", "pgup"}, "page-up", "a screen up", move, "", 0, 0},
	{Top, Everywhere, []string{"g", "home"}, "top", "to the oldest", move, "", 0, 0},
	{Bottom, Everywhere, []string{"G", "end"}, "bottom", "to the newest, and follow again", move, "", 0, 0},
	{PanRight, Log, []string{">", "shift+right"}, "pan-right", "half a screen to the right", move, "", 0, 0},
	{PanLeft, Log, []string{"<", "shift+left"}, "pan-left", "half a screen to the left", move, "", 0, 0},
	{NextInRequest, Log, []string{"o"}, "next-in-request", "next record of the same request", move, "", 0, 0},
	{PrevInRequest, Log, []string{"O"}, "previous-in-request", "previous record of the same request", move, "", 0, 0},
	{PrevRequest, Log, []string{"{"}, "previous-request", "previous request", move, "", 0, 0},
	{NextRequest, Log, []string{"}"}, "next-request", "next request", move, "{} request", 10, 7},
	{FollowID, Log, []string{"c"}, "correlation", "only what shares its correlation id (or request id), in every source", narrow, "correlation", 11, 8},
	{JumpBack, Log, []string{"ctrl+o"}, "jump-back", "back to before the last jump", move, "", 0, 0},
	{GoToTime, Everywhere, []string{"@"}, "go-to-time", "go to a time: 14:05, -15m, 2025-03-20T13:24", move, "", 0, 0},
	{SetMark, Log, []string{"m"}, "mark", "mark the row, or take the mark off", move, "", 0, 0},
	{WriteNote, Log, []string{"a"}, "note", "write a note on the row, which marks it", move, "", 0, 0},
	{NextMark, Log, []string{"u"}, "next-mark", "next mark", move, "", 0, 0},
	{PrevMark, Log, []string{"U"}, "previous-mark", "previous mark", move, "", 0, 0},
	{GoToMark, Log, []string{"'"}, "marks", "choose a mark to go to", move, "", 0, 0},
	{Running, Everywhere, []string{"R"}, "running", "list the requests in flight and the hung ones; open one, live", find, "", 0, 0},
	{Sources, Everywhere, []string{"s"}, "sources", "list the sources and how each is doing", look, "", 0, 0},
	{Follow, Everywhere, []string{"F"}, "follow", "follow the newest, or stop", move, "", 0, 0},
	{Freeze, Everywhere, []string{"P"}, "freeze", "freeze the screen; reading goes on", move, "", 0, 0},

	{NextMatch, Everywhere, []string{"n"}, "next-match", "next match of the search", find, "", 0, 0},
	{PrevMatch, Everywhere, []string{"N"}, "previous-match", "previous match", find, "", 0, 0},

	{Expand, Log, []string{"l", "right"}, "expand", "open the fold", look, "", 0, 0},
	{Collapse, Log, []string{"h", "left"}, "collapse", "close the fold", look, "", 0, 0},
	{ToggleFold, Log, []string{"z a"}, "toggle-fold", "open or close the fold", look, "", 0, 0},
	{OpenAll, Log, []string{"z R"}, "open-all", "open every fold on screen", look, "", 0, 0},
	{CloseAll, Log, []string{"z M"}, "close-all", "close every fold", look, "", 0, 0},
	{Flat, Log, []string{"z i"}, "flat", "records one by one, or requests folded", show, "flat", 14, 11},

	{FilterOut, Log, []string{"x"}, "filter-out", "edit the query with a negation begun", narrow, "", 0, 0},
	{OnlyThis, Log, []string{"+"}, "only-this", "only records like this", narrow, "", 0, 0},
	{HideThis, Log, []string{"-"}, "hide-this", "hide records like this", narrow, "", 0, 0},
	{ShowAll, Everywhere, []string{"0"}, "show-all", "drop the query: show everything", narrow, "", 0, 0},
	{Since, Everywhere, []string{"S"}, "since", "choose from when on", narrow, "since", 13, 10},

	{Open, Facets, []string{"enter"}, "open", "only this value, and close", narrow, "only", 1, 1},
	{ToggleValue, Facets, []string{"space"}, "toggle-value", "show or hide the value", narrow, "toggle", 2, 2},
	{OnlyThis, Facets, []string{"+"}, "only-this", "only this value", narrow, "only", 3, 3},
	{HideThis, Facets, []string{"-"}, "hide-this", "hide this value", narrow, "exclude", 4, 4},
	{FindValue, Facets, []string{"/"}, "find-value", "find a value by a few of its letters", find, "find", 5, 5},
	{Pin, Facets, []string{"p"}, "pin", "keep the pane open", show, "pin", 6, 6},

	{Open, Detail, []string{"enter"}, "open", "open or close the value, or the library frames", look, "open", 1, 2},
	{NextPane, Detail, []string{"tab"}, "next-pane", "fields, traceback, request, raw", look, "fields/traceback/raw", 2, 2},
	{PrevPane, Detail, []string{"shift+tab"}, "previous-pane", "the other way round", look, "", 0, 0},
	{OnlyThis, Detail, []string{"+"}, "only-this", "filter by this value", narrow, "only", 3, 3},
	{HideThis, Detail, []string{"-"}, "hide-this", "exclude this value", narrow, "exclude", 4, 4},
	{FindValue, Detail, []string{"f"}, "facet-field", "show the field as a facet", narrow, "facet", 6, 6},
	{FollowID, Detail, []string{"c"}, "correlation", "follow this value as an id, in every source", narrow, "", 0, 0},
	{Copy, Detail, []string{"y"}, "copy", "copy the value", take, "copy", 5, 5},

	{Open, Table, []string{"enter"}, "open", "the records behind the row", look, "open", 1, 2},
	{SortNext, Table, []string{"s"}, "sort", "sort by the next column", show, "sort", 2, 2},
	{SortReverse, Table, []string{"r"}, "reverse", "turn the order round", show, "reverse", 3, 3},

	{ViewStream, Everywhere, []string{"1"}, "view-stream", "Stream: requests and records by time", show, "1-6 view", 6, 12},
	{ViewRequests, Everywhere, []string{"2"}, "view-requests", "Requests: the sortable table", show, "", 0, 0},
	{ViewErrors, Everywhere, []string{"3"}, "view-errors", "Errors: by exception, new ones first", show, "", 0, 0},
	{ViewLatency, Everywhere, []string{"4"}, "view-latency", "Latency: by method and path", show, "", 0, 0},
	{ViewSecurity, Everywhere, []string{"5"}, "view-security", "Security: events and addresses", show, "", 0, 0},
	{ViewPatterns, Everywhere, []string{"6"}, "view-patterns", "Patterns: message templates", show, "", 0, 0},
	{Histogram, Everywhere, []string{"i"}, "histogram", "histogram: move a cursor, Enter goes there", show, "", 0, 0},
	{Baseline, Everywhere, []string{"B"}, "baseline", "what is new counts from here", show, "", 0, 0},
	{Wrap, Log, []string{"w"}, "wrap", "wrap long rows, or cut them", show, "", 0, 0},
	{Delta, Log, []string{"T"}, "delta", "time since the row before, or of day", show, "", 0, 0},
	{TimeStyle, Log, []string{"t"}, "time-style", "time, date and time, or none", show, "", 0, 0},

	{Copy, Everywhere, []string{"y"}, "copy", "copy the record, or the request with its records", take, "copy", 12, 9},
	{CopyAll, Everywhere, []string{"Y"}, "copy-all", "copy what is on screen", take, "", 0, 0},
	{CopyMarkdown, Log, []string{"z y"}, "copy-markdown", "copy the request or record as Markdown for a channel", take, "", 0, 0},
	{CopyJSON, Log, []string{"z j"}, "copy-json", "copy the request or record as JSON", take, "", 0, 0},
	{Edit, Log, []string{"v"}, "edit", "open the record in $EDITOR, sanitised", take, "", 0, 0},
	{CopyCommand, Everywhere, []string{"C"}, "copy-command", "copy the command that reopens this view", take, "", 0, 0},
	{Save, Everywhere, []string{"ctrl+s"}, "save", "save what matches to a file", take, "", 0, 0},

	{Palette, Everywhere, []string{":"}, "command", "find any action by its name", other, "command", 7, 13},
	{Help, Everywhere, []string{"?"}, "help", "this help", other, "help", 8, 14},
	{Back, Everywhere, []string{"esc"}, "back", "close the pane, stop the scan, clear the search", other, "", 0, 0},
	{Mouse, Everywhere, []string{"M"}, "mouse", "mouse on or off", other, "", 0, 0},
	{Redraw, Everywhere, []string{"ctrl+l"}, "redraw", "draw the screen anew", other, "", 0, 0},
	{Suspend, Everywhere, []string{"ctrl+z"}, "suspend", "put ravel in the background", other, "", 0, 0},
	{Quit, Everywhere, []string{"q"}, "quit", "quit", other, "", 0, 0},
	{Interrupt, Everywhere, []string{"ctrl+c"}, "interrupt", "close the prompt, stop the scan, else quit with status 130", other, "", 0, 0},
}
