package rest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"go.opentelemetry.io/otel/baggage"

	"spanwise/internal/rest"
	"spanwise/internal/spantest"
)

// Valid headers of trace context and baggage are accepted, with all their members; what is over a limit is refused with the limit.
func TestPropagationHeaders(t *testing.T) {
	members := func(prefix string, n int, value string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf("%s%d=%s", prefix, i, value)
		}
		return strings.Join(all, ",")
	}
	h := rest.NewRouter(spantest.New().Telemetry("things", io.Discard), func(context.Context) error { return nil }, func(r chi.Router) {
		r.Get("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, baggage.FromContext(r.Context()).Len()) })
	})
	const parent = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"
	tests := map[string]struct {
		header http.Header
		status int
		answer string // the number of members, or a part of the problem
	}{
		"64 members":               {http.Header{"Baggage": {members("k", 64, "v")}}, 200, "64"},
		"65 members":               {http.Header{"Baggage": {members("k", 65, "v")}}, 431, "baggage has 65 members; the maximum is 64"},
		"two headers":              {http.Header{"Baggage": {members("k", 32, "v"), members("j", 32, "v")}}, 200, "64"},
		"two headers, 80 members":  {http.Header{"Baggage": {members("k", 40, "v"), members("j", 40, "v")}}, 431, "80 members"},
		"two headers, 10 kB":       {http.Header{"Baggage": {"a=" + strings.Repeat("v", 5000), "b=" + strings.Repeat("v", 5000)}}, 431, "baggage has 10005 bytes; the maximum is 8192"},
		"an empty member":          {http.Header{"Baggage": {"a=1, ,b=2,"}}, 200, "2"},
		"an empty header":          {http.Header{"Baggage": {""}}, 200, "0"},
		"properties":               {http.Header{"Baggage": {"a=1;ttl=3;secret, b = 2"}}, 200, "2"},
		"no value":                 {http.Header{"Baggage": {"a=1,b"}}, 400, `baggage \"b\" is malformed`},
		"reserved flags":           {http.Header{"Traceparent": {"00-" + parent + "-05"}}, 400, "traceparent"}, // OpenTelemetry drops it
		"random and sampled":       {http.Header{"Traceparent": {"00-" + parent + "-03"}}, 200, "0"},
		"a version of the future":  {http.Header{"Traceparent": {"01-" + parent + "-05-x"}}, 200, "0"},
		"a version that cannot be": {http.Header{"Traceparent": {"ff-" + parent + "-01"}}, 400, "traceparent"},
		"something after flags":    {http.Header{"Traceparent": {"00-" + parent + "-01-x"}}, 400, "traceparent"},
	}
	for name, tt := range tests {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header = tt.header
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Body.String(); w.Code != tt.status || (w.Code == 200 && got != tt.answer) || !strings.Contains(got, tt.answer) {
			t.Errorf("%s: got %d %s, want %d %s", name, w.Code, got, tt.status, tt.answer)
		}
	}
}
