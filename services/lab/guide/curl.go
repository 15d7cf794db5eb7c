package guide

import (
	"fmt"
	"slices"
	"strings"

	"spanwise/lab/scenario"
)

// Curl returns the shell commands that send a request of a scenario: the scenario's preparations first, then as many
// concurrent requests as it needs. address returns a service's base URL, such as http://localhost:8080.
func Curl(s scenario.Scenario, r scenario.Request, address func(service string) string) string {
	var lines []string
	if slices.ContainsFunc(append(slices.Clone(s.Setup), r), contains(scenario.Fresh)) {
		lines = append(lines, "fresh=$(date +%s)")
	}
	for _, b := range s.Setup {
		line := curl(b, address, "-s") + " > /dev/null"
		if contains(scenario.Placed)(r) {
			line = "placed=$(" + curl(b, address, "-si") + ` | sed -n 's/^Location: //p' | tr -d '\r')`
		}
		lines = append(lines, line)
	}
	if s.Cooldown > 0 {
		lines = append(lines, fmt.Sprintf("sleep %g", s.Cooldown.Seconds()))
	}
	if s.Concurrency < 2 {
		return strings.Join(append(lines, curl(r, address, "-i")), "\n")
	}
	return strings.Join(append(lines,
		fmt.Sprintf("for n in $(seq %d); do", s.Concurrency),
		"  "+curl(r, address, "-si")+" | grep -i ^traceresponse &",
		"done; wait"), "\n")
}

// contains reports whether a request has a placeholder, which stands for something that differs each time.
func contains(placeholder string) func(scenario.Request) bool {
	return func(r scenario.Request) bool { return strings.Contains(r.Path+r.Body, placeholder) }
}

// curl is the command for one request.
func curl(r scenario.Request, address func(string) string, flags string) string {
	parts := []string{"curl", flags}
	if r.Method != "GET" && (r.Method != "POST" || r.Body == "") {
		parts = append(parts, "-X", r.Method)
	}
	parts = append(parts, quote(strings.TrimSuffix(address(r.To()), "/")+r.Path))
	if r.Body != "" {
		parts = append(parts, "-H", quote("Content-Type: application/json"))
	}
	if r.Key {
		parts = append(parts, "-H", `"Idempotency-Key: $(date +%s%N)"`)
	}
	if r.Body != "" {
		parts = append(parts, "-d", quote(r.Body))
	}
	return strings.Join(parts, " ")
}

// quote makes a text one word for a shell, which expands the placeholders.
func quote(text string) string {
	return "'" + strings.NewReplacer("'", `'\''`, scenario.Placed, `'"$placed"'`, scenario.Fresh, `'"$fresh"'`).Replace(text) + "'"
}
