package scenario_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"spanwise/doctor/trace"
	"spanwise/lab/scenario"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

// Every route of every service has a healthy scenario, except those for supervisors and the description of the API.
func TestEveryRouteIsPlayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shop := shoptest.Start(t, nil, true)
		played := map[string]bool{}
		for _, s := range scenario.All() {
			if s.Variants()[0].Name != scenario.Healthy {
				continue
			}
			for _, tr := range scenariotest.Play(t, shop, s, s.Slow).Own {
				played[tr.Roots[0].Service+": "+tr.Roots[0].Get(trace.HTTPMethod)+" "+tr.Roots[0].Get(trace.HTTPRoute)] = true
			}
		}
		for service, routes := range shop.Routes() {
			service = strings.TrimSuffix(service, "2") // a second instance
			for _, route := range routes {
				excepted := slices.Contains([]string{"GET /livez", "GET /readyz", "GET /openapi.yaml"}, route)
				if !excepted && !played[service+": "+route] {
					t.Errorf("no healthy scenario requests %s: %s; add one to healthy.go", service, route)
				}
			}
		}
		if len(played) == 0 {
			t.Error("no route was played")
		}
	})
}
