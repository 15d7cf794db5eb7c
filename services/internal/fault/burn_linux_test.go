package fault

import (
	"context"
	"syscall"
	"testing"
	"time"
)

// Computing uses the CPU time that was asked for, or stops when it is cancelled; starving uses CPU time until it is stopped.
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

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	began := time.Now()
	burn(ctx, time.Minute)
	if got := time.Since(began); got > 10*time.Second {
		t.Errorf("burn returned %v after the start, want it to stop 10ms after it", got)
	}

	before = used()
	stop := starve(t.Context())
	for began := time.Now(); used()-before < 20*time.Millisecond && time.Since(began) < 10*time.Second; {
		time.Sleep(time.Millisecond) // this goroutine only watches; the others compute
	}
	stop()
	if got := used() - before; got < 20*time.Millisecond {
		t.Errorf("starve used %v in 10s, want at least 20ms", got)
	}
}
