package native

import "net"

// A Host is another host for the Collector, such as a network namespace of this machine.
type Host struct {
	Addr  string   // its address
	Home  string   // the address of this machine, as that host sees it
	Enter []string // the command that runs a program there, such as ip netns exec NAME
}

// MoveCollector makes the Collector run on another host. Jaeger then listens on all addresses of this machine.
func (s *Settings) MoveCollector(to Host) { s.apart = &to }

// hostOf returns the address of the host on which a program runs.
func (s Settings) hostOf(program string) string {
	if s.apart != nil && program == Collector {
		return s.apart.Addr
	}
	return host
}

func (s Settings) enter(program string) []string {
	if s.apart != nil && program == Collector {
		return s.apart.Enter
	}
	return nil
}

// jaegerHost returns the address on which Jaeger listens.
func (s Settings) jaegerHost() string {
	if s.apart != nil {
		return "0.0.0.0"
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
