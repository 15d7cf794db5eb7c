//go:build !unix

package scale

import "os"

// There are no such signals everywhere.
var pauseSignal, resumeSignal os.Signal
