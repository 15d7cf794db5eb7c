package main

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// A lateJaeger answers as one does to which traces have only just been sent.
type lateJaeger struct {
	mu    sync.Mutex
	looks map[string]int // by trace id
}

// trace is unknown twice, then shows the callee's half, then all of it.
func (j *lateJaeger) trace(w http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	id := r.PathValue("id")
	j.looks[id]++
	switch {
	case j.looks[id] <= 2:
		http.Error(w, `{"error":{"httpCode":404,"message":"No traces found"}}`, http.StatusNotFound)
	case j.looks[id] == 3:
		fmt.Fprintf(w, `{"result":{"resourceSpans":[%s]}}`, j.callee(id))
	default:
		fmt.Fprintf(w, `{"result":{"resourceSpans":[%s,%s]}}`, j.callee(id), j.caller(id))
	}
}

// traces are two: one whole, of one the callee's half.
func (j *lateJaeger) traces(w http.ResponseWriter, r *http.Request) {
	const whole, half = "000000000000000000000000000000c3", "000000000000000000000000000000c4"
	fmt.Fprintf(w, `{"result":{"resourceSpans":[%s,%s,%s]}}`, j.callee(whole), j.caller(whole), j.callee(half))
}

func (j *lateJaeger) caller(id string) string { return j.span("shop", id, "00000000000000a1", "") }
func (j *lateJaeger) callee(id string) string {
	return j.span("cellar", id, "00000000000000b2", "00000000000000a1")
}

func (j *lateJaeger) span(service, id, span, parent string) string {
	now := time.Now() // so that it is new however slowly the test runs
	return fmt.Sprintf(`{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":%q}}]},"scopeSpans":[{"spans":[
{"traceId":%q,"spanId":%q,"parentSpanId":%q,"name":"GET /","kind":"SPAN_KIND_SERVER","startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}`,
		service, id, span, parent, now.UnixNano(), now.Add(time.Millisecond).UnixNano())
}
