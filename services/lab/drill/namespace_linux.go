package drill

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// enter calls f inside the namespace. A connection that f opens, on its own goroutine, stays in the namespace. The thread returns from it
// and lives on, because the kernel ends programs together with the thread that started them.
func (n namespace) enter(f func() error) error {
	here, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer here.Close()
	there, err := os.Open("/run/netns/" + n.name()) // where ip puts it
	if err != nil {
		return err
	}
	defer there.Close()
	runtime.LockOSThread()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("enter the network namespace %s: %w", n.name(), err)
	}
	err = f()
	if back := unix.Setns(int(here.Fd()), unix.CLONE_NEWNET); back != nil {
		// The thread stays locked, so that nothing else runs in the namespace.
		return errors.Join(err, fmt.Errorf("leave the network namespace %s: %w", n.name(), back))
	}
	runtime.UnlockOSThread()
	return err
}
