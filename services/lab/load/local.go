package load

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"syscall"
	"time"
)

// Local returns a transport that connects to this machine only, and in a container also to the private networks that the
// container is attached to, such as the one of docker compose. Load on anything else could do harm. The address is checked
// after the name has been resolved, for each connection, and no proxy is used. The transport keeps that many idle connections.
func Local(idle int) *http.Transport {
	dialer := &net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err == nil {
			err = allowed(to.Addr(), attached())
		}
		return err
	}}
	return &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: idle, IdleConnTimeout: 30 * time.Second}
}

// Check returns an error if a load may not be sent to the host of an http URL: all addresses that its name resolves to must be
// ones that [Local] connects to.
func Check(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" {
		return fmt.Errorf("%q is not an http address, such as http://localhost:8080", address)
	}
	if u.RawQuery != "" || u.ForceQuery || u.Fragment != "" { // paths are appended to the address
		return fmt.Errorf("%q has a query or a fragment: want only the address, such as http://localhost:8080, and put parameters into -mix", address)
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return fmt.Errorf("look up the host of %s: %w (name the order service with -url, such as http://localhost:8080, or with ORDER_URL)", address, err)
	}
	networks := attached()
	for _, a := range addrs {
		if err := allowed(a, networks); err != nil {
			return err
		}
	}
	return nil
}

// allowed returns an error unless an address is one of this machine, or a private one in one of the networks.
func allowed(a netip.Addr, networks []netip.Prefix) error {
	a = a.Unmap()
	if a.IsLoopback() || a.IsPrivate() && slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(a) }) {
		return nil
	}
	return fmt.Errorf("%s is not this machine: lab load only reaches localhost and, in a container, the services of its docker compose network", a)
}

// attached returns the networks of this container; none outside of a container, where a private network is other people's.
func attached() (networks []netip.Prefix) {
	if !exists("/.dockerenv") && !exists("/run/.containerenv") { // Docker makes the one, Podman the other
		return nil
	}
	addrs, _ := net.InterfaceAddrs() // without them, only this machine is reached
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			networks = append(networks, p)
		}
	}
	return networks
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
