package rest

import (
	"context"
	"net"
	"net/http"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/fault"
)

// Transport returns the transport for real networks. It keeps connections, so that a call costs no handshake.
func Transport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64 // the default of 2 reconnects under any load
	return t
}

// peer says which service a client span calls. Jaeger's pages read the older of the two names:
// https://opentelemetry.io/docs/specs/semconv/registry/attributes/peer/
func peer(service string) []attribute.KeyValue {
	return []attribute.KeyValue{semconv.ServicePeerName(service), attribute.String("peer.service", service)}
}

// A transport carries calls to one service from their client span to the network.
type transport struct {
	service string
	pooled  *http.Transport // reuses connections
	fresh   *http.Transport // opens one per call
	known   *sync.Map       // what the spans of calls say, by route
}

func newTransport(service string, pooled *http.Transport) transport {
	fresh := pooled.Clone()
	fresh.DisableKeepAlives = true
	dial := pooled.DialContext
	fresh.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(addr)
		ctx, span := trace.SpanFromContext(ctx).TracerProvider().Tracer("spanwise/internal/rest").Start(ctx, "connect",
			trace.WithSpanKind(trace.SpanKindClient),
			trace.WithAttributes(semconv.ServerAddress(host)), trace.WithAttributes(peer(service)...))
		defer span.End()
		if err := fault.Slow(ctx, service+".net"); err != nil { // a handshake crosses the network too
			return nil, err
		}
		conn, err := dial(ctx, network, addr)
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		return conn, err
	}
	return transport{service, pooled, fresh, new(sync.Map)}
}

// describeCall adds to the span of a call what otelhttp does not know, all at once: the SDK copies the attributes of a span
// whenever there is no room for more.
func (t transport) describeCall(r *http.Request) {
	ctx := r.Context()
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	path := route(r)
	known, ok := t.known.Load(path)
	if !ok {
		known, _ = t.known.LoadOrStore(path, append(peer(t.service), semconv.URLTemplate(path)))
	}
	span.SetAttributes(known.([]attribute.KeyValue)...)
	if n := resendCount(ctx); n > 0 {
		span.SetAttributes(semconv.HTTPRequestResendCount(n))
	}
}

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	t.describeCall(r)
	sendTimeout(r)
	sendRequestID(r)
	if err := fault.Slow(ctx, t.service+".net"); err != nil {
		if r.Body != nil {
			r.Body.Close() // as a RoundTripper must
		}
		return nil, err
	}
	if fault.Untraced.At(ctx, t.service) {
		r.Header.Del("Traceparent")
	}
	if fault.Connections.Of(ctx) == "new" {
		return t.fresh.RoundTrip(r)
	}
	return t.pooled.RoundTrip(r)
}
