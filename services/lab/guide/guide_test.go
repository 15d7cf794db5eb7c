package guide

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/internal/fault"
	"spanwise/lab/scenario"
)

var update = flag.Bool("update", false, "write the tables into the README")

const readme = "../../../README.md"

// The README's tables are those of the catalogue and of the services.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	whole := string(text)
	for name, table := range map[string]string{"parameters": Parameters(), "catalogue": Catalogue()} {
		before, shown, after := cut(t, whole, name)
		if diff := cmp.Diff(table, shown); diff != "" && !*update {
			t.Errorf("%s (-want +README; go test ./services/lab/guide -update writes it):\n%s", name, diff)
		}
		whole = before + table + after
	}
	if *update {
		if err := os.WriteFile(readme, []byte(whole), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// cut finds the part of a document between <!-- NAME … --> and <!-- end of NAME -->.
func cut(t *testing.T, text, name string) (before, part, after string) {
	t.Helper()
	start := strings.Index(text, "<!-- "+name)
	end := strings.Index(text, "\n<!-- end of "+name+" -->")
	if start < 0 || end < start {
		t.Fatalf("the README has no place for %s", name)
	}
	start += strings.Index(text[start:], "-->\n") + len("-->\n")
	return text[:start] + "\n", strings.TrimPrefix(text[start:end], "\n"), text[end:]
}

// Each parameter is shown by a request that a person can make: what cannot be seen does nothing.
func TestExample(t *testing.T) {
	for _, p := range fault.Parameters() {
		s, ok := Example(p)
		if !ok || !strings.Contains(s.Slow.Path, p.Name+"=") {
			t.Errorf("%s: got the example %q, want a request that has it", p.Name, s.Slow)
		}
	}
	latency := fault.Info{Name: "latency", Values: []string{"pricing:200ms"}}
	if s, _ := Example(latency); weight(given(s.Slow)) != 1 {
		t.Errorf("latency: got the example %s, want one that has nothing else", s.Slow)
	}
}

// A command makes the request of a scenario with all that belongs to it, and a shell takes every address as one word.
func TestCurl(t *testing.T) {
	at := func(service string) string { return "http://" + service + "/" }
	placed := scenario.Request{Method: "POST", Path: "/orders", Body: `{"customer":"o'hara"}`, Key: true}
	tests := []struct {
		scenario scenario.Scenario
		request  scenario.Request
		want     string
	}{
		{scenario.Scenario{}, scenario.Request{Method: "GET", Path: "/orders/50?fetch=each&rows=each"}, `curl -i 'http://order/orders/50?fetch=each&rows=each'`},
		{scenario.Scenario{}, placed,
			`curl -i 'http://order/orders' -H 'Content-Type: application/json' -H "Idempotency-Key: $(date +%s%N)" -d '{"customer":"o'\''hara"}'`},
		{scenario.Scenario{Concurrency: 3}, scenario.Request{Service: "pricing", Method: "GET", Path: "/prices"},
			"for n in $(seq 3); do\n  curl -si 'http://pricing/prices' | grep -i ^traceresponse &\ndone; wait"},
		{scenario.Scenario{Setup: []scenario.Request{{Method: "POST", Path: "/orders"}}}, scenario.Request{Method: "POST", Path: scenario.Placed + "/cancel"},
			"placed=$(curl -si -X POST 'http://order/orders' | sed -n 's/^Location: //p' | tr -d '\\r')\ncurl -i -X POST 'http://order'\"$placed\"'/cancel'"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Curl(tt.scenario, tt.request, at)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.request, diff)
		}
	}
}
