// Package memnet is a network inside one process, for tests: listeners have names, and connections are [net.Pipe]s. Unlike
// real sockets it works in a testing/synctest bubble, where time is virtual.
// Create one with [New], call [Network.Listen], and give [Network.Transport] to clients.
package memnet

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
)

// A Network connects the listeners of one test. It is safe for concurrent use.
type Network struct{ listeners sync.Map } // *listener by host

// New returns a network without listeners.
func New() *Network { return new(Network) }

// Listen returns a listener for connections to that host.
func (n *Network) Listen(host string) net.Listener {
	l := &listener{host: host, conns: make(chan net.Conn)}
	l.open, l.close = context.WithCancel(context.Background())
	n.listeners.Store(host, l)
	return l
}

// Transport returns an HTTP transport whose connections stay in this network. It ignores ports.
func (n *Network) Transport() *http.Transport {
	return &http.Transport{DialContext: n.dial, MaxIdleConnsPerHost: 64}
}

func (n *Network) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	refused := &net.OpError{Op: "dial", Net: "mem", Err: fmt.Errorf("connect to %s: connection refused", addr)}
	l, ok := n.listeners.Load(host)
	if !ok {
		return nil, refused
	}
	client, server := net.Pipe()
	select {
	case l.(*listener).conns <- server:
		return client, nil
	case <-l.(*listener).open.Done():
		return nil, refused
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type listener struct {
	host  string
	conns chan net.Conn
	open  context.Context // done when the listener is closed
	close context.CancelFunc
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.open.Done():
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.close()
	return nil
}

func (l *listener) Addr() net.Addr { return &net.UnixAddr{Name: l.host, Net: "mem"} }
