package fault

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/baggage"

	"spanwise/internal/problem"
)

// Every form of the grammar means what the documentation says.
func TestParse(t *testing.T) {
	type durations = map[string]time.Duration
	tests := []struct {
		query string
		want  any
		got   func(context.Context, Faults) any
	}{
		{"", Faults(nil), faultsOf},
		{"customer=ada&q=latency", Faults(nil), faultsOf},
		{"latency=pricing:200ms", []delay{{"pricing", 200 * time.Millisecond, 0, 1}}, delaysOf},
		{"latency=inventory.db:30ms~10ms,order:1.5s@0.1", []delay{
			{"inventory.db", 30 * time.Millisecond, 10 * time.Millisecond, 1}, {"order", 1500 * time.Millisecond, 0, 0.1}}, delaysOf},
		{"latency=order:1ms&latency=pricing.net:10s", []delay{{"order", time.Millisecond, 0, 1}, {"pricing.net", 10 * time.Second, 0, 1}}, delaysOf},
		{"fail=pricing:503@0.3,inventory:reset", []failure{{"pricing", "status", 503, 0, 0.3}, {"inventory", "reset", 0, 0, 1}}, failuresOf},
		{"fail=pricing:timeout", []failure{{"pricing", "timeout", 0, 0, 1}}, failuresOf},
		{"fail=inventory:503*1,pricing:reset*2@0.5", []failure{{"inventory", "status", 503, 1, 1}, {"pricing", "reset", 0, 2, 0.5}}, failuresOf},
		{"fetch=each&rows=join&calls=serial", Faults{"fetch": "each", "rows": "join", "calls": "serial"}, faultsOf},
		{"timeout=pricing:100ms,inventory:1s", durations{"pricing": 100 * time.Millisecond, "inventory": time.Second}, timesOf(timeout)},
		{"busy=order:1ms&clock=pricing:2s,pricing:3s", durations{"order": time.Millisecond}, timesOf(busy)},
		{"busy=order:1ms&clock=pricing:2s,pricing:3s", durations{"pricing": 3 * time.Second}, timesOf(ahead)},
		{"pool=order,inventory&lock=pricing", []string{"order", "inventory"}, placesOf(Pool)},
		{"pool=order,inventory&lock=pricing", []string{"pricing"}, placesOf(Lock)},
	}
	for _, tt := range tests {
		query, err := url.ParseQuery(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		faults, err := Parse(query)
		if err != nil {
			t.Errorf("%s: %v", tt.query, err)
			continue
		}
		got := tt.got(With(t.Context(), faults), faults)
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(delay{}, failure{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.query, diff)
		}
	}
}

func faultsOf(_ context.Context, f Faults) any { return f }

func delaysOf(_ context.Context, f Faults) any {
	all, _ := parseDelays(f["latency"])
	return all
}

func failuresOf(_ context.Context, f Faults) any {
	all, _ := parseFailures(f["fail"])
	return all
}

func timesOf(p times) func(context.Context, Faults) any {
	return func(ctx context.Context, _ Faults) any {
		all := map[string]time.Duration{}
		for _, service := range services {
			if d, ok := p.at(ctx, service); ok {
				all[service] = d
			}
		}
		return all
	}
}

func placesOf(p Places) func(context.Context, Faults) any {
	return func(ctx context.Context, _ Faults) any {
		var all []string
		for _, service := range services {
			if p.At(ctx, service) {
				all = append(all, service)
			}
		}
		return all
	}
}

// The examples in refusals and in the documentation work, and every parameter is documented.
func TestExamples(t *testing.T) {
	for _, p := range Parameters() {
		for _, value := range append(p.Values, strings.TrimPrefix(p.example(), p.Name+"=")) {
			if _, err := Parse(url.Values{p.Name: {value}}); err != nil {
				t.Errorf("%s=%s: %v", p.Name, value, err)
			}
		}
		if len(p.Values) == 0 || p.Does == "" {
			t.Errorf("%s: got no example or no word of what it does", p.Name)
		}
	}
	if got := len(Parameters()); got != len(parameters) {
		t.Errorf("got %d parameters, want %d", got, len(parameters))
	}
}

// A delay is its mean plus a normal deviation, within bounds, as often as its probability says.
func TestDraw(t *testing.T) {
	d := delay{mean: 100 * time.Millisecond, jitter: 10 * time.Millisecond, probability: 0.25}
	tests := []struct {
		chance, deviation float64
		want              time.Duration
	}{
		{0, 0, 100 * time.Millisecond},
		{0.24, 1.5, 115 * time.Millisecond},
		{0.25, 0, 0},
		{0, -20, 0},
		{0, 1e6, maxDelay},
	}
	for _, tt := range tests {
		if got := d.draw(tt.chance, tt.deviation); got != tt.want {
			t.Errorf("chance %v, deviation %v: got %v, want %v", tt.chance, tt.deviation, got, tt.want)
		}
	}
}

// If faults are off, they are refused with 403, and dropped from baggage; other baggage stays.
func TestOff(t *testing.T) {
	var seen baggage.Baggage
	h := Middleware("order", false, nil, refuse)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = baggage.FromContext(r.Context())
		if Fetch.Of(r.Context()) != "batch" {
			t.Error("a fault from baggage took effect")
		}
	}))
	if got := answer(h, "/orders/1?fetch=each", ""); got.Code != http.StatusForbidden || !strings.Contains(got.Body.String(), "FAULTS=on") {
		t.Errorf("got %d %s, want 403 that names FAULTS=on", got.Code, got.Body)
	}
	got := answer(h, "/orders/1?q=1", "spanwise.rows=each,spanwise.fetch=each,tenant=blue")
	if dropped := got.Header().Get("Dropped-Baggage"); got.Code != http.StatusOK || dropped != "spanwise.fetch, spanwise.rows" {
		t.Errorf("got %d %s with dropped baggage %q, want 200, and what was dropped", got.Code, got.Body, dropped)
	}
	if got, want := seen.String(), "tenant=blue"; got != want {
		t.Errorf("got baggage %q, want %q", got, want)
	}
}

