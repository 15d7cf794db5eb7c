package native

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// gatewaysName is the name that has the addresses of all gateways of the first set, if the agents look them up by name.
const gatewaysName = "gateways.spanwise"

// gatewayHost returns the address of a gateway that is found by name: all have the same port, so each has a loopback address of its own.
func (s Settings) gatewayHost(name string) string {
	return "127.0.0." + strings.TrimPrefix(name, gateway+"-") + "0"
}

// CanResolve returns an error that says why agents cannot look gateways up by name on this machine, or nil.
func CanResolve() error {
	if err := exec.Command("unshare", "--map-root-user", "--mount", "true").Run(); err != nil {
		return fmt.Errorf("looking gateways up by name needs unshare and user namespaces, as Linux has, for a file /etc/hosts of its own: %w", err)
	}
	return nil
}

// withHosts returns the command that runs an agent with the gateways in the place of /etc/hosts, which only that agent sees.
func (s Settings) withHosts() []string {
	return []string{"unshare", "--map-root-user", "--mount", "sh", "-c", `mount --bind "$0" /etc/hosts && exec "$@"`, s.gatewayFile(gateway)}
}

// resolver returns the files and the variables with which an agent finds the gateways.
func (s Settings) resolver() (files, env []string) {
	list := func(set string) string { return "${file:" + filepath.ToSlash(s.gatewayFile(set)) + "}" }
	if s.DNS {
		files = []string{"deploy/pipeline/resolver-dns.yaml"}
		env = []string{"OTELCOL_GATEWAYS_NAME=" + gatewaysName, portVariable("OTELCOL_GATEWAYS_PORT", s.ports[portOf(Gateway(1), otlpPort)])}
	} else {
		files = []string{"deploy/pipeline/resolver-static.yaml"}
		env = []string{"OTELCOL_GATEWAYS=" + list(gateway)}
	}
	if s.Pipeline.Twice() {
		files = append(files, "deploy/pipeline/agent-twice.yaml")
		env = append(env, "OTELCOL_TWINS="+list(twin))
	}
	return files, env
}

// gatewayFile is the file with the addresses of the gateways of a set. The agents read it when they start and at a SIGHUP, or if they
// look up names, every few seconds.
func (s Settings) gatewayFile(set string) string { return filepath.Join(s.Data, set+"-list") }

// listGateways writes the files of the sets to which the gateways belong.
func (s Settings) listGateways(names []string) error {
	if !s.Pipeline.lists() {
		return nil
	}
	lists := make(map[string]string)
	for _, name := range names {
		if s.DNS && kind(name) == gateway {
			lists[gateway] += fmt.Sprintf("%s %s\n", s.hostOf(name), gatewaysName)
		} else {
			lists[kind(name)] += fmt.Sprintf("- %s\n", s.OTLP(name))
		}
	}
	for set, list := range lists {
		if err := s.writeList(set, list); err != nil {
			return fmt.Errorf("write the list of gateways: %w", err)
		}
	}
	return nil
}

// writeList writes the file of a set. An agent never reads half of it, because it is moved into place; not so if it is mounted.
func (s Settings) writeList(set, list string) error {
	file := s.gatewayFile(set)
	if s.DNS && set == gateway {
		return os.WriteFile(file, []byte(list), 0o644)
	}
	draft := file + ".new"
	if err := os.WriteFile(draft, []byte(list), 0o644); err != nil {
		return err
	}
	return os.Rename(draft, file)
}
