package rest

import (
	"context"
	"net"
	"net/http"

	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/fault"
)

// A wire takes calls to one service from their client span to the network.
type wire struct {
	service     string
	kept, fresh *http.Transport // connections used again, and one for each call
}

// Transport returns the transport for real networks: connections are kept, so that a call costs no handshake.
func Transport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64 // the default of 2 reconnects under any load
	return t
}

func newWire(service string, kept *http.Transport) wire {
	fresh := kept.Clone()
	fresh.DisableKeepAlives = true
	dial := kept.DialContext
	fresh.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(addr)
		ctx, span := trace.SpanFromContext(ctx).TracerProvider().Tracer("spanwise/internal/rest").Start(ctx, "connect",
			trace.WithSpanKind(trace.SpanKindClient),
			trace.WithAttributes(semconv.ServerAddress(host), semconv.ServicePeerName(service)))
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
	return wire{service, kept, fresh}
}

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(semconv.URLTemplate(template(r)))
	if n := resend(ctx); n > 0 {
		span.SetAttributes(semconv.HTTPRequestResendCount(n))
	}
	tellPatience(r)
	if err := fault.Slow(ctx, w.service+".net"); err != nil {
		if r.Body != nil {
			r.Body.Close() // as a RoundTripper has to
		}
		return nil, err
	}
	if fault.Untraced.At(ctx, w.service) {
		r.Header.Del("Traceparent")
	}
	transport := w.kept
	if fault.Connections.Of(ctx) == "new" {
		transport = w.fresh
	}
	return transport.RoundTrip(r)
}
