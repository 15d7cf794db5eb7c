package drill

import (
	"os"
	"syscall"
)

// The signals that stop a process for a while.
var pauseSignal, resumeSignal os.Signal = syscall.SIGSTOP, syscall.SIGCONT
