//go:build !unix

package command

import (
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

// terminate ends the program: there is no way to ask it.
func terminate(p *os.Process) { _ = p.Kill() } // it may have ended

func kill(p *os.Process) { _ = p.Kill() } // it may have ended

func statusOf(s *os.ProcessState) int {
	if s == nil {
		return 126
	}
	return s.ExitCode()
}
