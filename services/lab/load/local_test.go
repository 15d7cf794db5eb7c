package load

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// A load reaches this machine, and from a container the private networks that it is attached to, but nothing else.
func TestAllowed(t *testing.T) {
	compose := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/8"), netip.MustParsePrefix("172.18.0.5/16"), netip.MustParsePrefix("fd00:1::5/64")}
	for _, test := range []struct {
		address  string
		networks []netip.Prefix
		want     bool
	}{
		{"127.0.0.1", nil, true},
		{"127.9.9.9", nil, true},
		{"::1", nil, true},
		{"::ffff:127.0.0.1", nil, true},
		{"172.18.0.7", compose, true},
		{"::ffff:172.18.0.7", compose, true},
		{"fd00:1::7", compose, true},
		{"172.18.0.7", nil, false},      // not in a container: a machine of someone else's
		{"192.168.1.5", compose, false}, // behind the container's gateway
		{"10.0.0.1", compose, false},
		{"93.184.215.14", compose, false},
		{"93.184.215.14", []netip.Prefix{netip.MustParsePrefix("93.184.215.1/24")}, false}, // attached to a public network
		{"169.254.169.254", compose, false},
		{"0.0.0.0", compose, false},
		{"224.0.0.1", compose, false},
		{"2606:2800:220:1::", compose, false},
	} {
		err := allowed(netip.MustParseAddr(test.address), test.networks)
		if (err == nil) != test.want {
			t.Errorf("%s from %v: got %v, want allowed: %v", test.address, test.networks, err, test.want)
		}
	}
}

// An address that is not allowed is refused before the load begins, and again when a connection is made, whatever its name resolved to before.
func TestElsewhere(t *testing.T) {
	for address, want := range map[string]string{
		"http://192.0.2.1:8080":   "192.0.2.1 is not this machine",
		"http://[2001:db8::1]":    "2001:db8::1 is not this machine",
		"https://localhost:8080":  "is not an http address, such as http://localhost:8080",
		"localhost:8080":          "is not an http address",
		"http://:8080":            "is not an http address",
		"http://nowhere.invalid/": "look up the host",
		"http://127.0.0.1/?a=b":   "has a query or a fragment",
		"http://127.0.0.1/?":      "has a query or a fragment",
		"http://127.0.0.1/#a":     "has a query or a fragment",
	} {
		if err := Check(t.Context(), address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", address, err, want)
		}
	}
	if err := Check(t.Context(), "http://127.0.0.1:8080"); err != nil {
		t.Errorf("this machine: got %v", err)
	}
	report, err := Run(t.Context(), Plan{Mix: Get("http://192.0.2.1:8080/"), Rate: 1000, Length: time.Millisecond}, nil)
	if err != nil || report.Failed(Unconnected) != 1 || !strings.Contains(report.Failures[0].First, "is not this machine") {
		t.Errorf("got %+v, %v, want one request that was refused", report.Failures, err)
	}
}
