package trace

import (
	"cmp"
	"net/netip"
	"strings"
)

// Peer is the other end of a call as the caller's attributes name it: a service, a database, a broker, or an address.
func (s *Span) Peer() string {
	if name := cmp.Or(s.Get(PeerService), s.Get(DBSystem), s.cloudService()); name != "" {
		return name
	}
	if s.sends() {
		if name := cmp.Or(s.Get(MessagingSystem), s.Get(Destination)); name != "" {
			return name
		}
	}
	return cmp.Or(s.Get(DBNamespace), s.address().text, s.Get(Destination), s.Get(RPCService))
}

// cloudService is the service of AWS that s calls, with what it holds there: S3/pictures, SQS/orders, Lambda/resize. It is "" for any
// other call. The name of the method includes that of the service since version 1.39 of the semantic conventions, and AWS's SDK for Go
// names its spans S3.GetObject.
func (s *Span) cloudService() string {
	if s.Get(RPCSystem) != "aws-api" {
		return ""
	}
	service := s.Get(RPCService)
	for _, name := range []string{s.Get(RPCMethod), s.Name} {
		if i := strings.IndexAny(name, "/. "); i > 0 && service == "" {
			service = name[:i]
		}
	}
	if service == "" {
		return ""
	}
	if resource := s.cloudResource(); resource != "" {
		service += "/" + resource
	}
	return service
}

// cloudResource is the bucket, table, queue, stream, topic or function that s names: without the account and the region of its URL or ARN.
// If it names several, it is "".
func (s *Span) cloudResource() string {
	name := strings.Trim(s.Get(AWSResource), `[]"`)
	if name == "" && s.Get(MessagingSystem) != "" {
		name = s.Get(Destination)
	}
	if strings.ContainsAny(name, ",") {
		return ""
	}
	return name[strings.LastIndexAny(name, "/:")+1:]
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
