package order_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/order/shoptest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// latencies show what follows what, where otherwise nothing takes any time.
const latencies = "latency=order.db:1ms,inventory.db:2ms,pricing.db:3ms"

func withQuery(request, query string) string {
	if strings.Contains(request, "?") {
		return request + "&" + query
	}
	return request + "?" + query
}

const twoLines = `{"customer":"ada","lines":[{"sku":"sku-7","quantity":2},{"sku":"sku-8","quantity":1}]}`

// Each request leaves exactly the spans of its golden file, which documents what the system does.
func TestSpanTrees(t *testing.T) {
	tests := []struct {
		name, request, body string
		timeout             time.Duration // of the caller; 0 is none
		status              int           // 0 if the caller gives up
		more                int           // requests at the same time
		again               bool          // make the request twice, and look at the second time only
	}{
		{name: "healthy", request: "GET http://order/orders/3", status: 200},
		{name: "each", request: "GET http://order/orders/3?fetch=each", status: 200},
		{name: "parallel", request: "GET http://order/orders/3?fetch=parallel", status: 200},
		{name: "serial", request: "GET http://order/orders/3?calls=serial", status: 200},
		{name: "rows-each", request: "GET http://order/orders/3?rows=each", status: 200},
		{name: "list", request: "GET http://order/orders?limit=3", status: 200},
		{name: "list-rows-each", request: "GET http://order/orders?limit=3&rows=each", status: 200},
		{name: "latency", request: "GET http://order/orders/3?latency=pricing:200ms,inventory.db:30ms,order:5ms", status: 200},
		{name: "fail-status", request: "GET http://order/orders/3?calls=serial&fail=pricing:503", status: 503},
		{name: "fail-reset", request: "GET http://order/orders/3?calls=serial&fail=inventory:reset", status: 502},
		{name: "fail-timeout", request: "GET http://order/orders/3?calls=serial&fail=pricing:timeout", status: 504},
		{name: "caller-gives-up", request: "GET http://order/orders/3?latency=inventory.db:1s", timeout: 100 * time.Millisecond},
		{name: "quote", request: "POST http://pricing/quotes", body: `{"lines":[{"sku":"sku-7","quantity":2}]}`, status: 200},
		{name: "order-quote", request: "GET http://order/orders/3/quote", status: 200},
		{name: "lookups-each", request: "GET http://order/orders/3/quote?lookups=each", status: 200},
		{name: "connections-new", request: "GET http://order/orders/3?fetch=each&connections=new", status: 200},
		{name: "slow-network", request: "GET http://order/orders/3?latency=pricing.net:100ms", status: 200},
		{name: "slow-network-connecting", request: "GET http://order/orders/3?latency=pricing.net:100ms&connections=new", status: 200},
		{name: "retries-storm", request: "GET http://order/orders/3/quote?retries=storm&fail=inventory:503&" + latencies, status: 503},
		{name: "retries-backoff", request: "GET http://order/orders/3/quote?retries=backoff&fail=inventory:503&" + latencies, status: 503},
		{name: "retries-once", request: "GET http://order/orders/3/quote?retries=backoff&fail=inventory:503*1&" + latencies, status: 200},
		{name: "timeout", request: "GET http://order/orders/3?timeout=inventory:100ms&latency=inventory.db:1s", status: 504},
		{name: "timeout-cancel-ignored", request: "GET http://order/orders/3?timeout=inventory:100ms&cancel=ignored&latency=inventory.db:1s", status: 504},
		{name: "busy", request: "GET http://order/orders/3?busy=pricing:5ms", status: 200},
		{name: "busy-spans-few", request: "GET http://order/orders/3?busy=pricing:5ms&spans=few", status: 200},
		// Computing without a pause lets no virtual time pass, so there is nothing to wait for here.
		{name: "starve", request: "GET http://order/orders/3?starve=order&latency=order:0s", status: 200},
		{name: "untraced", request: "GET http://order/orders/3?untraced=pricing", status: 200},
		{name: "clock", request: "GET http://order/orders/3?clock=pricing:2s", status: 200},
		{name: "fallback", request: "GET http://order/orders/3/quote?fail=inventory:503&fallback=scarce", status: 200},
		{name: "index", request: "GET http://pricing/products?name=oak+vase+no.+90", status: 200},
		{name: "index-missed", request: "GET http://pricing/products?name=oak+vase+no.+90&index=missed", status: 200},
		{name: "pool", request: "GET http://inventory/stock?sku=sku-1&pool=inventory", status: 200, more: 2},
		{name: "lock", request: "GET http://inventory/stock?sku=sku-1&lock=inventory", status: 200, more: 2},
		{name: "cache", request: "GET http://pricing/prices?sku=sku-1&sku=sku-2&cache=on", status: 200, more: 2},
		{name: "cache-stampede", request: "GET http://pricing/prices?sku=sku-1&sku=sku-2&cache=stampede", status: 200, more: 2},
		{name: "catalogue", request: "GET http://order/catalogue?q=vase", status: 200},
		{name: "catalogue-page-10", request: "GET http://order/catalogue?q=vase&page=10", status: 200},
		{name: "catalogue-page-all", request: "GET http://order/catalogue?page=all", status: 200},
		{name: "catalogue-fails", request: "GET http://order/catalogue?fail=pricing:503", status: 503},
		{name: "columns-few", request: "GET http://pricing/products?page=all&columns=few", status: 200},
		{name: "list-json", request: "GET http://pricing/products?page=all&list=json", status: 200},
		{name: "list-json-again", request: "GET http://pricing/products?page=all&list=json", status: 200, again: true},
		{name: "list-json-page", request: "GET http://pricing/products?limit=3&list=json", status: 200, again: true},
		{name: "list-answer-again", request: "GET http://pricing/products?page=all&list=answer", status: 200, again: true},
		{name: "placed", request: "POST http://order/orders", body: twoLines, status: 201},
		{name: "mail", request: "POST http://order/orders?mail=sent", body: twoLines, status: 201},
		{name: "refused", request: "POST http://order/orders", body: strings.Replace(twoLines, `"quantity":1`, `"quantity":1000`, 1), status: 409},
		// The caller leaves while the order is being stored, which is too late to make a difference.
		{name: "placed-caller-left", request: "POST http://order/orders?latency=order.db:20ms,inventory.db:2ms", body: twoLines, timeout: 60 * time.Millisecond},
		// The database is too slow to store the order in time.
		{name: "undone", request: "POST http://order/orders?latency=order.db:4s,inventory.db:2ms", body: twoLines, status: 503},
		// The network delays the release, so that it doesn't wait a virtual millisecond for the lock of what is rolled back.
		{name: "reservation-unanswered", request: "POST http://order/orders?latency=inventory.db:6s,inventory.net:10ms", body: twoLines, status: 504},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shop := shoptest.Start(t, nil, true)
				ctx := t.Context()
				if tt.timeout > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.timeout)
					defer cancel()
				}
				if !strings.Contains(tt.request, "latency=") {
					tt.request = withQuery(tt.request, latencies)
				}
				if tt.again {
					shop.Must(tt.status, tt.request, tt.body)
					synctest.Wait()
					shop.Spans.Reset()
				}
				for range tt.more {
					go shop.Do(ctx, tt.request, tt.body)
				}
				status, body, err := shop.Do(ctx, tt.request, tt.body)
				if status != tt.status {
					t.Fatalf("%s: got status %d, error %v, body %s, want status %d", tt.request, status, err, body, tt.status)
				}
				time.Sleep(time.Minute) // virtual: until everything has ended that a caller left behind
				synctest.Wait()
				golden(t, tt.name, fmt.Sprintf("%s %s\n%d\n\n%s", tt.request, tt.body, status, shop.Spans.Tree()))
			})
		})
	}
}

