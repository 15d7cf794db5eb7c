package drill

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// unprivileged returns the user id as which PostgreSQL runs: that of this process, or of the user postgres if this is root.
func unprivileged() (int, error) {
	if os.Geteuid() != 0 {
		return os.Geteuid(), nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return 0, fmt.Errorf("PostgreSQL does not run as root, and there is no user postgres: %w", err)
	}
	return strconv.Atoi(u.Uid)
}

// asUnprivileged makes a command run as that user.
func asUnprivileged(cmd *exec.Cmd) error {
	uid, err := unprivileged()
	if err == nil && uid != os.Geteuid() {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid), NoSetGroups: true}}
	}
	return err
}
