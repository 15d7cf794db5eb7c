//go:build unix

package instrument

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// running is a script with the services that it started in the background.
type running struct {
	cmd  *exec.Cmd
	out  bytes.Buffer // to be read when done is closed
	done chan struct{}
}

func start(t *testing.T, cmd *exec.Cmd) *running {
	t.Helper()
	r := &running{cmd: cmd, done: make(chan struct{})}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that a signal reaches the services too
	cmd.Stdout, cmd.Stderr = &r.out, &r.out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		cmd.Wait() // returns when the last service has closed its output
		close(r.done)
	}()
	t.Cleanup(func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	return r
}

// await waits until the services listen on their addresses.
func (r *running) await(t *testing.T, addresses ...string) {
	t.Helper()
	for _, address := range addresses {
		for !listens(address) {
			select {
			case <-r.done:
				r.skipOffline(t)
				t.Fatalf("the services ended:\n%s", &r.out)
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
}

var offline = regexp.MustCompile(`dial tcp|module lookup disabled by GOPROXY`)

// skipOffline skips the test on a developer's machine that has neither the modules nor a network. CI has to have them.
func (r *running) skipOffline(t *testing.T) {
	t.Helper()
	if os.Getenv("CI") == "" && offline.Match(r.out.Bytes()) {
		t.Skipf("needs modules that are not in the module cache, and the network is unreachable:\n%s", &r.out)
	}
}

func listens(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// stop ends the services as Ctrl-C or kill would, and returns what they logged.
func (r *running) stop() string {
	syscall.Kill(-r.cmd.Process.Pid, syscall.SIGTERM)
	<-r.done
	return r.out.String()
}
