package drill

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// needsNamespace returns why no network namespace can be made.
func needsNamespace() error {
	if _, err := exec.LookPath("ip"); err != nil {
		return errors.New("it makes a network namespace, which needs the command ip (iproute2) on Linux")
	}
	if os.Geteuid() != 0 {
		return errors.New("it makes a network namespace, which needs root")
	}
	return nil
}

// A namespace is a network namespace with a link to this one: what another host is to this machine. It is named after the process that
// makes it.
type namespace int

// otherHost is the namespace of a drill.
func otherHost() namespace { return namespace(os.Getpid()) }

// prepare creates the namespace, and returns what removes it.
func (n namespace) prepare() (undo func() error, err error) {
	if err := n.create(); err != nil {
		return nil, errors.Join(err, n.remove())
	}
	return n.remove, nil
}

func (n namespace) name() string { return fmt.Sprintf("spanwise-%d", n) }

// The two ends of the link. The addresses are from the block that is set aside for tests of networks (RFC 2544).

func (n namespace) inner() string { return fmt.Sprintf("sw%di", n) }
func (n namespace) outer() string { return fmt.Sprintf("sw%do", n) }
func (n namespace) here() string  { return fmt.Sprintf("198.18.%d.1", n%256) }
func (n namespace) there() string { return fmt.Sprintf("198.18.%d.2", n%256) }

func (n namespace) create() error {
	for _, line := range []string{
		"netns add " + n.name(),
		"link add " + n.outer() + " type veth peer name " + n.inner() + " netns " + n.name(),
		"addr add " + n.here() + "/30 dev " + n.outer(),
		"link set " + n.outer() + " up",
		"-n " + n.name() + " addr add " + n.there() + "/30 dev " + n.inner(),
		"-n " + n.name() + " link set lo up",
		"-n " + n.name() + " link set " + n.inner() + " up",
	} {
		if err := ip(line); err != nil {
			return err
		}
	}
	return nil
}

// link takes the other host's end of the link up or down.
func (n namespace) link(state string) error {
	return ip("-n " + n.name() + " link set " + n.inner() + " " + state)
}

// remove removes the namespace, and with it the link.
func (n namespace) remove() error { return ip("netns del " + n.name()) }

func ip(line string) error {
	if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", line, err, out)
	}
	return nil
}
