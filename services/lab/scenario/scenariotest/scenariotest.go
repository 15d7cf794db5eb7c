// Package scenariotest plays scenarios inside a test, on the whole shop over an in-memory network and in virtual time, and
// returns their traces as Jaeger would, blinded. Call [Play] in a testing/synctest bubble.
package scenariotest

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
	"spanwise/lab/blind"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
	"spanwise/order/shoptest"
)

// Client returns a client of a shop under test.
func Client(shop *shoptest.Shop) play.Client {
	return play.Client{HTTP: shop.Client, URL: map[string]string{
		"order": "http://order", "inventory": "http://inventory", "pricing": "http://pricing"}}
}

// A Run is what playing a request left behind.
type Run struct {
	scenario.Played
	Controls []*trace.Trace // of the requests that ran at the same time
}

// Play plays one request of a scenario with others at the same time.
func Play(t testing.TB, shop *shoptest.Shop, sc scenario.Scenario, r scenario.Request, others ...scenario.Request) Run {
	t.Helper()
	shop.Spans.Reset()
	ids, controls, err := Client(shop).PlayWith(t.Context(), sc, r, others...)
	if err != nil {
		t.Fatal(err)
	}
	var run Run
	for _, tr := range finished(t, shop, len(ids)+len(controls), sc.RealTime) {
		switch {
		case slices.Contains(ids, tr.ID):
			run.Own = append(run.Own, tr)
		case slices.Contains(controls, tr.ID):
			run.Controls = append(run.Controls, tr)
		default:
			run.Others = append(run.Others, tr)
		}
	}
	if len(run.Own) != len(ids) || len(run.Controls) != len(controls) {
		t.Fatalf("%s: got %d and %d traces, want %d and %d", sc.ID, len(run.Own), len(run.Controls), len(ids), len(controls))
	}
	return run
}

// finished returns the traces when all work has ended. In real time that is when nothing seems to be missing from n of them.
func finished(t testing.TB, shop *shoptest.Shop, n int, realTime bool) []*trace.Trace {
	t.Helper()
	if !realTime {
		time.Sleep(time.Minute) // virtual: until work that continues after the answer has ended
		synctest.Wait()
		return Traces(t, shop.Spans.Spans())
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		traces := Traces(t, shop.Spans.Spans())
		if len(traces) >= n && !slices.ContainsFunc(traces, func(t *trace.Trace) bool { return !play.Complete(t) }) {
			return traces
		}
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatalf("got %d traces, not all of them complete, want %d", len(traces), n)
		}
	}
}

// Traces returns spans as a reader of Jaeger gets them, without what would give the scenario away.
func Traces(t testing.TB, spans tracetest.SpanStubs) []*trace.Trace {
	t.Helper()
	document, err := blind.JSON(OTLP(t, spans))
	if err != nil {
		t.Fatal(err)
	}
	traces, err := read.All(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return traces
}

// OTLP encodes spans as OTLP JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding), as far as the services
// use it.
func OTLP(t testing.TB, stubs tracetest.SpanStubs) []byte {
	t.Helper()
	type object = map[string]any
	var all []any
	for _, s := range stubs {
		service, _ := s.Resource.Set().Value(semconv.ServiceNameKey)
		span := object{
			"traceId": s.SpanContext.TraceID().String(), "spanId": s.SpanContext.SpanID().String(), "name": s.Name, "kind": int(s.SpanKind),
			"startTimeUnixNano": s.StartTime.UnixNano(), "endTimeUnixNano": s.EndTime.UnixNano(),
			"attributes": attributes(s.Attributes),
		}
		if s.Parent.SpanID().IsValid() {
			span["parentSpanId"] = s.Parent.SpanID().String()
		}
		if s.Status.Code == codes.Error {
			span["status"] = object{"code": 2, "message": s.Status.Description}
		}
		var events, links []any
		for _, e := range s.Events {
			events = append(events, object{"timeUnixNano": e.Time.UnixNano(), "name": e.Name, "attributes": attributes(e.Attributes)})
		}
		for _, l := range s.Links {
			links = append(links, object{"traceId": l.SpanContext.TraceID().String(), "spanId": l.SpanContext.SpanID().String()})
		}
		span["events"], span["links"] = events, links
		all = append(all, object{
			"resource":   object{"attributes": []any{object{"key": "service.name", "value": object{"stringValue": service.AsString()}}}},
			"scopeSpans": []any{object{"scope": object{"name": s.InstrumentationScope.Name}, "spans": []any{span}}},
		})
	}
	document, err := json.Marshal(object{"resourceSpans": all})
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// attributes encodes every value as text, which is all that readers keep.
func attributes(kvs []attribute.KeyValue) []any {
	list := []any{}
	for _, kv := range kvs {
		list = append(list, map[string]any{"key": string(kv.Key), "value": map[string]any{"stringValue": kv.Value.String()}})
	}
	return list
}

// Jaeger starts a server that answers as Jaeger's API does, with the spans of a shop under test, but has no UI. It ends with
// the test. Time must be real.
func Jaeger(t testing.TB, shop *shoptest.Shop) *httptest.Server {
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, wanted func(tracetest.SpanStub) bool) {
		var spans tracetest.SpanStubs
		for _, s := range shop.Spans.Spans() {
			if wanted(s) {
				spans = append(spans, s)
			}
		}
		if len(spans) == 0 {
			http.Error(w, `{"error":{"httpCode":404,"message":"No traces found"}}`, http.StatusNotFound)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]json.RawMessage{"result": OTLP(t, spans)}) // the client may have hung up
	}
	mux.HandleFunc("GET /api/v3/traces/{id}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func(s tracetest.SpanStub) bool { return s.SpanContext.TraceID().String() == r.PathValue("id") })
	})
	mux.HandleFunc("GET /api/v3/traces", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func(tracetest.SpanStub) bool { return true })
	})
	mux.HandleFunc("GET /api/v3/services", func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string][]string{"services": slices.Sorted(maps.Keys(Client(shop).URL))})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}
