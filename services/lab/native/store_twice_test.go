package native

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// A lonelyJaeger is a Jaeger that runs alone, without a Collector.
type lonelyJaeger struct {
	Settings
	otlp collector.TraceServiceClient
}

func startJaeger(t *testing.T, given ...string) *lonelyJaeger {
	t.Helper()
	s, p := jaegerAlone(t, given...)
	run := &Run{Settings: s, console: NewConsole(t.Output(), false), exited: make(chan *Process, 1)}
	if err := run.start(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := run.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
	conn, err := grpc.NewClient(s.Addr(jaegerOTLP), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &lonelyJaeger{s, collector.NewTraceServiceClient(conn)}
}

// begin is when the span of these tests starts; stores delete and hide what is old.
var begin = time.Now().UTC()

// export sends always the same span, and returns when Jaeger says that it has it. Its resource says which gateway it came by, and its
// trace state what share of such traces was kept.
func (j *lonelyJaeger) export(t *testing.T, gateway, state string) {
	t.Helper()
	text := func(key, value string) *common.KeyValue {
		return &common.KeyValue{Key: key, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: value}}}
	}
	span := &spans.Span{
		TraceId: []byte("0123456789abcdef"), SpanId: []byte("01234567"), Name: "fetch-order", TraceState: state, Attributes: []*common.KeyValue{text("shop.sku", "1")},
		StartTimeUnixNano: uint64(begin.UnixNano()), EndTimeUnixNano: uint64(begin.Add(time.Millisecond).UnixNano()),
	}
	answer, err := j.otlp.Export(t.Context(), &collector.ExportTraceServiceRequest{ResourceSpans: []*spans.ResourceSpans{{
		Resource:   &resource.Resource{Attributes: []*common.KeyValue{text("service.name", "order"), text("gateway", gateway)}},
		ScopeSpans: []*spans.ScopeSpans{{Spans: []*spans.Span{span}}},
	}}})
	if err != nil || answer.GetPartialSuccess().GetRejectedSpans() != 0 {
		t.Fatalf("export: %v, %v", answer, err)
	}
}

// stored returns how many spans Jaeger shows for the trace of export, as it stores them if raw and as its pages show them otherwise.
func (j *lonelyJaeger) stored(t *testing.T, raw string) int {
	t.Helper()
	answer, err := http.Get(j.URL(JaegerPort) + "/api/traces/30313233343536373839616263646566?raw=" + raw)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var found struct {
		Data []struct{ Spans []json.RawMessage }
	}
	if err := json.NewDecoder(answer.Body).Decode(&found); err != nil || len(found.Data) == 0 {
		t.Fatalf("got %s, %v, %v", answer.Status, found, err)
	}
	return len(found.Data[0].Spans)
}

// A span that Jaeger gets twice, as after a retry, is shown once. Memory stores both; Badger's key is the span's identity, so it keeps
// only the last one, even if that came by another way and says so, or has another threshold.
func TestStoredTwice(t *testing.T) {
	type counts struct{ raw, shown, rawOther, shownOther, rawState, shownState int }
	for name, want := range map[string]counts{"memory": {2, 1, 3, 2, 4, 3}, "badger": {1, 1, 1, 1, 1, 1}} {
		j := startJaeger(t, "JAEGER_STORAGE="+name)
		var got counts
		j.export(t, "a", "ot=th:0")
		j.export(t, "a", "ot=th:0")
		got.raw, got.shown = j.stored(t, "true"), j.stored(t, "false")
		j.export(t, "b", "ot=th:0")
		got.rawOther, got.shownOther = j.stored(t, "true"), j.stored(t, "false")
		j.export(t, "a", "ot=th:e6666666666666")
		got.rawState, got.shownState = j.stored(t, "true"), j.stored(t, "false")
		if got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

// eventually waits until something is true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s after 2 min", what)
		}
	}
}