// If faults are on, they are passed on in baggage, in addition to the baggage of the caller.
func TestTravelsAsBaggage(t *testing.T) {
	var seen context.Context
	h := Middleware("order", true, []string{"x"}, refuse)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { seen = r.Context() }))
	answer(h, "/?fetch=each&latency=pricing:5ms~1ms@0.5,order:0s&x=1", "tenant=blue,spanwise.fetch=parallel,spanwise.rows=each")
	bag := baggage.FromContext(seen)
	for member, want := range map[string]string{
		"tenant": "blue", "spanwise.fetch": "each", "spanwise.rows": "each", "spanwise.latency": "pricing:5ms~1ms@0.5,order:0s",
	} {
		// as the next service reads it
		parsed, err := baggage.Parse(bag.String())
		if err != nil {
			t.Fatal(err)
		}
		if got := parsed.Member(member).Value(); got != want {
			t.Errorf("%s: got %q, want %q", member, got, want)
		}
	}
	if bag.Len() != 4 {
		t.Errorf("got %s, want four members", bag)
	}
	if got := Fetch.Of(seen) + Rows.Of(seen) + Calls.Of(seen); got != "each"+"each"+"parallel" {
		t.Errorf("got %s", got)
	}
}

// A delay takes exactly its time, only in its service, and stops when the caller leaves.
func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
		start := time.Now()
		answer(Middleware("pricing", true, nil, refuse)(ok), "/?latency=pricing:200ms,order:1s,pricing:50ms", "")
		if got := time.Since(start); got != 250*time.Millisecond {
			t.Errorf("got %v, want 250ms", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		w := httptest.NewRecorder()
		Middleware("pricing", true, nil, refuse)(ok).ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/?latency=pricing:10s", nil))
		if got := time.Since(start); got != time.Second || w.Code != http.StatusGatewayTimeout {
			t.Errorf("got %v and %d, want 1s and 504", got, w.Code)
		}
	})
}

