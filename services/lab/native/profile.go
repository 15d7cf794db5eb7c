package native

import (
	"fmt"
	"strings"
)

// AdminPort returns the variable that sets the port on which a service serves its profiles, with PROFILE=on only.
func AdminPort(service string) string { return strings.ToUpper(service) + "_ADMIN_PORT" }

func isAdmin(p port) bool { return p.name == AdminPort(p.owner) }

// onOff reads a variable that is on or off, by default off.
func onOff(environ []string, name string) (bool, error) {
	switch v := lookup(environ, name); v {
	case "", "off":
		return false, nil
	case "on":
		return true, nil
	default:
		return false, fmt.Errorf("%s=%s: choose on or off", name, v)
	}
}
