package order_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"spanwise/internal/database/databasetest"
	"spanwise/internal/rest"
	"spanwise/order/shoptest"
)

// Bad input is answered with a problem that says what is wrong, and changes nothing.
func TestBadInput(t *testing.T) {
	const place, get = "POST http://order/orders", "GET http://order/orders/3"
	line := func(sku, quantity string) string {
		return fmt.Sprintf(`{"customer":"ada","lines":[{"sku":%q,"quantity":%s}]}`, sku, quantity)
	}
	lines := func(n int) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf(`{"sku":"sku-%d","quantity":1}`, i+1)
		}
		return `{"customer":"ada","lines":[` + strings.Join(all, ",") + `]}`
	}
	members := func(n int) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf("k%d=v", i)
		}
		return strings.Join(all, ",")
	}
	tests := []struct {
		name, request, body string
		headers             []string
		status              int
		detail              string // contained in the answer's detail
	}{
		{name: "no body", request: place, headers: []string{"Content-Type", "application/json"}, status: 400, detail: "empty"},
		{name: "wrong content type", request: place, body: line("sku-1", "1"), headers: []string{"Content-Type", "text/plain"}, status: 415, detail: "application/json"},
		{name: "broken JSON", request: place, body: `{"customer":"ada",]`, status: 400, detail: "byte 19"},
		{name: "JSON that ends early", request: place, body: `{"customer":"ada"`, status: 400, detail: "ends too early"},
		{name: "a brace too many", request: place, body: line("sku-1", "1") + " }", status: 400, detail: "follows"},
		{name: "a bracket too many", request: place, body: line("sku-1", "1") + " ]x", status: 400, detail: "follows"},
		{name: "NUL in the body", request: place, body: strings.Replace(line("sku-1", "1"), "ada", `a\u0000a`, 1), status: 400, detail: "NUL"},
		{name: "NUL in a path", request: "GET http://inventory/stock/sku%00", status: 400, detail: "not text"},
		{name: "not text in a path", request: "GET http://pricing/prices/sku%ff", status: 400, detail: "not text"},
		{name: "NUL in a query", request: "GET http://order/orders?customer=%00", status: 400, detail: "customer"},
		{name: "not text in a query", request: "GET http://order/orders/search?q=%ff", status: 400, detail: "UTF-8"},
		{name: "not text in an unknown path", request: "GET http://order/%ff", status: 404, detail: "no such resource"},
		{name: "not text as key", request: place, body: line("sku-1", "1"), headers: []string{"Idempotency-Key", "\xff"}, status: 400, detail: "idempotency key"},
		{name: "two JSON values", request: place, body: line("sku-1", "1") + "{}", status: 400, detail: "follows"},
		{name: "unknown field", request: place, body: `{"costumer":"ada"}`, status: 400, detail: "costumer"},
		{name: "wrong type", request: place, body: line("sku-1", `"two"`), status: 400, detail: "quantity"},
		{name: "no customer", request: place, body: `{"lines":[{"sku":"sku-1","quantity":1}]}`, status: 400, detail: "customer"},
		{name: "no lines", request: place, body: `{"customer":"ada","lines":[]}`, status: 400, detail: "1 to 1000 lines"},
		{name: "10,001 lines", request: place, body: lines(10_001), status: 400, detail: "not 10001"},
		{name: "body over 1 MiB", request: place, body: `{"customer":"` + strings.Repeat("a", 1<<20) + `"}`, status: 413, detail: "1048576 bytes"},
		{name: "unknown sku", request: place, body: line("sku-0", "1"), status: 404, detail: "sku-0"},
		{name: "empty sku", request: place, body: line("", "1"), status: 400, detail: "needs a sku"},
		{name: "quantity 0", request: place, body: line("sku-1", "0"), status: 400, detail: "not 0"},
		{name: "quantity -1", request: place, body: line("sku-1", "-1"), status: 400, detail: "not -1"},
		{name: "quantity 10⁹", request: place, body: line("sku-1", "1000000000"), status: 400, detail: "not 1000000000"},
		{name: "quantity over an int", request: place, body: line("sku-1", "1e30"), status: 400, detail: "quantity"},
		{name: "the same sku twice", request: place, body: `{"customer":"ada","lines":[{"sku":"sku-1","quantity":1},{"sku":"sku-1","quantity":1}]}`, status: 400, detail: "twice"},
		{name: "long key", request: place, body: line("sku-1", "1"), headers: []string{"Idempotency-Key", strings.Repeat("k", 201)}, status: 400, detail: "201 bytes"},
		{name: "unknown order", request: "GET http://order/orders/5000", status: 404, detail: "5000"},
		{name: "not an order number", request: "GET http://order/orders/five", status: 400, detail: "five"},
		{name: "unknown resource", request: "GET http://order/order/5", status: 404, detail: "/order/5"},
		{name: "wrong method", request: "DELETE http://order/orders/5", status: 405, detail: "DELETE"},
		{name: "limit 0", request: "GET http://order/orders?limit=0", status: 400, detail: "limit=0"},
		{name: "limit is not a number", request: "GET http://order/orders?limit=all", status: 400, detail: "limit=20"},
		{name: "after is not a number", request: "GET http://order/orders?after=x", status: 400, detail: "after=x"},
		{name: "empty search", request: "GET http://order/orders/search?q=", status: 400, detail: "q=ada"},
		{name: "oversized baggage", request: get, headers: []string{"Baggage", "k=" + strings.Repeat("v", 9000)}, status: 431, detail: "9002 bytes"},
		{name: "no room in the baggage", request: get + "?fetch=each", headers: []string{"Baggage", members(64)}, status: 431, detail: "fetch is too much"},
		{name: "malformed baggage", request: get, headers: []string{"Baggage", "nonsense"}, status: 400, detail: "nonsense"},
		{name: "malformed fault in baggage", request: get, headers: []string{"Baggage", "spanwise.latency=soon"}, status: 400, detail: "latency=soon"},
		{name: "malformed traceparent", request: get, headers: []string{"Traceparent", "00-1-2-01"}, status: 400, detail: "00-1-2-01"},
		{name: "no such stock", request: "GET http://inventory/stock?sku=sku-1&sku=sku-0", status: 404, detail: "sku-0"},
		{name: "no products asked for", request: "GET http://inventory/stock", status: 400, detail: "/stock?sku=sku-1"},
		{name: "reservation without order", request: "POST http://inventory/reservations", body: `{"lines":[{"sku":"sku-1","quantity":1}]}`, status: 400, detail: "number of its order"},
		{name: "release of no number", request: "DELETE http://inventory/reservations/x", status: 400, detail: "x"},
		{name: "no prices asked for", request: "GET http://pricing/prices", status: 400, detail: "/prices?sku=sku-1"},
		{name: "quote of nothing", request: "POST http://pricing/quotes", body: `{}`, status: 400, detail: "lines"},
		{name: "broken query", request: get + "?latency=%zz", status: 400, detail: "query"},
		{name: "misspelt fault", request: get + "?fecth=each", status: 400, detail: "fecth: there is no such parameter (did you mean fetch?)"},
		{name: "misspelt parameter", request: "GET http://order/orders?limit=3&custmer=ada", status: 400, detail: "did you mean customer?"},
		{name: "parameter in capitals", request: get + "?Fetch=each", status: 400, detail: "did you mean fetch?"},
		{name: "escaped misspelt fault", request: get + "?fe%63th=each", status: 400, detail: "fecth"},
		{name: "unknown parameter", request: get + "?color=red", status: 400, detail: "choose from customer, q, limit, after, fetch, "},
		{name: "parameter of another service", request: get + "?sku=sku-1", status: 400, detail: "sku"},
	}
	for _, value := range []string{
		"latency=pricing:1h", "latency=", "latency=pricing", "latency=pricing:soon", "latency=pricing:-1s", "latency=nobody:1s", "latency=pricing.disk:1s", "latency=order.net:1s",
		"latency=pricing:1s@2", "latency=pricing:1s@0", "latency=pricing:1s@NaN", "latency=pricing:1s~1h", "latency=pricing:1s,,order:1s",
		"fail=pricing", "fail=pricing:200", "fail=pricing:600", "fail=pricing:melt", "fail=nobody:503", "fail=pricing.db:503", "fail=pricing:503@x", "fail=pricing:503*0", "fail=pricing:503*x", "fail=pricing:503*",
		"fetch=all", "rows=", "calls=maybe", "fetch=batch&fetch=each", "lookups=never", "connections=none", "retries=9",
		"timeout=pricing", "timeout=order:1s", "timeout=pricing.db:1s", "timeout=pricing:soon", "timeout=pricing:-1s", "timeout=pricing:1h", "cancel=no", "columns=two", "list=xml", "mail=later", "page=20", "cache=maybe", "pool=1", "pool=inventory.db", "lock=all", "index=none", "fallback=yes",
		"busy=order", "busy=nobody:1s", "busy=order:1h", "spans=no", "starve=nobody", "starve=inventory", "starve=", "untraced=order", "clock=2s", "clock=pricing:-2s",
	} {
		name, _, _ := strings.Cut(value, "=")
		tests = append(tests, struct {
			name, request, body string
			headers             []string
			status              int
			detail              string
		}{name: value, request: get + "?" + value, status: 400, detail: "for example " + name + "="})
	}

	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		shop := shoptest.Start(t, newURL, true)
		state := func() string {
			return shop.Must(200, "GET http://order/orders?limit=1000", "") + shop.Available("sku-1")
		}
		before := state()
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				status, text, err := shop.Do(context.Background(), tt.request, tt.body, tt.headers...)
				if err != nil {
					t.Fatal(err)
				}
				var p rest.Problem
				if err := json.Unmarshal([]byte(text), &p); err != nil {
					t.Fatalf("got %d %s, want a problem", status, text)
				}
				if status != tt.status || p.Status != tt.status || !strings.Contains(p.Detail, tt.detail) || len(p.TraceID) != 32 {
					t.Errorf("got %d %+v\nwant %d with %q in its detail, and a trace id", status, p, tt.status, tt.detail)
				}
			})
		}
		if after := state(); after != before {
			t.Errorf("bad input changed something:\nbefore %s\nafter  %s", before, after)
		}
	})
}
