package trace

import (
	"cmp"
	"net/netip"
	"strings"
)

// Peer is the other end of a call as the caller's attributes name it: a service, a database or an address.
func (s *Span) Peer() string {
	return cmp.Or(s.Get(PeerService), s.Get(DBSystem), s.Get(DBNamespace), s.address().String(), s.Get(Destination), s.Get(RPCService))
}

// An address is where a call goes. The port may be missing.
type address struct{ host, port string }

func (a address) String() string {
	if a.port == "" {
		return a.host
	}
	return a.host + ":" + a.port
}

// address is the callee's address by the caller's attributes: by the URL or, without one, by host and port.
func (s *Span) address() address {
	host := cmp.Or(hostOf(s.Get(URLFull)), s.Get(PeerAddress))
	if a, ok := cutPort(host); ok {
		return a
	}
	if host == "" {
		return address{}
	}
	return address{host, s.Get(PeerPort)}
}

// cutPort takes a port off a host. An IPv6 address has colons of its own, and no port unless it stands in brackets.
func cutPort(host string) (address, bool) {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.Trim(host[i+1:], "0123456789") != "" || strings.Count(host, ":") > 1 && host[i-1] != ']' {
		return address{}, false
	}
	return address{host[:i], host[i+1:]}, true
}

// named reports a host that tells a person what it is. A number does not, nor does what every machine calls itself.
func (a address) named() bool {
	_, err := netip.ParseAddr(strings.Trim(a.host, "[]"))
	return err != nil && a.host != "" && a.host != "localhost"
}

// loopback reports an address that is another place for each machine that calls it.
func (a address) loopback() bool {
	ip, err := netip.ParseAddr(strings.Trim(a.host, "[]"))
	return a.host == "localhost" || err == nil && ip.IsLoopback()
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
