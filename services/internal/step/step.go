// Package step makes spans for what the shop does, such as check-inventory, and describes spans with attributes that one
// can search for. Call [Start] at the beginning of a function, and [Describe] for the span that is there already.
package step

import (
	"context"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/problem"
)

// Start starts a span if ctx belongs to a trace that is sampled. The caller ends it with the error that it returns:
//
//	ctx, end := step.Start(ctx, "check-inventory", step.Lines(len(skus)))
//	defer end(&err)
func Start(ctx context.Context, name string, attributes ...attribute.KeyValue) (_ context.Context, end func(*error)) {
	parent := trace.SpanFromContext(ctx)
	if !parent.SpanContext().IsSampled() {
		return ctx, func(*error) {}
	}
	ctx, span := tracerOf(parent.TracerProvider()).Start(ctx, name)
	span.SetAttributes(attributes...) // an option would be copied once more
	return ctx, func(err *error) {
		defer span.End()
		if *err == nil || problem.IsRefusal(*err) { // a refusal is an answer, as a 4xx is for a server's span
			return
		}
		reason := (*err).Error()
		if p := problem.From(*err); p.Service != "" { // the spans of that service have the reason
			reason = p.Service + " failed"
		}
		span.SetStatus(codes.Error, reason)
	}
}

// A lookup is a tracer and its provider.
type lookup struct {
	provider trace.TracerProvider
	tracer   trace.Tracer
}

var latest atomic.Pointer[lookup]

// tracerOf returns the package's tracer of a provider. It remembers the last one, because a program has one provider, and the
// SDK compares names under a lock.
func tracerOf(provider trace.TracerProvider) trace.Tracer {
	if l := latest.Load(); l != nil && l.provider == provider {
		return l.tracer
	}
	l := &lookup{provider, provider.Tracer("spanwise/internal/step")}
	latest.Store(l)
	return l.tracer
}

// Describe adds attributes to the span of ctx.
func Describe(ctx context.Context, attributes ...attribute.KeyValue) {
	trace.SpanFromContext(ctx).SetAttributes(attributes...)
}

// Order is the number of an order.
func Order(id int64) attribute.KeyValue { return attribute.Int64("shop.order.id", id) }

// Customer is the name of the customer of an order.
func Customer(name string) attribute.KeyValue { return attribute.String("shop.customer", name) }

// Lines is the number of products that are asked for.
func Lines(n int) attribute.KeyValue { return attribute.Int("shop.lines", n) }

// SKU is the only product that is asked for.
func SKU(sku string) attribute.KeyValue { return attribute.String("shop.sku", sku) }

// Total is what an order costs, in cents.
func Total(cents int64) attribute.KeyValue { return attribute.Int64("shop.total", cents) }
