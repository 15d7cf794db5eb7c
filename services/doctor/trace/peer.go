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

// PeerHost is the host that a call goes to, by the caller's attributes and without its port; "" if they name none.
func (s *Span) PeerHost() string { return s.address().host }

// An address is where a call goes. The port may be missing.
type address struct{ text, host, port string }

// address is the callee's address by the caller's attributes: by the URL or, without one, by host and port.
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

// cutPort takes a port off a host. An IPv6 address has colons of its own, and no port unless it stands in brackets.
func cutPort(address string) (host, port string, ok bool) {
	i := strings.LastIndexByte(address, ':')
	if i < 0 || strings.Trim(address[i+1:], "0123456789") != "" || strings.Count(address, ":") > 1 && address[i-1] != ']' {
		return "", "", false
	}
	return address[:i], address[i+1:], true
}

// A sort of host is what its text tells.
type sort uint8

const (
	word     sort = iota // a name that tells a person what it is
	numbered             // a number
	loopback             // another machine for each that calls it, by name or number
)

func sortOf(host string) sort {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	switch {
	case host == "localhost" || err == nil && ip.IsLoopback():
		return loopback
	case err == nil:
		return numbered
	}
	return word
}

// hostOf is the host and port of a URL, without a user's name and password; "" if it has none.
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
