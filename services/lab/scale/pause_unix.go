//go:build unix

package scale

import (
	"os"
	"syscall"
)

// The signals that stop a process for a while.
var pauseSignal, resumeSignal os.Signal = syscall.SIGSTOP, syscall.SIGCONT
