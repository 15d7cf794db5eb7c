package native

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
)

// CheckPorts returns an error that names every port that is taken already, by whom, and what to do.
func (s Settings) CheckPorts() error {
	var lines []string
	containers := false
	for _, p := range ports {
		addr := s.Addr(p.name)
		if free(addr) {
			continue
		}
		by := cmp.Or(holder(s.ports[p.name]), "another program")
		containers = containers || strings.HasPrefix(by, "docker-proxy ")
		lines = append(lines, fmt.Sprintf("port %d (%s) is taken by %s: stop it, or choose another port with %s=%d",
			s.ports[p.name], p.owner, by, p.name, s.suggest(s.ports[p.name])))
	}
	if containers {
		lines = append(lines, "docker-proxy publishes a container's port: docker compose down, in the folder it was started from, stops its containers")
	}
	if len(lines) == 0 {
		return nil
	}
	return errors.New(strings.Join(lines, "\n"))
}

// suggest returns a port like n that nobody has.
func (s Settings) suggest(n int) int {
	for candidate := n + 100; candidate < ephemeral; candidate += 100 {
		if free(host + ":" + strconv.Itoa(candidate)) {
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

// ephemeral is where the ports begin that Linux hands out to outgoing connections.
const ephemeral = 32768

// freePorts returns n ports that nobody listens on now. They begin at a random place, so that two runs at once are unlikely
// to choose the same.
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
