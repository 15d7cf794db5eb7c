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

// CheckPorts returns an error that says what to do if ports are taken already: in one line if a lab has them all, or
// containers, else in a line for each.
func (s Settings) CheckPorts() error {
	var lines, published []string
	ours := 0
	for _, p := range ports {
		n := s.ports[p.name]
		if free(s.Addr(p.name)) {
			continue
		}
		by := cmp.Or(holder(n), "another program")
		if strings.HasPrefix(by, p.owner+" ") {
			ours++
		}
		if strings.HasPrefix(by, "docker-proxy ") {
			published = append(published, strconv.Itoa(n))
		}
		lines = append(lines, fmt.Sprintf("port %d (%s) is taken by %s: stop it, or choose another port with %s=%d", n, p.owner, by, p.name, s.suggest(n)))
	}
	switch {
	case len(lines) == 0:
		return nil
	case ours == len(ports):
		return fmt.Errorf("the lab already runs here: %s (Ctrl-C where it was started stops it)", s.Shown(LabPort))
	case len(published) == len(lines):
		return fmt.Errorf("containers publish the ports %s: docker compose down stops them, in the folder they were started from", strings.Join(published, ", "))
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
