package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// documents are the texts for users and developers.
func documents(t *testing.T) []string {
	t.Helper()
	docs, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(docs, "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
}

func readDocument(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var link = regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)

// TestLinks follows the links between documents, and finds each document from
// the README.
func TestLinks(t *testing.T) {
	linked := map[string]bool{}
	for _, file := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(readDocument(t, file), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			to := filepath.Join(filepath.Dir(file), m[1])
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", file, m[1])
			}
			linked[to] = linked[to] || file == "README.md"
		}
	}
	for _, file := range documents(t) {
		if file != "README.md" && !linked[file] {
			t.Errorf("README.md does not link to %s", file)
		}
	}
}

// TestDependenciesAreExplained wants a line of docs/dependencies.md for each
// module that go.mod requires directly.
func TestDependenciesAreExplained(t *testing.T) {
	text := readDocument(t, "docs/dependencies.md")
	for line := range strings.Lines(readDocument(t, "go.mod")) {
		module, _, ok := strings.Cut(strings.TrimPrefix(line, "\t"), " ")
		if !ok || !strings.HasPrefix(line, "\t") || strings.Contains(line, "// indirect") {
			continue
		}
		if !strings.Contains(text, "| `"+module+"` |") {
			t.Errorf("docs/dependencies.md: no word on %s", module)
		}
	}
}

// command is a line of a document that runs ravel.
var command = regexp.MustCompile(`(^|\| )ravel( |$)`)

// commands are the lines of a text that run ravel: in blocks that are indented
// or fenced.
func commands(text string) []string {
	var found []string
	fenced := false
	for line := range strings.Lines(text) {
		block, indented := strings.CutPrefix(line, "    ")
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if !fenced && !indented {
			continue
		}
		block = strings.TrimPrefix(strings.TrimSpace(block), "$ ")
		if command.MatchString(block) {
			found = append(found, block)
		}
	}
	return found
}

// helpExamples are the examples of --help, without what they are said to do.
func helpExamples(t *testing.T, args ...string) []string {
	t.Helper()
	help, err := exec.Command("ravel", append(args, "--help")...).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(help), "\nExamples:\n")
	examples, _, ok := strings.Cut(rest, "\n\n")
	if !ok {
		t.Fatalf("ravel %s --help has no examples", strings.Join(args, " "))
	}
	var found []string
	for line := range strings.Lines(examples) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "   ")
		found = append(found, line)
	}
	return found
}

// TestExamplesRun runs each example of the documents and of the help in a
// folder that has what they speak of. What follows is interrupted once it has
// printed. Of those that need a cluster only the command line is checked.
func TestExamplesRun(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the examples are lines of a POSIX shell")
	}
	dir := exampleDir(t)
	lines := append(helpExamples(t), helpExamples(t, "run")...)
	lines = append(lines, helpExamples(t, "k8s")...)
	for _, file := range documents(t) {
		lines = append(lines, commands(readDocument(t, file))...)
	}
	if len(lines) < 20 {
		t.Errorf("only %d examples found", len(lines))
	}
	for _, line := range lines {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			runExample(t, dir, line)
		})
	}
}

var (
	follows     = regexp.MustCompile(`ravel (.* )?(-f|--follow) `)
	needsServer = regexp.MustCompile(`ravel (.* )?k8s[ :]|ravel (.* )?--wait `)
	wrongUse    = regexp.MustCompile(`unknown|-q: |invalid argument|needs an argument`)
)

// runExample runs a line; it must print, and end well.
func runExample(t *testing.T, dir, line string) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", "exec "+line)
	if strings.Contains(line, " | ravel") {
		cmd = exec.CommandContext(ctx, "sh", "-c", line)
	}
	var stderr bytes.Buffer
	cmd.Dir, cmd.Stderr = dir, &stderr
	cmd.Env = append(os.Environ(), "PATH="+dir+"/bin:"+os.Getenv("PATH"), "HOME="+dir, "KUBECONFIG="+dir+"/none", "TZ=UTC")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	n, _ := io.ReadFull(stdout, make([]byte, 1))
	interrupted := follows.MatchString(line) && n > 0
	if interrupted {
		_ = cmd.Process.Signal(os.Interrupt)
	}
	_, _ = io.Copy(io.Discard, stdout)
	err = cmd.Wait()
	var exit *exec.ExitError
	switch {
	case needsServer.MatchString(line):
		if wrongUse.MatchString(stderr.String()) {
			t.Error(stderr.String())
		}
	case interrupted && errors.As(err, &exit) && exit.ExitCode() == 130:
	case err != nil || n == 0:
		t.Errorf("it printed %d bytes: %v\n%s", n, err, stderr.String())
	}
}

// exampleDir has what the examples read and run: logs, rotated and compressed
// ones, a server, and a kubectl that prints a log.
func exampleDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var log []byte
	for _, name := range []string{"uvicorn-mixed.log", "json-logger.jsonl"} {
		part, err := os.ReadFile(filepath.Join("testdata/logs", name))
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, part...)
	}
	log = time.Now().UTC().AppendFormat(log, "2006-01-02 15:04:05,000 - app - ERROR - refused\n") // for --since
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(log); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	const prints = "#!/bin/sh\necho '2026-02-22 14:30:45,123 - app - ERROR - refused'\n"
	for name, text := range map[string]string{
		"app.log": string(log), "app.log.2.gz": packed.String(), "logs/app.log": string(log),
		"server": prints, "bin/kubectl": prints, "bin/make": prints,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
