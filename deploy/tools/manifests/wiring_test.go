package main

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"spanwise/tools/manifests/check"
)

// ofOthers are variables that our programs read although docs/settings.md does not list them, and those of other programs.
var ofOthers = map[string]string{
	"GOMEMLIMIT":                "Go",
	"GOGC":                      "Go",
	"PGSSLMODE":                 "PostgreSQL's drivers",
	"PGDATA":                    "PostgreSQL",
	"POSTGRES_PASSWORD":         "PostgreSQL's image",
	"POD_NAME":                  "OTEL_RESOURCE_ATTRIBUTES",
	"NODE_NAME":                 "OTEL_RESOURCE_ATTRIBUTES",
	"DATABASE_PASSWORD":         "DATABASE_URL",
	"PRICING_DATABASE_PASSWORD": "PRICING_DATABASE_URL",
}

// Every variable is one that its program reads: in docs/settings.md, in the program's own files, or known to be someone else's. A
// misspelt one would have no effect.
func TestVariables(t *testing.T) {
	page, err := os.ReadFile("../../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	eachWorkload(t, func(t *testing.T, w workload) {
		var files strings.Builder
		for _, text := range w.files() {
			files.WriteString(text)
		}
		for name := range w.environ() {
			inPage := len(w.configs()) == 0 && (strings.Contains(string(page), "`"+name+"`") || strings.HasPrefix(name, "OTEL_"))
			inFiles := strings.Contains(files.String(), "${env:"+name+":-")
			if !inPage && !inFiles && ofOthers[name] == "" && !strings.Contains(files.String(), "${"+name+"}") {
				t.Errorf("%s sets %s, which nothing reads", w, name)
			}
		}
	})
}

var (
	reference  = regexp.MustCompile(`\$\{env:([A-Za-z_]+):-([^}]*)\}`)
	listens    = regexp.MustCompile(`(?m)^ *endpoint: 0\.0\.0\.0:(\d+)$`)
	ownMetrics = regexp.MustCompile(`(?m)^ *port: (\d+)(?: #.*)?$`)
)

// expand replaces the references to variables in a file of the Collector or Jaeger.
func expand(text string, env map[string]string) string {
	return reference.ReplaceAllStringFunc(text, func(whole string) string {
		m := reference.FindStringSubmatch(whole)
		if value, ok := env[m[1]]; ok {
			return value
		}
		return m[2]
	})
}

// Every port that a pod declares, and to which probes, Services and policies lead, is one on which its program listens.
func TestPorts(t *testing.T) {
	eachWorkload(t, func(t *testing.T, w workload) {
		env, files := w.environ(), w.files()
		var ports []string
		for _, name := range w.configs() {
			text, ok := files[name]
			if !ok {
				t.Errorf("%s reads %s, which no ConfigMap has", w, name)
			}
			for _, m := range slices.Concat(listens.FindAllStringSubmatch(expand(text, env), -1), ownMetrics.FindAllStringSubmatch(expand(text, env), -1)) {
				ports = append(ports, m[1])
			}
		}
		switch {
		case env["ADDR"] != "":
			ports = append(ports, strings.TrimPrefix(env["ADDR"], ":"))
		case w.Name == "postgres":
			ports = append(ports, "5432")
		case w.Name == "valkey":
			ports = append(ports, "6379")
		case w.Name == "prometheus":
			ports = append(ports, "9090")
		}
		for _, port := range w.container().Ports {
			if !slices.Contains(ports, strconv.Itoa(int(port.ContainerPort))) {
				t.Errorf("%s declares port %d, and listens on %v", w, port.ContainerPort, ports)
			}
		}
	})
}

// address is a host in the cluster and a port, in a URL, alone, or in a list.
var address = regexp.MustCompile(`(?:^|["@/])(?:[a-z-]+-\d\.)?([a-z][a-z-]*)(?:\.(spanwise|spanwise-agents))?:(\d+)(?:$|[/"?])`)

// scraped is a name and a port in the file of Prometheus.
var scraped = regexp.MustCompile(`names: \[([a-z-]+)\.[a-z-]+\]\n *type: A\n *port: (\d+)`)

// arrows returns the connections that the variables of a workload, or the file of Prometheus, make it open to pods of the same overlay.
func arrows(w workload, all []workload) []check.Arrow {
	var found []check.Arrow
	add := func(host, port string) {
		for _, to := range all {
			if number, err := strconv.Atoi(port); err == nil && to.Name == host {
				found = append(found, check.Arrow{From: w.String(), To: to.String(), Port: int32(number)})
			}
		}
	}
	env := w.environ()
	for name, value := range env {
		if strings.HasPrefix(name, "SHOWN_") { // for browsers
			continue
		}
		for _, m := range address.FindAllStringSubmatch(value, -1) {
			add(m[1], m[3])
		}
	}
	for _, name := range []string{"OTELCOL_GATEWAYS_NAME", "OTELCOL_GATEWAYS_SERVICE"} {
		if host, _, ok := strings.Cut(env[name], "."); ok {
			add(host, "4317")
		}
	}
	for _, text := range w.files() {
		for _, m := range scraped.FindAllStringSubmatch(text, -1) {
			add(strings.TrimSuffix(m[1], "-metrics"), m[2])
		}
	}
	return found
}

// The network policies allow the connections that the programs are configured to open, and no others.
func TestPolicies(t *testing.T) {
	for overlay, objects := range rendered(t) {
		all := workloads(t, objects)
		var wanted []check.Arrow
		for _, w := range all {
			wanted = append(wanted, arrows(w, all)...)
		}
		allowed := check.Arrows(objects)
		for _, a := range wanted {
			if !slices.Contains(allowed, a) {
				t.Errorf("%s: %s connects to %s at port %d, and no policy allows it", overlay, a.From, a.To, a.Port)
			}
		}
		for _, a := range allowed {
			if !slices.Contains(wanted, a) {
				t.Errorf("%s: a policy lets %s connect to %s at port %d, and nothing makes it", overlay, a.From, a.To, a.Port)
			}
		}
		if len(wanted) < 15 {
			t.Errorf("%s: got %d connections, want at least 15: the variables were not understood", overlay, len(wanted))
		}
	}
}
