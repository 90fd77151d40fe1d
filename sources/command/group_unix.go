//go:build unix

package command

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup puts the program into a process group of its own: Ctrl-C reaches
// ravel alone, and the program ends with all that it has started.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// terminate asks the process group to end.
func terminate(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGTERM) } // it may have ended

// kill ends the process group.
func kill(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) } // it may have ended

// statusOf is the status that a shell would show.
func statusOf(s *os.ProcessState) int {
	if s == nil {
		return 126
	}
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return s.ExitCode()
}
