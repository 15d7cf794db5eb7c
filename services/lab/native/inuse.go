package native

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"

	psnet "github.com/shirou/gopsutil/v4/net"
	"github.com/shirou/gopsutil/v4/process"
)

// CheckPorts returns an error that says what to do if ports are in use: in one line if another lab or containers use all of
// them, otherwise in a line for each port.
func (s Settings) CheckPorts() error {
	var lines, published []string
	labs := 0
	for _, p := range s.usedPorts() {
		n := s.ports[p.name]
		if s.hostOf(p.owner) != host || free(s.Addr(p.name)) {
			continue
		}
		by := cmp.Or(holder(n), "another program")
		if strings.HasPrefix(by, p.owner+" ") {
			labs++
		}
		if strings.HasPrefix(by, "docker-proxy ") {
			published = append(published, strconv.Itoa(n))
		}
		lines = append(lines, fmt.Sprintf("port %d (%s) is used by %s: stop it, or choose another port with %s=%d",
			n, p.owner, by, p.name, suggest(n)))
	}
	switch {
	case len(lines) == 0:
		return nil
	case labs == len(s.usedPorts()):
		return fmt.Errorf("the lab is already running at %s (press Ctrl-C where it was started to stop it; "+
			"%s=%d make up starts a second one next to it)", s.Shown(LabPort), portOffset, s.freeOffset())
	case len(published) == len(lines):
		return fmt.Errorf("containers publish the ports %s: run docker compose down in the folder where they were started",
			strings.Join(published, ", "))
	}
	return fmt.Errorf("%s\n%s=%d make up moves all ports", strings.Join(lines, "\n"), portOffset, s.freeOffset())
}

// freeOffset returns an offset with which no port is in use.
func (s Settings) freeOffset() int {
	for n := 1000; n < 30_000; n += 1000 {
		if n != s.offset && !slices.ContainsFunc(s.usedPorts(), func(p port) bool { return !free(host + ":" + strconv.Itoa(p.usual+n)) }) {
			return n
		}
	}
	return 1000
}

// holder returns the process that listens on a port, such as "postgres (pid 42)", or "" if this user cannot see it.
func holder(port int) string {
	sockets, _ := psnet.Connections("tcp") // those that can be seen, despite an error
	for _, s := range sockets {
		if s.Status != "LISTEN" || int(s.Laddr.Port) != port || s.Pid == 0 {
			continue
		}
		if name, err := (&process.Process{Pid: s.Pid}).Name(); err == nil {
			return fmt.Sprintf("%s (pid %d)", name, s.Pid)
		}
	}
	return ""
}

// suggest returns a free port similar to n: the next one above it, otherwise below it.
func suggest(n int) int {
	for candidate := n + 100; candidate < ephemeral; candidate += 100 {
		if free(host + ":" + strconv.Itoa(candidate)) {
			return candidate
		}
	}
	for candidate := n - 100; candidate > 1024; candidate -= 100 {
		if candidate < ephemeral && free(host+":"+strconv.Itoa(candidate)) {
			return candidate
		}
	}
	return n
}

func free(addr string) bool {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return false
	}
	return ln.Close() == nil
}

// ephemeral is the first of the ports that Linux assigns to outgoing connections.
const ephemeral = 32768

// freePorts returns n free ports. The search begins at a random port, so that two runs at once are unlikely to choose the same.
func freePorts(n int) ([]int, error) {
	var found []int
	for candidate := 20000 + rand.IntN(10000); candidate < ephemeral; candidate++ {
		if free(host + ":" + strconv.Itoa(candidate)) {
			found = append(found, candidate)
		}
		if len(found) == n {
			return found, nil
		}
	}
	return nil, fmt.Errorf("no %d free ports on %s below %d", n, host, ephemeral)
}
