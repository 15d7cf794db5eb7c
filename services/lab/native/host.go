package native

import "net"

// anywhere is all addresses of this machine.
const anywhere = "0.0.0.0"

// A Host is another host for the Collector, such as a network namespace of this machine.
type Host struct {
	Addr  string   // its address
	Home  string   // the address of this machine, as that host sees it
	Enter []string // the command that runs a program there, such as ip netns exec NAME
}

// MoveCollector makes the Collector run on another host. Jaeger then listens on all addresses of this machine.
func (s *Settings) MoveCollector(to Host) { s.apart = &to }

// Publish makes a service listen on all addresses of this machine, so that other hosts reach it.
func (s *Settings) Publish(service string) { s.published = service }

// listenAddr returns the address on which a service's program listens.
func (s Settings) listenAddr(program string) string {
	address := s.Addr(portOf(program, "PORT"))
	if kind(program) != s.published {
		return address
	}
	_, port, _ := net.SplitHostPort(address)
	return net.JoinHostPort(anywhere, port)
}

// hostOf returns the address of the host on which a program runs.
func (s Settings) hostOf(program string) string {
	if s.apart != nil && program == Collector {
		return s.apart.Addr
	}
	if s.DNS && kind(program) == gateway {
		return s.gatewayHost(program)
	}
	return host
}

func (s Settings) enter(program string) []string {
	if s.apart != nil && program == Collector {
		return s.apart.Enter
	}
	if s.DNS && kind(program) == Collector {
		return s.withHosts()
	}
	return nil
}

// jaegerHost returns the address on which Jaeger listens.
func (s Settings) jaegerHost() string {
	if s.apart != nil {
		return anywhere
	}
	return host
}

// jaegerOTLP returns the address to which the Collector sends.
func (s Settings) jaegerOTLP() string {
	address := s.Addr(jaegerOTLP)
	if s.apart == nil {
		return address
	}
	_, port, _ := net.SplitHostPort(address)
	return net.JoinHostPort(s.apart.Home, port)
}
