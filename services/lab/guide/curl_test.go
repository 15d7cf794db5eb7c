package guide

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/lab/scenario"
)

// The command includes the scenario's preparations, and every URL is one word to the shell.
func TestCurl(t *testing.T) {
	address := func(service string) string { return "http://" + service + "/" }
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
		if diff := cmp.Diff(tt.want, Curl(tt.scenario, tt.request, address)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.request, diff)
		}
	}
}
