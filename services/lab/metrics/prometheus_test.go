//go:build unix

package metrics

import (
	"encoding/json"
	"net/url"
	"strconv"
	"testing"
	"time"

	"spanwise/lab/native"
)

// A sample is a series and its latest value.
type sample struct {
	labels map[string]string
	value  float64
}

// api asks Prometheus and decodes the data of its answer into v: https://prometheus.io/docs/prometheus/latest/querying/api/
func (s system) api(t *testing.T, path string, query url.Values, v any) {
	t.Helper()
	body, _ := get(t.Context(), s.run.URL(native.PrometheusPort)+"/api/v1/"+path+"?"+query.Encode())
	var answer struct {
		Status, Error string
		Data          json.RawMessage
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Status != "success" {
		t.Fatalf("ask Prometheus for %s?%v: got %s %s, %v", path, query, answer.Status, answer.Error, err)
	}
	if err := json.Unmarshal(answer.Data, v); err != nil {
		t.Fatal(err)
	}
}

// query returns the present answer to a question in PromQL.
func (s system) query(t *testing.T, promQL string) []sample {
	t.Helper()
	var data struct {
		Result []struct {
			Metric map[string]string
			Value  [2]any
		}
	}
	s.api(t, "query", url.Values{"query": {promQL}}, &data)
	var samples []sample
	for _, r := range data.Result {
		text, _ := r.Value[1].(string)
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("%s: %v", promQL, err)
		}
		samples = append(samples, sample{r.Metric, value})
	}
	return samples
}

// awaitAlert waits until an alert with these labels fires.
func (s system) awaitAlert(t *testing.T, labels string) {
	t.Helper()
	s.await(t, labels+" fires", func() bool { return len(s.query(t, `ALERTS{alertstate="firing",`+labels+"}")) > 0 })
}

// await polls until something holds.
func (s system) await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	began := time.Now()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		if time.Since(began) > patience {
			t.Fatalf("waited in vain until %s", what)
		}
		<-tick.C
	}
	t.Logf("%s after %.1f s", what, time.Since(began).Seconds())
}
