// Package native runs the whole lab as processes on this machine: Jaeger, the Collector, the three services and the lab's
// own server. Describe a run with [FromEnv] or [Scratch], start it with [Start], and stop it with [Run.Stop], which loses
// no span.
package native

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"spanwise/internal/sampling"
)

// host is the only address that a native run listens on.
const host = "127.0.0.1"

// Settings describe a run: its folders, programs, ports and environment.
type Settings struct {
	Root     string // the source tree; the configuration files are read from it
	Data     string // databases, queues and traces
	Programs Files
	Metrics  bool          // whether Prometheus runs
	Profile  bool          // whether the services serve their profiles
	Sampling sampling.Mode // whose traces are kept
	Pipeline Pipeline      // what is between the services and Jaeger
	NoShop   bool          // whether the services and the page are left out
	Agents   int           // how many; by default 1
	Gateways int           // how many in the first set, if there is one; by default 2
	DNS      bool          // whether agents look gateways up by name, on Linux only, instead of reading a list
	// Instances is how many programs each service has; with more than one, nginx is in front of them: see [Nginx].
	Instances int
	ports     map[string]int
	apart     *Host    // where the Collector runs, if not on this machine
	published string   // the service that other hosts reach, if any
	offset    int      // of the ports that no variable sets
	environ   []string // what every program inherits
	given     []string // the variables that may name databases
}

// Files are the programs' files, some of which may still be downloaded or built.
type Files interface {
	File(ctx context.Context, name string) (string, error) // waits until it is there
	There(name string) bool                                // does not wait
}

// FromEnv returns the settings of make up: ports, data and databases come from the environment.
func FromEnv(root string, environ []string) (Settings, error) {
	s := Settings{Root: root, ports: make(map[string]int), given: environ}
	getenv := func(name string) string { return lookup(environ, name) }
	err := refuseEmpty(environ)
	if err != nil {
		return s, err
	}
	if s.offset, err = offset(getenv); err != nil {
		return s, err
	}
	s.Data = cmp.Or(getenv("SPANWISE_DATA"), filepath.Join(root, dataFolder(s.offset)))
	if s.Data, err = filepath.Abs(s.Data); err != nil {
		return s, fmt.Errorf("find the folder SPANWISE_DATA: %w", err)
	}
	if s.Metrics, err = metricsOf(environ); err != nil {
		return s, err
	}
	if s.Profile, err = onOff(environ, "PROFILE"); err != nil {
		return s, err
	}
	if s.Sampling, err = samplingOf(environ); err != nil {
		return s, err
	}
	// The same name for all three would make them one service in every trace.
	s.environ = without(environ, "OTEL_SERVICE_NAME")
	if err := s.readPipeline(environ); err != nil {
		return s, err
	}
	if err := checkTuning(environ, leastMiB); err != nil {
		return s, err
	}
	if s.Pipeline.scaled() && lookup(environ, DecisionWait) == "" {
		s.Set(DecisionWait, "2s") // nothing of a run is restarted on purpose, and people wait for their traces
	}
	taken := make(map[int]string)
	for _, p := range s.usedPorts() {
		n, err := p.number(getenv, s.offset)
		if err != nil {
			return s, err
		}
		if other := taken[n]; other != "" {
			return s, fmt.Errorf("%s and %s are both %d: change one of them", other, p.name, n)
		}
		taken[n] = p.name
		s.ports[p.name] = n
	}
	return s, nil
}

// dataFolder returns the folder for data in the source tree. Each copy of the lab has its own, because two cannot use the same
// databases and queue.
func dataFolder(offset int) string {
	if offset == 0 {
		return ".data"
	}
	return filepath.Join(".data", "offset-"+strconv.Itoa(offset))
}

// Scratch returns the settings of a run that is independent of every other: data in dir, free ports, and no variables from
// the environment that change what the programs do. given are variables to add, as NAME=value.
func Scratch(root, dir string, environ []string, given ...string) (Settings, error) {
	s := Settings{Root: root, Data: dir, ports: make(map[string]int), given: given}
	free, err := freePorts(len(ports))
	if err != nil {
		return s, err
	}
	for i, p := range ports {
		s.ports[p.name] = free[i]
	}
	if s.Sampling, err = samplingOf(given); err != nil {
		return s, err
	}
	s.environ = without(environ, sampling.Name, "ORDER_SAMPLING", "INVENTORY_SAMPLING", "PRICING_SAMPLING", PipelineName, "KAFKA_",
		"OTEL_", "OTELCOL_", "JAEGER_", "CACHE_URL", "DATABASE_WAIT", "DATABASE_CONNECTIONS", "DRAIN_DELAY", "CONNECTION_MAX_AGE", "LOG_LEVEL", "SHOWN_",
		"GOMEMLIMIT", "GOGC", "GODEBUG")
	s.environ = append(s.environ, given...)
	if err := s.readPipeline(given); err != nil {
		return s, err
	}
	if err := checkTuning(given, 1); err != nil {
		return s, err
	}
	if s.Profile, err = onOff(given, "PROFILE"); err != nil {
		return s, err
	}
	s.Metrics, err = metricsOf(given)
	return s, err
}

// Set adds a variable to the environment of every program.
func (s *Settings) Set(name, value string) {
	s.environ = append(slices.Clip(s.environ), name+"="+value)
}

// QueueDir is the folder in which the Collector keeps spans that Jaeger has not accepted yet.
func (s Settings) QueueDir() string { return s.queueDir(Collector) }

// DatabaseURL returns the URL of a service's database. Empty means SQLite in Data.
func (s Settings) DatabaseURL(service string) string {
	return lookup(s.given, strings.ToUpper(service)+"_DATABASE_URL")
}

// SetDatabase makes a service use the database at that URL.
func (s *Settings) SetDatabase(service, url string) {
	s.given = append(slices.Clip(s.given), strings.ToUpper(service)+"_DATABASE_URL="+url)
}

// ProgressFile is where the lab's page finds what happens to programs that are not there yet: see package status.
func (s Settings) ProgressFile() string { return filepath.Join(s.Data, "progress.json") }

// Offset returns the value of PORT_OFFSET.
func (s Settings) Offset() int { return s.offset }

// Addr returns the host and port of a setting such as OrderPort.
func (s Settings) Addr(name string) string {
	return s.hostOf(ownerOf(name)) + ":" + strconv.Itoa(s.ports[name])
}

// URL returns the address of the server on that port for a program.
func (s Settings) URL(name string) string { return "http://" + s.Addr(name) }

// Shop returns the addresses of the three services.
func (s Settings) Shop() (order, inventory, pricing string) {
	return s.URL(OrderPort), s.URL(InventoryPort), s.URL(PricingPort)
}

// Shown returns the address of the server on that port for a person.
func (s Settings) Shown(name string) string { return "http://localhost:" + strconv.Itoa(s.ports[name]) }
