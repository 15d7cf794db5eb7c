package order_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"spanwise/order/shoptest"
)

// backingOff fails whenever it calls inventory, and retries with backoff.
const backingOff = "GET http://order/orders/3/quote?retries=backoff&fail=inventory:503&" + latencies

// Retry storms do not change the attempts of a later request that backs off, nor its duration.
func TestBackingOffAfterStorms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shop := shoptest.Start(t, nil, true)
		shop.Must(503, backingOff, "")
		synctest.Wait()
		fresh := shop.Spans.Tree()
		for range 20 {
			shop.Must(503, strings.Replace(backingOff, "backoff", "storm", 1), "")
		}
		synctest.Wait()
		shop.Spans.Reset()
		shop.Must(503, backingOff, "")
		synctest.Wait()
		if diff := cmp.Diff(fresh, shop.Spans.Tree()); diff != "" {
			t.Errorf("storms change the trace (-before +after):\n%s", diff)
		}
	})
}

// However many requests back off at once, the failing service gets only ten more calls, not two per request.
func TestRetriesHaveABudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shop := shoptest.Start(t, nil, true)
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() { shop.Do(context.Background(), backingOff, "") })
		}
		wg.Wait()
		synctest.Wait()
		tree := shop.Spans.Tree()
		if got := strings.Count(tree, "resend_count="); got != 10 {
			t.Errorf("got %d retries of 40 requests, want 10", got)
		}
	})
}
