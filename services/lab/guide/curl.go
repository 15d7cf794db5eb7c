package guide

import (
	"fmt"
	"slices"
	"strings"

	"spanwise/lab/scenario"
)

// Curl returns the shell commands that make a request of a scenario: its preparations first, and as many at once as the
// scenario wants. at gives a service's address, such as http://localhost:8080.
func Curl(s scenario.Scenario, r scenario.Request, at func(service string) string) string {
	var lines []string
	if uses(scenario.Fresh, append(slices.Clone(s.Setup), r)) {
		lines = append(lines, "fresh=$(date +%s)")
	}
	for _, b := range s.Setup {
		line := curl(b, at, "-s") + " > /dev/null"
		if uses(scenario.Placed, []scenario.Request{r}) {
			line = "placed=$(" + curl(b, at, "-si") + ` | sed -n 's/^Location: //p' | tr -d '\r')`
		}
		lines = append(lines, line)
	}
	if s.Cooldown > 0 {
		lines = append(lines, fmt.Sprintf("sleep %g", s.Cooldown.Seconds()))
	}
	if s.Concurrency < 2 {
		return strings.Join(append(lines, curl(r, at, "-i")), "\n")
	}
	return strings.Join(append(lines,
		fmt.Sprintf("for n in $(seq %d); do", s.Concurrency),
		"  "+curl(r, at, "-si")+" | grep -i ^traceresponse &",
		"done; wait"), "\n")
}

// uses reports whether one of some requests has what stands for something that differs each time.
func uses(mark string, requests []scenario.Request) bool {
	return slices.ContainsFunc(requests, func(r scenario.Request) bool { return strings.Contains(r.Path+r.Body, mark) })
}

// curl is the command for one request.
func curl(r scenario.Request, at func(string) string, flags string) string {
	parts := []string{"curl", flags}
	if r.Method != "GET" && (r.Method != "POST" || r.Body == "") {
		parts = append(parts, "-X", r.Method)
	}
	parts = append(parts, word(strings.TrimSuffix(at(r.To()), "/")+r.Path))
	if r.Body != "" {
		parts = append(parts, "-H", word("Content-Type: application/json"))
	}
	if r.Key {
		parts = append(parts, "-H", `"Idempotency-Key: $(date +%s%N)"`)
	}
	if r.Body != "" {
		parts = append(parts, "-d", word(r.Body))
	}
	return strings.Join(parts, " ")
}

// word makes one word of a text for a shell, which fills in what differs each time.
func word(text string) string {
	return "'" + strings.NewReplacer("'", `'\''`, scenario.Placed, `'"$placed"'`, scenario.Fresh, `'"$fresh"'`).Replace(text) + "'"
}
