package order_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/trace"

	"spanwise/order/shoptest"
)

// However a request slows itself down, one that runs beside it at the same time is as it is alone, span by span.
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
				beside := ask(shop, "GET http://order/orders/3/quote?"+latencies, trace.TraceID{2})
				wg.Wait()
				time.Sleep(time.Minute) // virtual: until what nobody waits for has ended
				if diff := cmp.Diff(alone, beside); diff != "" {
					t.Errorf("a request beside it changes (-alone +beside):\n%s", diff)
				}
			})
		})
	}
}

// ask sends a request in the trace of that id and returns the trace's tree.
func ask(shop *shoptest.Shop, request string, id trace.TraceID) string {
	shop.Must(200, request, "", "Traceparent", "00-"+id.String()+"-00f067aa0ba902b7-01")
	synctest.Wait()
	return shop.Spans.TreeOf(id)
}

// A load that several wait for is waited for by those who asked for the same: a slow one is no matter of others.
func TestSlowLoadsAreNotShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shop := shoptest.Start(t, nil, true)
		const price = "GET http://pricing/prices?sku=sku-1&cache=on&latency=pricing.db:"
		go shop.Do(context.Background(), price+"1s", "")
		synctest.Wait() // until it waits for its database
		began := time.Now()
		shop.Must(200, price+"3ms", "")
		if took := time.Since(began); took != 3*time.Millisecond {
			t.Errorf("got %v beside one that takes a second, want 3ms", took)
		}
		time.Sleep(time.Minute) // virtual: until that has ended
	})
}
