package fault

import (
	"context"
	"runtime"
	"syscall"
	"time"
)

// burn computes until that much processor time is used or ctx is done: however busy the machine is, it is the same
// amount of work.
func burn(ctx context.Context, cpu time.Duration) {
	runtime.LockOSThread() // the clock is the thread's
	defer runtime.UnlockOSThread()
	for end := threadTime() + cpu; threadTime() < end && ctx.Err() == nil; {
		hash()
	}
}

// threadTime is the processor time that this thread has used.
func threadTime() time.Duration {
	const thread = 1 // RUSAGE_THREAD, getrusage(2)
	var usage syscall.Rusage
	if err := syscall.Getrusage(thread, &usage); err != nil {
		panic(err) // it knows no error for valid arguments
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
