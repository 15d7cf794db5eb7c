//go:build !linux

package drill

import "os"

// There are no such signals everywhere.
var pauseSignal, resumeSignal os.Signal
