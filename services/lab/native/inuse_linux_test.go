package native

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
)

// The process that listens on a port is found, and none after it has stopped listening.
func TestHolder(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := ln.Addr().(*net.TCPAddr).Port
	if got, want := holder(port), fmt.Sprintf("(pid %d)", os.Getpid()); !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	if got := holder(port); got != "" {
		t.Errorf("no listener: got %q", got)
	}
}
