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

// Only sockets that listen count, by their local port.
func TestListening(t *testing.T) {
	table := `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1F91 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0
`
	for port, want := range map[int]string{8080: "4711", 8081: "", 80: ""} {
		if got := listening(table, port); got != want {
			t.Errorf("port %d: got inode %q, want %q", port, got, want)
		}
	}
}
