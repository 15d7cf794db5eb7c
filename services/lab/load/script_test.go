package load

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
)

// A mix is written as weights, methods and paths. Paths may have commas and equal signs; a missing weight is 1.
func TestMix(t *testing.T) {
	text := "8 GET /orders/10,GET /orders?limit=20, 0.25 GET /orders/3?latency=inventory:40ms,pricing:60ms, 1 POST /orders,\n 2 POST {placed}/cancel,\n"
	mix, err := NewShop("http://shop/", 1).Mix(text)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, target := range mix {
		fmt.Fprintf(&got, "%g %s\n", target.Weight, target.Name)
	}
	want := `8 GET /orders/10
1 GET /orders?limit=20
0.25 GET /orders/3?latency=inventory:40ms,pricing:60ms
1 POST /orders
2 POST {placed}/cancel
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", &got, want)
	}
	if r := mix[2].Next(); r.Method != "GET" || r.URL != "http://shop/orders/3?latency=inventory:40ms,pricing:60ms" {
		t.Errorf("got %+v", r)
	}
}

// A mix that makes no sense is refused with what is wrong.
func TestMixNonsense(t *testing.T) {
	for text, want := range map[string]string{
		"":                              `the mix has "": want a weight`,
		"/orders/10":                    `the mix has "/orders/10"`,
		"GET orders":                    `the mix has "GET orders"`,
		"get /orders":                   `the mix has "get /orders"`,
		"GET /orders=8 x":               `the mix has`,
		"0 GET /orders":                 "the weight 0 of GET /orders: want a number above 0",
		"1.2.3 GET /orders":             "the weight 1.2.3",
		"-1 GET /orders":                `the mix has "-1 GET /orders"`,
		"GET /orders/{9-1}":             "want the smaller number first",
		"GET /orders/%zz":               "the path of GET /orders/%zz",
		"GET {placed}":                  "nothing places an order (add: 1 POST /orders)",
		"1 GET /a, 1 http://other/path": `the mix has`,
	} {
		if _, err := NewShop("http://shop", 1).Mix(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", text, err, want)
		}
	}
}

// The same seed gives the same sequence, in which targets are as frequent as their weights.
func TestWeights(t *testing.T) {
	sequence := func() (urls []string) {
		mix, err := NewShop("", 7).Mix("8 GET /a, 2 GET /{1-3}")
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(7, 0))
		for range 1000 {
			_, r, err := mix.next(random)
			if err != nil {
				t.Fatal(err)
			}
			urls = append(urls, r.URL)
		}
		return urls
	}
	first, count := sequence(), map[string]int{}
	for i, url := range sequence() {
		if url != first[i] {
			t.Fatalf("request %d: got %s and %s", i, first[i], url)
		}
		count[url]++
	}
	if count["/a"] < 760 || count["/a"] > 840 || len(count) != 4 {
		t.Errorf("got %v, want about 800 of /a, and /1 to /3", count)
	}
}

// Each order has a key of its own and no scarce product; {placed} is each order once, and until there is one another target is chosen.
func TestOrders(t *testing.T) {
	for _, place := range []string{"POST /orders", "POST /orders?latency=pricing:10ms"} {
		testOrders(t, place)
	}
}

func testOrders(t *testing.T, place string) {
	t.Helper()
	shop := NewShop("http://shop", 1)
	mix, err := shop.Mix("1 " + place + ", 1000 POST {placed}/cancel")
	if err != nil {
		t.Fatal(err)
	}
	random, keys := rand.New(rand.NewPCG(1, 0)), map[string]bool{}
	for range 100 {
		target, r, err := mix.next(random)
		if err != nil || target.Name != place || "POST "+strings.TrimPrefix(r.URL, "http://shop") != place || r.Header.Get("Content-Type") != "application/json" {
			t.Fatalf("got %+v, %v, want an order", r, err)
		}
		if keys[r.Header.Get("Idempotency-Key")] || strings.Contains(string(r.Body), `50"`) || strings.Contains(string(r.Body), `00"`) {
			t.Errorf("got the key %s again, or a scarce product: %s", r.Header.Get("Idempotency-Key"), r.Body)
		}
		keys[r.Header.Get("Idempotency-Key")] = true
	}
	shop.Observe(Answer{Status: 201, Header: http.Header{"Location": {"/orders/1001"}}})
	shop.Observe(Answer{Status: 302, Header: http.Header{"Location": {"/orders/1002"}}, Kind: "status 302"})
	if _, r, err := mix.next(random); err != nil || r.URL != "http://shop/orders/1001/cancel" || r.Body != nil {
		t.Errorf("got %+v, %v, want the placed order", r, err)
	}
	if target, _, _ := mix.next(random); target.Name != place {
		t.Errorf("got %s, want another target: the order has been used", target.Name)
	}
	if _, _, err := mix[1:].next(random); err == nil {
		t.Error("got no error from a mix in which no target has a request")
	}
}

// Whatever a mix is, it is refused, or makes requests to the shop.
func FuzzMix(f *testing.F) {
	for _, text := range []string{
		"8 GET /orders/{1-20}, 1 POST /orders, 1 POST {placed}/cancel", "GET /orders/3?latency=inventory:40ms,pricing:60ms, 2 GET /", "1.5 GET /{9-1}", "GET {placed}{placed}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		mix, err := NewShop("http://shop", 1).Mix(text)
		if err != nil {
			return
		}
		for _, target := range mix {
			r := target.Next()
			if r.URL == "" {
				continue
			}
			req, err := http.NewRequest(r.Method, r.URL, nil)
			if err != nil || req.URL.Host != "shop" || !(target.Weight > 0) {
				t.Errorf("%q: got %+v, %v, weight %g", target.Name, r, err, target.Weight)
			}
		}
	})
}
