package doctor_test

import (
	"fmt"

	"spanwise/doctor/trace"
)

// business draws n spans as a busy request has them: calls to services that call others, each with queries, many alike.
func business(n int) []*trace.Span {
	spans := make([]*trace.Span, 0, n)
	add := func(parent *trace.Span, kind trace.Kind, service, name string, start, d trace.Micros, attrs map[string]string) *trace.Span {
		s := &trace.Span{ID: fmt.Sprintf("%016x", len(spans)+1), Service: service, Name: name, Kind: kind, Start: start, Duration: d, Attrs: trace.AttrsOf(attrs)}
		if parent != nil {
			s.ParentID = parent.ID
		}
		spans = append(spans, s)
		return s
	}
	root := add(nil, trace.Server, "edge", "GET /report", 1_000_000, trace.Micros(n)*100, map[string]string{"http.route": "/report"})
	now := root.Start
	for i := 0; len(spans) < n-12; i++ {
		service := fmt.Sprintf("service-%d", i%7)
		url := fmt.Sprintf("http://%s:80/items/%d?verbose=true", service, i%5000)
		c := add(root, trace.Client, "edge", "GET", now, 1000, map[string]string{"http.request.method": "GET", "url.full": url})
		s := add(c, trace.Server, service, "GET /items/{id}", now+50, 900, map[string]string{"http.request.method": "GET", "http.route": "/items/{id}"})
		for q := range trace.Micros(10) {
			add(s, trace.Client, service, "SELECT item", now+60+q*80, 70, map[string]string{
				"db.system.name": "postgresql", "db.query.text": fmt.Sprintf("SELECT * FROM item WHERE id = %d AND kind = 'x%d'", i%3000, q)})
		}
		now += 1010
	}
	return spans
}

// siblings are n spans under one root; apart is the time from one start to the next.
func siblings(n int, apart trace.Micros) []*trace.Span {
	spans := []*trace.Span{{ID: "root", Service: "a", Name: "loop", Duration: trace.Micros(n)*apart + 1000}}
	for i := range n - 1 {
		spans = append(spans, &trace.Span{ID: fmt.Sprint(i), ParentID: "root", Service: "b", Name: "step", Start: trace.Micros(i) * apart, Duration: max(apart, 500)})
	}
	return spans
}

// row is n calls under one root, one after another: call says what the i-th asks, and whether it fails.
func row(n int, call func(i int) (url string, fails bool)) []*trace.Span {
	spans := []*trace.Span{{ID: "root", Service: "a", Name: "loop", Duration: trace.Micros(n) * 100}}
	for i := range n - 1 {
		url, fails := call(i)
		spans = append(spans, &trace.Span{ID: fmt.Sprint(i), ParentID: "root", Service: "a", Name: "GET", Kind: trace.Client, Start: trace.Micros(i) * 100,
			Duration: 90, Error: fails, Attrs: trace.AttrsOf(map[string]string{"http.request.method": "GET", "url.full": url})})
	}
	return spans
}

// retried calls for each item twice, as the first attempt fails.
func retried(n int) []*trace.Span {
	return row(n, func(i int) (string, bool) { return fmt.Sprintf("http://b/items/%d", i/2), i%2 == 0 })
}

// different makes no call twice.
func different(n int) []*trace.Span {
	return row(n, func(i int) (string, bool) {
		return fmt.Sprintf("http://b/%c%c%c%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, 'a'+i/17576%26), false
	})
}

// chain is n spans, each the child of the one before.
func chain(n int) []*trace.Span {
	spans := []*trace.Span{{ID: "0", Service: "a", Name: "step", Duration: trace.Micros(n) * 10}}
	for i := 1; i < n; i++ {
		spans = append(spans, &trace.Span{ID: fmt.Sprint(i), ParentID: fmt.Sprint(i - 1), Service: string(rune('a' + i%5)), Name: "step", Start: trace.Micros(i), Duration: trace.Micros(n)*10 - trace.Micros(i)*2})
	}
	return spans
}
