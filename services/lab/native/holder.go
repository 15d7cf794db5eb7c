package native

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// holder returns the process that listens on a port, such as "postgres (pid 42)", or "" if this user cannot see it or the
// system has no /proc.
func holder(port int) string {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		if inode := listening(string(text), port); inode != "" {
			return owner("socket:[" + inode + "]")
		}
	}
	return ""
}

// listening returns the inode of the socket that listens on a port, from a table of the kernel. Its columns are number,
// local address, remote address, state (0A is LISTEN), queues, timer, retransmits, uid, timeout, inode: proc_net_tcp(5).
func listening(table string, port int) string {
	end := fmt.Sprintf(":%04X", port)
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) > 9 && strings.HasSuffix(f[1], end) && f[3] == "0A" {
			return f[9]
		}
	}
	return ""
}

func owner(socket string) string {
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*") // the pattern is well-formed
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != socket {
			continue
		}
		dir := filepath.Dir(filepath.Dir(link))
		name, err := os.ReadFile(filepath.Join(dir, "comm"))
		if pid, bad := strconv.Atoi(filepath.Base(dir)); err == nil && bad == nil {
			return fmt.Sprintf("%s (pid %d)", strings.TrimSpace(string(name)), pid)
		}
	}
	return ""
}
