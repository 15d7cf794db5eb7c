package fault

import (
	"context"
	"runtime"
	"syscall"
	"time"
)

// burn computes until it has used that much CPU time or ctx is done. The amount of work is the same however busy the
// machine is.
func burn(ctx context.Context, cpu time.Duration) {
	runtime.LockOSThread() // CPU time is measured per thread
	defer runtime.UnlockOSThread()
	for end := threadTime() + cpu; threadTime() < end && ctx.Err() == nil; {
		hash()
	}
}

// threadTime returns the CPU time that this thread has used.
func threadTime() time.Duration {
	const thread = 1 // RUSAGE_THREAD, getrusage(2)
	var usage syscall.Rusage
	if err := syscall.Getrusage(thread, &usage); err != nil {
		panic(err) // cannot fail with valid arguments
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
