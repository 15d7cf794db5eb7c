package order_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"spanwise/order/shoptest"
)

// A request that slows itself down changes no span of a request that runs at the same time.
func TestOthersAreUntouched(t *testing.T) {
	for _, slow := range []string{
		"fetch=each", "rows=each", "lookups=each", "fetch=each&connections=new", "latency=inventory.net:100ms", "retries=storm&fail=inventory:503", "retries=backoff&fail=pricing:reset",
		"busy=pricing:1ms", "busy=inventory:1ms&spans=few", "fail=inventory:503&fallback=scarce", "untraced=pricing", "list=json&columns=few", "page=all", "list=answer", "fail=inventory:503*1&retries=backoff", "cache=stampede", "cache=on", "pool=inventory&latency=inventory.db:20ms", "lock=inventory&latency=inventory.db:20ms", "index=missed", "clock=pricing:2s,order:1s",
		"timeout=inventory:10ms&cancel=ignored&latency=inventory:1s", "fail=inventory:503", "latency=inventory:20ms,pricing:20ms,inventory.db:20ms",
	} {
		t.Run(slow, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shop := shoptest.Start(t, nil, true)
				alone := ask(shop, "GET http://order/orders/3/quote?"+latencies, trace.TraceID{1})
				var wg sync.WaitGroup
				for range 4 {
					for _, path := range []string{"/orders/5?", "/orders/5/quote?"} {
						wg.Go(func() { shop.Do(context.Background(), "GET http://order"+path+slow, "") })
					}
				}
				together := ask(shop, "GET http://order/orders/3/quote?"+latencies, trace.TraceID{2})
				wg.Wait()
				time.Sleep(time.Minute) // virtual: until everything has ended that no caller waits for any more
				if diff := cmp.Diff(alone, together); diff != "" {
					t.Errorf("a request at the same time changes (-alone +together):\n%s", diff)
				}
			})
		})
	}
}

// ask sends a request in the trace with that id and returns the tree of the trace.
func ask(shop *shoptest.Shop, request string, id trace.TraceID) string {
	shop.Must(200, request, "", "Traceparent", "00-"+id.String()+"-00f067aa0ba902b7-01")
	synctest.Wait()
	return shop.Spans.TreeOf(id)
}

// Requests share a load only with requests that ask for the same faults, so that a slow one does not slow the others.
func TestSlowLoadsAreNotShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shop := shoptest.Start(t, nil, true)
		const price = "GET http://pricing/prices?sku=sku-1&cache=on&latency=pricing.db:"
		go shop.Do(context.Background(), price+"1s", "")
		synctest.Wait() // until it waits for its database
		began := time.Now()
		shop.Must(200, price+"3ms", "")
		if took := time.Since(began); took != 3*time.Millisecond {
			t.Errorf("got %v at the same time as a load that takes a second, want 3ms", took)
		}
		time.Sleep(time.Minute) // virtual: until the slow one has ended
	})
}

// What a request asks for is in the query of its first span. Its baggage, which carries that to the other services and into
// the outbox, is in no span.
func TestBaggageIsInNoSpan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shop := shoptest.Start(t, nil, true)
		shop.Must(201, "POST http://order/orders?mail=sent&latency=pricing:1ms", `{"customer":"ada","lines":[{"sku":"sku-1","quantity":1}]}`)
		synctest.Wait() // for the mail
		var queries []string
		for _, s := range shop.Spans.Spans() {
			for _, a := range s.Attributes {
				if strings.Contains(a.Value.String(), "spanwise.") {
					t.Errorf("%s: got %s=%s", s.Name, a.Key, a.Value.String())
				}
				if a.Key == semconv.URLQueryKey {
					queries = append(queries, s.Name+"?"+a.Value.AsString())
				}
			}
		}
		if want := []string{"POST /orders?mail=sent&latency=pricing:1ms"}; !slices.Equal(queries, want) {
			t.Errorf("got the queries %q, want %q", queries, want)
		}
	})
}
