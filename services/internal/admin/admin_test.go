package admin

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"spanwise/internal/memnet"
	"spanwise/internal/rest"
)

// Without an address nothing is served; one that other machines could reach, or that is taken, is an error that names the
// variable.
func TestStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for addr, want := range map[string]string{
		"":                    "",
		"localhost:0":         "", // any free port
		":6060":               "ADMIN_ADDR=:6060: other machines could read",
		"0.0.0.0:6060":        "choose a loopback address",
		"[::]:6060":           "choose a loopback address",
		"192.0.2.1:6060":      "choose a loopback address",
		"6060":                "such as 127.0.0.1:6060",
		taken.Addr().String(): "choose another port",
	} {
		stop, err := Start(addr, slog.New(slog.DiscardHandler))
		if err == nil {
			if err := stop(); err != nil {
				t.Errorf("%q: stop: %v", addr, err)
			}
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", addr, err, want)
		}
	}
}

// The handler serves profiles and the memory, and nothing else.
func TestHandler(t *testing.T) {
	network := memnet.New()
	server := &http.Server{Handler: handler()}
	go server.Serve(network.Listen("service"))
	defer server.Close()
	client := &http.Client{Transport: network.Transport()}

	before, err := Fetch(t.Context(), client, "http://service")
	if err != nil {
		t.Fatal(err)
	}
	profile, err := rest.Fetch(t.Context(), client, "http://service/debug/pprof/allocs")
	if err != nil || !bytes.HasPrefix(profile, []byte("\x1f\x8b")) {
		t.Errorf("got a profile %.20q, %v, want one that is gzipped", profile, err)
	}
	after, err := Fetch(t.Context(), client, "http://service")
	if err != nil || before.HeapBytes == 0 ||
		after.Allocations <= before.Allocations || after.AllocatedBytes <= before.AllocatedBytes {
		t.Errorf("got %+v and %+v, %v, want more allocations in the second", before, after, err)
	}
	if _, err := rest.Fetch(t.Context(), client, "http://service/orders/1"); err == nil {
		t.Error("the admin port answers for the service")
	}
}
