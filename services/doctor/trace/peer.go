package trace

import (
	"cmp"
	"net/netip"
	"strings"
)

// Peer is the other end of a call as the caller's attributes name it: a service, a database or an address.
func (s *Span) Peer() string {
	return cmp.Or(s.Get(PeerService), s.Get(DBSystem), s.Get(DBNamespace), s.address().text, s.Get(Destination), s.Get(RPCService))
}

// PeerHost is the host that s calls, without a port, as the caller's attributes name it; "" if they name none.
func (s *Span) PeerHost() string { return s.address().host }

// An address is where a call goes. The port may be missing.
type address struct{ text, host, port string }

// address returns the callee's address from the caller's attributes: from the URL or else from host and port.
func (s *Span) address() address {
	host := cmp.Or(hostOf(s.Get(URLFull)), s.Get(PeerAddress))
	if name, port, ok := cutPort(host); ok {
		return address{host, name, port}
	}
	if port := s.Get(PeerPort); host != "" && port != "" {
		return address{host + ":" + port, host, port}
	}
	return address{host, host, ""}
}

// cutPort splits host and port. The colons of an IPv6 address do not separate a port, unless the address is in brackets.
func cutPort(address string) (host, port string, ok bool) {
	i := strings.LastIndexByte(address, ':')
	if i < 0 || strings.Trim(address[i+1:], "0123456789") != "" || strings.Count(address, ":") > 1 && address[i-1] != ']' {
		return "", "", false
	}
	return address[:i], address[i+1:], true
}

// A hostKind is what the text of a host shows.
type hostKind uint8

const (
	named    hostKind = iota // a name, which a reader understands
	numbered                 // an IP address
	loopback                 // by name or address: a different machine for each caller
)

func kindOf(host string) hostKind {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	switch {
	case host == "localhost" || err == nil && ip.IsLoopback():
		return loopback
	case err == nil:
		return numbered
	}
	return named
}

// hostOf returns the host and port of a URL, without user name and password; "" if the URL has no host.
func hostOf(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest[strings.LastIndexByte(rest, '@')+1:]
}
