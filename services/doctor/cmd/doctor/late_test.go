package main

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// late answers as a Jaeger does to which a trace has only just been sent: it knows nothing of it twice, then the callee's half, then
// all of it.
func late() http.HandlerFunc {
	var mu sync.Mutex
	looks := map[string]int{}
	began := map[string]time.Time{}
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		id := r.PathValue("id")
		if looks[id]++; looks[id] == 1 {
			began[id] = time.Now()
		}
		span := func(service, span, parent, kind string) string {
			return fmt.Sprintf(`{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":%q}}]},"scopeSpans":[{"spans":[
{"traceId":%q,"spanId":%q,"parentSpanId":%q,"name":"GET /","kind":%q,"startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}`,
				service, id, span, parent, kind, began[id].UnixNano(), began[id].Add(time.Millisecond).UnixNano())
		}
		callee := span("cellar", "00000000000000b2", "00000000000000a1", "SPAN_KIND_SERVER")
		switch {
		case looks[id] <= 2:
			http.Error(w, `{"error":{"httpCode":404,"message":"No traces found"}}`, http.StatusNotFound)
		case looks[id] == 3:
			fmt.Fprintf(w, `{"result":{"resourceSpans":[%s]}}`, callee)
		default:
			fmt.Fprintf(w, `{"result":{"resourceSpans":[%s,%s]}}`, callee, span("shop", "00000000000000a1", "", "SPAN_KIND_SERVER"))
		}
	}
}
