//go:build !linux

package drill

import (
	"errors"
	"os/exec"
)

func unprivileged() (int, error) {
	return 0, errors.New("it starts a PostgreSQL, which it does on Linux only")
}
func asUnprivileged(*exec.Cmd) error { return nil }
