package guide

import (
	"fmt"
	"strings"

	"spanwise/lab/scenario"
)

// Curl returns the shell commands that make a request of a scenario: its preparations first, and as many at once as the
// scenario wants. at gives a service's address, such as http://localhost:8080.
func Curl(s scenario.Scenario, r scenario.Request, at func(service string) string) string {
	var lines []string
	for _, b := range s.Before {
		line := curl(b, at, "-s") + " > /dev/null"
		if strings.Contains(r.Path, scenario.Placed) {
			line = "placed=$(" + curl(b, at, "-si") + ` | sed -n 's/^Location: //p' | tr -d '\r')`
		}
		lines = append(lines, line)
	}
	if s.Rest > 0 {
		lines = append(lines, fmt.Sprintf("sleep %g", s.Rest.Seconds()))
	}
	if s.Crowd < 2 {
		return strings.Join(append(lines, curl(r, at, "-i")), "\n")
	}
	return strings.Join(append(lines,
		fmt.Sprintf("for n in $(seq %d); do", s.Crowd),
		"  "+curl(r, at, "-si")+" | grep -i ^traceresponse &",
		"done; wait"), "\n")
}

// curl is the command for one request.
func curl(r scenario.Request, at func(string) string, flags string) string {
	parts := []string{"curl", flags}
	if r.Method != "GET" && r.Body == "" {
		parts = append(parts, "-X", r.Method)
	}
	parts = append(parts, word(strings.TrimSuffix(at(r.To()), "/"), r.Path))
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

// word is a URL as a shell takes it. Where it names what a preparation placed, the shell fills that in.
func word(base, path string) string {
	before, after, found := strings.Cut(path, scenario.Placed)
	if !found {
		return quote(base + path)
	}
	return quote(base+before) + `"$placed"` + quote(after)
}

// quote makes one word of a text for a shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