// A request without faults costs no allocation, whether faults are on or off.
func TestNoFaultsCostNothing(t *testing.T) {
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/stock?sku=sku-1&sku=sku-2", nil)
	for _, enabled := range []bool{false, true} {
		h := Middleware("inventory", enabled, []string{"sku"}, refuse)(ok)
		if got := testing.AllocsPerRun(100, func() { h.ServeHTTP(w, r) }); got != 0 {
			t.Errorf("enabled=%v: got %v allocations, want 0", enabled, got)
		}
	}
}

func refuse(w http.ResponseWriter, _ *http.Request, err error) {
	p := problem.From(err)
	if errors.Is(err, context.DeadlineExceeded) {
		p.Status = http.StatusGatewayTimeout
	}
	http.Error(w, p.Detail, p.Status)
}

func answer(h http.Handler, target, bag string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	parsed, _ := baggage.Parse(bag)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r.WithContext(baggage.ContextWithBaggage(r.Context(), parsed)))
	return w
}

var seeds = []string{
	"pricing:200ms", "pricing.net:1ms", "inventory.db:30ms~10ms", "order:50ms@0.1", "pricing:1s~1s@1,order:0s", "pricing:503@0.3", "inventory:reset", "pricing:timeout",
	"each", "", ":", "@", "~", ",", "pricing:1h", "pricing:-1s", "order:9999999999h", "pricing:1e9s@1e-9", "\x00", "pricing:1ms@0x1p-1022",
}

// Any value parses to something within bounds, or is a 400 that names the parameter.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		for _, p := range Parameters() {
			f.Add(p.Name, s)
		}
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		faults, err := Parse(url.Values{name: {value}})
		if err != nil {
			if p := problem.From(err); p.Status != http.StatusBadRequest || !strings.Contains(p.Detail, name) {
				t.Errorf("%s=%q: got %d %s, want 400 that names the parameter", name, value, p.Status, p.Detail)
			}
			return
		}
		delays, _ := parseDelays(faults["latency"])
		for _, d := range delays {
			if got := d.draw(0, 3); got < 0 || got > maxDelay {
				t.Errorf("%s=%q: a delay of %v", name, value, got)
			}
		}
	})
}

// Any baggage is understood as it was sent, or refused with 400.
func FuzzBaggage(f *testing.F) {
	for _, s := range seeds {
		f.Add("spanwise.latency="+url.PathEscape(s)+",a=b", "fetch=each")
	}
	f.Fuzz(func(t *testing.T, header, query string) {
		bag, err := baggage.Parse(header)
		if err != nil || strings.ContainsAny(query, " \x00\r\n\t#") {
			return
		}
		r := &http.Request{Method: "GET", URL: &url.URL{Path: "/", RawQuery: query}}
		ctx, err := read(r.WithContext(baggage.ContextWithBaggage(t.Context(), bag)), http.Header{}, true, nil)
		if err != nil {
			if p := problem.From(err); p.Status != http.StatusBadRequest && p.Status != http.StatusRequestHeaderFieldsTooLarge {
				t.Errorf("got %d %s", p.Status, p.Detail)
			}
			return
		}
		again, err := baggage.Parse(baggage.FromContext(ctx).String())
		if err != nil {
			t.Fatalf("the next service cannot read the baggage: %v", err)
		}
		var next Faults
		if err := next.addBaggage(again); err != nil {
			t.Fatalf("the next service does not understand the baggage: %v", err)
		}
		if diff := cmp.Diff(from(ctx), next); diff != "" {
			t.Errorf("the next service understands something else (-sent +read):\n%s", diff)
		}
	})
}
