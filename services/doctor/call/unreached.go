package call

import (
	"cmp"
	"strings"

	"spanwise/doctor/trace"
)

// A Barrier is why a call did not reach its callee: there was no connection to it.
type Barrier struct {
	Why   string // such as: its name was not resolved
	Check string // what to check; %s stands for the callee
	words []string
}

// The barriers, and the words by which clients report them. Where it matters, a comment names who uses the words: Go 1.26, gRPC's C core and
// grpc-go 1.85, Node 20 and its undici, .NET 9 (values of error.type), and the exceptions of Java and Python, whose names have not changed.
var (
	unresolved = &Barrier{"its name was not resolved", "check the name and the DNS record of %s, and whether it runs", []string{
		"no such host", "server misbehaving", // Go, package net
		"name resolution", "dns resolution", "resolving dns", // gRPC
		"enotfound", "eai_again", "getaddrinfo", // Node
		"unknownhost", "unresolvedaddress", // Java
		"gaierror", "name or service not known", "nodename nor servname", "name does not resolve", "no address associated", // Python, libc
		"resolve host", "failed to resolve", "could not resolve", // curl, urllib3, Rust
		"name_resolution_error", "host_not_found", // .NET
	}}
	refused = &Barrier{"the connection was refused", "check that %s runs, and that it listens at this address", []string{
		"connection refused", "econnrefused", "actively refused", "connection_refused",
	}}
	noRoute = &Barrier{"there is no route to it", "check the network to %s", []string{
		"no route to host", "noroutetohost", "ehostunreach", "host is unreachable", "network is unreachable", "enetunreach", "host unreachable",
	}}
	untrusted = &Barrier{"TLS was not agreed on", "check the certificates and the TLS settings of %s", []string{
		"tls handshake", "tls: ", "x509: ", "err_tls", // Go, Node
		"sslhandshake", "sslerror", "ssl handshake", "ssl routines", "handshake failure", "handshake_failure", "wrong version number", // Java, Python, OpenSSL
		"certificate verify", "certificate has expired", "cert_has_expired", "certificate signed by", "self-signed certificate", "self signed certificate",
		"bad certificate", "certificate required", "unable to verify the first certificate", "remotecertificate", "secure_connection_error",
	}}
	tooLate = &Barrier{"connecting took too long", "check that %s runs at this address, and that no firewall drops the packets", []string{
		"connect timeout", "connecttimeout", "connect timed out", "connection timed out", "connect etimedout", "err_connect_timeout",
		"serverselection", "server selection t", // MongoDB
	}}
	noConnection = &Barrier{"there was no connection to it", "check the address of %s, and whether it runs", []string{
		"failed to connect to", "could not connect to", "unable to connect to", "can't connect to", "cannot connect to", "couldn't connect to",
		"error while dialing", "dial tcp", "connectexception", "no connection could be made", "no healthy upstream",
	}}

	barriers = []*Barrier{unresolved, refused, noRoute, untrusted, tooLate, noConnection} // the first that matches counts
)

// Unreached returns why a failed call, or a failed attempt to connect, did not reach the callee. It is nil if the callee answered, or if
// nothing shows that it was not reached.
func Unreached(s *trace.Span) *Barrier {
	if !Failed(s) || !s.Calling() && !Connecting(s) || s.RemoteChild() != nil {
		return nil
	}
	if f := ProxyFlag(s); f != nil && f.reach == notConnected {
		return noConnection
	}
	switch strings.ToUpper(s.Get(trace.RPCStatus)) {
	case "", "4", "14", "DEADLINE_EXCEEDED", "UNAVAILABLE":
	default:
		return nil // the callee's own answer, which may quote its own failure to connect
	}
	if s.Get(trace.HTTPStatus) != "" {
		return nil
	}
	if b := barrierIn(Said(s)); b != nil {
		return b
	}
	return unconnected(s)
}

// unconnected returns why the last attempt to connect failed that s records below itself; nil if it did not fail.
func unconnected(s *trace.Span) *Barrier {
	if len(s.Children) == 0 {
		return nil
	}
	last := s.Children[len(s.Children)-1]
	if !Failed(last) || !Connecting(last) {
		return nil
	}
	return cmp.Or(Unreached(last), noConnection)
}

func barrierIn(said string) *Barrier {
	if strings.Contains(said, "dial tcp") && strings.Contains(said, "i/o timeout") {
		return tooLate // Go
	}
	for _, b := range barriers {
		if ContainsAny(said, b.words...) {
			return b
		}
	}
	return nil
}
