package drill

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// needsMount returns why no file system can be mounted.
func needsMount() error {
	if os.Geteuid() != 0 {
		return errors.New("it mounts a small file system, which needs root")
	}
	return nil
}

// mountSmall mounts a file system in memory of that size.
func mountSmall(dir, size string) (unmount func() error, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		return nil, fmt.Errorf("mount a file system of %s: %w", size, err)
	}
	return func() error { return syscall.Unmount(dir, 0) }, nil
}