// golden compares with testdata/NAME.txt.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, diff)
	}
}

// The answer is byte for byte the same, whichever way the request asks for.
func TestSameAnswerEitherWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shop := shoptest.Start(t, nil, true)
		for path, queries := range map[string][]string{
			"pricing/products?name=OAK+vase+no.+90": {"index=missed"},
			"order/orders/17": {
				"fetch=parallel", "fetch=each", "rows=each", "calls=serial", "connections=new", "retries=storm", "retries=backoff", "cancel=ignored", "cache=on", "cache=on", "cache=stampede", "pool=order,inventory", "lock=inventory", "busy=pricing:1ms", "busy=order:1ms&spans=few", "starve=order", "untraced=pricing,inventory", "clock=pricing:2s",
				"timeout=pricing:1s", "fetch=parallel&calls=serial&rows=each", "fetch=each&latency=pricing:1ms~1ms@0.5",
			},
			"pricing/products?page=all": {"list=json", "list=json", "list=binary", "list=binary", "list=answer", "list=answer"},
			// The page is cut out of all products, which the cache has in two encodings already.
			"pricing/products?limit=7&after=sku-995": {"list=json", "list=json", "list=binary", "list=answer", "list=answer"},
			"pricing/products?limit=7&after=sku-999": {"list=json", "list=binary"},
			"order/catalogue?q=oak":                  {"list=json", "list=json", "list=binary", "list=binary", "list=answer", "list=answer"},
			"order/catalogue?q=lamp":                 {"page=10", "page=all", "page=10&connections=new"},
			"order/orders/17/quote":                  {"lookups=each", "fallback=scarce"},
		} {
			want := shop.Must(http.StatusOK, "GET http://"+path, "")
			for _, query := range queries {
				got := shop.Must(http.StatusOK, withQuery("GET http://"+path, query), "")
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s?%s changes the answer (-want +got):\n%s", path, query, diff)
				}
			}
		}
	})
}
