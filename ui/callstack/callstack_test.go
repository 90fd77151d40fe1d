package callstack_test

import (
	"testing"

	"ravel/model"
	"ravel/ui/callstack"
)

func TestIsLibrary(t *testing.T) {
	for _, c := range []struct {
		file, function string
		want           bool
	}{
		{"/app/api/features.py", "_enabled", false},
		{"/opt/venv/lib/python3.10/site-packages/anyio/x.py", "receive", true},
		{"/usr/lib/python3.12/asyncio/base.py", "run", true},
		{"/srv/node_modules/express/lib/router.js", "next", true},
		{"node:internal/process/task_queues", "processTicks", true},
		{"/srv/app/server.js", "handler", false},
		{"/home/u/go/pkg/mod/github.com/a/b@v1/x.go", "b.F", true},
		{"/src/api/main.go", "main.handler", false},
		{"/usr/local/go/src/net/http/server.go", "net/http.(*conn).serve", true},
		{"Service.java", "com.acme.Service.load", false},
		{"HashMap.java", "java.util.HashMap.get", true},
		{"Dispatcher.java", "org.springframework.web.Dispatcher.do", true},
		{"<frozen importlib._bootstrap>", "_call", true},
		{"/corp/shared/lib.py", "f", true},
	} {
		f := model.Frame{File: c.file, Function: c.function}
		if got := callstack.IsLibrary(&f, []string{"/corp/shared/"}); got != c.want {
			t.Errorf("%s %s: %v", c.file, c.function, got)
		}
	}
}

func TestSort(t *testing.T) {
	frames := []model.Frame{{File: "/app/a.py"}, {File: "/x/site-packages/l.py"}, {File: "/app/b.py"}}
	python := callstack.Sort(&model.Traceback{Frames: frames, Text: "Traceback (most recent call last):"}, nil)
	if len(python.App) != 2 || python.App[0].File != "/app/b.py" || len(python.Lib) != 1 {
		t.Errorf("Python lists the innermost last: %v", python)
	}
	java := callstack.Sort(&model.Traceback{Frames: frames, Text: "E\n\tat"}, nil)
	if java.App[0].File != "/app/a.py" {
		t.Errorf("Java lists it first: %v", java)
	}
	caused := callstack.Sort(&model.Traceback{Frames: frames, Text: "Traceback (most recent call last):", Causes: []model.Cause{{Frames: 2}}}, nil)
	if len(caused.App) != 1 || len(caused.Lib) != 0 {
		t.Errorf("a cause's frames are its own: %v", caused)
	}
	odd := callstack.Sort(&model.Traceback{Frames: frames, Causes: []model.Cause{{Frames: 9}}}, nil)
	if len(odd.App)+len(odd.Lib) != 0 {
		t.Errorf("more frames than there are: %v", odd)
	}
}
