package fault

import (
	"context"
	"syscall"
	"testing"
	"time"
)

// Computing uses the processor time that was asked for, and starving uses it until it is stopped.
func TestComputing(t *testing.T) {
	used := func() time.Duration {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			t.Fatal(err)
		}
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	before := used()
	burn(t.Context(), 20*time.Millisecond)
	if got := used() - before; got < 20*time.Millisecond {
		t.Errorf("burn used %v, want at least 20ms", got)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	burn(cancelled, time.Hour) // returns at once: nobody waits for the result

	before = used()
	stop := starve(t.Context())
	for used()-before < 20*time.Millisecond { // this goroutine only looks; the others compute
		time.Sleep(time.Millisecond)
	}
	stop()
}
