package guide

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// service is the block of one service in docker-compose.yml.
var service = regexp.MustCompile(`(?m)^  ([a-z-]+):\n((?:    .*\n|\n|  #.*\n)+)`)

// composeServices returns the blocks of the services by name.
func composeServices(t *testing.T) (file string, services map[string]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "\nservices:\n")
	if !found {
		t.Fatal("docker-compose.yml has no services")
	}
	services = make(map[string]string)
	for _, m := range service.FindAllStringSubmatch(after, -1) {
		services[m[1]] = m[2]
	}
	if len(services) < 9 {
		t.Fatalf("got %d services, want at least 9: the file was not understood", len(services))
	}
	return string(text), services
}

// The memory limits of the containers that run without a profile add up to what docker-compose.yml says, and every container has one.
func TestMemoryLimits(t *testing.T) {
	file, services := composeServices(t)
	limit := regexp.MustCompile(`(?m)^    mem_limit: (\d+)m(?: #.*)?$`)
	sum := 0
	for name, block := range services {
		m := limit.FindStringSubmatch(block)
		if m == nil {
			t.Errorf("%s has no mem_limit in megabytes", name)
			continue
		}
		if n, _ := strconv.Atoi(m[1]); !strings.Contains(block, "\n    profiles:") {
			sum += n
		}
	}
	if want := fmt.Sprintf("The memory limits add up to %d MB.", sum); !strings.Contains(file, want) {
		t.Errorf("docker-compose.yml does not say %q", want)
	}
}

// Containers mount no files of the checkout: in a clone with umask 077, their users could not read them. Images get a copy.
func TestNoMounts(t *testing.T) {
	_, services := composeServices(t)
	for name, block := range services {
		if m := regexp.MustCompile(`(?m)^ *(- |source: ?)["']?\.{1,2}/.*$`).FindString(block); m != "" {
			t.Errorf("%s mounts a file of the checkout: %s (copy it into the image in deploy/Dockerfile, with --chmod=444)", name, strings.TrimSpace(m))
		}
	}
}

// Every container that keeps running has a health check, without which docker compose up --wait takes a broken one for healthy.
func TestHealthChecks(t *testing.T) {
	_, services := composeServices(t)
	for name, block := range services {
		runs := name != "volumes" // which exits
		if runs && !strings.Contains(block, "\n    healthcheck:") && !strings.Contains(block, "<<: *program") {
			t.Errorf("%s has no healthcheck", name)
		}
	}
}

// The limits of the small box add up to what deploy/compose.small.yaml says, which fits into 1.5 CPUs and 550 MB. Every container that
// runs without a profile has both limits, each instance counts, and one that has none here has that of docker-compose.yml.
func TestSmallBox(t *testing.T) {
	_, base := composeServices(t)
	text, err := os.ReadFile(filepath.Join(root, "deploy", "compose.small.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "\nservices:\n")
	small := make(map[string]string)
	for _, m := range service.FindAllStringSubmatch(after, -1) {
		small[m[1]] = m[2]
	}
	names := slices.Collect(maps.Keys(small))
	for name, block := range base {
		if !strings.Contains(block, "\n    profiles:") && small[name] == "" {
			names = append(names, name)
		}
	}
	number := func(name, field string) float64 {
		pattern := regexp.MustCompile(`(?m)^    ` + field + `: ([\d.]+)m?(?: #.*)?$`)
		m := pattern.FindStringSubmatch(small[name])
		if m == nil {
			m = pattern.FindStringSubmatch(base[name])
		}
		if m == nil {
			return 0
		}
		n, _ := strconv.ParseFloat(m[1], 64)
		return n
	}
	var cpus, megabytes float64
	for _, name := range names {
		instances, cpu, memory := max(number(name, "scale"), 1), number(name, "cpus"), number(name, "mem_limit")
		if cpu == 0 || memory == 0 {
			t.Errorf("%s: got %g cpus and a mem_limit of %g MB, want both", name, cpu, memory)
		}
		cpus, megabytes = cpus+instances*cpu, megabytes+instances*memory
	}
	if cpus > 1.5+1e-9 || megabytes > 550 {
		t.Errorf("got %.2f CPUs and %g MB, want at most 1.5 and 550", cpus, megabytes)
	}
	if want := fmt.Sprintf("They add up to %.2f CPUs and %g MB.", cpus, megabytes); !strings.Contains(string(text), want) {
		t.Errorf("deploy/compose.small.yaml does not say %q", want)
	}
}
